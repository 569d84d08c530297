//! How connections are made: hyper-util's TCP and tunnel, hyper-rustls above them, a time limit around all.

use std::future::{Future, poll_fn};
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use authwire_core::http::uri::{Authority, Scheme, Uri};
use authwire_core::transport::{Phase, TransportKind};
#[cfg(feature = "http2")]
use hyper_util::client::legacy::connect::Connection;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiResolver, Name};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower_service::Service;

use crate::failure::NotConnected;

type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T, NotConnected>> + Send>>;

#[cfg(feature = "rustls")]
type Inner = hyper_rustls::HttpsConnector<Tcp>;
#[cfg(not(feature = "rustls"))]
type Inner = Tcp;

/// Makes connections.
#[derive(Clone)]
pub(crate) struct Connect {
    inner: Inner,
    timeout: Duration,
}

impl Connect {
    pub(crate) fn new(inner: Inner, timeout: Duration) -> Self {
        Self { inner, timeout }
    }

    /// Connects to the scheme, host and port of a URI.
    pub(crate) async fn to(&self, uri: Uri) -> Result<Stream, NotConnected> {
        let connecting = async {
            let mut inner = self.inner.clone();
            poll_fn(|cx| inner.poll_ready(cx)).await.map_err(from_inner)?;
            inner.call(uri).await.map_err(from_inner)
        };
        let late = |_| Err(NotConnected(TransportKind::Timeout(Phase::Connect)));
        tokio::time::timeout(self.timeout, connecting).await.unwrap_or_else(late)
    }
}

/// An error that is not of TCP is of TLS.
#[cfg(feature = "rustls")]
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn from_inner(error: Box<dyn std::error::Error + Send + Sync>) -> NotConnected {
    error.downcast_ref().copied().unwrap_or(NotConnected(TransportKind::Tls))
}

#[cfg(not(feature = "rustls"))]
fn from_inner(error: NotConnected) -> NotConnected {
    error
}

pub(crate) type Stream = <Inner as Service<Uri>>::Response;

/// Whether TLS settled on HTTP/2.
#[cfg(feature = "http2")]
pub(crate) fn is_http2(stream: &Stream) -> bool {
    stream.connected().is_negotiated_h2()
}

/// Whether there is nothing to read, by asking the system itself.
pub(crate) fn is_silent(stream: &Stream) -> bool {
    let peeked = socket2::SockRef::from(tcp(stream)).peek(&mut [MaybeUninit::uninit()]);
    matches!(peeked, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

#[cfg(feature = "rustls")]
fn tcp(stream: &Stream) -> &TcpStream {
    match stream {
        hyper_rustls::MaybeHttpsStream::Http(stream) => stream.inner(),
        hyper_rustls::MaybeHttpsStream::Https(stream) => stream.inner().get_ref().0.inner().inner(),
    }
}

#[cfg(not(feature = "rustls"))]
fn tcp(stream: &Stream) -> &TcpStream {
    stream.inner()
}

/// TCP, straight or through a proxy's tunnel.
#[derive(Clone)]
pub(crate) enum Tcp {
    Direct(HttpConnector<Resolve>),
    Tunnel(Tunnel<HttpConnector<Resolve>>),
}

impl Tcp {
    pub(crate) fn connector() -> HttpConnector<Resolve> {
        let mut connector = HttpConnector::new_with_resolver(Resolve(GaiResolver::new()));
        // `https` is done above it.
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector
    }
}

impl Service<Uri> for Tcp {
    type Response = TokioIo<TcpStream>;
    type Error = NotConnected;
    type Future = BoxFuture<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), NotConnected>> {
        match self {
            Self::Direct(connector) => connector.poll_ready(cx).map_err(|error| NotConnected::tcp(&error)),
            Self::Tunnel(connector) => connector.poll_ready(cx).map_err(|error| NotConnected::tcp(&error)),
        }
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        match self {
            Self::Direct(connector) => {
                let connecting = connector.call(uri);
                Box::pin(async move { connecting.await.map_err(|error| NotConnected::tcp(&error)) })
            }
            Self::Tunnel(connector) => {
                let connecting = connector.call(with_port(uri));
                Box::pin(async move { connecting.await.map_err(|error| NotConnected::tcp(&error)) })
            }
        }
    }
}

/// Says the port of plain `http`: the tunnel takes 443 for every URI that has none.
fn with_port(uri: Uri) -> Uri {
    let mut parts = uri.clone().into_parts();
    let authority = parts.authority.as_ref().filter(|authority| authority.port().is_none());
    let named = match authority {
        Some(authority) if parts.scheme == Some(Scheme::HTTP) => {
            Authority::try_from(format!("{}:80", authority.host())).ok()
        }
        _ => None,
    };
    match named {
        Some(named) => {
            parts.authority = Some(named);
            Uri::from_parts(parts).unwrap_or(uri)
        }
        None => uri,
    }
}

/// The system's resolver; its errors are told apart.
#[derive(Clone)]
pub(crate) struct Resolve(GaiResolver);

impl Service<Name> for Resolve {
    type Response = GaiAddrs;
    type Error = NotConnected;
    type Future = BoxFuture<GaiAddrs>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NotConnected>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolving = self.0.call(name);
        Box::pin(async move { resolving.await.map_err(|_| NotConnected(TransportKind::Resolve)) })
    }
}
