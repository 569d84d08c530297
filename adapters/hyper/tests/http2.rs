//! HTTP/2: only where it was allowed and the server offers it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../../testing/mod.rs"]
mod testing;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use authwire_core::http::{Request, Response, Version};
use authwire_core::transport::{ExchangeError, Phase, TransportKind};
use authwire_hyper::Client;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use testing::tls::Authority;
use testing::{get, request};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Answers with the request's line, headers and body, as hyper's server saw them.
async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    // Not whole if it was dropped.
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    match head.uri.path() {
        "/large" => return Ok(Response::new(vec![b'x'; 200_000].into())),
        "/slow" => tokio::time::sleep(Duration::from_secs(5)).await,
        _ => {}
    }
    let encoding = if head.uri.path() == "/encoded" { "gzip" } else { "identity" };
    let names: Vec<&str> = head.headers.keys().map(authwire_core::http::HeaderName::as_str).collect();
    let text = format!("{} {} {names:?} {}", head.method, head.uri, body.len());
    Ok(Response::builder().header("content-encoding", encoding).body(text.into()).unwrap())
}

fn acceptor(authority: &Authority) -> TlsAcceptor {
    let (_, _, certificate, key) = authority.issue("localhost");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

/// A server, and how many connections it has and has had.
async fn serve(authority: &Authority) -> (SocketAddr, Arc<[AtomicUsize; 2]>) {
    let acceptor = acceptor(authority);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let counted = Arc::clone(&counts);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, counts) = (acceptor.clone(), Arc::clone(&counted));
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                for count in &*counts {
                    count.fetch_add(1, Ordering::SeqCst);
                }
                let _ = builder.serve_connection(TokioIo::new(stream), service_fn(answer)).await;
                counts[0].fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
    (address, counts)
}

#[test]
fn http2() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let authority = Authority::new();
        let (address, _) = serve(&authority).await;
        let url = |path: &str| format!("https://localhost:{}{path}", address.port());
        let builder = || Client::builder().root_certificates(authority.pem()).only_given_roots().max_body(100_000);
        let client = builder().http2(true).build().unwrap();

        let response = client.exchange(get(&url("/a?b"))).await.unwrap();
        assert_eq!(response.version(), Version::HTTP_2);
        let text = String::from_utf8(response.into_body()).unwrap();
        assert_eq!(text, format!("GET {} [] 0", url("/a?b")));
        let response = client.exchange(request("POST", &url("/"), &[], b"")).await.unwrap();
        assert!(response.body().ends_with(b"[\"content-length\"] 0"));
        let response = client.exchange(request("GET", &url("/"), &[], b"body")).await.unwrap();
        assert!(response.body().ends_with(b"[\"content-length\"] 4"));

        for (path, kind) in [
            ("/large", TransportKind::TooLarge),
            ("/encoded", TransportKind::UnsupportedEncoding),
            ("/slow", TransportKind::Timeout(Phase::Total)),
        ] {
            let patience = if path == "/slow" { Duration::from_millis(300) } else { Duration::from_secs(30) };
            let error = client.with_deadline(patience).exchange(get(&url(path))).await.unwrap_err();
            assert_eq!(error, ExchangeError::maybe_sent(kind));
        }
        client.with_fresh_connections().exchange(get(&url("/"))).await.unwrap();

        // Not allowed: HTTP/1.1 is spoken, which this server does not understand; and a server without it is fine.
        assert!(builder().build().unwrap().exchange(get(&url("/"))).await.is_err());
        let old = authority.serve_ok("localhost");
        let response = client.exchange(get(&format!("https://localhost:{}/", old.address.port()))).await.unwrap();
        assert_eq!((response.version(), response.body().as_slice()), (Version::HTTP_11, &b"fine"[..]));
    });
}

/// Connections of HTTP/2 are let go when nobody has used them for so long, and not before; whoever drops an exchange ends
/// nobody else's.
#[test]
fn idle_and_dropped() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let authority = Authority::new();
        let (address, counts) = serve(&authority).await;
        let [live, all] = [0, 1].map(|index| move |counts: &[AtomicUsize; 2]| counts[index].load(Ordering::SeqCst));
        let builder = Client::builder().root_certificates(authority.pem()).only_given_roots().http2(true);
        let client = builder.idle_timeout(Duration::from_secs(1)).build().unwrap();
        let url = |path: &str| format!("https://localhost:{}{path}", address.port());
        for _ in 0..5 {
            client.exchange(get(&url("/a"))).await.unwrap();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!((live(&counts), all(&counts)), (1, 1));
        // In use for longer than that.
        let slow = tokio::time::timeout(Duration::from_secs(2), client.exchange(get(&url("/slow")))).await;
        assert!(slow.is_err());
        assert_eq!((live(&counts), all(&counts)), (1, 1));
        until(|| live(&counts) == 0).await;
        assert_eq!(all(&counts), 1);

        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..20_u64 {
            let (client, url) = (client.clone(), url(""));
            tasks.spawn(async move {
                let mut dropped = 0;
                for number in 0..40_u64 {
                    let path = format!("/{task}/{number} ");
                    let exchange =
                        client.exchange(request("POST", &format!("{url}{}", path.trim()), &[], &[1; 20_000]));
                    let patience = if (task + number) % 5 == 0 { number * 50 } else { 20_000_000 };
                    match tokio::time::timeout(Duration::from_micros(patience), exchange).await {
                        Ok(response) => assert!(String::from_utf8_lossy(response.unwrap().body()).contains(&path)),
                        Err(_) => dropped += 1,
                    }
                }
                dropped
            });
        }
        let dropped: u32 = tasks.join_all().await.into_iter().sum();
        assert!(dropped > 0 && all(&counts) <= 1 + 20, "{dropped} {}", all(&counts));
    });
}

/// A peer that reads no further leaves nothing behind: hyper's own tasks would wait for it for ever.
#[test]
fn a_peer_that_does_not_read() {
    let server = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let authority = Authority::new();
    let acceptor = acceptor(&authority);
    let listener = server.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    server.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let stalls = Arc::new(AtomicBool::new(false));
                let stall = Arc::clone(&stalls);
                let service = service_fn(move |_: Request<Incoming>| {
                    stall.store(true, Ordering::SeqCst);
                    std::future::pending::<Result<Response<Full<Bytes>>, Infallible>>()
                });
                let mut builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                builder.initial_stream_window_size(1 << 30).initial_connection_window_size(1 << 30);
                let _ = builder.serve_connection(Stalls(TokioIo::new(stream), stalls), service).await;
            });
        }
    });
    let builder = Client::builder().root_certificates(authority.pem()).only_given_roots().http2(true);
    let client = builder.deadline(Duration::from_millis(500)).build().unwrap();
    runtime.block_on(async {
        for client in [client.clone(), client.clone(), client.with_fresh_connections()] {
            let error = client.exchange(request("POST", &url, &[], &vec![1; 16 << 20])).await.unwrap_err();
            assert_eq!(error, ExchangeError::maybe_sent(TransportKind::Timeout(Phase::Total)));
        }
        assert!(runtime.metrics().num_alive_tasks() > 0);
        until(|| runtime.metrics().num_alive_tasks() == 0).await;
    });
}

/// Waits for this, but not for ever.
async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it is not so");
}

/// Reads no more once it was told to.
struct Stalls<T>(T, Arc<AtomicBool>);

impl<T: Read + Unpin> Read for Stalls<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        if self.1.load(Ordering::SeqCst) { Poll::Pending } else { Pin::new(&mut self.0).poll_read(cx, into) }
    }
}

impl<T: Write + Unpin> Write for Stalls<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
