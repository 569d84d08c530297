//! Bodies that are compressed or said to be: groups 57 and 58.

use authwire_core::transport::TransportKind;

use super::Want::{self, Fails};
use super::{Fault, GOOD, kept, whole};

pub fn faults() -> Vec<Fault> {
    let encoded = || Fails(&[TransportKind::UnsupportedEncoding]);
    let bomb = bomb();
    let with = |header: &str, body: &[u8]| {
        let head = format!("HTTP/1.1 200 OK\r\n{header}\r\ncontent-length: {}\r\n\r\n", body.len());
        [head.as_bytes(), body].concat()
    };
    let mut faults = vec![
        Fault::reply(57, "a bomb of 16 MiB in gzip", with("content-encoding: gzip", &bomb), encoded()),
        Fault::reply(57, "a bomb, packed twice", with("content-encoding: gzip, gzip", &bomb), encoded()),
        Fault::reply(58, "gzip cut off", with("content-encoding: gzip", &bomb[..60]), encoded()),
        Fault::reply(
            58,
            "gzip that does not say so",
            with("x: y", b"\x1f\x8b\x08"),
            Want::Kept(200, "\u{1f}\u{fffd}\u{8}".into()),
        ),
        Fault::reply(58, "identity", whole("HTTP/1.1 200 OK\r\ncontent-encoding: Identity"), kept(200, GOOD)),
        Fault::reply(58, "an encoded error", whole("HTTP/1.1 401 No\r\ncontent-encoding: br"), encoded()),
        Fault::reply(58, "an encoded nothing", "HTTP/1.1 204 No\r\ncontent-encoding: br\r\n\r\n", encoded()),
        Fault::reply(
            58,
            "encoded chunks",
            format!(
                "HTTP/1.1 200 OK\r\ncontent-encoding: x\r\ntransfer-encoding: chunked\r\n\r\n7\r\n{GOOD}\r\n0\r\n\r\n"
            ),
            encoded(),
        ),
    ];
    for name in ["br", "zstd", "deflate", "compress", "x-gzip", "identity, zstd", "none", "\"\"", "gzip;q=1"] {
        let header = format!("content-encoding: {name}");
        faults.push(Fault::reply(58, &header, with(&header, GOOD.as_bytes()), encoded()));
    }
    faults
}

/// About a hundred KiB of gzip that unpack to sixteen MiB of one byte: one block of fixed codes, a literal, then copies
/// of it, 258 bytes each.
fn bomb() -> Vec<u8> {
    const COPIES: usize = 65_000;
    let mut bits: Vec<bool> = Vec::with_capacity(COPIES * 13 + 32);
    let mut push = |code: u32, length: u32| bits.extend((0..length).rev().map(|bit| code >> bit & 1 == 1));
    // The last block, fixed codes: numbers go in from their lowest bit.
    push(0b1, 1);
    push(0b10, 2);
    push(0x30 + 0x61, 8);
    for _ in 0..COPIES {
        push(0b1100_0101, 8);
        push(0, 5);
    }
    push(0, 7);
    let mut bytes = b"\x1f\x8b\x08\0\0\0\0\0\0\xff".to_vec();
    bytes.extend(
        bits.chunks(8)
            .map(|bits| bits.iter().rev().fold(0, |byte, &bit| byte << 1 | u8::from(bit)) << (8 - bits.len())),
    );
    // No checksum: whoever gets that far has unpacked it.
    bytes.extend([0; 8]);
    bytes
}
