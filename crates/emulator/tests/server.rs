//! The emulator on a real socket.

#![cfg(feature = "server")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the sockets, threads and clocks that the emulator itself keeps out of"
)]

mod common;

use authwire_emulator::nextauth::Phone;
use authwire_emulator::{Emulator, Fault, FaultPlan, Server};
use common::{NONCE, escape};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Sends raw bytes, and reads until the server closes.
fn exchange(server: &Server, raw: &str) -> String {
    let mut stream = connect(server);
    stream.write_all(raw.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // A reset after the answer is as good as a close.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

fn ask(server: &Server, method: &str, path: &str, body: &str) -> String {
    let (id, key) = server.with_emulator(|emulator, _| {
        let nextauth = &emulator.nextauth;
        (escape(nextauth.server_id()), nextauth.api_key().to_owned())
    });
    let framing = if body.is_empty() {
        String::new()
    } else {
        format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len())
    };
    exchange(
        server,
        &format!(
            "{method} /nextauth/servers/{id}/{path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\nx-apikey: {key}\r\nx-nonce: {NONCE}\r\n{framing}\r\n{body}"
        ),
    )
}

#[test]
fn a_login_over_a_socket() {
    let server = Server::with(Emulator::new(4)).unwrap();
    assert_eq!(server.nextauth_url(), format!("http://127.0.0.1:{}/nextauth", server.port()));
    assert!(ask(&server, "GET", "sessions/qr/enrol?name=A&userid=ada", "").starts_with("HTTP/1.1 200 OK\r\n"));
    let mut phone = Phone::new(1);
    // A GET with a body.
    let answer = ask(&server, "GET", "sessions/qr/login?img=png", r#"{"sessioninfo":{"ip":"192.0.2.1"}}"#);
    assert!(answer.contains("\r\ncontent-type: application/octet-stream\r\n"));
    server.with_emulator(|emulator, now| {
        assert!(emulator.nextauth.user_context(NONCE).is_some());
        let asked = common::request(&emulator.nextauth, "GET /servers/{s}/sessions/qr/enrol?name=A&userid=ada");
        let code = emulator.nextauth.handle(now, &asked).into_body();
        phone.scan_and_approve(&mut emulator.nextauth, now, &code).unwrap();
    });
    let answer = ask(&server, "GET", "sessions/", "");
    assert!(answer.contains(r#""loggedin":true,"userid":"ada""#), "{answer}");
    let answer = ask(&server, "POST", "sessions/logout", "");
    assert!(answer.contains("\r\ncontent-length: 0\r\n") && answer.ends_with("\r\n\r\n"), "{answer}");
    assert!(!answer.contains("content-type"));
    let log = server.log();
    assert_eq!(log.len(), 4);
    assert_eq!(log.get(1).unwrap().body, br#"{"sessioninfo":{"ip":"192.0.2.1"}}"#);
}

#[test]
fn the_target_arrives_as_it_was_sent() {
    let server = Server::start().unwrap();
    for target in ["/nextauth/a/../%2e%2E/b//%41?x=%20+&&y#", "/", "//x", "/nextauth/é"] {
        exchange(&server, &format!("GET {target} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n"));
        let log = server.log();
        assert_eq!(log.last().unwrap().target, target.trim_end_matches('#'));
    }
}

#[test]
fn faults_on_the_wire() {
    let server = Server::start().unwrap();
    let fault = |fault: Fault| server.with_emulator(|emulator, _| emulator.fault(fault));
    fault(Fault::DropBefore);
    assert_eq!(ask(&server, "GET", "vash", ""), "");
    fault(Fault::DropAfter);
    assert_eq!(ask(&server, "GET", "vash", ""), "");

    let whole = ask(&server, "GET", "sessions/", "");
    let (head, body) = whole.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}", body.len())));
    fault(Fault::Truncated);
    let cut = ask(&server, "GET", "sessions/", "");
    let (head, half) = cut.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
    assert_eq!(Some(half), body.get(..body.len() / 2));
    fault(Fault::Truncated);
    let cut = ask(&server, "POST", "sessions/logout", "");
    assert!(cut.contains("content-length: 1\r\n") && cut.ends_with("\r\n\r\n"), "{cut}");

    let began = Instant::now();
    fault(Fault::Delay(Duration::from_millis(80)));
    assert!(ask(&server, "GET", "vash", "").contains("200 OK"));
    assert!(began.elapsed() >= Duration::from_millis(80));

    // Statuses that have no body, or are no answer at all: whatever comes, the connection ends.
    for status in [100, 101, 199, 204, 205, 304, 999] {
        let response = http::Response::builder().status(status);
        fault(Fault::Reply(response.body(b"four".to_vec()).unwrap()));
        ask(&server, "GET", "vash", "");
    }

    // A length that is not the body's, either way.
    for announced in [1, 100] {
        let response = http::Response::builder().header("content-length", announced);
        fault(Fault::Reply(response.body(b"four".to_vec()).unwrap()));
        let answer = ask(&server, "GET", "vash", "");
        let wanted = announced.max(4);
        assert!(answer.contains(&format!("content-length: {wanted}\r\n")), "{answer}");
        assert!(answer.ends_with("\r\n\r\nfour"), "{answer}");
    }
}

#[test]
fn hostile_requests_end() {
    let server = Server::start().unwrap();
    let large = "POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: 1048577\r\n\r\n";
    assert!(exchange(&server, large).starts_with("HTTP/1.1 413 "));
    let chunk = format!("{:x}\r\n{}\r\n", 600_000, "x".repeat(600_000));
    let chunked = format!("POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n{chunk}{chunk}");
    assert!(exchange(&server, &chunked).starts_with("HTTP/1.1 413 "));
    assert!(server.log().is_empty());
    for raw in ["nonsense\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\r\n\r\n"] {
        let answer = exchange(&server, raw);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    for raw in [
        "OPTIONS * HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n",
        "CONNECT h:1 HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n",
        "BREW /nextauth HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n",
        "GET http://other/nextauth/ HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n",
    ] {
        assert!(exchange(&server, raw).starts_with("HTTP/1.1 404 "), "{raw}");
    }
    // A megabyte is still read.
    let body = "x".repeat(1_048_576);
    let most =
        format!("POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    assert!(exchange(&server, &most).starts_with("HTTP/1.1 404 "));
}

#[test]
fn one_connection_carries_many_requests() {
    let server = Server::start().unwrap();
    let mut stream = connect(&server);
    for _ in 0..3 {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n").unwrap();
        let mut answer = [0; 4096];
        let read = stream.read(&mut answer).unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 404 "));
    }
    assert_eq!(server.log().len(), 3);
}

#[test]
fn dropping_it_stops_it() {
    let server = Server::start().unwrap();
    let port = server.port();
    let mut idle = connect(&server);
    let mut half = connect(&server);
    half.write_all(b"POST / HTTP/1.1\r\ncontent-length: 10\r\n\r\nx").unwrap();
    let mut waiting = connect(&server);
    server.with_emulator(|emulator, _| {
        emulator.fault(FaultPlan::new(Fault::Delay(Duration::from_secs(3600))));
    });
    waiting.write_all(b"GET / HTTP/1.1\r\nhost: h\r\n\r\n").unwrap();
    while server.log().is_empty() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let began = Instant::now();
    drop(server);
    assert!(began.elapsed() < Duration::from_secs(2));
    for stream in [&mut idle, &mut half, &mut waiting] {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(rest.is_empty());
    }
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    let again = Server::start_on(port).unwrap();
    assert_eq!(again.port(), port);
    assert!(Server::start_on(port).is_err());
}

#[test]
fn the_clock_is_real_and_can_be_moved() {
    let server = Server::start().unwrap();
    let before = server.now();
    assert!(before > Duration::from_secs(1_700_000_000));
    server.advance(Duration::from_secs(3600));
    let ahead = server.now().saturating_sub(before);
    assert!(ahead >= Duration::from_secs(3600) && ahead < Duration::from_secs(3700));
}

#[test]
fn a_test_that_panics_while_it_holds_the_emulator_takes_nobody_along() {
    let server = Server::start().unwrap();
    let panicked = std::thread::scope(|scope| {
        let held = scope.spawn(|| server.with_emulator(|_, _| "on purpose".parse::<u8>().unwrap()));
        held.join().is_err()
    });
    assert!(panicked);
    assert!(ask(&server, "GET", "vash", "").contains("200 OK"));
}

#[test]
fn it_starts_and_stops_inside_an_async_program() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let reply = runtime.block_on(async {
        let server = Server::start().unwrap();
        ask(&server, "GET", "/nextauth/nowhere", "")
    });
    assert!(reply.starts_with("HTTP/1.1 404"), "{reply}");
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let server = Server::start().unwrap();
    assert_eq!(Server::start_on(server.port()).unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
}
