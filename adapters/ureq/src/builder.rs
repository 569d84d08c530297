use std::net::SocketAddr;
use std::time::Duration;
use std::{fmt, io};

use authwire_core::http::HeaderValue;
use authwire_core::transport::{MAX_BODY, MAX_HEAD, ProxyAddress, SetupError, limit};
use ureq::{Agent, Proxy};

use crate::client::{Client, Settings};
use crate::connect::Connect;
use crate::resolve::{Lookup, Resolve, by_the_system};

/// The settings of a [`Client`] to be.
///
/// Every time limit is held between a millisecond and a day.
#[must_use]
pub struct Builder {
    settings: Settings,
    user_agent: Option<String>,
    proxy: Option<String>,
    idle: Option<Duration>,
    #[cfg(feature = "rustls")]
    tls: crate::tls::Tls,
    lookup: Option<Box<Lookup>>,
    agent: Option<Agent>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            settings: Settings {
                connect: Duration::from_secs(5),
                send: Duration::from_secs(5),
                response: Duration::from_secs(10),
                body: Duration::from_secs(10),
                deadline: None,
                cap: MAX_BODY,
                fresh: false,
                user_agent: None,
            },
            user_agent: None,
            proxy: None,
            idle: None,
            #[cfg(feature = "rustls")]
            tls: crate::tls::Tls::default(),
            lookup: None,
            agent: None,
        }
    }

    /// How long connecting may take, TLS included: 5 s unless set. Resolving the name may take as long again.
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.settings.connect = limit(time);
        self
    }

    /// How long sending the request's head may take, and again its body: 5 s unless set.
    pub fn send_timeout(mut self, time: Duration) -> Self {
        self.settings.send = limit(time);
        self
    }

    /// How long the reply's head may take, from the end of the request: 10 s unless set.
    pub fn response_timeout(mut self, time: Duration) -> Self {
        self.settings.response = limit(time);
        self
    }

    /// How long the reply's body may take: 10 s unless set.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.settings.body = limit(time);
        self
    }

    /// How long an exchange may take from begin to end: no longer than its phases together, unless set.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.settings.deadline = Some(limit(time));
        self
    }

    /// The most bytes of a reply's body: 1 MiB unless set. A longer one is an error, not cut.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.settings.cap = bytes;
        self
    }

    /// How long a connection is kept for the next request: 10 s unless set.
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.idle = Some(limit(time));
        self
    }

    /// Whether every exchange opens a connection of its own: not unless set. See
    /// [`Client::with_fresh_connections`].
    pub fn fresh_connections(mut self, fresh: bool) -> Self {
        self.settings.fresh = fresh;
        self
    }

    /// The `user-agent` of requests that have none: none unless set.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = Some(name.into());
        self
    }

    /// An HTTP proxy, `http://[user:password@]host[:port]`, through which all connections are tunnelled: none unless
    /// set. The environment is never asked.
    pub fn proxy(mut self, address: impl Into<String>) -> Self {
        self.proxy = Some(address.into());
        self
    }

    /// Trusts these root certificates as well: one in DER form, or any number in PEM form.
    #[cfg(feature = "rustls")]
    pub fn root_certificates(mut self, der_or_pem: impl Into<Vec<u8>>) -> Self {
        self.tls.roots.push(der_or_pem.into());
        self
    }

    /// Trusts the given root certificates alone, and not Mozilla's.
    #[cfg(feature = "rustls")]
    pub fn only_given_roots(mut self) -> Self {
        self.tls.only_given_roots = true;
        self
    }

    /// Shows this certificate to servers that ask for one: its chain and its private key, in PEM form.
    #[cfg(feature = "rustls")]
    pub fn client_certificate(mut self, chain_pem: impl Into<Vec<u8>>, key_pem: impl Into<Vec<u8>>) -> Self {
        self.tls.client = Some((chain_pem.into(), key_pem.into()));
        self
    }

    /// Resolves names by this, from a host and a port, instead of by the system: a cache, a fixed table, addresses that
    /// you allow. It runs on a thread of the client's, at most eight at a time, and is no longer waited for when the
    /// time is over. An error, no address and a panic are all [`TransportKind::Resolve`](crate::TransportKind). A host
    /// that is an address is not asked about, nor, with a proxy, any but the proxy's: the proxy resolves the others.
    pub fn resolver<F>(mut self, lookup: F) -> Self
    where
        F: Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static,
    {
        self.lookup = Some(Box::new(lookup));
        self
    }

    /// Sends through this agent instead of one of our own. Its connector, resolver, TLS, proxy, pool and middleware are
    /// its own affair; redirects, statuses, time limits and caps are set by us for each request. What our own agent does
    /// better is listed in the [crate's documentation](crate).
    pub fn agent(mut self, agent: Agent) -> Self {
        self.agent = Some(agent);
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn build(self) -> Result<Client, SetupError> {
        let mut settings = self.settings.clone();
        if let Some(name) = &self.user_agent {
            let value = HeaderValue::from_str(name).ok().filter(|value| value.to_str().is_ok() && !value.is_empty());
            settings.user_agent = Some(value.ok_or(SetupError::UserAgent)?);
        }
        match &self.agent {
            Some(agent) => {
                self.check_given(agent)?;
                Ok(Client::given(agent.clone(), settings))
            }
            None => self.own(settings),
        }
    }

    fn check_given(&self, agent: &Agent) -> Result<(), SetupError> {
        #[cfg(feature = "rustls")]
        if self.tls.is_set() {
            return Err(SetupError::Conflict);
        }
        #[cfg(feature = "rustls")]
        if agent.config().tls_config().disable_verification() {
            return Err(SetupError::Unverified);
        }
        let _ = agent;
        if self.proxy.is_some() || self.idle.is_some() || self.lookup.is_some() {
            Err(SetupError::Conflict)
        } else {
            Ok(())
        }
    }

    fn own(self, settings: Settings) -> Result<Client, SetupError> {
        let proxy = match &self.proxy {
            Some(text) => {
                ProxyAddress::new(text)?;
                Some(Proxy::new(text).map_err(|_| SetupError::Proxy)?)
            }
            None => None,
        };
        let idle = self.idle.unwrap_or(Duration::from_secs(10));
        #[cfg(feature = "rustls")]
        let tls = std::sync::Arc::new(self.tls.config()?);
        let resolve = Resolve::new(self.lookup.unwrap_or_else(|| Box::new(by_the_system)));
        let agent = |connections: usize| {
            let config = Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .proxy(proxy.clone())
                .user_agent("")
                .accept("")
                .accept_encoding("")
                .timeout_resolve(Some(settings.connect))
                .timeout_connect(Some(settings.connect))
                .timeout_send_request(Some(settings.send))
                .timeout_send_body(Some(settings.send))
                .timeout_recv_response(Some(settings.response))
                .timeout_recv_body(Some(settings.body))
                .max_response_header_size(MAX_HEAD)
                // Room for the largest head, and for ours: a target of 16 KiB and credentials of 4 KiB.
                .input_buffer_size(2 * MAX_HEAD)
                .output_buffer_size(2 * MAX_HEAD)
                .max_idle_connections(connections)
                .max_idle_connections_per_host(connections)
                .max_idle_age(idle)
                .build();
            let connect = Connect::new(
                #[cfg(feature = "rustls")]
                std::sync::Arc::clone(&tls),
            );
            Agent::with_parts(config, connect, resolve.clone())
        };
        let kept = agent(16);
        let fresh = agent(0);
        Ok(Client::own(kept, fresh, settings))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
