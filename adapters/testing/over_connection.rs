//! authwire-hyper's single connection under test, over tokio's sockets: kept, and replaced when it is used up. What it
//! leaves to its caller is done here: TCP, TLS and a time limit.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use authwire_core::BaseUrl;
use authwire_core::http::{Request, Response};
use authwire_core::transport::{ExchangeError, Phase, TransportKind};
use authwire_hyper::Connection;
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsConnector;

use crate::testing::toy::{Echo, Error, Failed, Steps, Toy};
use crate::testing::{Adapter, Setup};

/// TCP, or TLS over it.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}
pub(crate) type Opened = Connection<TokioIo<Box<dyn Stream>>>;

struct Single {
    setup: Setup,
    connection: Mutex<Option<(BaseUrl, Opened)>>,
    runtime: Runtime,
}

pub(crate) async fn open(base: &BaseUrl, roots: Option<&[u8]>) -> Result<Opened, ExchangeError> {
    let stream = TcpStream::connect(base.authority().as_str()).await;
    let stream = stream.map_err(|_| ExchangeError::not_sent(TransportKind::Connect))?;
    if !base.is_https() {
        return Connection::open(base, TokioIo::new(Box::new(stream) as Box<dyn Stream>)).await;
    }
    let mut trusted = RootCertStore::empty();
    trusted.add(CertificateDer::from(roots.unwrap_or_default().to_vec())).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let name = ServerName::try_from(base.authority().host().to_owned()).unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    let stream = stream.map_err(|_| ExchangeError::not_sent(TransportKind::Tls))?;
    Connection::open(base, TokioIo::new(Box::new(stream) as Box<dyn Stream>)).await
}

impl Single {
    fn with<T, E: From<ExchangeError>>(
        &self,
        base: &BaseUrl,
        use_it: impl AsyncFnOnce(&mut Opened) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut kept = self.connection.lock().unwrap();
        self.runtime.block_on(async {
            if !kept.as_mut().is_some_and(|(kept, connection)| kept == base && !connection.is_closed()) {
                let mut connection = open(base, self.setup.roots.as_deref()).await?;
                connection.set_max_body(self.setup.cap);
                *kept = Some((base.clone(), connection));
            }
            let late = ExchangeError::maybe_sent(TransportKind::Timeout(Phase::Total));
            let exchange = use_it(&mut kept.as_mut().unwrap().1);
            tokio::time::timeout(self.setup.wait, exchange).await.unwrap_or_else(|_| Err(late.into()))
        })
    }
}

impl Adapter for Single {
    fn exchange(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ExchangeError> {
        let uri = request.uri();
        let base = format!("{}://{}", uri.scheme_str().unwrap(), uri.authority().unwrap());
        self.with(&BaseUrl::new(&base).unwrap(), async |connection| connection.exchange(request).await)
    }

    fn with_deadline(&self, _: Duration) -> Box<dyn Adapter> {
        unimplemented!("a single connection has no deadline: no case asks for it")
    }

    fn with_fresh_connections(&self) -> Box<dyn Adapter> {
        unimplemented!("a single connection is what it is: no case asks for it")
    }

    fn call_toy(&self, toy: &Toy, value: u32) -> Result<u32, Error> {
        self.with(&toy.0, async |connection| connection.call(toy, &Echo(value)).await)
    }

    fn drive_toy(&self, _: &Toy, _: &mut Steps) -> Result<u32, Failed> {
        unimplemented!("a single connection drives no flow: no case asks for it")
    }

    fn debug(&self) -> String {
        format!("{:?}", self.connection.lock().unwrap())
    }
}

pub(crate) fn make(setup: Setup) -> Box<dyn Adapter> {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    Box::new(Single { setup, connection: Mutex::default(), runtime })
}
