use alloc::string::String;

use authwire_core::{Auth, Draft, Endpoint, Media, Reply, ReplyError, Route};

use crate::Authentiq;
use crate::jwt::Jws;
use crate::wire::{NotEmpty, Slug, common, word, write_token};

/// Pushes a login to the device of the person who gave us a push token: the app asks, and connects to `callback` when the
/// person agrees.
///
/// `Ok` means that the push was sent, not that anybody is logged in: what the app sends to `callback` tells that. Never
/// push for a token that came from somebody whom nobody has authenticated: it would let anybody make phones ring, until a
/// tired user approves.
///
/// Documents: Authentiq API 6, `push_login_request`.
#[derive(Clone)]
#[must_use]
pub struct PushLogin {
    pub(crate) callback: String,
    pub(crate) token: Jws,
}

impl PushLogin {
    /// Asks the person who signed this [`PushToken`](crate::jwt::PushToken) to log in at `callback`, which must lie within
    /// the token's audience.
    pub fn new(callback: impl Into<String>, token: Jws) -> Self {
        Self { callback: callback.into(), token }
    }
}

/// Why no login was pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushLoginRefusal {
    /// The callback does not lie within the token's audience (401, `aud-error`).
    #[error("the callback is not within the token's audience")]
    Audience,
    /// The token is not signed by its own subject (401, `auth-error`).
    #[error("the token is not signed by its subject")]
    NotSelfSigned,
    /// The key is not registered, or has no device (404 with `unknown-key`, documented for other operations).
    #[error("the key is not registered, or has no device")]
    UnknownKey,
    /// The key is revoked (410 with `revoked-key`, documented for other operations).
    #[error("the key is revoked")]
    RevokedKey,
}

impl Endpoint for PushLogin {
    type Provider = Authentiq;
    type Output = ();
    type Refusal = PushLoginRefusal;
    const NAME: &'static str = "authentiq.login.push";
    const ROUTE: Route = Route::post("/login");
    const IDEMPOTENT: bool = false; // a repeat makes the phone ring again
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        draft.query("callback", NotEmpty(&self.callback)).accept(Media::JSON);
        write_token(draft, &self.token);
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<(), ReplyError<PushLoginRefusal>> {
        match (reply.code(), Slug::of(reply)) {
            (200, _) => word(reply, "sent"),
            // Two meanings: only the body tells which.
            (401, Some(Slug::AudError)) => reply.refused(PushLoginRefusal::Audience),
            (401, Some(Slug::AuthError)) => reply.refused(PushLoginRefusal::NotSelfSigned),
            (404, Some(Slug::UnknownKey)) => reply.refused(PushLoginRefusal::UnknownKey),
            (410, Some(Slug::RevokedKey)) => reply.refused(PushLoginRefusal::RevokedKey),
            _ => common(reply),
        }
    }
}
