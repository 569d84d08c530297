//! A service of the caller's: the guards hold.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

#[path = "../../testing/mod.rs"]
mod testing;

use std::future::{Future, pending, ready};
use std::net::TcpListener;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use authwire_core::Sent;
use authwire_core::http::{Request, Response};
use authwire_core::transport::{ExchangeError, Phase, SetupError, TransportKind};
use authwire_hyper::{Builder, Client};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use testing::server::{Server, Then, ok};
use testing::{get, request};
use tower_service::Service;

type Pooled = legacy::Client<HttpConnector, Full<Bytes>>;

/// As it comes.
fn careless() -> Pooled {
    legacy::Client::builder(TokioExecutor::new()).build_http()
}

fn client(service: Pooled) -> Builder {
    Client::builder().service(service)
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn a_client_of_hyper_util() {
    let client = client(careless()).max_body(100).deadline(Duration::from_millis(400)).build().unwrap();
    run(async {
        let trap = Server::always(Then::Keep(ok("trap")));
        let away = trap.url("/");
        let server = Server::new(move |seen| {
            let status = seen.head.split(' ').nth(1).unwrap().trim_start_matches('/');
            let head = format!("HTTP/1.1 {status} X\r\nlocation: {away}\r\ncontent-length: 4\r\n\r\nbody");
            Then::Keep(head.into_bytes())
        });
        for status in [200, 301, 307, 401, 503] {
            let response = client.exchange(get(&server.url(&format!("/{status}")))).await.unwrap();
            assert_eq!((response.status().as_u16(), response.body().as_slice()), (status, &b"body"[..]));
            assert!(response.extensions().is_empty());
        }
        client.exchange(request("POST", &server.url("/200"), &[], b"")).await.unwrap();
        assert_eq!(server.seen().last().unwrap().head.matches("content-length: 0").count(), 1);
        assert_eq!(trap.accepted(), 0);
        assert!(server.accepted() < 6, "its pool is used");

        let both =
            b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n".to_vec();
        for (then, kind) in [
            (Then::Keep(ok(&"x".repeat(101))), TransportKind::TooLarge),
            (Then::Keep(both), TransportKind::Protocol),
            (Then::Keep(b"HTTP/1.1 200 OK\r\n\r\nx".to_vec()), TransportKind::Unframed),
            (Then::Keep(b"HTTP/1.1 102 Processing\r\n\r\n".repeat(20_000)), TransportKind::HeadTooLarge),
            (Then::Close(Vec::new()), TransportKind::Truncated),
            (Then::Hang(Vec::new()), TransportKind::Timeout(Phase::Total)),
        ] {
            let server = Server::always(then);
            let error = client.exchange(get(&server.url("/"))).await.unwrap_err();
            assert_eq!(error, ExchangeError::maybe_sent(kind));
            assert_eq!(server.seen().len(), 1);
        }
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let error = client.exchange(get(&format!("http://{address}/"))).await.unwrap_err();
        assert_eq!(error, ExchangeError::not_sent(TransportKind::Connect));
    });
}

/// A test's double.
#[derive(Clone)]
enum Double {
    Answers(&'static str),
    Hangs,
    Fails,
    NeverReady,
}

type Answer = Pin<Box<dyn Future<Output = Result<Response<Full<Bytes>>, String>> + Send>>;

impl Service<Request<Vec<u8>>> for Double {
    type Response = Response<Full<Bytes>>;
    type Error = String;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        Poll::Ready(if matches!(self, Self::NeverReady) { Err("C4N4RY".into()) } else { Ok(()) })
    }

    fn call(&mut self, request: Request<Vec<u8>>) -> Answer {
        assert_eq!(request.uri().scheme_str(), Some("https"));
        match self {
            Self::Answers(body) => {
                let response = Response::builder().header("content-length", body.len()).body((*body).into());
                Box::pin(ready(Ok(response.unwrap())))
            }
            Self::Hangs => Box::pin(pending()),
            _ => Box::pin(ready(Err("C4N4RY".into()))),
        }
    }
}

#[test]
fn any_service() {
    run(async {
        let exchange = async |double: Double| {
            let client = Client::builder().service(double).deadline(Duration::from_millis(100)).build().unwrap();
            client.exchange(get("https://example.com/")).await
        };
        assert_eq!(exchange(Double::Answers("fine")).await.unwrap().body(), b"fine");
        let hangs = exchange(Double::Hangs).await.unwrap_err();
        assert_eq!(hangs, ExchangeError::maybe_sent(TransportKind::Timeout(Phase::Total)));
        let fails = exchange(Double::Fails).await.unwrap_err();
        assert_eq!(fails, ExchangeError::maybe_sent(TransportKind::Io));
        let never = exchange(Double::NeverReady).await.unwrap_err();
        assert_eq!((never.sent, never.kind()), (Sent::No, TransportKind::Io));
        assert!(!format!("{fails:?} {fails} {never:?} {never}").contains("C4N4RY"));
    });
}

#[test]
fn settings_that_do_not_go_together() {
    let conflict = |builder: Builder| assert_eq!(builder.build().unwrap_err(), SetupError::Conflict);
    conflict(client(careless()).proxy("http://p"));
    conflict(client(careless()).idle_timeout(Duration::from_secs(1)));
    conflict(client(careless()).connect_timeout(Duration::from_secs(1)));
    conflict(client(careless()).fresh_connections(true));
    conflict(client(careless()).only_given_roots());
}
