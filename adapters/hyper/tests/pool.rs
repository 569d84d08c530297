//! The connections that the pooled client keeps.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]

#[path = "../../testing/mod.rs"]
mod testing;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::time::Duration;

use authwire_core::transport::{ExchangeError, TransportKind};
use authwire_hyper::Client;
use tokio::runtime::Builder;

/// A kept connection that ended while nobody looked is not used: the request goes out once, on another. What hyper gives
/// back is tried in `tests/connection.rs`.
#[test]
fn an_ended_connection_is_replaced() {
    use std::io::Write;
    use std::sync::mpsc::channel;

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
        // The runtime stands still while the connection ends, and hears of it just before the next request.
        close.send(()).unwrap();
        is_closed.recv().unwrap();
        std::thread::sleep(Duration::from_millis(20));
        tokio::task::yield_now().await;
        assert_eq!(client.exchange(testing::get(&url)).await.unwrap().body(), b"fine");
        assert_eq!((server.seen().len(), server.accepted()), (2, 2));
    });
}

/// Connections that nobody uses are closed when their time is over, without anybody asking.
#[test]
fn idle_connections_are_let_go() {
    use std::sync::mpsc::channel;

    use testing::server::{Server, ok, read_request};

    let (ended, ends) = channel();
    let server = Server::with_connections(move |connection, mut stream, _| {
        while read_request(connection, &mut stream).is_some() {
            let _ = std::io::Write::write_all(&mut stream, &ok("fine"));
        }
        let _ = ended.send(connection);
    });
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let patient = Client::builder().idle_timeout(Duration::from_secs(60)).build().unwrap();
    let hasty = Client::builder().idle_timeout(Duration::from_millis(20)).build().unwrap();
    runtime.block_on(async {
        for client in [&patient, &hasty] {
            client.exchange(testing::get(&server.url("/"))).await.unwrap();
        }
        for _ in 0..500 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            if let Ok(connection) = ends.try_recv() {
                assert_eq!(connection, 1);
                return;
            }
        }
        panic!("it is still there");
    });
    assert!(ends.try_recv().is_err());
    drop(patient);
    assert_eq!(ends.recv_timeout(Duration::from_secs(5)).unwrap(), 0);
}

/// Nor does it help that another runtime uses the client all the time.
#[test]
fn idle_connections_are_let_go_in_each_runtime() {
    use std::sync::mpsc::channel;

    use testing::server::{Server, Then, ok, read_request};

    let (ended, ends) = channel();
    let idle = Server::with_connections(move |connection, mut stream, _| {
        while read_request(connection, &mut stream).is_some() {
            let _ = std::io::Write::write_all(&mut stream, &ok("fine"));
        }
        let _ = ended.send(());
    });
    let busy = Server::always(Then::Keep(ok("fine")));
    let client = Client::builder().idle_timeout(Duration::from_millis(200)).build().unwrap();
    let runtimes = [(); 2].map(|()| Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap());
    runtimes[0].block_on(client.exchange(testing::get(&idle.url("/")))).unwrap();
    for _ in 0..500 {
        for runtime in &runtimes {
            runtime.block_on(client.exchange(testing::get(&busy.url("/")))).unwrap();
            std::thread::sleep(Duration::from_millis(10));
        }
        if ends.try_recv().is_ok() {
            return;
        }
    }
    panic!("it is still there");
}

/// Sixteen connections to one origin are kept, whatever there were at once; another origin's do not count.
#[test]
fn so_many_connections_are_kept() {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicBool, Ordering};

    use testing::server::{Server, Then, ok};

    let at_once: &'static Barrier = Box::leak(Box::new(Barrier::new(20)));
    let together: &'static AtomicBool = Box::leak(Box::new(AtomicBool::new(true)));
    let server = Server::new(|_| {
        if together.load(Ordering::SeqCst) {
            at_once.wait();
        }
        Then::Keep(ok("fine"))
    });
    let other = Server::always(Then::Keep(ok("fine")));
    let client = Client::new().unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let twenty = || async {
            let mut tasks = tokio::task::JoinSet::new();
            for _ in 0..20 {
                let (client, url) = (client.clone(), server.url("/"));
                tasks.spawn(async move { client.exchange(testing::get(&url)).await.unwrap() });
            }
            assert_eq!(tasks.join_all().await.len(), 20);
        };
        client.exchange(testing::get(&other.url("/"))).await.unwrap();
        twenty().await;
        assert_eq!(server.accepted(), 20);
        twenty().await;
        assert_eq!(server.accepted(), 24);
        client.exchange(testing::get(&other.url("/"))).await.unwrap();
        assert_eq!(other.accepted(), 1);
        together.store(false, Ordering::SeqCst);
        for _ in 0..20 {
            client.exchange(testing::get(&server.url("/"))).await.unwrap();
        }
        assert_eq!(server.accepted(), 24);
    });
}

/// A connection does not outlive the runtime that it was opened in: the next one opens its own.
#[test]
fn a_client_outlives_its_runtime() {
    use testing::server::{Server, Then, ok};

    let server = Server::always(Then::Keep(ok("fine")));
    let client = Client::new().unwrap();
    for runtimes in 1..=3 {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        for _ in 0..2 {
            let response = runtime.block_on(client.exchange(testing::get(&server.url("/")))).unwrap();
            assert_eq!(response.body(), b"fine");
        }
        assert_eq!(server.accepted(), runtimes);
    }
}

/// TLS ends with its own goodbye, so that no server takes it for cut.
#[test]
fn tls_ends_properly() {
    use std::sync::Arc;

    use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
    use testing::server::ok;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let authority = testing::tls::Authority::new();
    let (_, _, certificate, key) = authority.issue("localhost");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let builder = || Client::builder().root_certificates(authority.pem()).only_given_roots();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for closes_itself in [true, false] {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
            let acceptor = acceptor.clone();
            let serving = tokio::spawn(async move {
                let mut stream = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
                let mut piece = [0; 4096];
                assert!(stream.read(&mut piece).await.unwrap() > 0);
                stream.write_all(&ok("fine")).await.unwrap();
                stream.read(&mut piece).await
            });
            let client = builder().fresh_connections(closes_itself).build().unwrap();
            client.exchange(testing::get(&url)).await.unwrap();
            drop(client);
            assert_eq!(serving.await.unwrap().unwrap(), 0);
        }
    });
}

/// A runtime that stands still holds up nobody in another.
#[test]
fn a_client_in_two_runtimes() {
    use testing::server::{Server, Then, ok};

    let server = Server::always(Then::Keep(ok("fine")));
    let client = Client::builder().idle_timeout(Duration::from_secs(60)).build().unwrap();
    let runtimes = [(); 2].map(|()| Builder::new_current_thread().enable_all().build().unwrap());
    for _ in 0..3 {
        for runtime in &runtimes {
            let response = runtime.block_on(client.exchange(testing::get(&server.url("/")))).unwrap();
            assert_eq!(response.body(), b"fine");
        }
    }
    assert_eq!(server.accepted(), 2);
}

/// A reply that comes before its request is read: the connection is not used again, for the rest of the request would
/// go out before the next one, and its second reply would be taken for the next one's.
#[test]
fn a_connection_with_an_early_reply_is_not_kept() {
    use std::io::{Read, Write};

    use testing::server::{Server, ok};

    let server = Server::with_connections(|_, mut stream, _| {
        while let Some((path, length)) = read_head(&mut stream) {
            if length > 0 {
                let _ = stream.write_all(&ok("early"));
            }
            std::thread::sleep(Duration::from_millis(20));
            let mut body = vec![0; length];
            if stream.read_exact(&mut body).is_err() {
                return;
            }
            let _ = stream.write_all(&ok(&format!("reply to {path}")));
        }
    });
    let client = Client::builder().deadline(Duration::from_secs(5)).build().unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for length in [32 << 20, 60_000, 32 << 20] {
            let request = testing::request("POST", &server.url("/a"), &[], &vec![b'x'; length]);
            assert_eq!(client.exchange(request).await.unwrap().body(), b"early");
            tokio::time::sleep(Duration::from_millis(400)).await;
            match client.exchange(testing::get(&server.url("/b"))).await {
                Ok(response) => assert_eq!(response.body(), b"reply to /b"),
                Err(error) => assert_eq!(error, ExchangeError::not_sent(TransportKind::Io)),
            }
        }
    });
}

/// A reply that begins before its request is read may be longer than what is read of it at once.
#[test]
fn early_replies_are_read_to_their_end() {
    use std::io::{Read, Write};

    use testing::server::{Server, ok};

    for size in [100, 30_000, 60_000, 500_000] {
        let server = Server::with_connections(move |_, mut stream, _| {
            let _ = read_head(&mut stream);
            let _ = stream.write_all(&ok(&"y".repeat(size)));
            std::thread::sleep(Duration::from_millis(200));
            let mut rest = vec![0; 65_536];
            while stream.read(&mut rest).unwrap_or(0) > 0 {}
        });
        let client = Client::builder().deadline(Duration::from_secs(5)).build().unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let request = testing::request("POST", &server.url("/"), &[], &vec![b'x'; 32 << 20]);
        assert_eq!(runtime.block_on(client.exchange(request)).unwrap().body().len(), size);
    }
}

/// Path and length of body.
fn read_head(stream: &mut std::net::TcpStream) -> Option<(String, usize)> {
    use std::io::Read;

    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).unwrap_or(0) == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    Some((head.split(' ').nth(1)?.to_owned(), length.map_or(0, |length| length.parse().unwrap())))
}

/// An exchange that began in one runtime and ended in another left its connection to the first.
#[test]
fn an_exchange_that_moved() {
    use std::io::Write;

    use testing::server::{Server, ok, read_request};

    let server = Server::with_connections(|connection, mut stream, _| {
        while read_request(connection, &mut stream).is_some() {
            std::thread::sleep(Duration::from_millis(50));
            let _ = stream.write_all(&ok("fine"));
        }
    });
    let client = Client::builder().deadline(Duration::from_secs(10)).build().unwrap();
    let first = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let second = Builder::new_current_thread().enable_all().build().unwrap();
    let mut exchange = Box::pin(client.exchange(testing::get(&server.url("/"))));
    first.block_on(async {
        for _ in 0..3 {
            let _ = tokio::time::timeout(Duration::from_millis(10), &mut exchange).await;
        }
    });
    assert_eq!(second.block_on(exchange).unwrap().body(), b"fine");
    for accepted in [2, 2] {
        second.block_on(client.exchange(testing::get(&server.url("/")))).unwrap();
        assert_eq!(server.accepted(), accepted);
    }
}

/// tokio makes a task that did much wait, by telling it that nothing is there. That is not a reply that does not come.
#[test]
fn a_task_that_has_done_its_share() {
    use std::io::Write;

    use testing::server::{Server, read_request};

    for closes in [false, true] {
        let server = Server::with_connections(move |connection, mut stream, _| {
            while read_request(connection, &mut stream).is_some() {
                if closes {
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\nfine");
                    return;
                }
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfi");
                std::thread::sleep(Duration::from_millis(20));
                let _ = stream.write_all(b"ne");
            }
        });
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        // With none left nothing at all is done.
        for used in 100..128 {
            let client = Client::builder().deadline(Duration::from_secs(5)).build().unwrap();
            let response = runtime.block_on(using_up(used, client.exchange(testing::get(&server.url("/")))));
            assert_eq!(response.unwrap().body(), b"fine", "{closes} {used}");
        }
    }
}

/// Nor does it keep a request from going out right after the look at what might be there.
#[test]
fn nothing_comes_between_the_look_and_the_request() {
    use std::io::Write;

    use testing::server::{Server, read_request};

    for used in 120..=128 {
        let server = Server::with_connections(|connection, mut stream, _| {
            for name in ["first", "second"] {
                if read_request(connection, &mut stream).is_none() {
                    return;
                }
                let _ = stream.write_all(&testing::server::ok(name));
                std::thread::sleep(Duration::from_millis(30));
                if name == "first" {
                    stream.set_nonblocking(true).unwrap();
                    let has_next = stream.peek(&mut [0]).is_ok();
                    stream.set_nonblocking(false).unwrap();
                    if !has_next {
                        let _ = stream.write_all(&testing::server::ok("somebody else"));
                    }
                }
            }
        });
        let client = Client::builder().deadline(Duration::from_secs(5)).build().unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let second = runtime.block_on(async {
            client.exchange(testing::get(&server.url("/a"))).await.unwrap();
            tokio::task::yield_now().await;
            using_up_once(used, client.exchange(testing::get(&server.url("/b")))).await
        });
        match second {
            Ok(response) => assert_eq!(response.body(), b"second", "{used}"),
            Err(error) => assert_eq!(error, ExchangeError::not_sent(TransportKind::Io), "{used}"),
        }
    }
}

/// Polls with so much of the task's share used up each time.
async fn using_up<T>(used: usize, future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    poll_fn(|cx| {
        for _ in 0..used {
            let _ = pin!(tokio::task::coop::consume_budget()).as_mut().poll(cx);
        }
        future.as_mut().poll(cx)
    })
    .await
}

/// The same, the first time alone; then the thread is busy with something else.
async fn using_up_once<T>(used: usize, future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut left = used;
    poll_fn(|cx| {
        let is_first = left > 0;
        for _ in 0..std::mem::take(&mut left) {
            let _ = pin!(tokio::task::coop::consume_budget()).as_mut().poll(cx);
        }
        let polled = future.as_mut().poll(cx);
        if is_first {
            std::thread::sleep(Duration::from_millis(80));
        }
        polled
    })
    .await
}

/// An exchange that is dropped after any number of polls leaves nothing to the next one.
#[test]
fn dropped_at_every_point() {
    use std::task::Poll;

    use testing::server::{Server, Then, ok};

    // The reply comes in pieces, so that there are many points.
    let server = Server::new(|seen| {
        let reply = ok(seen.head.split(' ').nth(1).unwrap());
        let (first, rest) = reply.split_at(reply.len() - 14);
        Then::Drip(first.to_vec(), rest.to_vec(), Duration::from_millis(1))
    });
    let client = Client::new().unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let mut dropped = 0;
    for round in 0..100 {
        let (polls, without_need) = (round / 2, round % 2 == 0);
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
                    if without_need {
                        cx.waker().wake_by_ref();
                    }
                    if ended { Poll::Ready(true) } else { Poll::Pending }
                });
                dropped += u32::from(!ended.await);
            }
            let path = format!("/after/{round}");
            let response = client.exchange(testing::get(&server.url(&path))).await.unwrap();
            assert_eq!(response.body(), path.as_bytes());
        });
    }
    println!("{dropped} of 100 were dropped");
    assert!(dropped > 10);
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
        for _ in 0..8 {
            let (first, second) = runtime.block_on(async {
                let first = client.exchange(testing::get(&url)).await;
                // Everything stands still.
                std::thread::sleep(Duration::from_millis(150));
                let second = client.exchange(testing::get(&url)).await;
                std::thread::sleep(Duration::from_millis(150));
                (first, second)
            });
            for result in [first, second] {
                match result {
                    Ok(response) => assert_eq!(response.body(), b"mine"),
                    Err(error) => {
                        assert_eq!(error, ExchangeError::not_sent(TransportKind::Io));
                        failed += 1;
                    }
                }
            }
        }
        assert!(failed > 0, "the test does not test what it should");
    }
}
