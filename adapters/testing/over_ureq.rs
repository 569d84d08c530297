//! authwire-ureq under test.

use std::time::Duration;

use authwire_core::http::{Request, Response};
use authwire_core::transport::ExchangeError;
use authwire_ureq::Client;

use crate::testing::toy::{Echo, Error, Failed, Steps, Toy};
use crate::testing::{Adapter, Setup};

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

pub(crate) fn make(setup: Setup) -> Box<dyn Adapter> {
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
