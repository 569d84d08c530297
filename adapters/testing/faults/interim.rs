//! Interim (1xx) replies: groups 25 to 28.

use std::time::Duration;

use authwire_core::transport::{Phase, TransportKind};

use super::Want::{Fails, TimesOut};
use super::{Act, Fault, GOOD, closed, kept, whole};

pub fn faults() -> Vec<Fault> {
    let too_many = || Fails(&[TransportKind::HeadTooLarge]);
    let good = whole("HTTP/1.1 200 OK");
    let then_good = |interim: &str| format!("{interim}{good}");
    let processing = "HTTP/1.1 102 Processing\r\n\r\n";
    vec![
        Fault::reply(
            25,
            "20,000 interim replies",
            then_good(&"HTTP/1.1 100 Continue\r\n\r\n".repeat(20_000)),
            too_many(),
        ),
        Fault::new(25, "10,000 interim replies, a few at a time", few_at_a_time(&good), too_many()),
        Fault::reply(25, "three interim replies", then_good(&processing.repeat(3)), kept(200, GOOD)),
        Fault::new(
            26,
            "interim replies without end",
            vec![Act::Read, Act::Endless(processing.as_bytes().to_vec())],
            too_many(),
        ),
        Fault::new(
            26,
            "interim replies without end, byte by byte",
            vec![Act::Read, Act::Drip(processing.repeat(4).into_bytes(), Duration::from_millis(100))],
            TimesOut(Phase::Response),
        )
        .hurried(),
        Fault::reply(27, "early hints", then_good("HTTP/1.1 103 Early\r\nlink: x\r\n\r\n"), kept(200, GOOD)),
        Fault::reply(27, "continue, unasked", then_good("HTTP/1.1 100 Continue\r\n\r\n"), kept(200, GOOD)),
        Fault::reply(27, "an unknown interim reply", then_good("HTTP/1.1 199 What\r\n\r\n"), kept(200, GOOD)),
        Fault::reply(
            28,
            "an upgrade, unasked",
            "HTTP/1.1 101 Switch\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
            closed(101, ""),
        ),
        Fault::reply(28, "an upgrade without a word to what", "HTTP/1.1 101 Switch\r\n\r\n", closed(101, "")),
        Fault::reply(28, "an upgrade and a reply", then_good("HTTP/1.1 101 Switch\r\n\r\n"), closed(101, "")),
        Fault::cut(28, "an interim reply as the last", processing, Fails(&[TransportKind::Truncated])),
    ]
}

/// Slowly enough that a client reads each piece before the next one comes.
fn few_at_a_time(good: &str) -> Vec<Act> {
    let pieces = (0..200).flat_map(|_| {
        [Act::Write("HTTP/1.1 103 Early\r\n\r\n".repeat(50).into_bytes()), Act::Pause(Duration::from_millis(2))]
    });
    [Act::Read].into_iter().chain(pieces).chain([Act::Write(good.into())]).collect()
}
