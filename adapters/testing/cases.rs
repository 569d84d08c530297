//! The cases. Each takes how to make a client, and whether the adapter has a time limit for each phase.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use authwire_core::transport::{ExchangeError, Phase, SetupError, TransportKind};
use authwire_core::{BaseUrl, CallError, Sent};

use super::server::{Seen, Server, Then, ok, read_request};
use super::tls::Authority;
use super::toy::{Failed, Steps, Toy};
use super::{Make, Setup, get, request};

/// The answer to a request of which every byte is known.
pub fn exact_bytes(make: Make, _: bool) {
    let client = make(Setup::default());
    let json = br#"{"user":"u"}"#;
    let key = ("api_key", "K");
    let media = ("content-type", "application/json");
    // Method, headers and body that go in; headers besides `host` that come out.
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [u8], &'a [&'a str]);
    let cases: &[Case<'_>] = &[
        ("GET", &[], b"", &[]),
        ("GET", &[key, ("accept", "image/png")], b"", &["api_key: K", "accept: image/png"]),
        ("GET", &[media], json, &["content-type: application/json", "content-length: 12"]),
        ("GET", &[media, ("content-length", "12")], json, &["content-type: application/json", "content-length: 12"]),
        ("GET", &[("content-length", "0")], b"", &[]),
        ("HEAD", &[], b"", &[]),
        ("OPTIONS", &[], b"", &[]),
        ("DELETE", &[key], b"", &["api_key: K"]),
        ("DELETE", &[media], json, &["content-type: application/json", "content-length: 12"]),
        ("POST", &[], b"", &["content-length: 0"]),
        ("POST", &[("content-length", "0")], b"", &["content-length: 0"]),
        ("POST", &[media], json, &["content-type: application/json", "content-length: 12"]),
        ("PUT", &[], b"", &["content-length: 0"]),
        ("PUT", &[("content-length", "0"), key], b"", &["content-length: 0", "api_key: K"]),
        ("PUT", &[media, ("content-length", "12")], json, &["content-type: application/json", "content-length: 12"]),
        ("PATCH", &[], b"", &["content-length: 0"]),
        ("PATCH", &[media], json, &["content-type: application/json", "content-length: 12"]),
    ];
    let server = Server::new(|seen| {
        Then::Keep(if seen.head.starts_with("HEAD") { b"HTTP/1.1 200 OK\r\n\r\n".to_vec() } else { ok("") })
    });
    for (method, headers, body, _) in cases {
        let response = client.exchange(request(method, &server.url("/a%2Fb?q=%23#x"), headers, body)).unwrap();
        assert_eq!((response.status().as_u16(), response.body().len()), (200, 0), "{method} {headers:?}");
    }
    let seen = server.seen();
    assert_eq!(seen.len(), cases.len());
    for ((method, _, body, expected), seen) in cases.iter().zip(&seen) {
        let mut lines = seen.head.strip_suffix("\r\n\r\n").unwrap().split("\r\n");
        assert_eq!(lines.next().unwrap(), format!("{method} /a%2Fb?q=%23 HTTP/1.1"));
        let got: Vec<String> = lines.map(str::to_owned).collect();
        let mut want: Vec<String> = expected.iter().map(|&line| line.to_owned()).collect();
        want.push(format!("host: {}", server.address));
        assert_eq!(got.len(), want.len(), "{method} {got:?}");
        assert_eq!(BTreeSet::from_iter(got), BTreeSet::from_iter(want), "{method}");
        assert_eq!(seen.body, *body);
    }
    assert_eq!(server.accepted(), 1, "all on one connection");
}

/// A large body leaves whole; a large reply comes whole.
pub fn large_bodies(make: Make, _: bool) {
    let size = 3 * 1024 * 1024;
    let client = make(Setup { cap: size, ..Setup::default() });
    let server = Server::new(|seen| Then::Keep(ok(&"y".repeat(seen.body.len()))));
    let response = client.exchange(request("POST", &server.url("/"), &[], &vec![b'x'; size])).unwrap();
    assert_eq!(response.body().len(), size);
    assert_eq!(server.seen()[0].body, vec![b'x'; size]);
}

/// What we do not send.
pub fn refused_requests(make: Make, _: bool) {
    let client = make(Setup::default());
    let server = Server::always(Then::Keep(ok("")));
    let url = server.url("/");
    let place = server.address.to_string();
    let cases = [
        request("GET", "/relative", &[], b""),
        request("GET", &place, &[], b""),
        request("GET", &format!("ftp://{place}/"), &[], b""),
        request("GET", &format!("http://user:word@{place}/"), &[], b""),
        request("GET", &format!("http://user@{place}/"), &[], b""),
        request("GET", "http://127.0.0.1:99999/", &[], b""),
        request("GET", "http://127.0.0.1:0/", &[], b""),
        request("CONNECT", &place, &[], b""),
        request("TRACE", &url, &[], b""),
        request("PROPFIND", &url, &[], b""),
        request("GET", &url, &[("host", "elsewhere")], b""),
        request("GET", &url, &[("connection", "close")], b""),
        request("GET", &url, &[("upgrade", "h2c")], b""),
        request("POST", &url, &[("transfer-encoding", "chunked")], b"x"),
        request("POST", &url, &[("expect", "100-continue")], b"x"),
        request("POST", &url, &[("content-length", "2")], b"x"),
        request("POST", &url, &[("content-length", "+1")], b"x"),
        request("POST", &url, &[("content-length", "1"), ("content-length", "2")], b"x"),
    ];
    for case in cases {
        let shown = format!("{} {}", case.method(), case.uri());
        let error = client.exchange(case).unwrap_err();
        assert_eq!(error, ExchangeError::not_sent(TransportKind::Refused), "{shown}");
    }
    assert_eq!(server.accepted(), 0);
    // The host that the URI has anyway is fine.
    client.exchange(request("GET", &url, &[("host", &place)], b"")).unwrap();
    assert_eq!(server.seen()[0].head.matches("host").count(), 1);
}

/// Every status comes back as it is, with its body, on one connection; none is followed.
pub fn statuses(make: Make, _: bool) {
    let client = make(Setup::default());
    let trap = Server::always(Then::Keep(ok("trap")));
    let away = trap.url("/trap");
    let server = Server::new(move |seen| {
        let status = seen.head.split(' ').nth(1).unwrap().trim_start_matches('/').to_owned();
        let body = if matches!(status.as_str(), "204" | "304") { "" } else { "body" };
        let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        Then::Keep(
            format!(
                "HTTP/1.1 {status} Word\r\nlocation: {away}\r\nset-cookie: a=b\r\nwww-authenticate: Basic\r\n\
                 retry-after: 7\r\n{length}\r\n{body}"
            )
            .into_bytes(),
        )
    });
    for status in (200..=599).chain([600, 999]) {
        let response = client.exchange(get(&server.url(&format!("/{status}")))).unwrap();
        assert_eq!(response.status().as_u16(), status);
        let body: &[u8] = if matches!(status, 204 | 304) { b"" } else { b"body" };
        assert_eq!(response.body(), body, "{status}");
        assert_eq!(response.headers()["retry-after"], "7");
    }
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        for status in [300, 301, 302, 303, 307, 308, 401, 407, 408, 413, 417, 425, 429, 503] {
            let sent = request(method, &server.url(&format!("/{status}")), &[("x-api-key", "K")], b"");
            assert_eq!(client.exchange(sent).unwrap().status().as_u16(), status);
        }
    }
    assert_eq!(server.seen().len(), 402 + 4 * 14);
    assert_eq!(trap.accepted(), 0);
    assert!(server.seen().iter().all(|seen| !seen.head.to_lowercase().contains("cookie")));
    assert!(server.accepted() < 5, "{}", server.accepted());
}

/// Redirects of every form of target are not followed.
pub fn redirects(make: Make, _: bool) {
    let client = make(Setup::default());
    let trap = Server::always(Then::Keep(ok("trap")));
    let place = trap.address;
    for location in [
        format!("http://{place}/x"),
        format!("//{place}/x"),
        "/x".to_owned(),
        "x".to_owned(),
        "file:///etc/passwd".to_owned(),
        "javascript:alert(1)".to_owned(),
        "http://[bad".to_owned(),
        String::new(),
    ] {
        let head = format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 2\r\n\r\nno");
        let server = Server::always(Then::Keep(head.into_bytes()));
        let response = client.exchange(get(&server.url("/"))).unwrap();
        assert_eq!((response.status().as_u16(), response.body().as_slice()), (302, &b"no"[..]));
        assert_eq!(server.seen().len(), 1);
    }
    assert_eq!(trap.accepted(), 0);
}

/// The cap, to the byte, for both ways to frame a body.
pub fn cap(make: Make, _: bool) {
    let client = make(Setup { cap: 100, ..Setup::default() });
    let chunked = |size: usize| {
        let mut reply = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        for _ in 0..size {
            reply.extend_from_slice(b"1\r\nx\r\n");
        }
        reply.extend_from_slice(b"0\r\n\r\n");
        reply
    };
    for (reply, fits) in [
        (ok(&"x".repeat(100)), true),
        (ok(&"x".repeat(101)), false),
        (chunked(100), true),
        (chunked(101), false),
        (b"HTTP/1.1 500 Oops\r\ncontent-length: 9223372036854775807\r\n\r\nx".to_vec(), false),
    ] {
        let server = Server::always(Then::Keep(reply));
        match client.exchange(get(&server.url("/"))) {
            Ok(response) => assert!(fits && response.body().len() == 100),
            Err(error) => assert!(!fits && error == ExchangeError::maybe_sent(TransportKind::TooLarge), "{error:?}"),
        }
        // After a refusal, a connection of its own for what comes next.
        let _ = client.exchange(get(&server.url("/")));
        assert_eq!(server.accepted(), if fits { 1 } else { 2 });
    }
    let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let endless = Server::always(Then::Endless(head, b"4\r\nxxxx\r\n".to_vec()));
    let error = client.exchange(get(&endless.url("/"))).unwrap_err();
    assert_eq!(error, ExchangeError::maybe_sent(TransportKind::TooLarge));
}

/// What a reply must give: the kind of error, or status and body; and on how many connections two exchanges ran.
enum Want {
    /// One of these kinds, and a new connection for the next exchange.
    Error(&'static [TransportKind]),
    /// This, and the connection is used again.
    Kept(u16, &'static str),
    /// This, and a new connection.
    Closed(u16, &'static str),
    /// This; a connection of either kind.
    Either(u16, &'static str),
}

/// Replies that are framed in doubtful ways. Most close after the reply; so does the server where it says nothing.
#[allow(clippy::too_many_lines)]
pub fn framing(make: Make, _: bool) {
    use TransportKind::{HeadTooLarge, Protocol, TooLarge, Truncated, Unframed, UnsupportedEncoding};
    use Want::{Closed, Either, Error, Kept};
    let long_head = format!("HTTP/1.1 200 OK\r\nx: {}\r\ncontent-length: 0\r\n\r\n", "x".repeat(100_000));
    let fair_head = format!("HTTP/1.1 200 OK\r\nx: {}\r\ncontent-length: 0\r\n\r\n", "x".repeat(20_000));
    let many = |count: usize| {
        let headers: String = (1..count).map(|number| format!("x-{number}: 1\r\n")).collect();
        format!("HTTP/1.1 200 OK\r\n{headers}content-length: 0\r\n\r\n")
    };
    let chunk = "5\r\nhello\r\n0\r\n\r\n";
    let cases: Vec<(String, Want)> = [
        // Both lengths, and odd codings.
        (format!("1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n{chunk}"), Error(&[Protocol])),
        (format!("1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 15\r\n\r\n{chunk}"), Error(&[Protocol])),
        (format!("1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunk}"), Kept(200, "hello")),
        (format!("1.1 200 OK\r\nTransfer-Encoding:  CHUNKED \r\n\r\n{chunk}"), Kept(200, "hello")),
        (
            format!("1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n{chunk}"),
            Error(&[Protocol]),
        ),
        (format!("1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n{chunk}"), Error(&[UnsupportedEncoding])),
        (
            format!("1.1 200 OK\r\ntransfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n{chunk}"),
            Error(&[UnsupportedEncoding]),
        ),
        (format!("1.1 200 OK\r\ntransfer-encoding: chunked, identity\r\n\r\n{chunk}"), Error(&[Protocol])),
        (format!("1.1 200 OK\r\ntransfer-encoding: identity\r\n\r\n{chunk}"), Error(&[Protocol])),
        (format!("1.1 200 OK\r\ntransfer-encoding: xchunked\r\n\r\n{chunk}"), Error(&[Protocol])),
        (format!("1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunk}"), Error(&[Protocol])),
        (format!("1.0 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 15\r\n\r\n{chunk}"), Error(&[Protocol])),
        ("1.1 204 No\r\ntransfer-encoding: chunked\r\ncontent-length: 0\r\n\r\n".into(), Error(&[Protocol])),
        ("1.1 304 No\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n".into(), Error(&[Protocol])),
        // Lengths.
        ("1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\nhello".into(), Kept(200, "hello")),
        ("1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\nhello".into(), Kept(200, "hello")),
        ("1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello".into(), Error(&[Protocol])),
        ("1.1 200 OK\r\ncontent-length: 5, 6\r\n\r\nhello".into(), Error(&[Protocol])),
        ("1.1 200 OK\r\ncontent-length: +5\r\n\r\nhello".into(), Error(&[Protocol])),
        ("1.1 200 OK\r\ncontent-length: -5\r\n\r\nhello".into(), Error(&[Protocol])),
        ("1.1 200 OK\r\ncontent-length: 0x5\r\n\r\nhello".into(), Error(&[Protocol])),
        ("1.1 200 OK\r\ncontent-length:\r\n\r\nhello".into(), Error(&[Protocol])),
        ("1.1 200 OK\r\ncontent-length: 18446744073709551616\r\n\r\nhello".into(), Error(&[Protocol])),
        ("1.1 200 OK\r\ncontent-length: 18446744073709551615\r\n\r\nhello".into(), Error(&[TooLarge, Protocol])),
        ("1.1 200 OK\r\ncontent-length: 9999999\r\n\r\nhello".into(), Error(&[TooLarge])),
        ("1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello".into(), Closed(200, "hello")),
        ("1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 5\r\n\r\nhello".into(), Kept(200, "hello")),
        ("1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello".into(), Closed(200, "hello")),
        // Unframed.
        ("1.1 200 OK\r\n\r\nhello".into(), Error(&[Unframed])),
        ("1.0 200 OK\r\n\r\nhello".into(), Error(&[Unframed])),
        ("1.1 200 OK\r\nconnection: close\r\n\r\n".into(), Error(&[Unframed])),
        ("1.1 204 No\r\n\r\n".into(), Kept(204, "")),
        ("1.1 304 No\r\netag: x\r\n\r\n".into(), Kept(304, "")),
        // Encoded.
        (
            "1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nhello".into(),
            Error(&[UnsupportedEncoding]),
        ),
        ("1.1 401 No\r\ncontent-encoding: br\r\ncontent-length: 5\r\n\r\nhello".into(), Error(&[UnsupportedEncoding])),
        (
            "1.1 200 OK\r\ncontent-encoding: identity, zstd\r\ncontent-length: 5\r\n\r\nhello".into(),
            Error(&[UnsupportedEncoding]),
        ),
        (
            format!("1.1 200 OK\r\ncontent-encoding: x\r\ntransfer-encoding: chunked\r\n\r\n{chunk}"),
            Error(&[UnsupportedEncoding]),
        ),
        ("1.1 200 OK\r\ncontent-encoding: identity\r\ncontent-length: 5\r\n\r\nhello".into(), Kept(200, "hello")),
        // Cut off.
        ("1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello<".into(), Error(&[Truncated])),
        ("1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n<".into(), Error(&[Truncated])),
        ("1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel<".into(), Error(&[Truncated])),
        ("1.1 200 OK\r\ncontent-le<".into(), Error(&[Truncated])),
        ("1.1 2<".into(), Error(&[Truncated])),
        ("<".into(), Error(&[Truncated, Protocol])),
        // More than one reply, or too much of one.
        ("1.1 200 OK\r\ncontent-length: 2\r\n\r\nhello".into(), Closed(200, "he")),
        (
            "1.1 200 OK\r\ncontent-length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nother".into(),
            Closed(200, "hello"),
        ),
        ("1.1 204 No\r\ncontent-length: 5\r\n\r\nhello".into(), Closed(204, "")),
        // Informational replies.
        ("1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello".into(), Kept(200, "hello")),
        (
            "1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello".into(),
            Kept(200, "hello"),
        ),
        ("1.1 101 Switch\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n".into(), Closed(101, "")),
        ("1.1 101 Switch\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello".into(), Closed(101, "")),
        ("1.1 102 Processing\r\n\r\n<".into(), Error(&[Truncated])),
        // Not HTTP.
        ("2 200\r\n\r\n".into(), Error(&[Protocol])),
        ("1.2 200 OK\r\ncontent-length: 0\r\n\r\n".into(), Error(&[Protocol])),
        ("1.1 99 Low\r\ncontent-length: 0\r\n\r\n".into(), Error(&[Protocol])),
        ("1.1 1000 High\r\ncontent-length: 0\r\n\r\n".into(), Error(&[Protocol])),
        ("1.1 +20 Sign\r\ncontent-length: 0\r\n\r\n".into(), Error(&[Protocol])),
        ("1.1 200 OK\r\nno colon\r\ncontent-length: 0\r\n\r\n".into(), Error(&[Protocol])),
        ("1.1 200 OK\r\nx: a\r\n folded\r\ncontent-length: 0\r\n\r\n".into(), Error(&[Protocol])),
        ("1.1 200 OK\r\nx : a\r\ncontent-length: 0\r\n\r\n".into(), Error(&[Protocol])),
        ("1.1 200 OK\r\nx: a\0b\r\ncontent-length: 0\r\n\r\n".into(), Error(&[Protocol])),
        ("1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n".into(), Error(&[Protocol])),
        (
            "1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nf0000000000000003\r\nabc\r\n0\r\n\r\n".into(),
            Error(&[Protocol, Truncated]),
        ),
        // Large heads.
        (fair_head[5..].to_owned(), Kept(200, "")),
        (long_head[5..].to_owned(), Error(&[HeadTooLarge, Protocol])),
        (many(100)[5..].to_owned(), Kept(200, "")),
        (many(101)[5..].to_owned(), Error(&[HeadTooLarge, Protocol])),
        (many(200)[5..].to_owned(), Error(&[HeadTooLarge, Protocol])),
        // Odd, and harmless.
        ("1.1 200\r\ncontent-length: 5\r\n\r\nhello".into(), Either(200, "hello")),
        ("1.1 200 OK\ncontent-length: 5\n\nhello".into(), Either(200, "hello")),
        (
            "1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n0\r\ntrailer: x\r\n\r\n".into(),
            Either(200, "hello"),
        ),
    ]
    .into();
    let mut failed = Vec::new();
    for (reply, want) in cases {
        // A `<` at the end stands for the end of the connection.
        let closes = reply.ends_with('<');
        let text = format!("HTTP/{}", reply.trim_end_matches('<')).into_bytes();
        let server = Server::always(if closes { Then::Close(text) } else { Then::Keep(text) });
        let client = make(Setup { wait: Duration::from_secs(3), ..Setup::default() });
        let result = client.exchange(get(&server.url("/")));
        // Whatever lingers arrives now.
        thread::sleep(Duration::from_millis(5));
        let _ = client.exchange(get(&server.url("/")));
        let connections = server.accepted();
        let result =
            result.map(|response| (response.status().as_u16(), String::from_utf8(response.into_body()).unwrap()));
        let fits = match (&want, &result) {
            (Error(kinds), Err(error)) => {
                kinds.contains(&error.kind()) && error.sent == Sent::Maybe && connections == 2
            }
            (Kept(status, body), Ok(got)) => (*status, *body) == (got.0, &got.1) && connections == 1,
            (Closed(status, body), Ok(got)) => (*status, *body) == (got.0, &got.1) && connections == 2,
            (Either(status, body), Ok(got)) => (*status, *body) == (got.0, &got.1),
            _ => false,
        };
        if !fits {
            let shown: String = reply.chars().take(120).collect();
            failed.push(format!("{shown:?}: {result:?} on {connections} connections"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn assert_within(start: Instant, low: u64, high: u64) {
    let elapsed = start.elapsed();
    let range = Duration::from_millis(low)..Duration::from_millis(high);
    assert!(range.contains(&elapsed), "{elapsed:?} not in {range:?}");
}

/// Each wait ends, and says what it waited for.
pub fn timeouts(make: Make, phases: bool) {
    let wait = Duration::from_millis(300);
    let client = make(Setup { wait, ..Setup::default() });
    let kind = |phase| TransportKind::Timeout(if phases { phase } else { Phase::Total });
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1003\r\n\r\nabc".to_vec();
    let drip = vec![b'x'; 1_000];
    let slow = Duration::from_millis(20);
    for (then, phase) in [
        (Then::Hang(Vec::new()), Phase::Response),
        (Then::Hang(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()), Phase::Response),
        (Then::Hang(b"HTTP/1.1 200 OK\r\ncontent-".to_vec()), Phase::Response),
        (Then::Drip(b"HTTP/1.1 200 OK\r\nx: ".to_vec(), drip.clone(), slow), Phase::Response),
        (Then::Hang(head.clone()), Phase::Body),
        (Then::Drip(head, drip, slow), Phase::Body),
        (Then::Hang(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n".to_vec()), Phase::Body),
    ] {
        let server = Server::always(then);
        let start = Instant::now();
        let error = client.exchange(get(&server.url("/"))).unwrap_err();
        assert_eq!(error, ExchangeError::maybe_sent(kind(phase)));
        assert!(error.source.is_timeout());
        assert_within(start, 250, 5_000);
    }
    // One that ends a drip of informational replies, too.
    let endless = Server::always(Then::Endless(Vec::new(), b"HTTP/1.1 102 Processing\r\n\r\n".to_vec()));
    let start = Instant::now();
    let error = client.exchange(get(&endless.url("/"))).unwrap_err();
    assert!(matches!(error.kind(), TransportKind::Timeout(_) | TransportKind::HeadTooLarge), "{error:?}");
    assert_within(start, 0, 20_000);
}

/// Sending ends, too, when nobody reads.
pub fn send_timeout(make: Make, phases: bool) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let client = make(Setup { wait: Duration::from_millis(400), ..Setup::default() });
    let start = Instant::now();
    let error = client.exchange(request("POST", &url, &[], &vec![0; 64 * 1024 * 1024])).unwrap_err();
    let phase = if phases { Phase::Send } else { Phase::Total };
    assert_eq!(error, ExchangeError::maybe_sent(TransportKind::Timeout(phase)));
    assert_within(start, 300, 8_000);
    drop(listener);
}

/// A deadline holds over all phases, for the calls it is set for.
pub fn deadlines(make: Make, _: bool) {
    let client = make(Setup::default());
    let server = Server::new(|seen| {
        if seen.head.contains("/slow") {
            Then::Drip(ok("1234")[..40].to_vec(), ok("1234")[40..].to_vec(), Duration::from_millis(800))
        } else {
            Then::Keep(ok("fine"))
        }
    });
    client.exchange(get(&server.url("/"))).unwrap();
    let hurried = client.with_deadline(Duration::from_millis(1_000));
    hurried.exchange(get(&server.url("/"))).unwrap();
    assert_eq!(server.accepted(), 1, "it shares the connections");
    let start = Instant::now();
    let error = hurried.exchange(get(&server.url("/slow"))).unwrap_err();
    assert_eq!(error, ExchangeError::maybe_sent(TransportKind::Timeout(Phase::Total)));
    assert_within(start, 900, 5_000);
    // The first client has none that short.
    assert_eq!(client.exchange(get(&server.url("/slow"))).unwrap().body(), b"1234");
}

/// Nobody there, nothing sent.
pub fn no_connection(make: Make, _: bool) {
    let client = make(Setup::default());
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for _ in 0..2 {
        let error = client.exchange(get(&format!("http://{address}/"))).unwrap_err();
        assert_eq!(error, ExchangeError::not_sent(TransportKind::Connect));
        let error = client.exchange(get(&format!("https://{address}/"))).unwrap_err();
        assert_eq!(error, ExchangeError::not_sent(TransportKind::Connect));
    }
    for url in ["http://no-such-host.invalid/", "https://no-such-host.invalid/"] {
        let error = client.exchange(get(url)).unwrap_err();
        assert_eq!(error, ExchangeError::not_sent(TransportKind::Resolve));
    }
}

/// Connecting is over in time, TLS included.
pub fn connect_timeout(make: Make, _: bool) {
    let server = Server::with_connections(|_, mut stream, _| while stream.read(&mut [0; 512]).is_ok_and(|n| n > 0) {});
    let client = make(Setup { connect: Duration::from_millis(300), ..Setup::default() });
    let start = Instant::now();
    let error = client.exchange(get(&format!("https://{}/", server.address))).unwrap_err();
    assert_eq!(error, ExchangeError::not_sent(TransportKind::Timeout(Phase::Connect)));
    assert_within(start, 250, 5_000);
    // And when the deadline comes first.
    let error = make(Setup::default())
        .with_deadline(Duration::from_millis(300))
        .exchange(get(&format!("https://{}/", server.address)))
        .unwrap_err();
    assert_eq!(error, ExchangeError::not_sent(TransportKind::Timeout(Phase::Total)));
}

/// A request whose fate is unknown is reported as that, and never sent again.
pub fn never_resent(make: Make, _: bool) {
    // The connection ends once the request was read: closed properly, or reset.
    for (reset, kinds) in
        [(false, &[TransportKind::Truncated][..]), (true, &[TransportKind::Io, TransportKind::Truncated][..])]
    {
        for used_before in [false, true] {
            let executed = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&executed);
            let server = Server::with_connections(move |connection, mut stream, _| {
                if used_before && connection == 0 {
                    let _ = read_request(connection, &mut stream);
                    let _ = stream.write_all(&ok("first"));
                }
                if reset {
                    // Unread bytes in the socket make the kernel reset the connection.
                    let mut byte = [0];
                    if stream.read(&mut byte).is_ok_and(|n| n == 1) {
                        count.fetch_add(1, Ordering::SeqCst);
                        thread::sleep(Duration::from_millis(30));
                    }
                } else if read_request(connection, &mut stream).is_some() {
                    count.fetch_add(1, Ordering::SeqCst);
                }
            });
            let client = make(Setup::default());
            if used_before {
                client.exchange(get(&server.url("/"))).unwrap();
            }
            for method in ["POST", "GET"] {
                let before = executed.load(Ordering::SeqCst);
                let error = client.exchange(request(method, &server.url("/"), &[], b"spend")).unwrap_err();
                assert!(kinds.contains(&error.kind()), "{error:?}");
                assert_eq!(error.sent, Sent::Maybe);
                assert_eq!(executed.load(Ordering::SeqCst) - before, 1, "{method}, {used_before}");
            }
        }
    }
}

/// A reset within the body.
pub fn reset_in_body(make: Make, _: bool) {
    for head in ["content-length: 9", "transfer-encoding: chunked"] {
        let server = Server::with_connections(move |_, mut stream, _| {
            // What is not read makes the kernel reset the connection at its end.
            let _ = stream.read(&mut [0]);
            let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n5\r\nhel").as_bytes());
            thread::sleep(Duration::from_millis(50));
        });
        let error = make(Setup::default()).exchange(get(&server.url("/"))).unwrap_err();
        assert_eq!(error, ExchangeError::maybe_sent(TransportKind::Truncated));
    }
}

/// A connection that ends just as it is taken from the pool: an error or a success, never two executions.
pub fn stale_connections(make: Make, _: bool) {
    let executed = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&executed);
    let server = Server::with_connections(move |connection, mut stream, _| {
        // One request each, then a moment later the end, with no word of it in the reply.
        if read_request(connection, &mut stream).is_some() {
            count.fetch_add(1, Ordering::SeqCst);
            let _ = stream.write_all(&ok("x"));
            thread::sleep(Duration::from_micros(u64::try_from(connection % 40).unwrap() * 10));
        }
    });
    let client = make(Setup::default());
    let (mut done, mut unsent, mut maybe) = (0, 0, 0);
    for _ in 0..500 {
        match client.exchange(request("POST", &server.url("/"), &[], b"x")) {
            Ok(_) => done += 1,
            Err(ExchangeError { sent: Sent::No, .. }) => unsent += 1,
            Err(ExchangeError { sent: Sent::Maybe, .. }) => maybe += 1,
        }
    }
    println!("{done} done, {unsent} not sent, {maybe} perhaps sent");
    assert_eq!(executed.load(Ordering::SeqCst), done, "what ended well was executed once, the rest not at all");
    assert!(done > 100);
}

/// Connections are used again; fresh ones where it is asked for; old ones are not.
pub fn connections(make: Make, _: bool) {
    let server = Server::always(Then::Keep(ok("fine")));
    let client = make(Setup::default());
    let connection_of_last = || server.seen().last().unwrap().connection;
    for _ in 0..3 {
        client.exchange(get(&server.url("/"))).unwrap();
    }
    assert_eq!(server.accepted(), 1);
    let fresh = client.with_fresh_connections();
    for number in 1..4 {
        fresh.exchange(get(&server.url("/"))).unwrap();
        assert_eq!((server.accepted(), connection_of_last()), (number + 1, number));
    }
    client.exchange(get(&server.url("/"))).unwrap();
    assert_eq!((server.accepted(), connection_of_last()), (4, 0), "the kept one is still there");
    let fresh = make(Setup { fresh: true, ..Setup::default() });
    fresh.exchange(get(&server.url("/"))).unwrap();
    fresh.exchange(get(&server.url("/"))).unwrap();
    assert_eq!(server.accepted(), 6);
    let hurried = fresh.with_deadline(Duration::from_secs(5));
    hurried.exchange(get(&server.url("/"))).unwrap();
    assert_eq!(server.accepted(), 7);
}

/// A second reply that nobody asked for, sent late, never answers the next request.
pub fn late_replies(make: Make, _: bool) {
    let late = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&late);
    let server = Server::with_connections(move |connection, mut stream, _| {
        while read_request(connection, &mut stream).is_some() {
            let _ = stream.write_all(&ok(&format!("connection {connection}")));
            thread::sleep(Duration::from_millis(10));
            let _ = stream.write_all(&ok("somebody else"));
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let client = make(Setup::default());
    for number in 0..5 {
        let response = client.exchange(get(&server.url("/"))).unwrap();
        assert_eq!(response.body(), format!("connection {number}").as_bytes());
        while late.load(Ordering::SeqCst) == number {
            thread::sleep(Duration::from_millis(1));
        }
        // For whoever has to notice.
        thread::sleep(Duration::from_millis(100));
    }
}

/// Many threads, one client.
pub fn threads(make: Make, _: bool) {
    let server = Server::new(|seen| Then::Keep(ok(seen.head.split(' ').nth(1).unwrap())));
    let client = make(Setup::default());
    thread::scope(|scope| {
        for thread in 0..8 {
            let (client, server) = (&client, &server);
            scope.spawn(move || {
                for number in 0..50 {
                    let path = format!("/{thread}/{number}");
                    let response = client.exchange(get(&server.url(&path))).unwrap();
                    assert_eq!(response.body(), path.as_bytes());
                }
            });
        }
    });
    assert!(server.accepted() <= 8 * 2, "{}", server.accepted());
}

/// Proxies in the environment are not asked. The test runs itself with the environment set.
pub fn environment(make: Make, _: bool) {
    const URL: &str = "AUTHWIRE_TEST_URL";
    if let Ok(url) = std::env::var(URL) {
        assert_eq!(make(Setup::default()).exchange(get(&url)).unwrap().body(), b"straight");
        return;
    }
    let server = Server::always(Then::Keep(ok("straight")));
    let trap = Server::always(Then::Keep(ok("trap")));
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "environment"]).env(URL, server.url("/"));
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        child.env(name, trap.url("")).env(name.to_uppercase(), trap.url(""));
    }
    let output = child.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!((server.accepted(), trap.accepted()), (1, 0));
}

/// A proxy that was named: a tunnel, for `http` as well; its credentials stay with it.
pub fn proxy(make: Make, _: bool) {
    let authority = Authority::new();
    let secure = authority.serve_ok("localhost");
    let plain = Server::always(Then::Keep(ok("plain")));
    let proxy = Server::with_connections(|connection, mut stream, seen| {
        let Some(request) = read_request(connection, &mut stream) else { return };
        seen.lock().unwrap().push(request.clone());
        let target = request.head.split(' ').nth(1).unwrap();
        let Ok(there) = TcpStream::connect(target) else {
            let _ = stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n");
            return;
        };
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        pipe(&stream, &there);
    });
    let client = make(Setup {
        proxy: Some(format!("http://user:p%40ss@{}", proxy.address)),
        roots: Some(authority.pem().into_bytes()),
        ..Setup::default()
    });
    assert_eq!(client.exchange(get(&plain.url("/"))).unwrap().body(), b"plain");
    let url = format!("https://localhost:{}/", secure.address.port());
    assert_eq!(client.exchange(get(&url)).unwrap().body(), b"fine");
    let seen = proxy.seen();
    assert_eq!(seen.len(), 2);
    let lines: Vec<&str> = seen.iter().map(|seen: &Seen| seen.head.lines().next().unwrap()).collect();
    assert_eq!(lines[0], format!("CONNECT {} HTTP/1.1", plain.address));
    assert_eq!(lines[1], format!("CONNECT localhost:{} HTTP/1.1", secure.address.port()));
    // "user:p@ss"
    assert!(seen.iter().all(|seen| seen.head.to_lowercase().contains("proxy-authorization: basic dxnlcjpwqhnz")));
    for server in [&plain, &secure] {
        assert!(!server.seen()[0].head.to_lowercase().contains("proxy"));
    }
    // A proxy that refuses: the request itself was not sent.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = client.exchange(get(&format!("http://{nobody}/"))).unwrap_err();
    assert_eq!(error, ExchangeError::not_sent(TransportKind::Connect));
    // A port is said even where the URI has none.
    let _ = client.exchange(get("http://localhost/"));
    assert!(proxy.seen().last().unwrap().head.starts_with("CONNECT localhost:80 "));
}

fn pipe(one: &TcpStream, other: &TcpStream) {
    let copy = |mut from: TcpStream, mut to: TcpStream| {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Write);
    };
    let (a, b) = (one.try_clone().unwrap(), other.try_clone().unwrap());
    let back = thread::spawn(move || copy(b, a));
    copy(one.try_clone().unwrap(), other.try_clone().unwrap());
    let _ = back.join();
}

/// A user agent only if one is set, and not over the request's own.
pub fn user_agent(make: Make, _: bool) {
    let server = Server::always(Then::Keep(ok("")));
    let client = make(Setup { user_agent: Some("app/1".into()), ..Setup::default() });
    client.exchange(get(&server.url("/"))).unwrap();
    client.exchange(request("POST", &server.url("/"), &[("user-agent", "own")], b"x")).unwrap();
    let seen = server.seen();
    assert!(seen[0].head.contains("\r\nuser-agent: app/1\r\n"));
    assert!(seen[1].head.contains("\r\nuser-agent: own\r\n") && !seen[1].head.contains("app/1"));
}

/// TLS: who is trusted, and what is said when nobody is.
pub fn tls(make: Make, _: bool) {
    let authority = Authority::new();
    let other = Authority::new();
    let url = |server: &Server, host: &str| format!("https://{host}:{}/", server.address.port());
    let trusting = |roots: Vec<u8>| make(Setup { roots: Some(roots), ..Setup::default() });
    let refused = ExchangeError::not_sent(TransportKind::Tls);

    let server = authority.serve_ok("localhost");
    for roots in [authority.der(), authority.pem().into_bytes(), (other.pem() + &authority.pem()).into_bytes()] {
        let client = trusting(roots);
        for _ in 0..2 {
            assert_eq!(client.exchange(get(&url(&server, "localhost"))).unwrap().body(), b"fine");
        }
        // Another name for the same place.
        assert_eq!(client.exchange(get(&url(&server, "127.0.0.1"))).unwrap_err(), refused);
    }
    assert_eq!(trusting(other.der()).exchange(get(&url(&server, "localhost"))).unwrap_err(), refused);
    assert_eq!(make(Setup::default()).exchange(get(&url(&server, "localhost"))).unwrap_err(), refused);
    assert!(server.seen().iter().all(|seen| seen.head.contains("localhost")), "nothing was sent to the others");
    assert_eq!(server.seen().len(), 6);

    // By address.
    let server = authority.serve_ok("127.0.0.1");
    assert_eq!(trusting(authority.der()).exchange(get(&url(&server, "127.0.0.1"))).unwrap().body(), b"fine");

    // Not TLS at all, and the end in the middle of it.
    let client = trusting(authority.der());
    let plain = Server::with_connections(|_, mut stream, _| {
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    assert_eq!(client.exchange(get(&url(&plain, "localhost"))).unwrap_err(), refused);
    let closing = Server::with_connections(|_, mut stream, _| drop(stream.read(&mut [0; 1024])));
    assert_eq!(client.exchange(get(&url(&closing, "localhost"))).unwrap_err(), refused);

    // A body that ends with the connection, without the end of TLS, is no body; nor is one that TLS ends.
    let unframed = authority.serve("localhost", false, |_| b"HTTP/1.1 200 OK\r\n\r\nhello".to_vec());
    let error = client.exchange(get(&url(&unframed, "localhost"))).unwrap_err();
    assert_eq!(error, ExchangeError::maybe_sent(TransportKind::Unframed));
    // The end of TLS behind a reply, while the connection stays: it is not used again.
    let ending = authority.serve_closing("localhost");
    for number in 0..2 {
        let response = client.exchange(get(&url(&ending, "localhost"))).unwrap();
        assert_eq!(response.body(), format!("connection {number}").as_bytes());
    }
    // Surplus bytes under TLS spoil the connection as well.
    let surplus = authority.serve("localhost", false, |seen| {
        [ok(&format!("connection {}", seen.connection)), ok("somebody else")].concat()
    });
    for number in 0..2 {
        let response = client.exchange(get(&url(&surplus, "localhost"))).unwrap();
        assert_eq!(response.body(), format!("connection {number}").as_bytes());
    }
}

/// A certificate of our own, for servers that ask.
pub fn client_certificate(make: Make, _: bool) {
    let authority = Authority::new();
    let server = authority.serve("localhost", true, |_| ok("known"));
    let url = format!("https://localhost:{}/", server.address.port());
    let (chain, key, ..) = authority.issue("client");
    let roots = Some(authority.der());
    let client = make(Setup { roots: roots.clone(), client: Some((chain, key)), ..Setup::default() });
    assert_eq!(client.exchange(get(&url)).unwrap().body(), b"known");
    // Without: the server says so after the handshake, when the request is perhaps under way.
    let error = make(Setup { roots, ..Setup::default() }).exchange(get(&url)).unwrap_err();
    assert!(matches!(error.kind(), TransportKind::Tls | TransportKind::Io | TransportKind::Truncated), "{error:?}");
    assert_eq!(server.seen().len(), 1);
}

/// No secret in any text of ours.
pub fn no_secrets_in_texts(make: Make, _: bool) {
    const CANARY: &str = "C4N4RY";
    let mut texts = Vec::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let authority = Authority::new();
    let (chain, key, ..) = authority.issue("client");
    let client = make(Setup {
        proxy: None,
        user_agent: Some(CANARY.into()),
        client: Some((chain, key)),
        connect: Duration::from_millis(100),
        wait: Duration::from_millis(100),
        ..Setup::default()
    });
    texts.push(client.debug());
    let proxied = make(Setup { proxy: Some(format!("http://{CANARY}:{CANARY}@{listener}")), ..Setup::default() });
    texts.push(proxied.debug());
    let replies = [
        Then::Close(Vec::new()),
        Then::Hang(Vec::new()),
        Then::Close(format!("HTTP/1.1 200 {CANARY}\r\nx: {CANARY}\r\ncontent-length: 99\r\n\r\n{CANARY}").into_bytes()),
        Then::Keep(format!("HTTP/1.1 200 {CANARY}\r\nx: {CANARY}\r\n\r\n{CANARY}").into_bytes()),
        Then::Keep(format!("{CANARY}\r\n\r\n").into_bytes()),
        Then::Keep(format!("HTTP/1.1 200 OK\r\n{CANARY}\r\n\r\n").into_bytes()),
        Then::Keep(format!("HTTP/1.1 200 OK\r\ncontent-length: {CANARY}\r\n\r\n").into_bytes()),
        Then::Keep(format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{CANARY}\r\n").into_bytes()),
    ];
    let mut urls = vec![
        format!("http://{listener}/{CANARY}?{CANARY}"),
        format!("https://{listener}/{CANARY}?{CANARY}"),
        format!("http://{CANARY}.invalid/{CANARY}"),
        format!("http://{CANARY}@{listener}/{CANARY}"),
        format!("ftp://{listener}/{CANARY}"),
        format!("/{CANARY}"),
    ];
    let servers: Vec<Server> = replies.into_iter().map(Server::always).collect();
    urls.extend(servers.iter().map(|server| server.url(&format!("/{CANARY}?a={CANARY}"))));
    urls.extend(servers.iter().map(|server| server.url(&format!("/{CANARY}?a={CANARY}")).replace("http:", "https:")));
    for url in &urls {
        for client in [&client, &proxied] {
            let sent = request("POST", url, &[("x-key", CANARY)], CANARY.as_bytes());
            let error = client.exchange(sent).unwrap_err();
            texts.push(format!("{error} {error:?} {error:#?}"));
            let mut source = error.source();
            while let Some(error) = source {
                texts.push(format!("{error} {error:?}"));
                source = error.source();
            }
        }
    }
    assert!(texts.len() > 40);
    for text in texts {
        assert!(!text.to_uppercase().contains(CANARY), "{text}");
        assert!(!text.contains("127.0.0.1"), "{text}");
    }
}

/// An operation, called.
pub fn calls(make: Make, _: bool) {
    let server = Server::new(|seen| {
        let value = seen.head.split(' ').nth(1).unwrap().rsplit('/').next().unwrap();
        Then::Keep(match value {
            "13" => b"HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n".to_vec(),
            value => ok(value),
        })
    });
    let toy = Toy(BaseUrl::new(&server.url("/prefix")).unwrap());
    let client = make(Setup::default());
    assert_eq!(client.call_toy(&toy, 7).unwrap(), 7);
    assert!(server.seen()[0].head.starts_with("GET /prefix/echo/7 HTTP/1.1\r\n"));
    assert_eq!(client.call_toy(&toy, 13).unwrap_err().reply().unwrap().status(), 503);
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = Toy(BaseUrl::new(&format!("http://{address}")).unwrap());
    let error = client.call_toy(&nobody, 7).unwrap_err();
    assert!(matches!(error, CallError::Transport { sent: Sent::No, .. }));
    assert!(!error.is_uncertain());
    assert_eq!(error.source().unwrap().to_string(), TransportKind::Connect.to_string());
}

/// A flow, driven: it sends, waits, sends and is done; and it hears of losses.
pub fn flows(make: Make, _: bool) {
    let client = make(Setup::default());
    let server = Server::new(|seen| Then::Keep(ok(seen.head.split(' ').nth(1).unwrap().rsplit('/').next().unwrap())));
    let toy = Toy(BaseUrl::new(&server.url("")).unwrap());
    let start = Instant::now();
    let mut flow = Steps::default();
    assert_eq!(client.drive_toy(&toy, &mut flow), Ok(2));
    assert!(flow.waited && flow.lost == 0);
    assert_within(start, 140, 5_000);

    let closing = Server::always(Then::Close(Vec::new()));
    let mut flow = Steps::default();
    assert_eq!(client.drive_toy(&Toy(BaseUrl::new(&closing.url("")).unwrap()), &mut flow), Err(Failed));
    assert_eq!((flow.lost, flow.last_sent), (2, Some(Sent::Maybe)));

    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut flow = Steps::default();
    let nobody = Toy(BaseUrl::new(&format!("http://{address}")).unwrap());
    assert_eq!(client.drive_toy(&nobody, &mut flow), Err(Failed));
    assert_eq!((flow.lost, flow.last_sent), (2, Some(Sent::No)));
}

/// Settings that cannot be used. `build` makes a client from: roots, only those, client certificate, proxy, user agent.
pub fn setup_errors(
    build: impl Fn(Option<&str>, bool, Option<(&str, &str)>, Option<&str>, Option<&str>) -> Result<(), SetupError>,
) {
    let authority = Authority::new();
    let (chain, key, ..) = authority.issue("a");
    let (_, other_key, ..) = authority.issue("b");
    let pem = authority.pem();
    let truncated = &pem[..pem.len() / 2];
    let root = |pem, only| build(pem, only, None, None, None);
    assert_eq!(root(None, false), Ok(()));
    assert_eq!(root(Some(&pem), false), Ok(()));
    assert_eq!(root(Some(&pem), true), Ok(()));
    for (bad, only) in [(None, true), (Some(""), false), (Some("x"), false), (Some("0\u{3}abc"), false)] {
        assert_eq!(root(bad, only), Err(SetupError::RootCertificate), "{bad:?}");
    }
    assert_eq!(root(Some(truncated), false), Err(SetupError::RootCertificate));
    assert_eq!(root(Some(&key), false), Err(SetupError::RootCertificate));
    let client = |chain, key| build(None, false, Some((chain, key)), None, None);
    assert_eq!(client(&chain, &key), Ok(()));
    for (chain, key) in [(&chain, &other_key), (&chain, &chain), (&key, &key)] {
        assert_eq!(client(chain, key), Err(SetupError::ClientCertificate));
    }
    assert_eq!(client("", ""), Err(SetupError::ClientCertificate));
    let proxy = |text| build(None, false, None, Some(text), None);
    for good in ["http://p", "http://p:3128", "http://p:3128/", "http://u:w@p", "http://u@[::1]:3128", "http://u:%40@p"]
    {
        assert_eq!(proxy(good), Ok(()), "{good}");
    }
    for bad in
        ["", "p:3128", "https://p", "socks5://p", "http://", "http://p/x", "http://p?x", "http://p:0", "http://u:%FF@p"]
    {
        assert_eq!(proxy(bad), Err(SetupError::Proxy), "{bad}");
    }
    let agent = |text| build(None, false, None, None, Some(text));
    assert_eq!(agent("app/1 (x)"), Ok(()));
    for bad in ["", "a\nb", "ä"] {
        assert_eq!(agent(bad), Err(SetupError::UserAgent));
    }
}
