//! Through ureq.

use std::hint::black_box;
use std::net::SocketAddr;
use std::time::Duration;

use authwire_core::BaseUrl;
use authwire_core::transport::{MAX_BODY, MAX_HEAD};
use http::{Method, Response};
use ureq::Agent;

use super::Run;
use super::calls::Call;

pub(crate) fn ours<C: Call>(address: SocketAddr) -> Run {
    let client = authwire_ureq::Client::new().expect("a client");
    let provider = C::provider(BaseUrl::new(&format!("http://{address}")).expect("a base URL"));
    let parts = C::parts();
    Box::new(move |times| {
        for _ in 0..times {
            let output = client.call(&provider, &C::operation(&parts)).expect("a success");
            drop(black_box(output));
        }
    })
}

pub(crate) fn bare<C: Call>(address: SocketAddr) -> Run {
    let base = format!("http://{address}");
    let agent = agent();
    Box::new(move |times| {
        for _ in 0..times {
            let request = C::write(&base).expect("a request");
            let response = match *request.method() {
                // A body of no bytes would be announced.
                Method::GET => agent.run(request.map(|_| ())),
                _ => agent.run(request),
            };
            let (head, body) = response.expect("a reply").into_parts();
            let limit = u64::try_from(MAX_BODY).expect("a small number");
            let body = body.into_with_config().limit(limit).read_to_vec().expect("a body");
            C::read(&Response::from_parts(head, body)).expect("a success");
        }
    })
}

/// With the settings of ours.
fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        .user_agent("")
        .accept("")
        .accept_encoding("")
        .timeout_connect(Some(Duration::from_secs(5)))
        .timeout_send_request(Some(Duration::from_secs(5)))
        .timeout_send_body(Some(Duration::from_secs(5)))
        .timeout_recv_response(Some(Duration::from_secs(10)))
        .timeout_recv_body(Some(Duration::from_secs(10)))
        .max_response_header_size(MAX_HEAD)
        .input_buffer_size(2 * MAX_HEAD)
        .output_buffer_size(2 * MAX_HEAD)
        .max_idle_connections(16)
        .max_idle_connections_per_host(16)
        .max_idle_age(Duration::from_secs(10))
        .build()
        .into()
}
