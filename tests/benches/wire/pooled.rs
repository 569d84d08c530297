//! Through hyper-util's client.

use std::future::Future;
use std::hint::black_box;
use std::net::SocketAddr;
use std::time::Duration;

use authwire_core::BaseUrl;
use authwire_core::transport::{MAX_BODY, MAX_HEAD};
use bytes::Bytes;
use http::Response;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::task::JoinSet;

use super::calls::Call;
use super::{Run, runtime};

type Client = legacy::Client<HttpConnector, Full<Bytes>>;

pub(crate) fn ours<C: Call>(address: SocketAddr, in_flight: usize) -> Run {
    let client = authwire_hyper::Client::new().expect("a client");
    let provider = C::provider(BaseUrl::new(&format!("http://{address}")).expect("a base URL"));
    let parts = C::parts();
    run(in_flight, move |times| {
        let (client, provider, parts) = (client.clone(), provider.clone(), parts.clone());
        async move {
            for _ in 0..times {
                let output = client.call(&provider, &C::operation(&parts)).await.expect("a success");
                drop(black_box(output));
            }
        }
    })
}

pub(crate) fn bare<C: Call>(address: SocketAddr, in_flight: usize) -> Run {
    let base = format!("http://{address}");
    let client = client();
    run(in_flight, move |times| {
        let (client, base) = (client.clone(), base.clone());
        async move {
            for _ in 0..times {
                let exchange = tokio::time::timeout(Duration::from_secs(30), exchange::<C>(&client, &base));
                exchange.await.expect("in time");
            }
        }
    })
}

async fn exchange<C: Call>(client: &Client, base: &str) {
    let request = C::write(base).expect("a request").map(Full::from);
    let (head, body) = client.request(request).await.expect("a reply").into_parts();
    let body = Limited::new(body, MAX_BODY).collect().await.expect("a body").to_bytes();
    C::read(&Response::from_parts(head, body)).expect("a success");
}

/// With the limits of ours.
fn client() -> Client {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(Duration::from_secs(5)));
    legacy::Client::builder(TokioExecutor::new())
        .retry_canceled_requests(false)
        .http1_max_buf_size(MAX_HEAD)
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(Duration::from_secs(10))
        .pool_max_idle_per_host(16)
        .build(connector)
}

/// Runs in the calling thread: one after another, or shared out among tasks.
pub(crate) fn run<F>(in_flight: usize, work: impl Fn(u32) -> F + 'static) -> Run
where
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = runtime();
    Box::new(move |times| {
        runtime.block_on(async {
            if in_flight == 1 {
                return work(times).await;
            }
            let each = times / u32::try_from(in_flight).expect("a small number");
            let mut tasks = JoinSet::new();
            for _ in 0..in_flight {
                tasks.spawn(work(each));
            }
            while let Some(ended) = tasks.join_next().await {
                ended.expect("no panic");
            }
        });
    })
}
