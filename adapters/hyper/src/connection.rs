use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use authwire_core::http::header::HOST;
use authwire_core::http::{HeaderValue, Request, Response, Uri};
use authwire_core::transport::{ExchangeError, MAX_BODY, MAX_HEAD, MAX_HEADERS, TransportKind, host, prepare};
use authwire_core::{BaseUrl, CallError, Endpoint};
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};

use crate::body::{Outgoing, receive};
use crate::failure::Failure;
use crate::interim::Interim;
use crate::trace::Trace;

/// One HTTP/1.1 connection to one origin, on any runtime: with hyper alone.
///
/// You make the connection, TLS and all; there is no pool, and **no time limit**: put one of your runtime's around
/// each exchange. After an error, and after a reply that the peer closes with, the connection is used up: open another.
pub struct Connection {
    sender: Option<http1::SendRequest<Outgoing>>,
    base: BaseUrl,
    /// The `host` header of its requests.
    host: HeaderValue,
    cap: usize,
}

/// Moves a [`Connection`]'s bytes: let it run in a task of its own, or beside the exchange. It ends with the
/// connection.
#[must_use = "the connection stands still unless this is polled"]
pub struct Driver<T: Read + Write>(http1::Connection<T, Outgoing>);

impl Connection {
    /// Takes up a connection that leads to the host of `base`: for `https`, one whose TLS is established and whose
    /// peer's certificate was verified for that host.
    ///
    /// # Errors
    /// When hyper cannot take it up.
    pub async fn open<T: Read + Write + Unpin>(base: &BaseUrl, io: T) -> Result<(Self, Driver<T>), ExchangeError> {
        let root = Uri::builder().scheme(base.scheme().clone()).authority(base.authority().clone()).path_and_query("/");
        let host = root.build().ok().as_ref().and_then(host);
        let host = host.ok_or(ExchangeError::not_sent(TransportKind::Refused))?;
        let mut builder = http1::Builder::new();
        builder.max_headers(MAX_HEADERS).max_header_size(MAX_HEAD).max_buf_size(MAX_HEAD);
        let (sender, connection) =
            builder.handshake(io).await.map_err(|_| ExchangeError::not_sent(TransportKind::Connect))?;
        Ok((Self { sender: Some(sender), base: base.clone(), host, cap: MAX_BODY }, Driver(connection)))
    }

    /// The most bytes of a reply's body: 1 MiB unless set.
    pub fn set_max_body(&mut self, bytes: usize) {
        self.cap = bytes;
    }

    /// Whether it is used up.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.sender.as_ref().is_none_or(http1::SendRequest::is_closed)
    }

    /// Calls an operation: builds its request, sends it and reads the reply.
    ///
    /// # Errors
    /// When the request cannot be built, when no whole reply comes, and when the reply is not the documented success.
    pub async fn call<E: Endpoint>(
        &mut self,
        provider: &E::Provider,
        endpoint: &E,
    ) -> Result<E::Output, CallError<E::Refusal>> {
        let trace = Trace::call(E::NAME);
        let result = self.perform(provider, endpoint, &trace).await;
        trace.called(&result);
        result
    }

    async fn perform<E: Endpoint>(
        &mut self,
        provider: &E::Provider,
        endpoint: &E,
        trace: &Trace,
    ) -> Result<E::Output, CallError<E::Refusal>> {
        let request = endpoint.request(provider)?;
        let response = self.carry(request).await?;
        trace.replied(response.status());
        Ok(endpoint.response(provider, &response)?)
    }

    /// Sends a request and collects the reply, whatever its status. The request must be for the origin that the
    /// connection leads to.
    ///
    /// If the future is dropped before it ends, take it for [`Sent::Maybe`](crate::Sent::Maybe); the connection is used
    /// up then.
    ///
    /// # Errors
    /// When no whole reply came, or one that is not framed, encoded or sized as it must be. With
    /// [`Sent::No`](crate::Sent::No) nothing of the request was sent; else it may have been carried out.
    pub async fn exchange(&mut self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ExchangeError> {
        let trace = Trace::exchange();
        let result = self.carry(request).await;
        trace.exchanged(&result);
        result
    }

    async fn carry(&mut self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ExchangeError> {
        let mut request = self.direct(request).map_err(ExchangeError::not_sent)?;
        let interim = Interim::of(&mut request);
        let method = request.method().clone();
        // Taken out: it comes back only after a whole reply.
        let mut sender = self.sender.take().ok_or(ExchangeError::not_sent(TransportKind::Io))?;
        sender.ready().await.map_err(|_| ExchangeError::not_sent(TransportKind::Io))?;
        let head = async { sender.send_request(request).await.map_err(|error| Failure::exchanging(&error)) };
        let response = interim.before(head).await?;
        let response = receive(&method, response, self.cap).await?;
        // hyper itself closes it after a 101, and after a reply that says so.
        self.sender = Some(sender);
        Ok(response)
    }

    /// What hyper leaves to its caller on this level: the `host` header and a target without scheme and host.
    fn direct(&self, request: Request<Vec<u8>>) -> Result<Request<Outgoing>, TransportKind> {
        let mut request = prepare(request)?;
        let uri = request.uri();
        let here = uri.scheme() == Some(self.base.scheme()) && uri.authority() == Some(self.base.authority());
        let target = uri.path_and_query().cloned().filter(|_| here).ok_or(TransportKind::Refused)?;
        *request.uri_mut() = Uri::from(target);
        request.headers_mut().insert(HOST, self.host.clone());
        Ok(request.map(Outgoing::from))
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("base", &self.base)
            .field("closed", &self.is_closed())
            .finish_non_exhaustive()
    }
}

impl<T: Read + Write + Unpin> Future for Driver<T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // An error reaches whoever waits for a reply; there is nobody else to tell.
        Pin::new(&mut self.0).poll(cx).map(|_| ())
    }
}

impl<T: Read + Write> fmt::Debug for Driver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Driver")
    }
}
