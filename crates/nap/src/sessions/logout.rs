use authwire_core::{Draft, Endpoint, InvalidValue, Media, Reason, Reply, ReplyError, Route};

use crate::wire::{Done, common, message};
use crate::{Nap, RefreshToken, SessionToken};

/// Ends a session.
///
/// With the refresh token alone where there is one. The platform takes both tokens, and then looks at the session token
/// only: an outdated one beside the newest refresh token gets "revoked", and the session lives on. So they are never sent
/// together.
///
/// `Ok` means that the platform knows no session by this token any more, which is also so when it never did.
///
/// Documents: NAP API v0.0.1, "Logout user".
#[derive(Clone)]
#[must_use]
pub struct Logout {
    pub(crate) refresh: Option<RefreshToken>,
    pub(crate) session: Option<SessionToken>,
}

impl Logout {
    /// Ends the session with this refresh token, which must be the newest one.
    pub fn new(refresh: RefreshToken) -> Self {
        Self { refresh: Some(refresh), session: None }
    }

    /// Ends the session with this session token, for whoever has no refresh token. It must be the newest one: with an
    /// older one that has not expired the platform says that the session was revoked, and revokes nothing.
    pub fn by_session_token(session: SessionToken) -> Self {
        Self { refresh: None, session: Some(session) }
    }
}

/// Why the session was not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogoutRefusal {
    /// The request is not valid (400; documented, and never seen).
    #[error("the request is not valid")]
    InvalidRequest,
    /// The platform saw no token that it accepts: a session token that is expired or not its own, or something in between
    /// took the header away (401).
    #[error("the session token is expired or not accepted")]
    TokenNotAccepted,
}

impl Endpoint for Logout {
    type Provider = Nap;
    type Output = Done;
    type Refusal = LogoutRefusal;
    const NAME: &'static str = "nap.sessions.logout";
    const ROUTE: Route = Route::post("/api/auth/logout");
    const IDEMPOTENT: bool = true;

    fn write(&self, nap: &Nap, draft: &mut Draft) {
        draft.accept(Media::JSON);
        match (&self.refresh, &self.session) {
            (Some(refresh), _) => draft.secret_header(nap.speaks().refresh_token(), refresh),
            (None, Some(session)) => draft.secret_header(nap.speaks().session_token(), session),
            (None, None) => draft.refuse(InvalidValue::new("refresh token", Reason::Empty).into()),
        };
    }

    fn read(&self, nap: &Nap, reply: Reply<'_>) -> Result<Done, ReplyError<LogoutRefusal>> {
        match (reply.code(), message(reply).as_deref()) {
            (200, _) => Done::read(reply),
            (400, _) => reply.refused(LogoutRefusal::InvalidRequest),
            (401, Some("No session or refresh token provided")) => reply.refused(LogoutRefusal::TokenNotAccepted),
            _ => common(nap, reply),
        }
    }
}
