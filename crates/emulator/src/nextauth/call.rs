//! What every operation checks first, in this order: the key, the server, the permission; then nonce and query.

use super::NextAuth;
use super::access::{Denied, Permission};
use super::context::UserContext;
use super::virtual_server::VirtualServer;
use crate::incoming::{Header, Incoming};
use crate::reply::{self, Refusal};
use crate::route::Routed;
use crate::seed::Seeded;
use http::{Response, StatusCode};
use std::time::Duration;

/// A refusal is an answer too; `?` needs it apart.
pub(super) type Answered = Result<Response<Vec<u8>>, Refusal>;

/// A call that was let in.
pub(super) struct Call<'a> {
    pub(super) now: Duration,
    pub(super) lifetime: Duration,
    pub(super) explain_invalid_user_name: bool,
    pub(super) seed: &'a mut Seeded,
    pub(super) server: &'a mut VirtualServer,
    incoming: &'a Incoming<'a>,
    routed: &'a Routed,
}

impl<'a> Call<'a> {
    /// Lets in whoever has one of the permissions.
    pub(super) fn enter(
        nextauth: &'a mut NextAuth,
        now: Duration,
        incoming: &'a Incoming<'a>,
        routed: &'a Routed,
        any_of: &[Permission],
    ) -> Result<Self, Refusal> {
        let key = match incoming.header("x-apikey") {
            Header::Once(key) => Some(key),
            Header::Absent | Header::Malformed => None,
        };
        let su = match incoming.header("x-su") {
            Header::Absent => None,
            Header::Once(role) => Some(role),
            // No role has this id.
            Header::Malformed => Some(""),
        };
        let role = match nextauth.access.role(key, su) {
            Ok(role) => role,
            Err(Denied::Key) => {
                let status = nextauth.settings.bad_key_status;
                return reply::refuse(reply::text(status, "API key not accepted"));
            }
            Err(Denied::Role) => {
                return reply::refuse(reply::text(StatusCode::FORBIDDEN, "Role not accepted"));
            }
        };
        let id = routed.path_value("serverid").unwrap_or_default();
        let Some(server) = nextauth.servers.get_mut(id) else {
            return reply::refuse(reply::message(StatusCode::NOT_FOUND, "Server not found"));
        };
        if !nextauth.access.allows(role, id, any_of) {
            let names: Vec<_> = any_of.iter().map(|what| what.as_str()).collect();
            let why = format!("Permission missing: {}", names.join(" or "));
            return reply::refuse(reply::text(StatusCode::FORBIDDEN, &why));
        }
        server.remember(nextauth.settings.sessions);
        Ok(Self {
            now,
            lifetime: nextauth.settings.challenge_lifetime,
            explain_invalid_user_name: nextauth.settings.explain_invalid_user_name,
            seed: &mut nextauth.seed,
            server,
            incoming,
            routed,
        })
    }

    /// The session identifier: once there, 1 to 1,024 visible ASCII characters.
    pub(super) fn nonce(&self) -> Result<&'a str, Refusal> {
        match self.incoming.header("x-nonce") {
            Header::Once(nonce) if nonce.len() <= 1024 => Ok(nonce),
            Header::Absent => reply::refuse(reply::bad_request("X-nonce missing")),
            _ => reply::refuse(reply::bad_request("Malformed X-nonce")),
        }
    }

    pub(super) fn path(&self, name: &str) -> &'a str {
        self.routed.path_value(name).unwrap_or_default()
    }

    pub(super) fn optional(&self, name: &str) -> Option<&'a str> {
        self.routed.query_value(name)
    }

    pub(super) fn required(&self, name: &str) -> Result<&'a str, Refusal> {
        match self.optional(name) {
            Some(value) => Ok(value),
            None => reply::refuse(reply::bad_request(&format!("Query parameter missing: {name}"))),
        }
    }

    /// The optional JSON body.
    pub(super) fn user_context(&self) -> Result<Option<UserContext>, Refusal> {
        if self.incoming.body.is_empty() {
            return Ok(None);
        }
        if !self.incoming.says_json() {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return reply::refuse(reply::message(status, "The body must be application/json"));
        }
        match UserContext::parse(self.incoming.body) {
            Some(context) => Ok(Some(context)),
            None => reply::refuse(reply::bad_request("Malformed UserContext")),
        }
    }
}

/// "200, no body".
pub(super) fn done() -> Response<Vec<u8>> {
    reply::empty(StatusCode::OK)
}
