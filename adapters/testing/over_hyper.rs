//! authwire-hyper's pooled client under test.

use std::sync::Arc;
use std::time::Duration;

use authwire_core::http::{Request, Response};
use authwire_core::transport::ExchangeError;
use authwire_hyper::Client;
use tokio::runtime::{Builder, Runtime};

use crate::testing::toy::{Echo, Error, Failed, Steps, Toy};
use crate::testing::{Adapter, Setup};

struct Hyper(Client, Arc<Runtime>);

impl Adapter for Hyper {
    fn exchange(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ExchangeError> {
        self.1.block_on(self.0.exchange(request))
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

pub(crate) fn make(setup: Setup) -> Box<dyn Adapter> {
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
