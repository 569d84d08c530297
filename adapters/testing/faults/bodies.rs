//! Bodies too large, too many pieces of them, none, or one where none may be: groups 52, 55, 56, 59, 60, 66 and 67.

use authwire_core::transport::TransportKind;

use super::Want::Fails;
use super::{Act, Fault, GOOD, closed, kept, whole};

pub fn faults() -> Vec<Fault> {
    let too_large = || Fails(&[TransportKind::TooLarge]);
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let endless = |head: &str, piece: &str| {
        vec![Act::Read, Act::Write(head.as_bytes().to_vec()), Act::Endless(piece.repeat(32).into_bytes())]
    };
    let large = "x".repeat(2 * 1024 * 1024);
    vec![
        Fault::reply(
            52,
            "50,000 chunks of one byte",
            format!("{chunked}{}0\r\n\r\n", "1\r\nx\r\n".repeat(50_000)),
            kept(200, &"x".repeat(50_000)),
        ),
        Fault::new(55, "chunks without end", endless(chunked, "4\r\nxxxx\r\n"), too_large()),
        Fault::new(
            55,
            "a body without end",
            endless("HTTP/1.1 200 OK\r\n\r\n", "xxxxxxxx"),
            Fails(&[TransportKind::Unframed]),
        ),
        Fault::reply(
            56,
            "2 MiB by its length",
            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{large}", large.len()),
            too_large(),
        ),
        Fault::reply(56, "2 MiB in chunks", format!("{chunked}200000\r\n{large}\r\n0\r\n\r\n"), too_large()),
        Fault::reply(59, "204 with a body", whole("HTTP/1.1 204 No"), closed(204, "")),
        Fault::reply(59, "304 with a body", whole("HTTP/1.1 304 No"), closed(304, "")),
        Fault::reply(
            59,
            "204 with chunks",
            format!("HTTP/1.1 204 No\r\ntransfer-encoding: chunked\r\n\r\n7\r\n{GOOD}\r\n0\r\n\r\n"),
            closed(204, ""),
        ),
        Fault::reply(59, "204 without a word", "HTTP/1.1 204 No\r\n\r\n", kept(204, "")),
        Fault::reply(59, "304 without a word", "HTTP/1.1 304 No\r\netag: x\r\n\r\n", kept(304, "")),
        Fault::reply(60, "205 with a body", whole("HTTP/1.1 205 Reset"), kept(205, GOOD)),
        Fault::reply(66, "an empty body", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", kept(200, "")),
        Fault::reply(66, "no chunks", format!("{chunked}0\r\n\r\n"), kept(200, "")),
        Fault::reply(
            67,
            "a portal's page",
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 18\r\n\r\n<html>hello</html>",
            kept(200, "<html>hello</html>"),
        ),
        Fault::reply(67, "a page by its name", whole("HTTP/1.1 200 OK\r\ncontent-type: text/html"), kept(200, GOOD)),
        Fault::reply(
            67,
            "two media types",
            whole("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-type: text/html"),
            kept(200, GOOD),
        ),
    ]
}
