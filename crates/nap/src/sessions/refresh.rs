use authwire_core::{Draft, Endpoint, Media, Object, Reply, ReplyError, Route};
use serde::Deserialize;

use crate::wire::{common, message};
use crate::{Dialect, Nap, RateLimit, RefreshToken, SessionId, Tokens, tokens};

/// Exchanges a refresh token for a new pair of tokens of the same session.
///
/// The old refresh token is worth nothing from then on: if the reply is lost, the session is, and the user must log in
/// again. Never send two refreshes of one session at the same time: several may succeed, and only the last one's tokens
/// stay good.
///
/// Documents: NAP API v0.0.1, "Refresh Token".
#[derive(Clone)]
#[must_use]
pub struct Refresh {
    pub(crate) token: RefreshToken,
    pub(crate) session: Option<SessionId>,
}

impl Refresh {
    /// Exchanges this token.
    pub fn new(token: RefreshToken) -> Self {
        Self { token, session: None }
    }

    /// The answer must be about this session. It is not sent.
    pub fn session(self, session: SessionId) -> Self {
        Self { session: Some(session), ..self }
    }
}

/// The new tokens.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use]
pub struct Refreshed {
    /// The session's tokens from now on.
    pub tokens: Tokens,
    /// What the rate limiter says.
    pub rate_limit: Option<RateLimit>,
}

/// Why there are no new tokens. After [`InvalidToken`](Self::InvalidToken) the user must log in again; in the other cases
/// nothing was spent, and the same refresh may succeed once what it names is put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RefreshRefusal {
    /// The request is not valid (400; documented, and never seen).
    #[error("the request is not valid")]
    InvalidRequest,
    /// The refresh token is unknown: used before, or its session has ended (401).
    #[error("the refresh token is not valid any more")]
    InvalidToken,
    /// The user no longer belongs to the session's organisation, or is banned there (401).
    #[error("the user does not belong to the organisation any more")]
    NoMembership,
    /// The token did not arrive: something in between took the header away (401).
    #[error("the refresh token did not reach the platform")]
    TokenNotReceived,
}

#[derive(Deserialize)]
struct Wire<T> {
    tokens: Object<T>,
}

impl Endpoint for Refresh {
    type Provider = Nap;
    type Output = Refreshed;
    type Refusal = RefreshRefusal;
    const NAME: &'static str = "nap.sessions.refresh";
    const ROUTE: Route = Route::post("/api/auth/refresh");
    const IDEMPOTENT: bool = false; // the first look spends the token

    fn write(&self, nap: &Nap, draft: &mut Draft) {
        draft.accept(Media::JSON).secret_header(nap.speaks().refresh_token(), &self.token);
    }

    fn read(&self, nap: &Nap, reply: Reply<'_>) -> Result<Refreshed, ReplyError<RefreshRefusal>> {
        match (reply.code(), message(reply).as_deref()) {
            (200, _) => self.result(
                reply,
                match nap.speaks() {
                    Dialect::Nap => reply.json::<Wire<tokens::Wire<'_>>, _>()?.tokens.0,
                    Dialect::Nexeres => reply.json::<Wire<tokens::NexeresWire<'_>>, _>()?.tokens.0.into(),
                },
            ),
            (400, _) => reply.refused(RefreshRefusal::InvalidRequest),
            (401, Some("Invalid refresh token! Please login again.")) => reply.refused(RefreshRefusal::InvalidToken),
            (401, Some(NO_MEMBERSHIP)) => reply.refused(RefreshRefusal::NoMembership),
            (401, Some("No refresh token provided")) => reply.refused(RefreshRefusal::TokenNotReceived),
            _ => common(nap, reply),
        }
    }
}

const NO_MEMBERSHIP: &str = "User or organization not found! Please login again.";

impl Refresh {
    fn result(&self, reply: Reply<'_>, wire: tokens::Wire<'_>) -> Result<Refreshed, ReplyError<RefreshRefusal>> {
        let tokens = Tokens::read(reply, wire, None)?;
        if self.session.as_ref().is_some_and(|session| *session != tokens.session_id) {
            return reply.mismatch("session_id");
        }
        Ok(Refreshed { tokens, rate_limit: RateLimit::from_headers(reply.headers()) })
    }
}
