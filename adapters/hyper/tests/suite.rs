//! The suite of both adapters, over hyper.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]
#![allow(clippy::unimplemented)]

#[macro_use]
#[path = "../../testing/mod.rs"]
mod testing;
#[path = "../../testing/over_hyper.rs"]
mod over_hyper;

use authwire_core::transport::SetupError;
use authwire_hyper::Client;
use over_hyper::make;
use testing::toy::{Echo, Steps, Toy};

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
