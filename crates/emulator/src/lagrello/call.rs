//! What every operation checks first: the access token and its permission; then path, query and body.

use super::Lagrello;
use super::tenant::{Tenant, User};
use crate::incoming::Incoming;
use crate::reply::{self, Refusal};
use crate::route::Routed;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{Response, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use std::time::Duration;

/// A refusal is an answer too; `?` needs it apart.
pub(super) type Answered = Result<Response<Vec<u8>>, Refusal>;

/// What an access token may do. The documents say: to update or create anything takes WRITE, to create more tokens takes
/// ADMIN, and every token has READ. What that leaves open is decided where the operations are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Permission {
    /// `READ`.
    Read,
    /// `WRITE`.
    Write,
    /// `ADMIN`.
    Admin,
}

impl Permission {
    /// As the API spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::Write => "WRITE",
            Self::Admin => "ADMIN",
        }
    }
}

/// A call that was let in.
pub(super) struct Call<'a> {
    pub(super) now: Duration,
    pub(super) lagrello: &'a mut Lagrello,
    /// The id of the tenant whose access token it was; empty for an operation that takes none.
    pub(super) tenant: String,
    /// The name of that token.
    pub(super) token_name: String,
    pub(super) incoming: &'a Incoming<'a>,
    pub(super) routed: &'a Routed,
}

impl<'a> Call<'a> {
    /// Lets in everybody, or whoever has an access token with the permission.
    pub(super) fn enter(
        lagrello: &'a mut Lagrello,
        now: Duration,
        incoming: &'a Incoming<'a>,
        routed: &'a Routed,
        needed: Option<Permission>,
    ) -> Result<Self, Refusal> {
        let (mut tenant, mut token_name) = (String::new(), String::new());
        if let Some(needed) = needed {
            let token = bearer(incoming).and_then(|key| lagrello.tokens.get(key));
            let token = token.ok_or_else(|| forbidden("The access token is wrong"))?;
            if !token.permissions.iter().any(|has| has == needed.as_str()) {
                return Err(forbidden(&format!("The access token lacks the permission {}", needed.as_str())));
            }
            tenant.clone_from(&token.tenant);
            token_name.clone_from(&token.name);
        }
        Ok(Self { now, lagrello, tenant, token_name, incoming, routed })
    }

    pub(super) fn path(&self, name: &str) -> &'a str {
        self.routed.path_value(name).unwrap_or_default()
    }

    pub(super) fn optional(&self, name: &str) -> Option<&'a str> {
        self.routed.query_value(name)
    }

    pub(super) fn required(&self, name: &str) -> Result<&'a str, Refusal> {
        self.optional(name).ok_or_else(|| invalid(&format!("The query parameter {name} is missing")))
    }

    /// The tenant. That of a token is there.
    pub(super) fn tenant(&mut self) -> Result<&mut Tenant, Refusal> {
        let tenant = self.lagrello.tenants.get_mut(&self.tenant);
        tenant.ok_or_else(|| Box::new(reply::empty(StatusCode::INTERNAL_SERVER_ERROR)))
    }

    /// The user that the path names.
    pub(super) fn user(&mut self) -> Result<&mut User, Refusal> {
        let id = self.path("userId");
        self.tenant()?.users.get_mut(id).ok_or_else(no_such_user)
    }

    /// The JSON body, read strictly: a field that the provider does not document, a `null` or a value of another type is a
    /// client's fault that a test should find.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        if !self.incoming.says_json() {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(error(status, "UnsupportedMediaType", "The body must be application/json"));
        }
        // serde's derive would take an array for a struct too.
        let text = std::str::from_utf8(self.incoming.body).ok().filter(|text| text.trim_start().starts_with('{'));
        text.and_then(|text| serde_json::from_str(text).ok())
            .ok_or_else(|| invalid("The body is not what is documented"))
    }

    /// Where the server believes to be: what it puts before the paths in its answers.
    pub(super) fn base(&self) -> String {
        match &self.lagrello.settings.public_base {
            Some(base) => base.clone(),
            None => self.incoming.base().unwrap_or_else(|| "https://api.lagrello.com".to_owned()),
        }
    }
}

/// The one access token of the header `Authorization`.
fn bearer<'a>(incoming: &Incoming<'a>) -> Option<&'a str> {
    let mut values = incoming.headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key)
}

/// A field that may be absent, but has a value if it is there: serde alone would take `null` for an absence.
pub(super) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// The documented body of every error. What `errorType` may be is not documented.
pub(super) fn error(status: StatusCode, error_type: &str, message: &str) -> Refusal {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Error<'a> {
        message: &'a str,
        error_type: &'a str,
    }
    Box::new(reply::json(status, &Error { message, error_type }))
}

pub(super) fn invalid(message: &str) -> Refusal {
    error(StatusCode::BAD_REQUEST, "BadRequest", message)
}

fn forbidden(message: &str) -> Refusal {
    error(StatusCode::FORBIDDEN, "Forbidden", message)
}

pub(super) fn unauthorized(message: &str) -> Refusal {
    error(StatusCode::UNAUTHORIZED, "Unauthorized", message)
}

pub(super) fn not_found(message: &str) -> Refusal {
    error(StatusCode::NOT_FOUND, "NotFound", message)
}

pub(super) fn no_such_user() -> Refusal {
    not_found("The user could not be found")
}

/// A 204: nothing at all, not even a length (RFC 9110, section 8.6).
pub(super) fn done() -> Response<Vec<u8>> {
    let mut response = reply::empty(StatusCode::NO_CONTENT);
    response.headers_mut().remove(CONTENT_LENGTH);
    response
}

pub(super) fn ok(value: &impl Serialize) -> Response<Vec<u8>> {
    reply::json(StatusCode::OK, value)
}
