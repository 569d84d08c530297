//! The suite of both adapters, over hyper.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]
#![allow(clippy::unimplemented)]

#[macro_use]
#[path = "../../testing/mod.rs"]
mod testing;

use std::sync::Arc;
use std::time::Duration;

use authwire_core::http::{Request, Response};
use authwire_core::transport::{ExchangeError, SetupError};
use authwire_hyper::Client;
use testing::toy::{Echo, Error, Failed, Steps, Toy};
use testing::{Adapter, Setup};
use tokio::runtime::{Builder, Runtime};

struct Hyper(Client, Arc<Runtime>);

impl Adapter for Hyper {
    fn exchange(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ExchangeError> {
        self.1.block_on(async {
            let result = self.0.exchange(request).await;
            // hyper's own task puts the connection back, a moment later.
            tokio::time::sleep(Duration::from_millis(3)).await;
            result
        })
    }

    fn with_deadline(&self, time: Duration) -> Box<dyn Adapter> {
        Box::new(Self(self.0.with_deadline(time), Arc::clone(&self.1)))
    }

    fn with_fresh_connections(&self) -> Box<dyn Adapter> {
        Box::new(Self(self.0.with_fresh_connections(), Arc::clone(&self.1)))
    }

    fn call_toy(&self, toy: &Toy, value: u32) -> Result<u32, Error> {
        self.1.block_on(self.0.call(toy, &Echo(value)))
    }

    fn drive_toy(&self, toy: &Toy, flow: &mut Steps) -> Result<u32, Failed> {
        self.1.block_on(self.0.drive(toy, flow))
    }

    fn debug(&self) -> String {
        format!("{:?} {:#?}", self.0, self.0)
    }
}

fn make(setup: Setup) -> Box<dyn Adapter> {
    let mut builder = Client::builder()
        .connect_timeout(setup.connect)
        .deadline(setup.wait)
        .max_body(setup.cap)
        .fresh_connections(setup.fresh);
    if let Some(name) = setup.user_agent {
        builder = builder.user_agent(name);
    }
    if let Some(proxy) = setup.proxy {
        builder = builder.proxy(proxy);
    }
    if let Some(roots) = setup.roots {
        builder = builder.root_certificates(roots).only_given_roots();
    }
    if let Some((chain, key)) = setup.client {
        builder = builder.client_certificate(chain, key);
    }
    assert!(!format!("{builder:?}").contains("C4N4RY"));
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    Box::new(Hyper(builder.build().unwrap(), Arc::new(runtime)))
}

suite!(make, phases: false, tests: [
    exact_bytes, large_bodies, refused_requests, statuses, redirects, cap, framing, timeouts, send_timeout, deadlines,
    no_connection, connect_timeout, never_resent, reset_in_body, stale_connections, connections, late_replies, threads, environment,
    proxy, user_agent, tls, client_certificate, no_secrets_in_texts, calls, flows,
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

/// A connection that ends while a request waits to be written on it: hyper gives that back, and we do not send it again.
/// `tests/connection.rs` has the same for certain.
#[test]
#[ignore = "waits for a coincidence, for up to half a minute"]
fn a_request_given_back_is_not_sent() {
    use authwire_core::transport::TransportKind;
    use testing::server::{Server, Then, ok};

    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let client = Client::new().unwrap();
    let server = Server::always(Then::Close(ok("x")));
    let given_back = (0..20_000).any(|_| match runtime.block_on(client.exchange(testing::get(&server.url("/")))) {
        Ok(response) => {
            assert_eq!(response.body(), b"x");
            false
        }
        Err(error) => error == ExchangeError::not_sent(TransportKind::Io),
    });
    assert!(given_back);
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
