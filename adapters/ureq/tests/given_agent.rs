//! An agent of the caller's, set in every way against us: the guards hold.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

#[path = "../../testing/mod.rs"]
mod testing;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use authwire_core::Sent;
use authwire_core::transport::{ExchangeError, Phase, SetupError, TransportKind};
use authwire_ureq::{Builder, Client};
use testing::server::{Server, Then, ok};
use testing::tls::Authority;
use testing::{get, request};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// As it comes, but for the proxy of the environment.
fn careless() -> Agent {
    Agent::config_builder().proxy(None).save_redirect_history(true).build().into()
}

fn client(agent: Agent) -> Builder {
    Client::builder().agent(agent)
}

#[test]
fn statuses_and_redirects() {
    let client = client(careless()).build().unwrap();
    let trap = Server::always(Then::Keep(ok("trap")));
    let away = trap.url("/");
    let server = Server::new(move |seen| {
        let status = seen.head.split(' ').nth(1).unwrap().trim_start_matches('/');
        let head = format!("HTTP/1.1 {status} X\r\nlocation: {away}\r\ncontent-length: 4\r\n\r\nbody");
        Then::Keep(head.into_bytes())
    });
    for status in [200, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503] {
        let response = client.exchange(get(&server.url(&format!("/{status}")))).unwrap();
        assert_eq!((response.status().as_u16(), response.body().as_slice()), (status, &b"body"[..]));
        assert!(response.extensions().is_empty());
    }
    assert_eq!(trap.accepted(), 0);
    assert_eq!(server.accepted(), 1, "its pool is used");
    client.with_fresh_connections().exchange(get(&server.url("/200"))).unwrap();
    assert_eq!(server.accepted(), 2);
    // Its user agent is its own affair; nothing else is added.
    for seen in server.seen() {
        let head = seen.head.to_lowercase();
        assert!(!head.contains("accept") && !head.contains("content-length"), "{head}");
    }
    client.exchange(request("POST", &server.url("/200"), &[], b"")).unwrap();
    assert_eq!(server.seen().last().unwrap().head.matches("content-length: 0").count(), 1);
}

#[test]
fn limits() {
    let agent = Agent::config_builder().proxy(None).max_response_header_size(1024 * 1024).build().into();
    let client = client(agent)
        .max_body(100)
        .response_timeout(Duration::from_millis(200))
        .body_timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\ncontent-length: 0\r\n\r\n", "x".repeat(40_000));
    let both =
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n".to_vec();
    let gzip = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-encoding: gzip\r\n\r\nok".to_vec();
    for (then, kind) in [
        (Then::Keep(ok(&"x".repeat(101))), TransportKind::TooLarge),
        (Then::Keep(long.into_bytes()), TransportKind::HeadTooLarge),
        (Then::Keep(both), TransportKind::Protocol),
        (Then::Keep(gzip), TransportKind::UnsupportedEncoding),
        (Then::Keep(b"HTTP/1.1 200 OK\r\n\r\nx".to_vec()), TransportKind::Unframed),
        (Then::Close(Vec::new()), TransportKind::Truncated),
        (Then::Hang(Vec::new()), TransportKind::Timeout(Phase::Response)),
        (Then::Hang(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n".to_vec()), TransportKind::Timeout(Phase::Body)),
    ] {
        let server = Server::always(then);
        let error = client.exchange(get(&server.url("/"))).unwrap_err();
        assert_eq!(error, ExchangeError::maybe_sent(kind));
        assert_eq!(server.seen().len(), 1);
    }
    let server =
        Server::always(Then::Drip(b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'x'; 50], Duration::from_millis(20)));
    let start = Instant::now();
    let error = client.with_deadline(Duration::from_millis(100)).exchange(get(&server.url("/"))).unwrap_err();
    assert_eq!(error, ExchangeError::maybe_sent(TransportKind::Timeout(Phase::Total)));
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[test]
fn what_was_not_sent() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let careless = client(careless()).build().unwrap();
    let error = careless.exchange(get(&format!("http://{address}/"))).unwrap_err();
    assert_eq!(error.sent, Sent::No);
    let strict = Agent::config_builder().proxy(None).https_only(true).build().into();
    let error = client(strict).build().unwrap().exchange(get(&format!("http://{address}/"))).unwrap_err();
    assert_eq!(error, ExchangeError::not_sent(TransportKind::Refused));

    let authority = Authority::new();
    let server = authority.serve_ok("localhost");
    let url = |host: &str| format!("https://{host}:{}/", server.address.port());
    assert_eq!(careless.exchange(get(&url("localhost"))).unwrap_err(), ExchangeError::not_sent(TransportKind::Tls));
    let roots = RootCerts::new_with_certs(&[Certificate::from_der(&authority.der()).to_owned()]);
    let tls = TlsConfig::builder().root_certs(roots).build();
    let trusting: Agent = Agent::config_builder().proxy(None).tls_config(tls).build().into();
    let trusting = client(trusting).build().unwrap();
    assert_eq!(trusting.exchange(get(&url("localhost"))).unwrap().body(), b"fine");
    assert_eq!(trusting.exchange(get(&url("127.0.0.1"))).unwrap_err(), ExchangeError::not_sent(TransportKind::Tls));
}

#[test]
fn settings_that_do_not_go_together() {
    let conflict = |builder: Builder| assert_eq!(builder.build().unwrap_err(), SetupError::Conflict);
    conflict(client(careless()).proxy("http://p"));
    conflict(client(careless()).idle_timeout(Duration::from_secs(1)));
    conflict(client(careless()).only_given_roots());
    conflict(client(careless()).root_certificates(b"x".to_vec()));
    let tls = TlsConfig::builder().disable_verification(true).build();
    let blind: Agent = Agent::config_builder().tls_config(tls).build().into();
    assert_eq!(client(blind).build().unwrap_err(), SetupError::Unverified);
}
