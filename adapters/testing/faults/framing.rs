//! Where a body ends: groups 17, 18, 36, 38 to 51 and 54.

use authwire_core::transport::{Phase, TransportKind};

use super::Want::{self, Fails};
use super::{Act, Fault, GOOD, closed, either, kept};

const CHUNKS: &str = "7\r\n\"hello\"\r\n0\r\n\r\n";

pub fn faults() -> Vec<Fault> {
    [lengths(), codings(), chunks()].into_iter().flatten().collect()
}

fn protocol() -> Want {
    Fails(&[TransportKind::Protocol])
}

fn lengths() -> Vec<Fault> {
    let reply = |group, head: &str, want| {
        let text = format!("HTTP/{}\r\n\r\n{GOOD}", head.replace('|', "\r\n"));
        Fault::reply(group, head, text, want)
    };
    let cut = |group, head: &str, want| {
        let text = format!("HTTP/{}\r\n\r\n{GOOD}", head.replace('|', "\r\n"));
        Fault::cut(group, head, text, want)
    };
    let unframed = || Fails(&[TransportKind::Unframed]);
    let truncated = || Fails(&[TransportKind::Truncated]);
    vec![
        cut(17, "1.0 200 OK", unframed()),
        cut(17, "1.0 200 OK|content-type: application/json", unframed()),
        cut(17, "1.1 200 OK", unframed()),
        cut(17, "1.1 200 OK|connection: close", unframed()),
        reply(18, "1.0 200 OK|content-length: 7", closed(200, GOOD)),
        reply(18, "1.0 200 OK|connection: keep-alive|content-length: 7", kept(200, GOOD)),
        cut(36, "1.1 200 OK|content-length: 8", truncated()),
        cut(36, "1.0 200 OK|content-length: 8", truncated()),
        cut(36, "1.1 401 No|content-length: 60000", truncated()),
        reply(38, "1.1 200 OK|content-length: 2", closed(200, "\"h")),
        reply(38, "1.1 200 OK|content-length: 0", closed(200, "")),
        reply(39, "1.1 200 OK|content-length: 7|content-length: 7", kept(200, GOOD)),
        reply(39, "1.1 200 OK|content-length: 7, 7", kept(200, GOOD)),
        reply(40, "1.1 200 OK|content-length: 7|content-length: 8", protocol()),
        reply(40, "1.1 200 OK|content-length: 7, 8", protocol()),
        reply(40, "1.1 200 OK|content-length: +7", protocol()),
        reply(40, "1.1 200 OK|content-length: -1", protocol()),
        reply(40, "1.1 200 OK|content-length: 0x7", protocol()),
        reply(40, "1.1 200 OK|content-length: 7 7", protocol()),
        reply(40, "1.1 200 OK|content-length: 7.0", protocol()),
        reply(40, "1.1 200 OK|content-length:", protocol()),
        reply(40, "1.1 200 OK|content-length: ,7", protocol()),
        reply(40, "1.1 200 OK|content-length: 18446744073709551616", protocol()),
        // hyper keeps the largest numbers for itself, and says that the head is too large.
        reply(
            41,
            "1.1 200 OK|content-length: 18446744073709551615",
            Fails(&[TransportKind::TooLarge, TransportKind::HeadTooLarge]),
        ),
        reply(41, "1.1 200 OK|content-length: 9223372036854775807", Fails(&[TransportKind::TooLarge])),
        reply(41, "1.1 200 OK|content-length: 9999999", Fails(&[TransportKind::TooLarge])),
    ]
}

fn codings() -> Vec<Fault> {
    let reply = |group, head: &str, want| {
        let text = format!("HTTP/{}\r\n\r\n{CHUNKS}", head.replace('|', "\r\n"));
        Fault::reply(group, head, text, want)
    };
    let encoded = || Fails(&[TransportKind::UnsupportedEncoding]);
    vec![
        reply(42, "1.1 200 OK|content-length: 7|transfer-encoding: chunked", protocol()),
        reply(42, "1.1 200 OK|transfer-encoding: chunked|content-length: 17", protocol()),
        reply(42, "1.1 204 No|transfer-encoding: chunked|content-length: 0", protocol()),
        reply(42, "1.1 304 No|transfer-encoding: chunked|content-length: 7", protocol()),
        reply(43, "1.1 200 OK|transfer-encoding: gzip, chunked", encoded()),
        reply(43, "1.1 200 OK|transfer-encoding: gzip|transfer-encoding: chunked", encoded()),
        reply(43, "1.1 200 OK|transfer-encoding: deflate", encoded()),
        reply(44, "1.1 200 OK|transfer-encoding: chunked, identity", protocol()),
        reply(44, "1.1 200 OK|transfer-encoding: chunked|transfer-encoding: chunked", protocol()),
        reply(44, "1.1 200 OK|transfer-encoding: chunked;x=y", protocol()),
        reply(44, "1.1 200 OK|transfer-encoding: identity", protocol()),
        reply(45, "1.1 200 OK|transfer-encoding: xchunked", protocol()),
        reply(45, "1.1 200 OK|transfer-encoding: \"chunked\"", protocol()),
        reply(45, "1.1 200 OK|transfer-encoding:", protocol()),
        reply(46, "1.0 200 OK|transfer-encoding: chunked", protocol()),
        reply(46, "1.0 200 OK|transfer-encoding: chunked|content-length: 17", protocol()),
        reply(46, "1.0 200 OK|connection: keep-alive|transfer-encoding: chunked", protocol()),
        reply(54, "1.1 200 OK|transfer-encoding: chunked", kept(200, GOOD)),
        reply(54, "1.1 200 OK|Transfer-Encoding:  CHUNKED ", kept(200, GOOD)),
    ]
}

fn chunks() -> Vec<Fault> {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let reply = |group, name, body: &str, want| Fault::reply(group, name, format!("{head}{body}"), want);
    let cut = |group, name, body: &str, want| Fault::cut(group, name, format!("{head}{body}"), want);
    let endless = |group, name, start: &str, piece: &str, want| {
        let acts =
            vec![Act::Read, Act::Write(format!("{head}{start}").into_bytes()), Act::Endless(piece.repeat(64).into())];
        Fault::new(group, name, acts, want)
    };
    let truncated = || Fails(&[TransportKind::Truncated]);
    let broken = || Fails(&[TransportKind::Protocol, TransportKind::Truncated, TransportKind::TooLarge]);
    let late_or_broken = || {
        Fails(&[
            TransportKind::Protocol,
            TransportKind::Truncated,
            TransportKind::Timeout(Phase::Body),
            TransportKind::Timeout(Phase::Total),
        ])
    };
    let ext = "x".repeat(1024 * 1024);
    vec![
        reply(47, "a size that is no number", "xyz\r\nabc\r\n0\r\n\r\n", protocol()),
        reply(47, "a negative size", "-7\r\n\"hello\"\r\n0\r\n\r\n", protocol()),
        reply(47, "a size with a prefix", "0x7\r\n\"hello\"\r\n0\r\n\r\n", protocol()),
        // Both may wait for them.
        reply(47, "a size of 64 bits", "f000000000000003\r\nabc\r\n0\r\n\r\n", late_or_broken()).hurried(),
        reply(47, "a size past 64 bits", "f0000000000000003\r\nabc\r\n0\r\n\r\n", protocol()),
        reply(47, "an empty size", "\r\n\"hello\"\r\n0\r\n\r\n", protocol()),
        reply(47, "a chunk longer than it says", "2\r\n\"hello\"\r\n0\r\n\r\n", protocol()),
        cut(48, "a chunk cut off", "7\r\n\"hel", truncated()),
        cut(48, "no last chunk", "7\r\n\"hello\"\r\n", truncated()),
        cut(48, "a size cut off", "7", Fails(&[TransportKind::Truncated, TransportKind::Protocol])),
        // ureq takes the last chunk for the end, which it is; hyper waits for the empty line.
        cut(49, "no line after the last chunk", "7\r\n\"hello\"\r\n0\r\n", Want::ClosedOrCut(200, GOOD.to_owned())),
        reply(50, "an extension of 1 MiB", &format!("7;{ext}\r\n\"hello\"\r\n0\r\n\r\n"), broken()),
        endless(50, "an extension without end", "7;", "xxxxxxxx", broken()),
        reply(50, "a small extension", "7;a=b\r\n\"hello\"\r\n0\r\n\r\n", either(200, GOOD)),
        // ureq may wait for the line's end.
        reply(51, "chunks without carriage returns", "7\n\"hello\"\n0\n\n", late_or_broken()).hurried(),
        // hyper stops at 16 KiB of them; ureq reads on until the time for the body is over.
        endless(
            53,
            "trailers without end",
            "0\r\n",
            "x: 1\r\n",
            Fails(&[TransportKind::Protocol, TransportKind::Timeout(Phase::Body)]),
        )
        .hurried(),
        reply(
            54,
            "trailers that would be headers",
            "7\r\n\"hello\"\r\n0\r\ncontent-length: 1\r\nx-user: eve\r\nset-cookie: a=b\r\n\r\n",
            either(200, GOOD),
        ),
    ]
}
