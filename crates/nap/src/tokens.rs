use alloc::string::String;

use authwire_core::{Malformed, Reply, ReplyError};
use serde::Deserialize;

use crate::wire::{id, time};
use crate::{RefreshToken, SessionId, SessionToken, Time, UnverifiedClaims};

/// What a login and a refresh give: a short-lived token that says who is there, and one to get the next pair with.
///
/// Documents: NAP API v0.0.1, definition `tokens.Tokens`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tokens {
    /// The session. It stays the same when the tokens are refreshed.
    pub session_id: SessionId,
    /// The session token, as received.
    pub session_token: SessionToken,
    /// When the session token expires.
    pub session_token_expiry: Time,
    /// The refresh token. Each refresh gives a new one, and the old one is worth nothing from then on.
    pub refresh_token: RefreshToken,
    /// When the refresh token is said to expire. The server does not look at it.
    pub refresh_token_expiry: Time,
}

/// Tokens as they are on the wire in the dialect NAP.
#[derive(Deserialize)]
pub(crate) struct Wire {
    session_id: String,
    session_token: String,
    session_token_expiry: String,
    refresh_token: String,
    refresh_token_expiry: String,
}

/// Tokens as they are on the wire in the dialect Nexeres.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NexeresWire {
    session_id: String,
    session_token: String,
    session_token_expiry: String,
    refresh_token: String,
    refresh_token_expiry: String,
}

impl From<NexeresWire> for Wire {
    fn from(wire: NexeresWire) -> Self {
        Self {
            session_id: wire.session_id,
            session_token: wire.session_token,
            session_token_expiry: wire.session_token_expiry,
            refresh_token: wire.refresh_token,
            refresh_token_expiry: wire.refresh_token_expiry,
        }
    }
}

impl Tokens {
    /// The tokens must be whole, and the session token's own words, as far as it has any, about that session.
    pub(crate) fn read<R>(reply: Reply<'_>, wire: Wire) -> Result<(Self, Option<UnverifiedClaims>), ReplyError<R>> {
        let session_id = SessionId::new(id(reply, "session_id", wire.session_id)?);
        let Ok(session_token) = SessionToken::new(wire.session_token) else {
            return reply.malformed(Malformed::Field("session_token"));
        };
        let Ok(refresh_token) = RefreshToken::new(wire.refresh_token) else {
            return reply.malformed(Malformed::Field("refresh_token"));
        };
        let tokens = Self {
            session_id,
            session_token,
            session_token_expiry: time(reply, "session_token_expiry", &wire.session_token_expiry)?,
            refresh_token,
            refresh_token_expiry: time(reply, "refresh_token_expiry", &wire.refresh_token_expiry)?,
        };
        let claims = UnverifiedClaims::read(&tokens.session_token);
        let session = claims.as_ref().and_then(|claims| claims.without_verification().session.as_ref());
        if session.is_some_and(|session| *session != tokens.session_id) {
            return reply.mismatch("session_id");
        }
        Ok((tokens, claims))
    }
}
