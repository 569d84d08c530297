//! The server side of nextAuth (API 2.2): the ten operations that log people in.
//!
//! The documents know 200, and 403 and 404 at some operations. What they leave open is decided here:
//!
//! | request | answer |
//! |---|---|
//! | no `X-apikey`, or a wrong one | 401, or what [`Settings::bad_key_status`] says; plain text |
//! | `X-su` without global `root` or `setrid`, or for a role that does not exist | 403; plain text |
//! | the role has none of the permissions that the operation asks for | 403; plain text |
//! | no such virtual server | 404 |
//! | `X-nonce` missing, twice, or not 1 to 1,024 visible ASCII characters | 400 |
//! | a query parameter missing, twice, or out of range; a `UserContext` with anything undocumented | 400 |
//! | a `UserContext` that is not `application/json` | 415 |
//! | updateAccountUser with an invalid user name: not 1 to 255 characters, or a control character | 403; `{"message":"Invalid user name"}`, or nothing with [`Settings::explain_invalid_user_name`] off |
//! | the same name at registerUser or getQrEnrol | 400 |
//! | registerUser where nobody is logged in; a push where there is nobody to push to | 409 |
//! | a push to an account or a user that does not exist | 404 |
//!
//! The key is checked first, then the server, the permission, the nonce, and the rest.
//!
//! A login status always has `loggedin`, `canprovoke` and `hsid`; `accountid`, `pk` and `userid` only while somebody
//! is logged in, `loginqrdata` only while nobody is. A server id is compared as text, in the standard alphabet.

mod access;
mod account;
mod app;
mod call;
mod context;
mod controls;
mod operations;
mod phone;
mod qr_data;
mod routes;
mod session;
mod virtual_server;

pub use access::Permission;
pub use account::Account;
pub use app::PhoneError;
pub use context::{SessionInfo, UserContext};
pub use phone::{Phone, Prompt, PromptKind};
pub use routes::{route, route_under, routes};

use crate::incoming::Incoming;
use crate::provider::Provider;
use crate::route::{Route, Routed};
use crate::seed::{Seeded, base64};
use access::Access;
use http::{Request, Response, StatusCode};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;
use virtual_server::VirtualServer;

/// The path prefix in an [`Emulator`](crate::Emulator).
pub const NAME: &str = "nextauth";

/// How the server behaves where the provider's documents are silent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// What a missing or wrong API key is answered with: 401, unless set to another status (403).
    pub bad_key_status: StatusCode,
    /// Whether the 403 of updateAccountUser says in its body that the user name is invalid. True.
    pub explain_invalid_user_name: bool,
    /// How long a code or a push can be approved. Five minutes.
    pub challenge_lifetime: Duration,
    /// How many sessions a virtual server remembers, and how many challenges; the oldest go first. 100,000.
    pub sessions: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            bad_key_status: StatusCode::UNAUTHORIZED,
            explain_invalid_user_name: true,
            challenge_lifetime: Duration::from_secs(300),
            sessions: 100_000,
        }
    }
}

/// nextAuth's server side. Usable alone too: then paths begin with `/servers/`.
#[derive(Clone)]
pub struct NextAuth {
    /// How it behaves where the documents are silent.
    pub settings: Settings,
    seed: Seeded,
    access: Access,
    servers: BTreeMap<String, VirtualServer>,
    next_account: u64,
    default_server: String,
    default_role: String,
    default_key: String,
}

impl NextAuth {
    /// One virtual server, and an API key whose role has `sessions`, `users`, `accounts` and `servers` there.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut seed = Seeded::new(seed, NAME);
        let raw_id = awkward_id(&mut seed);
        let settings = Settings::default();
        let server = VirtualServer::new(&mut seed, raw_id, "Example", settings.sessions);
        let mut access = Access::default();
        let role = access.add_role(&mut seed);
        for permission in [Permission::Sessions, Permission::Users, Permission::Accounts, Permission::Servers] {
            access.grant(&role, Some(&server.id), permission);
        }
        let key = access.add_key(&mut seed, &role).unwrap_or_default();
        Self {
            settings,
            access,
            default_server: server.id.clone(),
            default_role: role,
            default_key: key,
            servers: BTreeMap::from([(server.id.clone(), server)]),
            next_account: 1,
            seed,
        }
    }

    /// The id of the virtual server that is there from the start: standard base64 with a `+`, a `/` and `=` in it.
    #[must_use]
    pub fn server_id(&self) -> &str {
        &self.default_server
    }

    /// The API key that is there from the start.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.default_key
    }

    /// The role of that API key.
    #[must_use]
    pub fn role_id(&self) -> &str {
        &self.default_role
    }

    /// Answers a request at a time since the Unix epoch, without the emulator's log and faults.
    pub fn handle(&mut self, now: Duration, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        match Incoming::under("", request) {
            Some(incoming) => crate::provider::answer(self, now, &incoming),
            None => crate::reply::message(StatusCode::NOT_FOUND, "No such resource"),
        }
    }
}

impl Provider for NextAuth {
    fn name(&self) -> &'static str {
        NAME
    }

    fn routes(&self) -> &'static [Route] {
        &routes::ROUTES
    }

    fn identity_fields(&self) -> &'static [&'static str] {
        &["id", "userid", "accountid", "pk"]
    }

    fn run(&mut self, now: Duration, incoming: &Incoming<'_>, routed: &Routed) -> Response<Vec<u8>> {
        operations::run(self, now, incoming, routed)
    }
}

impl fmt::Debug for NextAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextAuth")
            .field("settings", &self.settings)
            .field("servers", &self.servers.len())
            .field("accounts", &self.accounts().len())
            .finish_non_exhaustive()
    }
}

/// An id whose base64 has a `+` and a `/`, as any id may: a client that does not escape them is found out at once.
fn awkward_id(seed: &mut Seeded) -> [u8; 16] {
    loop {
        let id = seed.bytes();
        let text = base64(&id);
        if text.contains('+') && text.contains('/') {
            return id;
        }
    }
}
