use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use authwire_core::http::{HeaderValue, Request, Response};
use authwire_core::transport::{MAX_BODY, ProxyAddress, SetupError, limit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body::Body;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use tower_service::Service;

use crate::client::{Client, Given, Settings};
use crate::connect::{Connect, Tcp};
use crate::pool::Pool;

/// The settings of a [`Client`] to be.
///
/// Every time limit is held between a millisecond and a day.
#[must_use]
pub struct Builder {
    settings: Settings,
    connect: Option<Duration>,
    user_agent: Option<String>,
    proxy: Option<String>,
    idle: Option<Duration>,
    #[cfg(feature = "http2")]
    http2: bool,
    #[cfg(feature = "rustls")]
    tls: crate::tls::Tls,
    service: Option<Given>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            settings: Settings { deadline: Duration::from_secs(30), cap: MAX_BODY, fresh: false, user_agent: None },
            connect: None,
            user_agent: None,
            proxy: None,
            idle: None,
            #[cfg(feature = "http2")]
            http2: false,
            #[cfg(feature = "rustls")]
            tls: crate::tls::Tls::default(),
            service: None,
        }
    }

    /// How long connecting may take, resolving the name and TLS included: 5 s unless set.
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect = Some(limit(time));
        self
    }

    /// How long an exchange may take from begin to end: 30 s unless set.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.settings.deadline = limit(time);
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

    /// Speaks HTTP/2 with servers that offer it: not unless set. HTTP/2 cannot keep the secrets in a URI out of its
    /// compression, and shares one connection between all requests.
    #[cfg(feature = "http2")]
    pub fn http2(mut self, allowed: bool) -> Self {
        self.http2 = allowed;
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

    /// Sends through this service instead of a client of our own: hyper-util's client, a stack of middleware, a test's
    /// double. It gets requests with absolute URIs. Connecting, TLS, proxy and pool are its own affair, and so is it
    /// not to follow redirects and not to resend; deadline, cap and the checks of a reply's head stay ours. What our own
    /// client does better is listed in the [crate's documentation](crate).
    pub fn service<S, B, R>(mut self, service: S) -> Self
    where
        S: Service<Request<B>, Response = Response<R>> + Clone + Send + Sync + 'static,
        S::Future: Send,
        S::Error: Into<Box<dyn StdError + Send + Sync>>,
        B: From<Vec<u8>> + Send + 'static,
        R: Body + Send,
        R::Data: Send,
        R::Error: Into<Box<dyn StdError + Send + Sync>>,
    {
        self.service = Some(Given::new(service));
        self
    }

    /// Makes the client. It may be made outside a runtime, and used in one with tokio's time and I/O.
    ///
    /// # Errors
    /// When a setting cannot be used.
    pub fn build(mut self) -> Result<Client, SetupError> {
        if let Some(name) = &self.user_agent {
            let value = HeaderValue::from_str(name).ok().filter(|value| value.to_str().is_ok() && !value.is_empty());
            self.settings.user_agent = Some(value.ok_or(SetupError::UserAgent)?);
        }
        match self.service.take() {
            Some(service) => {
                self.check_given()?;
                Ok(Client::given(service, self.settings))
            }
            None => self.own(),
        }
    }

    fn check_given(&self) -> Result<(), SetupError> {
        #[cfg(feature = "rustls")]
        if self.tls.is_set() {
            return Err(SetupError::Conflict);
        }
        #[cfg(feature = "http2")]
        if self.http2 {
            return Err(SetupError::Conflict);
        }
        let connecting = self.connect.is_some() || self.settings.fresh;
        if connecting || self.proxy.is_some() || self.idle.is_some() { Err(SetupError::Conflict) } else { Ok(()) }
    }

    fn own(self) -> Result<Client, SetupError> {
        let tcp = match &self.proxy {
            Some(text) => {
                let proxy = ProxyAddress::new(text)?;
                let tunnel = Tunnel::new(proxy.uri().clone(), Tcp::connector());
                Tcp::Tunnel(match proxy.credentials() {
                    Some(credentials) => tunnel.with_auth(basic(credentials)?),
                    None => tunnel,
                })
            }
            None => Tcp::Direct(Tcp::connector()),
        };
        #[cfg(feature = "rustls")]
        let tcp = {
            #[allow(unused_mut, reason = "changed with the feature http2 alone")]
            let mut config = self.tls.config()?;
            #[cfg(feature = "http2")]
            if self.http2 {
                config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
            }
            hyper_rustls::HttpsConnector::from((tcp, config))
        };
        let connect = Connect::new(tcp, self.connect.unwrap_or(Duration::from_secs(5)));
        let idle = self.idle.unwrap_or(Duration::from_secs(10));
        Ok(Client::own(Pool::new(connect, idle), self.settings))
    }
}

fn basic(credentials: &str) -> Result<HeaderValue, SetupError> {
    let colon = if credentials.contains(':') { "" } else { ":" };
    let value = format!("Basic {}", STANDARD.encode(format!("{credentials}{colon}")));
    HeaderValue::from_str(&value).map_err(|_| SetupError::Proxy)
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("settings", &self.settings).finish_non_exhaustive()
    }
}
