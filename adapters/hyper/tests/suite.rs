//! The suite of both adapters, over hyper.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]
#![allow(clippy::unimplemented)]

#[macro_use]
#[path = "../../testing/mod.rs"]
mod testing;
#[path = "../../testing/over_hyper.rs"]
mod over_hyper;

use std::time::Duration;

use authwire_core::transport::{ExchangeError, SetupError};
use authwire_hyper::Client;
use over_hyper::make;
use testing::toy::{Echo, Steps, Toy};
use tokio::runtime::Builder;

suite!(make, phases: false, tests: [
    exact_bytes, large_bodies, refused_requests, statuses, cap, timeouts, send_timeout, deadlines,
    no_connection, connect_timeout, never_resent, reset_in_body, stale_connections, connections, late_replies, surplus, hang_ups, threads, redirects, urls_in_replies, environment, out_of_descriptors,
    proxy, answers_out_of_a_tunnel, a_proxy_that_trickles, user_agent, tls, client_certificate, no_secrets_in_texts, calls, flows,
]);

#[test]
fn setup_errors() {
    testing::cases::setup_errors(|roots, only, client, proxy, agent| {
        let mut builder = Client::builder();
        if let Some(roots) = roots {
            builder = builder.root_certificates(roots);
        }
        if only {
            builder = builder.only_given_roots();
        }
        if let Some((chain, key)) = client {
            builder = builder.client_certificate(chain, key);
        }
        if let Some(proxy) = proxy {
            builder = builder.proxy(proxy);
        }
        if let Some(agent) = agent {
            builder = builder.user_agent(agent);
        }
        let result: Result<(), SetupError> = builder.build().map(drop);
        result
    });
}

#[test]
fn a_client_can_be_shared() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    fn sendable<T: Send>(_: T) {}
    shared::<Client>();
    let client = Client::new().unwrap();
    let toy = Toy(authwire_core::BaseUrl::new("http://localhost").unwrap());
    sendable(client.exchange(testing::get("http://localhost")));
    sendable(client.call(&toy, &Echo(1)));
    sendable(client.drive(&toy, &mut Steps::default()));
}

/// A kept connection that ends while a request waits to be written on it: hyper gives the request back, and we do not
/// send it again. `tests/connection.rs` has the same for a single connection.
#[test]
fn a_request_given_back_is_not_sent() {
    use std::io::Write;
    use std::sync::mpsc::channel;

    use authwire_core::transport::TransportKind;
    use testing::server::{Server, ok, read_request};

    let (close, closes) = channel();
    let closes = std::sync::Mutex::new(closes);
    let (closed, is_closed) = channel();
    let server = Server::with_connections(move |connection, mut stream, seen| {
        while let Some(request) = read_request(connection, &mut stream) {
            seen.lock().unwrap().push(request);
            let _ = stream.write_all(&ok("fine"));
            if connection == 0 {
                let _ = closes.lock().unwrap().recv();
                drop(stream);
                let _ = closed.send(());
                return;
            }
        }
    });
    let client = Client::new().unwrap();
    let url = server.url("/");
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        assert_eq!(client.exchange(testing::get(&url)).await.unwrap().body(), b"fine");
        // hyper's own task puts the connection back.
        tokio::time::sleep(Duration::from_millis(20)).await;
        // The runtime stands still while the connection ends. Then it hears of that and comes back here, before it lets
        // hyper's task see it.
        close.send(()).unwrap();
        is_closed.recv().unwrap();
        std::thread::sleep(Duration::from_millis(20));
        tokio::task::yield_now().await;
        let error = client.exchange(testing::get(&url)).await.unwrap_err();
        assert_eq!(error, ExchangeError::not_sent(TransportKind::Io));
        assert_eq!((server.seen().len(), server.accepted()), (1, 1));
        // The next one takes another connection.
        assert_eq!(client.exchange(testing::get(&url)).await.unwrap().body(), b"fine");
        assert_eq!((server.seen().len(), server.accepted()), (2, 2));
    });
}

/// An exchange that is dropped after any number of polls leaves nothing to the next one.
#[test]
fn dropped_at_every_point() {
    use std::future::{Future, poll_fn};
    use std::pin::pin;
    use std::task::Poll;

    use testing::server::{Server, Then, ok};

    let server = Server::new(|seen| Then::Keep(ok(seen.head.split(' ').nth(1).unwrap())));
    let client = Client::new().unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let mut dropped = 0;
    for polls in 0..300 {
        runtime.block_on(async {
            {
                let mut exchange = pin!(client.exchange(testing::get(&server.url("/dropped"))));
                let mut left = polls;
                let ended = poll_fn(|cx| {
                    if left == 0 {
                        return Poll::Ready(false);
                    }
                    left -= 1;
                    let ended = exchange.as_mut().poll(cx).is_ready();
                    cx.waker().wake_by_ref();
                    if ended { Poll::Ready(true) } else { Poll::Pending }
                });
                dropped += u32::from(!ended.await);
            }
            let path = format!("/after/{polls}");
            let response = client.exchange(testing::get(&server.url(&path))).await.unwrap();
            assert_eq!(response.body(), path.as_bytes());
        });
    }
    println!("{dropped} of 300 were dropped");
    assert!(dropped > 3);
}

/// A reply that nobody asked for arrives while the runtime is busy, so that hyper does not hear of it before the next
/// request: it does not answer that one.
#[test]
fn late_replies_on_a_busy_runtime() {
    use std::io::Write;
    use testing::server::{Server, ok, read_request};
    use testing::tls::Authority;

    let plain = Server::with_connections(|connection, mut stream, _| {
        while read_request(connection, &mut stream).is_some() {
            let _ = stream.write_all(&ok("mine"));
            std::thread::sleep(Duration::from_millis(20));
            let _ = stream.write_all(&ok("somebody else"));
        }
    });
    let authority = Authority::new();
    let secure = authority.serve_late("localhost");
    let secure = (format!("https://localhost:{}/", secure.address.port()), secure);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::builder().root_certificates(authority.pem()).only_given_roots().build().unwrap();
    for url in [plain.url("/"), secure.0] {
        let mut failed = 0;
        for _ in 0..20 {
            let (first, second) = runtime.block_on(async {
                let first = client.exchange(testing::get(&url)).await;
                // hyper's task puts the connection back; then everything stands still.
                tokio::task::yield_now().await;
                std::thread::sleep(Duration::from_millis(60));
                let second = client.exchange(testing::get(&url)).await;
                std::thread::sleep(Duration::from_millis(60));
                (first, second)
            });
            for result in [first, second] {
                match result {
                    Ok(response) => assert_eq!(response.body(), b"mine"),
                    Err(_) => failed += 1,
                }
            }
        }
        assert!(failed > 0, "the test does not test what it should");
    }
}
