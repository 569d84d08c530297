//! What leaves, byte by byte, and what does not.

use std::collections::BTreeSet;

use authwire_core::transport::{ExchangeError, TransportKind};

use crate::testing::server::{Server, Then, ok};
use crate::testing::{Make, Setup, get, request};

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
