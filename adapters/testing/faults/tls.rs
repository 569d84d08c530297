//! TLS that cannot be trusted, that is none, or that breaks: groups 76 to 84.

use std::time::Duration;

use authwire_core::transport::{Phase, TransportKind};

use super::Want::{Fails, NotSent};
use super::{Act, Certificate, Fault, GOOD, Place, whole};

pub fn faults() -> Vec<Fault> {
    [certificates(), handshakes(), broken()].into_iter().flatten().collect()
}

fn certificates() -> Vec<Fault> {
    let refused = |group, name, certificate| {
        Fault::new(group, name, vec![Act::Read], NotSent(&[TransportKind::Tls])).at(Place::Tls(certificate))
    };
    vec![
        refused(76, "an unknown authority", Certificate::Unknown),
        refused(76, "signed by itself", Certificate::SelfSigned),
        refused(77, "another host's certificate", Certificate::OtherHost),
        refused(77, "the host as common name alone", Certificate::CommonNameOnly),
        refused(78, "an expired certificate", Certificate::Expired),
        refused(78, "a certificate of the future", Certificate::NotYetValid),
    ]
}

/// A TLS record of this type and version.
fn record(kind: u8, minor: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap().to_be_bytes();
    [&[kind, 3, minor], &length[..], body].concat()
}

fn handshakes() -> Vec<Fault> {
    const ALERT: u8 = 21;
    const HANDSHAKE: u8 = 22;
    let tls = &[TransportKind::Tls];
    // A server's hello of TLS 1.1 or 1.0: random bytes, no session, one old cipher, no compression.
    let hello = |minor: u8| {
        let body = [&[3, minor][..], &[7; 32], &[0, 0, 0x2f, 0]].concat();
        let length = u8::try_from(body.len()).unwrap();
        record(HANDSHAKE, minor, &[&[2, 0, 0, length][..], &body].concat())
    };
    // The client has sent its hello by then; it is left unread in no case, so that nothing is reset.
    let after_hello = |group, name, bytes: &[u8], then: Act| {
        let acts = vec![Act::Skim, Act::Raw(bytes.to_vec()), then];
        Fault::new(group, name, acts, NotSent(tls)).at(Place::NotTls)
    };
    let stalls = |name, bytes: &[u8]| {
        let acts = vec![Act::Skim, Act::Raw(bytes.to_vec()), Act::Hang];
        let late = NotSent(&[TransportKind::Timeout(Phase::Connect)]);
        Fault::new(80, name, acts, late).at(Place::NotTls).hurried()
    };
    let reply = whole("HTTP/1.1 200 OK");
    vec![
        after_hello(79, "TLS 1.1 alone", &hello(2), Act::Hang),
        after_hello(79, "TLS 1.0 alone", &hello(1), Act::Hang),
        after_hello(79, "no version in common", &record(ALERT, 3, &[2, 70]), Act::Close),
        stalls("a handshake that stalls", b""),
        stalls("half a record of the handshake", &record(HANDSHAKE, 3, &[2, 0, 0, 76])[..7]),
        stalls("a record's length alone", &[HANDSHAKE, 3, 3]),
        after_hello(81, "plain HTTP", reply.as_bytes(), Act::Hang),
        after_hello(81, "a plain error page", b"HTTP/1.1 400 Bad Request\r\n\r\n", Act::Close),
        after_hello(81, "an alert", &record(ALERT, 3, &[2, 40]), Act::Hang),
        after_hello(81, "an alert and the end", &record(ALERT, 3, &[2, 80]), Act::Close),
        after_hello(81, "noise", &[0x99; 512], Act::Hang),
        after_hello(81, "the end", b"", Act::Close),
        after_hello(81, "a reset", b"", Act::Reset),
        after_hello(81, "noise, byte by byte", b"", Act::Drip(vec![0x99; 100], Duration::from_millis(20))),
    ]
}

fn broken() -> Vec<Fault> {
    let good = || Place::Tls(Certificate::Good);
    let write = |text: &str| Act::Write(text.as_bytes().to_vec());
    let part = "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n\"hel";
    let chunk = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7\r\n\"hello\"\r\n";
    let unframed = format!("HTTP/1.1 200 OK\r\n\r\n{GOOD}");
    let fault = |group, name, acts: Vec<Act>, kinds| {
        Fault::new(group, name, [vec![Act::Read], acts].concat(), Fails(kinds)).at(good())
    };
    let cut = &[TransportKind::Truncated, TransportKind::Io];
    let spoilt = &[TransportKind::Tls, TransportKind::Io, TransportKind::Truncated];
    vec![
        fault(82, "reset in the body", vec![write(part), Act::Reset], cut),
        fault(82, "reset in the head", vec![write("HTTP/1.1 200 OK\r\n"), Act::Reset], cut),
        fault(82, "noise in the body", vec![write(part), Act::Raw(vec![0x99; 512]), Act::Hang], spoilt),
        fault(82, "noise for a reply", vec![Act::Raw(vec![0x99; 512]), Act::Hang], spoilt),
        fault(82, "a record that cannot be opened", vec![Act::Raw(record(23, 3, &[7; 40])), Act::Hang], spoilt),
        fault(82, "an alert for a reply", vec![Act::Raw(record(21, 3, &[2, 40])), Act::Hang], spoilt),
        fault(
            83,
            "a body that ends with the connection",
            vec![write(&unframed), Act::Close],
            &[TransportKind::Unframed],
        ),
        fault(83, "cut off without a word", vec![write(part), Act::Close], cut),
        fault(83, "chunks cut off without a word", vec![write(chunk), Act::Close], cut),
        fault(83, "a head cut off without a word", vec![write("HTTP/1.1 200 OK\r\n"), Act::Close], cut),
        fault(
            84,
            "a body that ends with TLS",
            vec![write(&unframed), Act::CloseNotify, Act::Close],
            &[TransportKind::Unframed],
        ),
        fault(84, "cut off by the end of TLS", vec![write(part), Act::CloseNotify, Act::Hang], cut),
    ]
}
