//! The server side of the NBRGLM Auth Platform: v0.0.1, and its successor Nexeres of September 2025.
//!
//! Written from the platform's documents and from recorded exchanges with it, faults included; the tests replay those. What
//! is left out: CORS (a request with `Origin` is treated like any other), TLS, and the metrics' content. Passwords are
//! kept as a salted SHA-256.

mod answers;
mod controls;
mod database;
mod email;
mod json;
mod key;
mod limiter;
mod mail;
mod operations;
mod rotation;
mod routes;
mod serve;
mod settings;
mod time;
mod token;

pub use controls::SessionRow;
pub use mail::Mail;
pub use rotation::Refreshes;
pub use routes::{route, route_under, routes};
pub use settings::{Dialect, Settings, Window};

use crate::bounded::BoundedMap;
use crate::incoming::Incoming;
use crate::provider::Provider;
use crate::reply;
use crate::route::{Lookup, Route, Routed};
use crate::seed::{Seeded, hex};
use database::Database;
use http::{Request, Response, StatusCode};
use key::Key;
use limiter::Limiter;
use mail::Mailbox;
use rotation::Rotation;
use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

/// The path prefix in an [`Emulator`](crate::Emulator).
pub const NAME: &str = "nap";

/// How many administrators' logins and tokens are remembered.
const ADMINS: usize = 1_000;

/// The platform's server side. Usable alone too: then paths begin with `/api/`.
#[derive(Clone)]
pub struct Nap {
    /// How it is set up, and what is broken.
    pub settings: Settings,
    seed: Seeded,
    key: Key,
    database: Database,
    limiter: Limiter,
    rotation: Rotation,
    mailbox: Mailbox,
    api_keys: BTreeSet<String>,
    default_key: String,
    /// An administrator's login by its id: the code, and until when.
    admin_flows: BoundedMap<String, (String, Duration)>,
    /// Until when an administrator's token is good, by its hash.
    admin_tokens: BoundedMap<String, Duration>,
}

impl Nap {
    /// A platform with one API key and no users, single-tenant, in the dialect NAP.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut seed = Seeded::new(seed, NAME);
        let default_key = format!("nap_test_{}", hex(&seed.bytes::<16>()));
        Self {
            settings: Settings::default(),
            seed,
            key: Key::test(),
            database: Database::new(),
            limiter: Limiter::new(),
            rotation: Rotation::new(),
            mailbox: Mailbox::default(),
            api_keys: BTreeSet::from([default_key.clone()]),
            default_key,
            admin_flows: BoundedMap::new(ADMINS),
            admin_tokens: BoundedMap::new(ADMINS),
        }
    }

    /// The API key that is there from the start.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.default_key
    }

    /// The public key that session tokens can be verified with, in PEM.
    #[must_use]
    pub fn public_key_pem(&self) -> String {
        self.key.public_pem()
    }

    /// Answers a request at a time since the Unix epoch, without the emulator's log and faults.
    pub fn handle(&mut self, now: Duration, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        match Incoming::under("", request) {
            Some(incoming) => self.serve(now, &incoming),
            None => reply::empty(StatusCode::BAD_REQUEST),
        }
    }
}

impl Provider for Nap {
    fn name(&self) -> &'static str {
        NAME
    }

    fn routes(&self) -> &'static [Route] {
        &routes::ROUTES
    }

    fn identity_fields(&self) -> &'static [&'static str] {
        &["id", "userId", "email"]
    }

    // The key, the tokens and the rate limiter come before the route.
    fn run(&mut self, now: Duration, incoming: &Incoming<'_>, _: &Routed) -> Response<Vec<u8>> {
        self.serve(now, incoming)
    }

    fn stray(&mut self, now: Duration, incoming: &Incoming<'_>, _: &Lookup) -> Response<Vec<u8>> {
        self.serve(now, incoming)
    }
}

impl fmt::Debug for Nap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nap")
            .field("settings", &self.settings)
            .field("users", &self.database.users.len())
            .field("sessions", &self.database.sessions.len())
            .finish_non_exhaustive()
    }
}
