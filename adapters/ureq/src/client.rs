use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use authwire_core::http::header::USER_AGENT;
use authwire_core::http::{HeaderValue, Method, Request, Response};
use authwire_core::transport::{
    Collected, ExchangeError, MAX_HEAD, SetupError, TransportKind, limit, pause, prepare, prepare_with_host,
};
use authwire_core::{CallError, Endpoint, Flow, Keeper, Reply, Sent, Step};
use ureq::{Agent, AsSendBody, Body};

use crate::clock::Clock;
use crate::connect::Watch;
use crate::trace::Trace;
use crate::{Builder, Kept, failure};

/// The most bytes of a reply's body that are read at once.
const PIECE: usize = 8 * 1024;

/// As many need no memory of their own.
const SMALL_PIECE: usize = 512;

/// A blocking client. Cheap to clone; clones share their connections.
///
/// It sends each request once, to the origin that the request names, and gives back what came: it follows no redirect,
/// retries nothing, keeps no cookies, asks no environment and adds no header but `host` and the body's length.
#[derive(Clone)]
pub struct Client {
    agents: Arc<Agents>,
    settings: Settings,
}

enum Agents {
    /// Ours: one that keeps connections, one that does not.
    Own { kept: Agent, fresh: Agent },
    /// The caller's.
    Given(Agent),
}

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) connect: Duration,
    pub(crate) send: Duration,
    pub(crate) response: Duration,
    pub(crate) body: Duration,
    pub(crate) deadline: Option<Duration>,
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

    pub(crate) fn own(kept: Agent, fresh: Agent, settings: Settings) -> Self {
        Self { agents: Arc::new(Agents::Own { kept, fresh }), settings }
    }

    pub(crate) fn given(agent: Agent, settings: Settings) -> Self {
        Self { agents: Arc::new(Agents::Given(agent)), settings }
    }

    /// This client with another deadline, for one call or many; it shares the connections.
    #[must_use]
    pub fn with_deadline(&self, time: Duration) -> Self {
        let mut client = self.clone();
        client.settings.deadline = Some(limit(time));
        client
    }

    /// This client, opening a connection of its own for every exchange, and closing it afterwards: for operations that
    /// decide who is let in. On a connection that was used before, a late reply to an earlier request cannot be told from
    /// the reply to this one, if it arrives while this one is under way: it may be about somebody else. It costs
    /// connecting, and the TLS handshake, each time; the other exchanges keep sharing their connections. An agent of your own
    /// (`Builder::agent`) opens one, too, but may keep it for other exchanges.
    #[must_use]
    pub fn with_fresh_connections(&self) -> Self {
        let mut client = self.clone();
        client.settings.fresh = true;
        client
    }

    /// Calls an operation: builds its request, sends it and reads the reply.
    ///
    /// # Errors
    /// When the request cannot be built, when no whole reply comes, and when the reply is not the documented success.
    pub fn call<E: Endpoint>(&self, provider: &E::Provider, endpoint: &E) -> Result<E::Output, CallError<E::Refusal>> {
        let trace = Trace::call(E::NAME);
        let result = self.perform(provider, endpoint, &trace);
        trace.called(&result);
        result
    }

    fn perform<E: Endpoint>(
        &self,
        provider: &E::Provider,
        endpoint: &E,
        trace: &Trace,
    ) -> Result<E::Output, CallError<E::Refusal>> {
        let request = endpoint.request(provider)?;
        let response = self.carry(request)?;
        trace.replied(response.status());
        Ok(endpoint.response(provider, &response)?)
    }

    /// Sends a request and collects the reply, whatever its status.
    ///
    /// # Errors
    /// When no whole reply came, or one that is not framed, encoded or sized as it must be. With
    /// [`Sent::No`](crate::Sent::No) nothing of the request was sent; else it may have been carried out.
    pub fn exchange(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ExchangeError> {
        let trace = Trace::exchange();
        let result = self.carry(request);
        trace.exchanged(&result);
        result
    }

    fn carry(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ExchangeError> {
        let prepared = match &*self.agents {
            // ureq would take longer over it.
            Agents::Own { .. } => prepare_with_host(request),
            // What the caller's agent has between us and the connection may turn to another host.
            Agents::Given(_) => prepare(request),
        };
        let mut request = prepared.map_err(ExchangeError::not_sent)?;
        if let Some(name) = &self.settings.user_agent {
            request.headers_mut().entry(USER_AGENT).or_insert_with(|| name.clone());
        }
        let method = request.method().clone();
        // With an empty body of known length, ureq would say `content-length: 0` where there is none.
        let has_body = !request.body().is_empty() || matches!(method, Method::POST | Method::PUT | Method::PATCH);
        if has_body { self.send(method, request) } else { self.send(method, request.map(|_| ())) }
    }

    /// Drives a flow to its end: sends what it wants sent and waits as long as it wants to wait. Only the flow ends it.
    ///
    /// # Errors
    /// When the flow fails.
    pub fn drive<F: Flow>(&self, provider: &F::Provider, flow: &mut F) -> Result<F::Output, F::Error> {
        let clock = Clock::start();
        // Of a flow that was stored, or whose driver was dropped: nobody here waits for that reply.
        flow.lost(clock.now(), Sent::Maybe);
        loop {
            match flow.step(provider, clock.now())? {
                Step::Send(request) => match self.exchange(request) {
                    Ok(response) => flow.reply(provider, clock.now(), Reply::from(&response)),
                    Err(error) => flow.lost(clock.now(), error.sent),
                },
                Step::Wait(until) => std::thread::sleep(pause(clock.now(), until)),
                Step::Done(output) => return Ok(output),
            }
        }
    }

    /// Keeps a session: gives a handle that many threads can have, each of which asks it for the session's token.
    ///
    /// A refresh goes out on a connection of its own, as with [`with_fresh_connections`](Self::with_fresh_connections): on
    /// one that the server is just closing it would be lost, and the session with it.
    pub fn keep<K: Keeper>(&self, provider: K::Provider, keeper: K) -> Kept<K> {
        Kept::new(self.with_fresh_connections(), provider, keeper)
    }

    /// How long somebody waits for an exchange of another caller.
    pub(crate) fn patience(&self) -> Duration {
        let Settings { connect, send, response, body, deadline, .. } = self.settings;
        // Resolving has the time to connect once more, and a body the time to send.
        let phases =
            [connect, connect, send, send, response, body].into_iter().fold(Duration::ZERO, Duration::saturating_add);
        deadline.unwrap_or(phases)
    }

    fn send<S: AsSendBody>(&self, method: Method, request: Request<S>) -> Result<Response<Vec<u8>>, ExchangeError> {
        let watch = Watch::start();
        match self.run(request) {
            Ok(response) => {
                watch.begin_body();
                self.receive(&method, response).map_err(|kind| {
                    watch.spoil();
                    ExchangeError::maybe_sent(kind)
                })
            }
            Err(error) => {
                let sent = match &*self.agents {
                    Agents::Own { .. } => watch.has_sent(),
                    Agents::Given(_) => !failure::is_unsent(&error),
                };
                let sent = if sent { Sent::Maybe } else { Sent::No };
                Err(ExchangeError { sent, source: failure::kind(&error).into() })
            }
        }
    }

    fn run<S: AsSendBody>(&self, request: Request<S>) -> Result<Response<Body>, ureq::Error> {
        match (&*self.agents, self.settings.deadline) {
            (Agents::Own { kept, fresh }, deadline) => {
                let agent = if self.settings.fresh { fresh } else { kept };
                let request = match deadline {
                    None => request,
                    deadline => agent.configure_request(request).timeout_per_call(deadline).build(),
                };
                agent.run(request)
            }
            (Agents::Given(agent), deadline) => agent.run(self.guard(agent, request, deadline)),
        }
    }

    /// Overrides, for one request, what an agent that is not ours may have set otherwise.
    fn guard<S: AsSendBody>(&self, agent: &Agent, request: Request<S>, deadline: Option<Duration>) -> Request<S> {
        let is_https = request.uri().scheme_str() == Some("https");
        let settings = &self.settings;
        let request = agent
            .configure_request(request)
            .http_status_as_error(false)
            .max_redirects(0)
            .save_redirect_history(false)
            .accept("")
            .accept_encoding("")
            .timeout_connect(Some(settings.connect))
            .timeout_send_request(Some(settings.send))
            .timeout_send_body(Some(settings.send))
            .timeout_recv_response(Some(settings.response))
            .timeout_recv_body(Some(settings.body))
            .max_response_header_size(MAX_HEAD);
        let request = if is_https { request.https_only(true) } else { request };
        let request = if deadline.is_some() { request.timeout_per_call(deadline) } else { request };
        let request = if settings.fresh { request.max_idle_age(Duration::ZERO) } else { request };
        request.build()
    }

    fn receive(&self, method: &Method, response: Response<Body>) -> Result<Response<Vec<u8>>, TransportKind> {
        let (head, body) = response.into_parts();
        let cap = self.settings.cap;
        let mut collected = Collected::begin(method, &head, cap)?;
        let declared = body.content_length().and_then(|length| usize::try_from(length).ok());
        // Room for all of a small reply, and no more: it is cleared first.
        let room = declared.unwrap_or(PIECE).clamp(1, PIECE);
        let (mut small, mut large) = ([0; SMALL_PIECE], Vec::new());
        let piece = match small.get_mut(..room) {
            Some(piece) => piece,
            None => {
                large.resize(room, 0);
                &mut large
            }
        };
        let mut reader = body.into_reader();
        loop {
            match reader.read(piece) {
                Ok(0) => return Ok(collected.into_response(head)),
                // What is delivered counts: another crate in the build may have switched decompression on.
                Ok(read) => collected.push(piece.get(..read).unwrap_or_default())?,
                // ureq's own errors come wrapped; a reset it reports as the end.
                Err(error) => return Err(failure::kind(&error.into())),
            }
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("connect", &self.connect)
            .field("send", &self.send)
            .field("response", &self.response)
            .field("body", &self.body)
            .field("deadline", &self.deadline)
            .field("cap", &self.cap)
            .field("fresh", &self.fresh)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = matches!(&*self.agents, Agents::Given(_));
        f.debug_struct("Client").field("settings", &self.settings).field("own_agent", &!given).finish_non_exhaustive()
    }
}
