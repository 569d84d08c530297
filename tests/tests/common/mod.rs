//! Both adapters behind one blocking face, and the emulator over plain sockets and over TLS.

#![allow(dead_code, reason = "each test file uses its own part of this")]

pub(crate) mod kept;

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use authwire_core::{CallError, Endpoint, Flow, Kind};
use authwire_emulator::Server;
use authwire_lagrello::{AccessToken, Lagrello};
use authwire_nap::{Dialect, Nap};
use authwire_nextauth::{ApiKey, NextAuth, ServerId};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsAcceptor;

/// One of the two adapters.
pub(crate) enum Adapter {
    Ureq(authwire_ureq::Client),
    Hyper(Runtime, authwire_hyper::Client),
}

impl Adapter {
    /// Both, with these roots besides their own, if any.
    pub(crate) fn both(roots: Option<&str>) -> [Self; 2] {
        let (mut ureq, mut hyper) = (authwire_ureq::Client::builder(), authwire_hyper::Client::builder());
        if let Some(pem) = roots {
            ureq = ureq.root_certificates(pem).only_given_roots();
            hyper = hyper.root_certificates(pem).only_given_roots();
        }
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        [Self::Ureq(ureq.build().unwrap()), Self::Hyper(runtime, hyper.build().unwrap())]
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Ureq(_) => "ureq",
            Self::Hyper(..) => "hyper",
        }
    }

    pub(crate) fn call<E: Endpoint>(
        &self,
        provider: &E::Provider,
        endpoint: &E,
    ) -> Result<E::Output, CallError<E::Refusal>> {
        match self {
            Self::Ureq(client) => client.call(provider, endpoint),
            Self::Hyper(runtime, client) => runtime.block_on(client.call(provider, endpoint)),
        }
    }

    /// The same with another deadline.
    pub(crate) fn call_within<E: Endpoint>(
        &self,
        deadline: std::time::Duration,
        provider: &E::Provider,
        endpoint: &E,
    ) -> Result<E::Output, CallError<E::Refusal>> {
        match self {
            Self::Ureq(client) => client.with_deadline(deadline).call(provider, endpoint),
            Self::Hyper(runtime, client) => runtime.block_on(client.with_deadline(deadline).call(provider, endpoint)),
        }
    }

    pub(crate) fn drive<F: Flow>(&self, provider: &F::Provider, flow: &mut F) -> Result<F::Output, F::Error> {
        match self {
            Self::Ureq(client) => client.drive(provider, flow),
            Self::Hyper(runtime, client) => runtime.block_on(client.drive(provider, flow)),
        }
    }

    /// As the adapter's clock says.
    pub(crate) fn now(&self) -> authwire_core::Timestamp {
        match self {
            Self::Ureq(_) => authwire_ureq::now(),
            Self::Hyper(..) => authwire_hyper::now(),
        }
    }
}

/// The emulator's nextAuth at this base URL.
pub(crate) fn nextauth(server: &Server, base: &str) -> (NextAuth, ServerId) {
    server.with_emulator(|emulator, _| {
        let key = ApiKey::new(emulator.nextauth.api_key()).unwrap();
        (NextAuth::new(base.parse().unwrap(), &key), ServerId::new(emulator.nextauth.server_id()).unwrap())
    })
}

/// The emulator's Lagrello, with the access token of its tenant, which may do all.
pub(crate) fn lagrello(server: &Server) -> Lagrello {
    let token = server.with_emulator(|emulator, _| AccessToken::new(emulator.lagrello.access_token()).unwrap());
    Lagrello::new(server.lagrello_url().parse().unwrap(), &token)
}

/// The emulator's NAP, which speaks this dialect from now on, with its API key.
pub(crate) fn nap(server: &Server, dialect: Dialect) -> Nap {
    let key = server.with_emulator(|emulator, _| {
        emulator.nap.settings.dialect = match dialect {
            Dialect::Nexeres => authwire_emulator::nap::Dialect::Nexeres,
            _ => authwire_emulator::nap::Dialect::Nap,
        };
        authwire_nap::ApiKey::new(emulator.nap.api_key()).unwrap()
    });
    Nap::new(server.nap_url().parse().unwrap(), &key).dialect(dialect)
}

/// What a reply that is no success means.
pub(crate) fn reply<T, R: std::error::Error + Clone>(outcome: Result<T, CallError<R>>) -> Kind<R> {
    match outcome {
        Err(CallError::Reply(error)) => error.into_kind(),
        Err(error) => panic!("no reply: {error}"),
        Ok(_) => panic!("a success"),
    }
}

/// TLS before the emulator: a throw-away authority, and a front for `localhost` that ends with this value.
pub(crate) struct TlsFront {
    pub(crate) authority: String,
    port: u16,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl TlsFront {
    pub(crate) fn start(server: &Server) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(vec!["localhost".into()]).unwrap().signed_by(&key, &authority).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let behind = SocketAddr::from(([127, 0, 0, 1], server.port()));
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            let front = async {
                let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
                tell.send(listener.local_addr().unwrap().port()).unwrap();
                while let Ok((client, _)) = listener.accept().await {
                    let acceptor = acceptor.clone();
                    tokio::spawn(async move {
                        let Ok(mut client) = acceptor.accept(client).await else { return };
                        let Ok(mut server) = TcpStream::connect(behind).await else { return };
                        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                    });
                }
            };
            runtime.block_on(async {
                tokio::select! {
                    () = front => {}
                    _ = stopped => {}
                }
            });
        });
        let port = told.recv_timeout(std::time::Duration::from_secs(10)).unwrap();
        Self { authority: authority.pem(), port, stop: Some(stop), thread: Some(thread) }
    }

    /// The base URL of a provider behind this front.
    pub(crate) fn url(&self, provider: &str) -> String {
        format!("https://localhost:{}/{provider}", self.port)
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
