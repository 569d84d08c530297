//! How an emulated platform is set up.

use std::time::Duration;

/// Which generation of the platform answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// NAP v0.0.1.
    #[default]
    Nap,
    /// Nexeres, September 2025.
    Nexeres,
}

/// The length of the rate limiter's window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day.
    Day,
}

/// The server's configuration, and what is broken. May be changed between any two requests.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Which generation answers. NAP v0.0.1.
    pub dialect: Dialect,
    /// Debug mode: errors carry technical texts, links lead to `debug_base_url`. Off.
    pub debug: bool,
    /// Whether users belong to organisations. Off: all are in the default one.
    pub multi_tenant: bool,
    /// Whether the flow route is there, as documented. Off: 404, as both generations really answer.
    pub documented_flow_route: bool,
    /// How many requests an address has in a window. 100,000, so that a test with a clock that stands still is not
    /// limited by surprise.
    pub requests: u64,
    /// The window. A minute.
    pub window: Window,
    /// How long a session token is good. An hour.
    pub session_lifetime: Duration,
    /// How long a refresh token is said to be good. 30 days.
    pub refresh_lifetime: Duration,
    /// How long a verification token is good. A day.
    pub verification_lifetime: Duration,
    /// How long a login waits for the choice of an organisation. Ten minutes.
    pub flow_lifetime: Duration,
    /// How long an administrator's code and token are good. 15 minutes.
    pub admin_lifetime: Duration,
    /// The e-mail addresses of the administrators (Nexeres).
    pub admins: Vec<String>,
    /// What the application is called in mails.
    pub app_name: String,
    /// The domain of the public URL.
    pub domain: String,
    /// The part before the domain.
    pub sub_domain: String,
    /// The public URL in debug mode.
    pub debug_base_url: String,
    /// The offset of the server's clock from UTC, in which times of flows are written: +05:30.
    pub utc_offset_minutes: i16,
    /// Ends a session when a refresh token of it comes that was spent before. Off: the platform does not notice.
    pub reuse_ends_session: bool,
    /// The database is down: 500 with the platform's error.
    pub database_down: bool,
    /// The rate limiter's store is down: 500 without a body, for everything.
    pub cache_down: bool,
    /// Mails cannot be sent: 500, after the token was made.
    pub mailer_down: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            dialect: Dialect::Nap,
            debug: false,
            multi_tenant: false,
            documented_flow_route: false,
            requests: 100_000,
            window: Window::Minute,
            session_lifetime: Duration::from_secs(3_600),
            refresh_lifetime: Duration::from_secs(2_592_000),
            verification_lifetime: Duration::from_secs(86_400),
            flow_lifetime: Duration::from_secs(600),
            admin_lifetime: Duration::from_secs(900),
            admins: vec!["admin@example.test".to_owned()],
            app_name: "App".to_owned(),
            domain: "example.test".to_owned(),
            sub_domain: "auth".to_owned(),
            debug_base_url: "http://localhost:3360".to_owned(),
            utc_offset_minutes: 330,
            reuse_ends_session: false,
            database_down: false,
            cache_down: false,
            mailer_down: false,
        }
    }
}

impl Settings {
    /// Where the platform's pages are.
    pub(super) fn base_url(&self) -> String {
        if self.debug { self.debug_base_url.clone() } else { format!("https://{}.{}", self.sub_domain, self.domain) }
    }

    /// The rate as the configuration writes it: `1000-m`.
    pub(super) fn rate(&self) -> String {
        let unit = match self.window {
            Window::Second => 's',
            Window::Minute => 'm',
            Window::Hour => 'h',
            Window::Day => 'd',
        };
        format!("{}-{unit}", self.requests)
    }
}

impl Window {
    pub(super) const fn length(self) -> Duration {
        Duration::from_secs(match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        })
    }
}

impl Dialect {
    /// The name of a header: `key` is `api-key`, `session-token` or `refresh-token`.
    pub(super) fn header(self, key: &str) -> String {
        match self {
            Self::Nap => format!("x-nap-{key}"),
            Self::Nexeres => format!("x-nexeres-{key}"),
        }
    }
}
