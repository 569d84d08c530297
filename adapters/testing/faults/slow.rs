//! Peers that take their time: groups 7 to 10, 37, 53 and 65.

use std::time::Duration;

use authwire_core::transport::{Phase, TransportKind};

use super::Want::{Fails, TimesOut};
use super::{Act, Fault, Sends};

pub fn faults() -> Vec<Fault> {
    const HEAD: &str = "HTTP/1.1 200 OK\r\n";
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let hang = |group, name, bytes: &str, phase| {
        let acts = vec![Act::Read, Act::Write(bytes.as_bytes().to_vec()), Act::Hang];
        Fault::new(group, name, acts, TimesOut(phase)).hurried()
    };
    let drip = |group, name, bytes: &str, piece: u8, phase| {
        let dripped = Act::Drip(vec![piece; 100], Duration::from_millis(100));
        let acts = vec![Act::Read, Act::Write(bytes.as_bytes().to_vec()), dripped];
        Fault::new(group, name, acts, TimesOut(phase)).hurried()
    };
    let long = format!("{HEAD}content-length: 1003\r\n\r\nabc");
    vec![
        hang(7, "no word", "", Phase::Response),
        hang(7, "no word after an interim reply", "HTTP/1.1 100 Continue\r\n\r\n", Phase::Response),
        hang(7, "half a head", "HTTP/1.1 200 OK\r\ncontent-", Phase::Response),
        Fault::new(8, "a peer that never reads", vec![Act::Deaf], TimesOut(Phase::Send)).sending(Sends::Much).hurried(),
        drip(9, "a status line, byte by byte", "HTTP/1.1 200 O", b'K', Phase::Response),
        drip(9, "a head, byte by byte", &format!("{HEAD}x: "), b'x', Phase::Response),
        drip(10, "a body, byte by byte", &long, b'x', Phase::Body),
        drip(10, "a chunk, byte by byte", &format!("{CHUNKED}ff\r\n"), b'x', Phase::Body),
        drip(10, "a chunk's size, byte by byte", &format!("{CHUNKED}1\r\nx\r\n"), b'0', Phase::Body),
        hang(37, "a body that stops", &long, Phase::Body),
        hang(37, "chunks that stop", &format!("{CHUNKED}1\r\nx\r\n"), Phase::Body),
        hang(37, "no last line end", &format!("{CHUNKED}1\r\nx\r\n0\r\n"), Phase::Body),
        drip(53, "trailers, byte by byte", &format!("{CHUNKED}0\r\nx: "), b'x', Phase::Body),
        Fault::new(
            65,
            "a body without an end, on a connection that stays",
            vec![Act::Read, Act::Write(format!("{HEAD}\r\nhello").into_bytes()), Act::Hang],
            Fails(&[TransportKind::Unframed]),
        ),
    ]
}
