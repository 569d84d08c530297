use alloc::string::String;

use authwire_core::{Malformed, Reply, ReplyError, Text};
use serde::Deserialize;

use crate::subject::Subject;
use crate::wire::{is_id, time};
use crate::{RefreshToken, SessionId, SessionToken, Time};

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
pub(crate) struct Wire<'a> {
    session_id: String,
    session_token: String,
    #[serde(borrow)]
    session_token_expiry: Text<'a>,
    refresh_token: String,
    #[serde(borrow)]
    refresh_token_expiry: Text<'a>,
}

/// Tokens as they are on the wire in the dialect Nexeres.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NexeresWire<'a> {
    session_id: String,
    session_token: String,
    #[serde(borrow)]
    session_token_expiry: Text<'a>,
    refresh_token: String,
    #[serde(borrow)]
    refresh_token_expiry: Text<'a>,
}

impl<'a> From<NexeresWire<'a>> for Wire<'a> {
    fn from(wire: NexeresWire<'a>) -> Self {
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
    /// The tokens must be whole, and the session token's own words, as far as it has any, about that session and, if it
    /// is known, that e-mail address.
    pub(crate) fn read<R>(reply: Reply<'_>, wire: Wire<'_>, email: Option<&str>) -> Result<Self, ReplyError<R>> {
        if !is_id(&wire.session_id) {
            return reply.malformed(Malformed::Field("session_id"));
        }
        let disagreement = |subject: Subject<'_>| {
            if subject.session.is_some_and(|said| *said != *wire.session_id) {
                Some("session_id")
            } else if email.is_some_and(|email| subject.email.is_some_and(|said| *said != *email)) {
                Some("email")
            } else {
                None
            }
        };
        let token = SessionToken::new_and_look(wire.session_token, |claims| Subject::read(claims).map(disagreement));
        let Ok((session_token, disagreement)) = token else {
            return reply.malformed(Malformed::Field("session_token"));
        };
        let Ok(refresh_token) = RefreshToken::new(wire.refresh_token) else {
            return reply.malformed(Malformed::Field("refresh_token"));
        };
        let session_token_expiry = time(reply, "session_token_expiry", &wire.session_token_expiry)?;
        let refresh_token_expiry = time(reply, "refresh_token_expiry", &wire.refresh_token_expiry)?;
        if let Some(field) = disagreement.flatten() {
            return reply.mismatch(field);
        }
        Ok(Self {
            session_id: SessionId::new(wire.session_id),
            session_token,
            session_token_expiry,
            refresh_token,
            refresh_token_expiry,
        })
    }
}
