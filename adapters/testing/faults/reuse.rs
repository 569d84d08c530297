//! What comes before, behind or instead of a reply on a connection that may be used again: groups 61 to 64 and 72 to 74.

use std::time::Duration;

use authwire_core::transport::TransportKind;

use super::Want::{Closed, Fails};
use super::{Act, Fault, GOOD, Sends, Want, closed, either, whole};

pub fn faults() -> Vec<Fault> {
    let good = || Act::Write(whole("HTTP/1.1 200 OK").into_bytes());
    let eve = || Act::Write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n\"eve\"".to_vec());
    let pause = || Act::Pause(Duration::from_millis(50));
    let own = || Closed(200, GOOD.to_owned());
    let first_own =
        |group, name, acts: Vec<Act>| Fault::new(group, name, [vec![Act::Read], acts].concat(), own()).lingering();
    vec![
        Fault::reply(61, "two replies at once", format!("{0}{0}", whole("HTTP/1.1 200 OK")), closed(200, GOOD)),
        Fault::reply(61, "a reply and a byte", format!("{}x", whole("HTTP/1.1 200 OK")), closed(200, GOOD)),
        Fault::reply(61, "a reply and a line", format!("{}\r\n", whole("HTTP/1.1 200 OK")), either(200, GOOD)),
        first_own(62, "another reply, a moment later", vec![good(), pause(), eve()]),
        first_own(
            62,
            "half of another reply, a moment later",
            vec![good(), pause(), Act::Write(b"HTTP/1.1 2".to_vec())],
        ),
        first_own(
            62,
            "an interim reply, a moment later",
            vec![good(), pause(), Act::Write(b"HTTP/1.1 100 C\r\n\r\n".to_vec())],
        ),
        // Nothing in HTTP/1.1 tells this one from an answer: TLS keeps strangers from saying it, and hyper looks first.
        Fault::new(63, "a reply before the request", vec![eve(), Act::Read], Want::UnaskedOr("\"eve\"".to_owned())),
        Fault::reply(64, "says it closes, and stays", whole("HTTP/1.1 200 OK\r\nconnection: close"), own()),
        Fault::reply(64, "says it closes, in capitals", whole("HTTP/1.1 200 OK\r\nConnection: CLOSE"), own()),
        first_own(72, "half closed after the reply", vec![good(), Act::HalfClose, Act::Hang]),
        first_own(73, "closed after the reply", vec![good(), Act::Close]),
        first_own(73, "reset after the reply", vec![good(), pause(), Act::Reset]),
        first_own(73, "closed a moment after the reply", vec![good(), pause(), Act::Close]),
        Fault::new(
            74,
            "one good reply; the next request is read, and the connection closed",
            vec![Act::Read, Act::Write(whole("HTTP/1.1 200 OK").into_bytes()), Act::Read, Act::Close],
            Fails(&[TransportKind::Truncated]),
        )
        .sending(Sends::Post)
        .warmed(),
        Fault::new(
            74,
            "one good reply; the next request is read, and the connection reset",
            vec![Act::Read, Act::Write(whole("HTTP/1.1 200 OK").into_bytes()), Act::Read, Act::Reset],
            Fails(&[TransportKind::Truncated, TransportKind::Io]),
        )
        .sending(Sends::Post)
        .warmed(),
    ]
}
