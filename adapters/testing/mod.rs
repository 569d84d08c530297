//! What both adapters must do, as one suite over raw sockets. Each adapter's `tests/suite.rs` says how to make its client
//! and calls `suite!`.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]
#![allow(unreachable_pub, missing_docs, missing_debug_implementations, clippy::must_use_candidate)]
#![allow(clippy::missing_panics_doc, clippy::print_stdout)]

pub mod cases;
pub mod faults;
pub mod hangups;
pub mod leaks;
pub mod server;
pub mod surplus;
pub mod tls;
pub mod toy;

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use authwire_core::http::{Request, Response};
use authwire_core::transport::ExchangeError;

/// An adapter's client, blocking.
pub trait Adapter: Send + Sync {
    fn exchange(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ExchangeError>;
    fn with_deadline(&self, time: Duration) -> Box<dyn Adapter>;
    fn with_fresh_connections(&self) -> Box<dyn Adapter>;
    fn call_toy(&self, toy: &toy::Toy, value: u32) -> Result<u32, toy::Error>;
    fn drive_toy(&self, toy: &toy::Toy, flow: &mut toy::Steps) -> Result<u32, toy::Failed>;
    fn debug(&self) -> String;
}

/// Settings of a client to be tested.
#[derive(Clone)]
pub struct Setup {
    pub connect: Duration,
    /// Response and body each; the deadline where there is one for all.
    pub wait: Duration,
    pub cap: usize,
    pub fresh: bool,
    pub user_agent: Option<String>,
    pub proxy: Option<String>,
    pub roots: Option<Vec<u8>>,
    pub client: Option<(String, String)>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            wait: Duration::from_secs(10),
            cap: 64 * 1024,
            fresh: false,
            user_agent: None,
            proxy: None,
            roots: None,
            client: None,
        }
    }
}

/// Runs this; fails if it does not end in so many seconds.
pub fn watched<T: Send + 'static>(seconds: u64, run: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, waiting) = channel();
    let running = thread::spawn(move || {
        let result = run();
        let _ = done.send(());
        result
    });
    match waiting.recv_timeout(Duration::from_secs(seconds)) {
        Err(RecvTimeoutError::Timeout) => panic!("it does not end"),
        _ => running.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause)),
    }
}

pub type Make = fn(Setup) -> Box<dyn Adapter>;

#[macro_export]
macro_rules! suite {
    ($make:path, phases: $phases:expr, tests: [$($test:ident),* $(,)?]) => {
        $(
            #[test]
            fn $test() {
                testing::watched(300, || testing::cases::$test($make, $phases));
            }
        )*
    };
}

pub fn get(url: &str) -> Request<Vec<u8>> {
    request("GET", url, &[], b"")
}

pub fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Request<Vec<u8>> {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.to_vec()).unwrap()
}
