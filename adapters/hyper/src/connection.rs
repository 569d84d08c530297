use std::fmt;

use authwire_core::http::{Request, Response, Uri};
use authwire_core::transport::{ExchangeError, MAX_BODY, Origin, TransportKind};
use authwire_core::{BaseUrl, CallError, Endpoint};
use hyper::rt::{Read, Write};

use crate::body::Outgoing;
use crate::failure::Failure;
use crate::link::Link;
use crate::trace::Trace;

/// One HTTP/1.1 connection to one origin, on any runtime: with hyper alone.
///
/// You make the connection, TLS and all; there is no pool, and **no time limit**: put one of your runtime's around
/// each exchange. Nothing runs beside it: each exchange moves the connection's bytes itself, and dropping it ends the
/// connection. After an error, and after a reply that the peer closes with, the connection is used up: open another.
pub struct Connection<T: Read + Write + Unpin> {
    /// Taken out for each exchange; it comes back only after a whole reply.
    link: Option<Box<Link<T>>>,
    origin: Origin,
    cap: usize,
}

impl<T: Read + Write + Unpin> Connection<T> {
    /// Takes up a connection that leads to the host of `base`: for `https`, one whose TLS is established and whose
    /// peer's certificate was verified for that host.
    ///
    /// # Errors
    /// When hyper cannot take it up.
    pub async fn open(base: &BaseUrl, io: T) -> Result<Self, ExchangeError> {
        let root = Uri::builder().scheme(base.scheme().clone()).authority(base.authority().clone()).path_and_query("/");
        let origin = root.build().ok().as_ref().and_then(Origin::of);
        let origin = origin.ok_or(ExchangeError::not_sent(TransportKind::Refused))?;
        Ok(Self::to(origin, io, |_| true).await?)
    }

    /// `is_silent` says whether there is nothing to read, if it can be asked for that.
    pub(crate) async fn to(origin: Origin, io: T, is_silent: fn(&T) -> bool) -> Result<Self, Failure> {
        let link = Link::open(io, is_silent).await.map_err(|_| Failure::unsent(TransportKind::Connect))?;
        Ok(Self { link: Some(Box::new(link)), origin, cap: MAX_BODY })
    }

    /// The most bytes of a reply's body: 1 MiB unless set.
    pub fn set_max_body(&mut self, bytes: usize) {
        self.cap = bytes;
    }

    /// Whether it is used up: the peer ended it, sent what nobody asked for, or an exchange did not end well.
    pub fn is_closed(&mut self) -> bool {
        if self.link.as_mut().is_some_and(|link| !link.is_idle()) {
            self.link = None;
        }
        self.link.is_none()
    }

    /// The same, as far as is known without a look at it.
    #[cfg(feature = "client")]
    pub(crate) fn is_used_up(&self) -> bool {
        self.link.is_none()
    }

    #[cfg(feature = "client")]
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
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

    async fn carry(&mut self, mut request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ExchangeError> {
        self.origin.prepare(&mut request).map_err(ExchangeError::not_sent)?;
        Ok(self.send(request, self.cap).await?)
    }

    /// Sends a request that was prepared for here, on a connection that was found not to be used up.
    pub(crate) async fn send(&mut self, request: Request<Vec<u8>>, cap: usize) -> Result<Response<Vec<u8>>, Failure> {
        let mut request = request.map(Outgoing::from);
        // hyper leaves it to its caller on this level to say the target alone, without scheme and host.
        let target = request.uri().path_and_query().cloned().ok_or(Failure::unsent(TransportKind::Refused))?;
        *request.uri_mut() = Uri::from(target);
        let mut link = self.link.take().ok_or(Failure::unsent(TransportKind::Io))?;
        let response = link.exchange(request, cap).await?;
        // hyper itself ends it after a 101, and after a reply that says so.
        if link.is_kept() {
            self.link = Some(link);
        }
        Ok(response)
    }
}

impl<T: Read + Write + Unpin> Drop for Connection<T> {
    fn drop(&mut self) {
        if let Some(link) = self.link.take() {
            link.close();
        }
    }
}

impl<T: Read + Write + Unpin> fmt::Debug for Connection<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("origin", &self.origin)
            .field("used_up", &self.link.is_none())
            .finish_non_exhaustive()
    }
}
