//! The single connection, over tokio's sockets: the parts of the suite that fit one.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]
#![allow(clippy::unimplemented)]

#[macro_use]
#[path = "../../testing/mod.rs"]
mod testing;
#[path = "../../testing/over_connection.rs"]
mod over_connection;

use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use authwire_core::BaseUrl;
use authwire_core::transport::{ExchangeError, TransportKind};
use authwire_hyper::Connection;
use hyper::rt::{Read, ReadBufCursor, Write};
use over_connection::{make, open};
use testing::get;
use testing::server::{Server, Then, ok};
use testing::toy::{Echo, Toy};
use tokio::runtime::Builder;

suite!(make, phases: false, tests: [
    exact_bytes, large_bodies, statuses, cap, never_resent, reset_in_body, late_replies, redirects, urls_in_replies,
]);

#[test]
fn calls_and_refusals() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let server =
            Server::new(|seen| Then::Keep(ok(seen.head.split(' ').nth(1).unwrap().rsplit('/').next().unwrap())));
        let toy = Toy(BaseUrl::new(&server.url("/prefix")).unwrap());
        let mut connection = open(&toy.0, None).await.unwrap();
        assert_eq!(connection.call(&toy, &Echo(7)).await.unwrap(), 7);

        // Another origin than the one it leads to, in host, port or scheme.
        let port = server.address.port();
        for url in [
            format!("http://localhost:{port}/"),
            "http://127.0.0.1:1/".into(),
            server.url("/").replace("http", "https"),
        ] {
            let error = connection.exchange(get(&url)).await.unwrap_err();
            assert_eq!(error, ExchangeError::not_sent(TransportKind::Refused));
        }
        assert!(!connection.is_closed());
        assert_eq!(connection.call(&toy, &Echo(8)).await.unwrap(), 8);
        assert_eq!((server.accepted(), server.seen().len()), (1, 2));

        // A dropped exchange uses it up.
        let hanging = Server::always(Then::Hang(Vec::new()));
        let mut connection = open(&BaseUrl::new(&hanging.url("")).unwrap(), None).await.unwrap();
        let late = tokio::time::timeout(Duration::from_millis(100), connection.exchange(get(&hanging.url("/"))));
        assert!(late.await.is_err());
        assert!(connection.is_closed());
        let error = connection.exchange(get(&hanging.url("/"))).await.unwrap_err();
        assert_eq!(error, ExchangeError::not_sent(TransportKind::Io));
        assert!(!format!("{connection:?}").contains("/x"));
    });
}

/// What the server does meanwhile is found out when the connection is used, or asked.
#[test]
fn ended_while_nobody_looked() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Server::new(|seen| {
            let surplus = if seen.head.contains("/surplus") { ok("somebody else's") } else { Vec::new() };
            let close = if seen.head.contains("/close") { Then::Close as fn(_) -> _ } else { Then::Keep };
            close([ok("fine"), surplus].concat())
        });
        let base = BaseUrl::new(&server.url("")).unwrap();
        for path in ["/surplus", "/close"] {
            let mut connection = open(&base, None).await.unwrap();
            assert_eq!(connection.exchange(get(&server.url(path))).await.unwrap().body(), b"fine");
            // Until the socket's news is there.
            tokio::time::sleep(Duration::from_millis(100)).await;
            let seen = server.seen().len();
            let error = connection.exchange(get(&server.url("/"))).await.unwrap_err();
            assert_eq!(error, ExchangeError::not_sent(TransportKind::Io));
            assert!(connection.is_closed());
            assert_eq!(server.seen().len(), seen);

            let mut connection = open(&base, None).await.unwrap();
            assert!(!connection.is_closed());
            connection.exchange(get(&server.url(path))).await.unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert!(connection.is_closed());
        }
    });
}

/// A peer made by hand, on no runtime at all.
#[derive(Clone, Default)]
struct Peer(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    written: Vec<u8>,
    to_read: Vec<u8>,
    ended: bool,
}

impl Read for Peer {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, mut into: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let mut state = self.0.lock().unwrap();
        if !state.to_read.is_empty() {
            into.put_slice(&std::mem::take(&mut state.to_read));
        } else if !state.ended {
            // The test polls again by itself.
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

impl Write for Peer {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.lock().unwrap().written.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Polls until it is done.
fn finish<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..100 {
        if let Poll::Ready(done) = future.as_mut().poll(&mut cx) {
            return done;
        }
    }
    panic!("it does not end")
}

fn open_by_hand(peer: &Peer) -> Connection<Peer> {
    let base = BaseUrl::new("https://example.com").unwrap();
    finish(Connection::open(&base, peer.clone())).unwrap()
}

#[test]
fn on_no_runtime_at_all() {
    // What comes before the request is nobody's reply, whether one looks first or not.
    for looks in [true, false] {
        let peer = Peer::default();
        let mut connection = open_by_hand(&peer);
        peer.0.lock().unwrap().to_read = ok("fine");
        assert!(!looks || connection.is_closed());
        let error = finish(connection.exchange(get("https://example.com/a?b=c"))).unwrap_err();
        assert_eq!(error, ExchangeError::not_sent(TransportKind::Io));
        assert!(connection.is_closed());
        assert!(peer.0.lock().unwrap().written.is_empty());
    }

    let peer = Peer::default();
    let mut connection = open_by_hand(&peer);
    assert!(!connection.is_closed());
    for round in 1..=3 {
        let mut exchange = pin!(connection.exchange(get("https://example.com/a?b=c")));
        assert!(exchange.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let reply = ok(&"fine".repeat(round));
        // In two pieces, and polled in between without need.
        let (first, second) = reply.split_at(reply.len() / 2);
        peer.0.lock().unwrap().to_read = first.to_vec();
        assert!(exchange.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert!(exchange.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        peer.0.lock().unwrap().to_read = second.to_vec();
        assert_eq!(finish(exchange).unwrap().body(), "fine".repeat(round).as_bytes());
    }
    let written = String::from_utf8(peer.0.lock().unwrap().written.clone()).unwrap();
    assert_eq!(written, "GET /a?b=c HTTP/1.1\r\nhost: example.com\r\n\r\n".repeat(3));
}

/// The end of the connection before the request was written: hyper gives it back.
#[test]
fn a_request_given_back_is_not_sent() {
    for was_used in [false, true] {
        let peer = Peer::default();
        let mut connection = open_by_hand(&peer);
        if was_used {
            let mut exchange = pin!(connection.exchange(get("https://example.com/")));
            assert!(exchange.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            peer.0.lock().unwrap().to_read = ok("fine");
            assert!(finish(exchange).is_ok());
        }
        peer.0.lock().unwrap().ended = true;
        peer.0.lock().unwrap().written.clear();
        let error = finish(connection.exchange(get("https://example.com/"))).unwrap_err();
        assert_eq!(error, ExchangeError::not_sent(TransportKind::Io));
        assert!(peer.0.lock().unwrap().written.is_empty());
    }
}

/// The end of the connection once hyper took the request up: it does not say how much of it was written.
#[test]
fn a_request_that_was_taken_up_may_have_arrived() {
    let peer = Peer::default();
    let mut connection = open_by_hand(&peer);
    let mut exchange = pin!(connection.exchange(get("https://example.com/")));
    assert!(exchange.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    peer.0.lock().unwrap().ended = true;
    assert_eq!(finish(exchange).unwrap_err(), ExchangeError::maybe_sent(TransportKind::Truncated));
}
