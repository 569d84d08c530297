use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use authwire_core::http::header::USER_AGENT;
use authwire_core::http::{HeaderValue, Request, Response};
use authwire_core::transport::{ExchangeError, Phase, SetupError, TransportKind, limit, pause, prepare};
use authwire_core::{CallError, Endpoint, Flow, Keeper, Reply, Sent, Step};
use http_body::Body;
use tower_service::Service;

use crate::body::receive;
use crate::clock::Clock;
use crate::failure::Failure;
use crate::interim::Interim;
use crate::pool::{Pool, Taken};
use crate::trace::Trace;
use crate::{Builder, Kept};

/// An async client, on tokio. Cheap to clone; clones share their connections.
///
/// It sends each request once, to the origin that the request names, and gives back what came: it follows no redirect,
/// retries nothing, keeps no cookies, asks no environment and adds no header but `host` and the body's length.
#[derive(Clone)]
pub struct Client {
    clients: Arc<Clients>,
    settings: Settings,
}

enum Clients {
    /// Ours.
    Own(Pool),
    /// The caller's.
    Given(Given),
}

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) deadline: Duration,
    pub(crate) cap: usize,
    pub(crate) fresh: bool,
    pub(crate) user_agent: Option<HeaderValue>,
}

impl Client {
    /// A client with all settings as they are unless set.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new() -> Result<Self, SetupError> {
        Self::builder().build()
    }

    /// Settings for a client.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn own(pool: Pool, settings: Settings) -> Self {
        Self { clients: Arc::new(Clients::Own(pool)), settings }
    }

    pub(crate) fn given(service: Given, settings: Settings) -> Self {
        Self { clients: Arc::new(Clients::Given(service)), settings }
    }

    /// This client with another deadline, for one call or many; it shares the connections.
    #[must_use]
    pub fn with_deadline(&self, time: Duration) -> Self {
        let mut client = self.clone();
        client.settings.deadline = limit(time);
        client
    }

    /// This client, opening a connection of its own for every exchange, and closing it afterwards: for operations that
    /// decide who is let in. On a connection that was used before, a late reply to an earlier request cannot be told from
    /// the reply to this one, if it arrives while this one is under way: it may be about somebody else. It costs
    /// connecting, and the TLS handshake, each time; the other exchanges keep sharing their connections.
    /// With a service of your own this is the service's affair, and changes nothing.
    #[must_use]
    pub fn with_fresh_connections(&self) -> Self {
        let mut client = self.clone();
        client.settings.fresh = true;
        client
    }

    /// Calls an operation: builds its request, sends it and reads the reply.
    ///
    /// If the future is dropped before it ends, take it for [`Sent::Maybe`](crate::Sent::Maybe).
    ///
    /// # Errors
    /// When the request cannot be built, when no whole reply comes, and when the reply is not the documented success.
    pub async fn call<E: Endpoint>(
        &self,
        provider: &E::Provider,
        endpoint: &E,
    ) -> Result<E::Output, CallError<E::Refusal>> {
        let trace = Trace::call(E::NAME);
        let result = self.perform(provider, endpoint, &trace).await;
        trace.called(&result);
        result
    }

    async fn perform<E: Endpoint>(
        &self,
        provider: &E::Provider,
        endpoint: &E,
        trace: &Trace,
    ) -> Result<E::Output, CallError<E::Refusal>> {
        let request = endpoint.request(provider)?;
        let response = self.carry(request).await?;
        trace.replied(response.status());
        Ok(endpoint.response(provider, &response)?)
    }

    /// Sends a request and collects the reply, whatever its status.
    ///
    /// If the future is dropped before it ends, take it for [`Sent::Maybe`](crate::Sent::Maybe).
    ///
    /// # Errors
    /// When no whole reply came, or one that is not framed, encoded or sized as it must be. With
    /// [`Sent::No`](crate::Sent::No) nothing of the request was sent; else it may have been carried out.
    pub async fn exchange(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ExchangeError> {
        let trace = Trace::exchange();
        let result = self.carry(request).await;
        trace.exchanged(&result);
        result
    }

    async fn carry(&self, mut request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ExchangeError> {
        if let Some(name) = &self.settings.user_agent {
            request.headers_mut().entry(USER_AGENT).or_insert_with(|| name.clone());
        }
        #[cfg(not(feature = "rustls"))]
        if request.uri().scheme_str() != Some("http") && matches!(&*self.clients, Clients::Own(_)) {
            return Err(ExchangeError::not_sent(TransportKind::Refused));
        }
        let Settings { deadline, cap, fresh, .. } = self.settings;
        let taken = Taken::default();
        let exchange = async {
            match &*self.clients {
                Clients::Own(pool) => pool.exchange(request, cap, fresh, &taken).await,
                Clients::Given(service) => {
                    let request = prepare(request).map_err(Failure::unsent)?;
                    taken.set_connection();
                    (service.0)(request, cap).await
                }
            }
        };
        let result = tokio::time::timeout(deadline, exchange).await.unwrap_or_else(|_| {
            if let Clients::Own(pool) = &*self.clients {
                pool.give_up(&taken);
            }
            let late = Failure::received(TransportKind::Timeout(Phase::Total));
            Err(if taken.has_connection() { late } else { late.without_connection() })
        });
        result.map_err(ExchangeError::from)
    }

    /// Drives a flow to its end: sends what it wants sent and waits as long as it wants to wait. Only the flow ends it.
    ///
    /// If the future is dropped before it ends, the flow can be driven again, here or elsewhere.
    ///
    /// # Errors
    /// When the flow fails.
    pub async fn drive<F: Flow>(&self, provider: &F::Provider, flow: &mut F) -> Result<F::Output, F::Error> {
        let clock = Clock::start();
        // Of a flow that was stored, or whose driver was dropped: nobody here waits for that reply.
        flow.lost(clock.now(), Sent::Maybe);
        loop {
            match flow.step(provider, clock.now())? {
                Step::Send(request) => match self.exchange(request).await {
                    Ok(response) => flow.reply(provider, clock.now(), Reply::from(&response)),
                    Err(error) => flow.lost(clock.now(), error.sent),
                },
                Step::Wait(until) => tokio::time::sleep(pause(clock.now(), until)).await,
                Step::Done(output) => return Ok(output),
            }
        }
    }

    /// Keeps a session: gives a handle that many tasks can have, each of which asks it for the session's token.
    ///
    /// A refresh goes out on a connection of its own, as with [`with_fresh_connections`](Self::with_fresh_connections): on
    /// one that the server is just closing it would be lost, and the session with it.
    pub fn keep<K>(&self, provider: K::Provider, keeper: K) -> Kept<K>
    where
        K: Keeper + Send + 'static,
        K::Provider: Send + Sync + 'static,
    {
        Kept::new(self.with_fresh_connections(), provider, keeper)
    }

    /// How long somebody waits for an exchange of another caller.
    pub(crate) const fn patience(&self) -> Duration {
        self.settings.deadline
    }
}

/// A caller's service, its types erased: takes a request and the cap.
pub(crate) struct Given(Box<dyn Fn(Request<Vec<u8>>, usize) -> Exchange + Send + Sync>);

type Exchange = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, Failure>> + Send>>;

impl Given {
    pub(crate) fn new<S, B, R>(service: S) -> Self
    where
        S: Service<Request<B>, Response = Response<R>> + Clone + Send + Sync + 'static,
        S::Future: Send,
        S::Error: Into<Box<dyn StdError + Send + Sync>>,
        B: From<Vec<u8>> + Send + 'static,
        R: Body + Send,
        R::Data: Send,
        R::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        Self(Box::new(move |mut request, cap| {
            let mut service = service.clone();
            Box::pin(async move {
                let failed = |error: S::Error| Failure::exchanging(&*error.into());
                let method = request.method().clone();
                // Counted if the service lets hyper see the request's extensions.
                let interim = Interim::of(&mut request);
                poll_fn(|cx| service.poll_ready(cx)).await.map_err(|error| failed(error).without_connection())?;
                let head = service.call(request.map(B::from));
                let response = interim.before(async { head.await.map_err(failed) }).await?;
                receive(&method, response, cap, |error| Failure::in_body(&*error.into())).await
            })
        }))
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("deadline", &self.deadline)
            .field("cap", &self.cap)
            .field("fresh", &self.fresh)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = matches!(&*self.clients, Clients::Given(_));
        f.debug_struct("Client").field("settings", &self.settings).field("own_client", &!given).finish_non_exhaustive()
    }
}
