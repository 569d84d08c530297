//! The server side of Lagrello (API 1.0.0): all eighteen operations.
//!
//! What the provider's documents leave open is decided here, and written down at each item and in [`Settings`]. A person
//! is played by [`Mail::click`] and [`Authenticator`].

mod authenticator;
mod call;
mod controls;
mod mail;
mod operations;
mod routes;
mod tenant;
mod totp;

pub use authenticator::Authenticator;
pub use call::Permission;
pub use mail::{Mail, MailContent};
pub use routes::{route, route_under, routes};

use crate::bounded::BoundedMap;
use crate::incoming::Incoming;
use crate::provider::Provider;
use crate::route::{Route, Routed};
use crate::seed::{Seeded, base64, hex};
use http::{Request, Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use tenant::{Link, Tenant, Token};

/// The path prefix in an [`Emulator`](crate::Emulator).
pub const NAME: &str = "lagrello";

/// How many magic links are remembered.
const LINKS: usize = 10_000;

/// How the server behaves where the provider's documents are silent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// How long a magic link can be used. Fifteen minutes.
    pub link_lifetime: Duration,
    /// What stands for the page before the first and after the last one.
    pub page_end: PageEnd,
    /// Where the server believes to be, without a slash at the end: the URLs in its answers begin so. `None`, which is the
    /// default, takes it from each request.
    pub public_base: Option<String>,
}

/// What a list says where there is no further page. The documents declare two URIs that are always there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageEnd {
    /// `null`.
    #[default]
    Null,
    /// An empty text.
    Empty,
    /// Nothing.
    Absent,
}

impl Default for Settings {
    fn default() -> Self {
        Self { link_lifetime: Duration::from_secs(900), page_end: PageEnd::default(), public_base: None }
    }
}

/// Lagrello's server side. Usable alone too: then paths begin with `/v1/`.
#[derive(Clone)]
pub struct Lagrello {
    /// How it behaves where the documents are silent.
    pub settings: Settings,
    seed: Seeded,
    tenants: BTreeMap<String, Tenant>,
    tokens: BTreeMap<String, Token>,
    links: BoundedMap<String, Link>,
    mails: Vec<Mail>,
    next_serial: u64,
    default_tenant: String,
    default_token: String,
}

/// What is said of a token that is to be.
struct NewToken<'a> {
    name: &'a str,
    created_by: &'a str,
    permissions: Vec<String>,
}

impl Lagrello {
    /// One tenant without users, with a callback URL, and an access token that may do all.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut lagrello = Self {
            settings: Settings::default(),
            seed: Seeded::new(seed, NAME),
            tenants: BTreeMap::new(),
            tokens: BTreeMap::new(),
            links: BoundedMap::new(LINKS),
            mails: Vec::new(),
            next_serial: 0,
            default_tenant: String::new(),
            default_token: String::new(),
        };
        let (tenant, token) = lagrello.add_tenant(Duration::ZERO, "Example Company", "admin@example.com");
        lagrello.set_callback_url(&tenant, "https://app.example.com/login/{}");
        lagrello.clear_mails();
        Self { default_tenant: tenant, default_token: token, ..lagrello }
    }

    /// The id of the tenant that is there from the start.
    #[must_use]
    pub fn tenant_id(&self) -> &str {
        &self.default_tenant
    }

    /// The access token that is there from the start.
    #[must_use]
    pub fn access_token(&self) -> &str {
        &self.default_token
    }

    /// Answers a request at a time since the Unix epoch, without the emulator's log and faults.
    pub fn handle(&mut self, now: Duration, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        match Incoming::under("", request) {
            Some(incoming) => crate::provider::answer(self, now, &incoming),
            None => crate::reply::message(StatusCode::NOT_FOUND, "No such resource"),
        }
    }

    /// Puts a tenant in, with a first token that its administrator gets by mail.
    fn put_tenant(&mut self, now: Duration, name: &str, admin_email: &str) -> String {
        let id = uuid(&mut self.seed);
        self.tenants.insert(id.clone(), Tenant::new(id.clone(), name, admin_email));
        let permissions = ["READ", "WRITE", "ADMIN"].map(str::to_owned).to_vec();
        let token_key = self.put_token(now, &id, NewToken { name: "first", created_by: admin_email, permissions });
        let content = MailContent::Welcome { token_key };
        self.mails.push(Mail { to: admin_email.to_owned(), at: now, content });
        id
    }

    fn put_token(&mut self, now: Duration, tenant: &str, new: NewToken<'_>) -> String {
        let key = uuid(&mut self.seed);
        let token = Token {
            tenant: tenant.to_owned(),
            key: key.clone(),
            name: new.name.to_owned(),
            created_by: new.created_by.to_owned(),
            created_at: now,
            permissions: new.permissions,
            serial: self.next_serial,
        };
        self.next_serial = self.next_serial.saturating_add(1);
        self.tokens.insert(key.clone(), token);
        key
    }
}

impl Provider for Lagrello {
    fn name(&self) -> &'static str {
        NAME
    }

    fn routes(&self) -> &'static [Route] {
        &routes::ROUTES
    }

    fn identity_fields(&self) -> &'static [&'static str] {
        &["userId"]
    }

    fn run(&mut self, now: Duration, incoming: &Incoming<'_>, routed: &Routed) -> Response<Vec<u8>> {
        operations::run(self, now, incoming, routed)
    }
}

impl fmt::Debug for Lagrello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lagrello")
            .field("settings", &self.settings)
            .field("tenants", &self.tenants.len())
            .field("mails", &self.mails.len())
            .finish_non_exhaustive()
    }
}

/// A random UUID (RFC 9562, version 4).
fn uuid(seed: &mut Seeded) -> String {
    let mut bytes = seed.bytes::<16>();
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
    *version = *version & 0x0f | 0x40;
    *variant = *variant & 0x3f | 0x80;
    let digits = hex(&bytes);
    let mut text = String::with_capacity(36);
    for (at, digit) in digits.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

/// A token with `+`, `/` and `=` in it, as any may have: a client that does not escape or decode them is found out at once.
fn unlike_base64url(seed: &mut Seeded) -> String {
    loop {
        let text = base64(&seed.bytes::<16>());
        if text.contains('+') && text.contains('/') {
            return text;
        }
    }
}

/// Escapes all but unreserved characters.
fn escape(text: &str) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, RESERVED).to_string()
}
