//! Nothing is sent twice.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use authwire_core::Sent;
use authwire_core::transport::{ExchangeError, TransportKind};

use crate::testing::server::{Server, ok, read_request};
use crate::testing::{Make, Setup, get, request};

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
