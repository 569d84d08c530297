//! The suite of both adapters, over ureq.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]
#![allow(clippy::unimplemented)]

#[macro_use]
#[path = "../../testing/mod.rs"]
mod testing;

use std::time::Duration;

use authwire_core::http::{Request, Response};
use authwire_core::transport::{ExchangeError, SetupError};
use authwire_ureq::Client;
use testing::toy::{Echo, Error, Failed, Steps, Toy};
use testing::{Adapter, Setup};

struct Ureq(Client);

impl Adapter for Ureq {
    fn exchange(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ExchangeError> {
        self.0.exchange(request)
    }

    fn with_deadline(&self, time: Duration) -> Box<dyn Adapter> {
        Box::new(Self(self.0.with_deadline(time)))
    }

    fn with_fresh_connections(&self) -> Box<dyn Adapter> {
        Box::new(Self(self.0.with_fresh_connections()))
    }

    fn call_toy(&self, toy: &Toy, value: u32) -> Result<u32, Error> {
        self.0.call(toy, &Echo(value))
    }

    fn drive_toy(&self, toy: &Toy, flow: &mut Steps) -> Result<u32, Failed> {
        self.0.drive(toy, flow)
    }

    fn debug(&self) -> String {
        format!("{:?} {:#?}", self.0, self.0)
    }
}

fn make(setup: Setup) -> Box<dyn Adapter> {
    let mut builder = Client::builder()
        .connect_timeout(setup.connect)
        .send_timeout(setup.wait)
        .response_timeout(setup.wait)
        .body_timeout(setup.wait)
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
    Box::new(Ureq(builder.build().unwrap()))
}

suite!(make, phases: true, tests: [
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
    shared::<Client>();
}
