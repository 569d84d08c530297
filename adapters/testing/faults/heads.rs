//! Status lines and headers: groups 11 to 16, 19 to 24 and 29 to 35.

use authwire_core::transport::TransportKind;

use super::Want::{Fails, Kept};
use super::{Act, Fault, GOOD, either, kept, whole};

pub fn faults() -> Vec<Fault> {
    [cut_off(), not_http(), status_lines(), headers(), sizes()].into_iter().flatten().collect()
}

fn cut_off() -> Vec<Fault> {
    let truncated = || Fails(&[TransportKind::Truncated]);
    vec![
        Fault::cut(11, "half a status line", "HTTP/1.1 2", truncated()),
        Fault::cut(11, "half a protocol name", "HTT", truncated()),
        Fault::cut(11, "a status line alone", "HTTP/1.1 200 OK\r\n", truncated()),
        Fault::cut(12, "half a header", "HTTP/1.1 200 OK\r\ncontent-le", truncated()),
        Fault::cut(12, "all but the head's end", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n", truncated()),
    ]
}

fn not_http() -> Vec<Fault> {
    let protocol = || Fails(&[TransportKind::Protocol]);
    // The same noise in every run, without the one byte that begins a reply.
    let mut state = 1_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8 | 0x80
    })
    .take(4096)
    .collect();
    vec![
        Fault::reply(13, "an SSH server", "SSH-2.0-OpenSSH_9.6\r\n", protocol()),
        Fault::reply(13, "a mail server", "220 mail.example.com ESMTP\r\n", protocol()),
        Fault::reply(14, "a TLS alert", b"\x15\x03\x03\x00\x02\x02\x28", protocol()),
        Fault::reply(15, "4 KiB of noise", noise, protocol()),
        Fault::cut(16, "HTTP/0.9", GOOD, protocol()),
        Fault::cut(16, "HTTP/0.9 in HTML", "<html>hello</html>\r\n\r\n", protocol()),
        Fault::reply(20, "an HTTP/2 settings frame", b"\0\0\0\x04\0\0\0\0\0", protocol()),
    ]
}

fn status_lines() -> Vec<Fault> {
    let mut faults = Vec::new();
    for line in
        ["HTTP/2 200 OK", "HTTP/1.2 200 OK", "HTTP/3.0 200 OK", "http/1.1 200 OK", "ICY 200 OK", "HTTP/11 200 OK"]
    {
        faults.push(Fault::reply(19, line, whole(line), Fails(&[TransportKind::Protocol])));
    }
    for status in ["99", "000", "099", "1000", "abc", "-200", "+20", "20", "2e2", "\u{662}\u{660}\u{660}"] {
        let head = format!("HTTP/1.1 {status} OK");
        faults.push(Fault::reply(21, &head, whole(&head), Fails(&[TransportKind::Protocol])));
    }
    for status in [600, 777, 999] {
        let head = format!("HTTP/1.1 {status} High");
        faults.push(Fault::reply(22, &head, whole(&head), kept(status, GOOD)));
    }
    for line in ["HTTP/1.1 200OK", "HTTP/1.1200 OK", "HTTP/1.1", "HTTP/1.1  200 OK", "HTTP/1.1 200\0OK"] {
        faults.push(Fault::reply(23, line, whole(line), Fails(&[TransportKind::Protocol])));
    }
    faults.push(Fault::reply(23, "no reason", whole("HTTP/1.1 200"), either(200, GOOD)));
    let reason = |length| whole(&format!("HTTP/1.1 200 {}", "x".repeat(length)));
    faults.push(Fault::reply(24, "a reason of 20 KiB", reason(20 * 1024), kept(200, GOOD)));
    faults.push(Fault::reply(24, "a reason of 64 KiB", reason(64 * 1024), Fails(&[TransportKind::HeadTooLarge])));
    faults
}

fn headers() -> Vec<Fault> {
    let mut faults = Vec::new();
    for (name, header) in [
        ("no colon", "nothing"),
        ("a zero byte in a value", "x: a\0b"),
        ("a zero byte in a name", "x\0: a"),
        ("a bare carriage return", "x: a\rb"),
        ("a folded header", "x: a\r\n b"),
        ("a space before the colon", "content-length : 5"),
        ("a space before the name", " x: a"),
        ("an empty name", ": a"),
        ("a name that is no token", "x(y): a"),
    ] {
        let text = whole(&format!("HTTP/1.1 200 OK\r\n{header}"));
        faults.push(Fault::reply(29, name, text, Fails(&[TransportKind::Protocol])));
    }
    let [before, after] = [&b"HTTP/1.1 200 OK\r\nx: \xff\xfe\r\n"[..], b"content-length: 7\r\n\r\n\"hello\""];
    faults.push(Fault::reply(30, "bytes that are no text", [before, after].concat(), kept(200, GOOD)));
    let lines = format!("HTTP/1.1 200 OK\ncontent-length: {}\n\n{GOOD}", GOOD.len());
    faults.push(Fault::reply(31, "lines without carriage returns", lines, either(200, GOOD)));
    for start in ["\r\n", "\n", "\r\n\r\n"] {
        let text = format!("{start}{}", whole("HTTP/1.1 200 OK"));
        faults.push(Fault::reply(32, "empty lines first", text, either(200, GOOD)));
    }
    faults
}

fn sizes() -> Vec<Fault> {
    let too_large = || Fails(&[TransportKind::HeadTooLarge]);
    let long = |length| whole(&format!("HTTP/1.1 200 OK\r\nx: {}", "x".repeat(length)));
    let many = |count: usize| {
        let headers: String = (1..count).map(|number| format!("\r\nx-{number}: 1")).collect();
        whole(&format!("HTTP/1.1 200 OK{headers}"))
    };
    let endless = |piece: &str| {
        vec![
            Act::Read,
            Act::Write(b"HTTP/1.1 200 OK\r\nx: 1\r\n".to_vec()),
            Act::Endless(piece.repeat(64).into_bytes()),
        ]
    };
    vec![
        Fault::reply(33, "a header of 20 KiB", long(20 * 1024), kept(200, GOOD)),
        Fault::reply(33, "a header of 40 KiB", long(40 * 1024), too_large()),
        Fault::reply(33, "a header of 1 MiB", long(1024 * 1024), too_large()),
        Fault::reply(34, "100 headers", many(100), Kept(200, GOOD.to_owned())),
        Fault::reply(34, "101 headers", many(101), too_large()),
        // ureq cannot tell from 129 on.
        Fault::reply(34, "200 headers", many(200), Fails(&[TransportKind::HeadTooLarge, TransportKind::Protocol])),
        Fault::reply(
            35,
            "10,000 headers",
            many(10_000),
            Fails(&[TransportKind::HeadTooLarge, TransportKind::Protocol]),
        ),
        Fault::new(
            35,
            "headers without end",
            endless("x: 1\r\n"),
            Fails(&[TransportKind::HeadTooLarge, TransportKind::Protocol]),
        ),
        Fault::new(35, "a header without end", endless("xxxxxxxx"), too_large()),
    ]
}
