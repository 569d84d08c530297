use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};
use serde::Serialize;

use crate::wire::{Done, common, message};
use crate::{Nap, VerificationToken};

/// Proves an e-mail address with the token from the mail's link. `Ok` says that the address is verified, not who is
/// there: the token can be used again until it expires, by whoever has it. Nobody is logged in by it.
///
/// Documents: NAP API v0.0.1, "Verify Email Token".
#[derive(Clone)]
#[must_use]
pub struct VerifyEmail {
    pub(crate) token: VerificationToken,
}

impl VerifyEmail {
    /// Proves the address that this token was sent to.
    pub fn new(token: VerificationToken) -> Self {
        Self { token }
    }
}

/// Why the address was not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyEmailRefusal {
    /// The request has no token in it, or something in between changed it (400).
    #[error("the request is not valid")]
    InvalidData,
    /// The token is unknown or expired: the platform does not tell which (400).
    #[error("the token is unknown or expired")]
    InvalidToken,
    /// The token is expired (400).
    #[error("the token is expired")]
    TokenExpired,
}

#[derive(Serialize)]
struct Body<'a> {
    token: &'a str,
}

impl Endpoint for VerifyEmail {
    type Provider = Nap;
    type Output = Done;
    type Refusal = VerifyEmailRefusal;
    const NAME: &'static str = "nap.users.verify_email";
    const ROUTE: Route = Route::post("/api/auth/verify-email/verify");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &Nap, draft: &mut Draft) {
        draft.accept(Media::JSON).json(&Body { token: self.token.expose() });
    }

    fn read(&self, nap: &Nap, reply: Reply<'_>) -> Result<Done, ReplyError<VerifyEmailRefusal>> {
        match (reply.code(), message(reply).as_deref()) {
            (200, _) => Done::read(reply),
            (400, Some(INVALID_TOKEN)) => reply.refused(VerifyEmailRefusal::InvalidToken),
            (400, Some(TOKEN_EXPIRED)) => reply.refused(VerifyEmailRefusal::TokenExpired),
            (400, _) => reply.refused(VerifyEmailRefusal::InvalidData),
            _ => common(nap, reply),
        }
    }
}

const INVALID_TOKEN: &str = "Invalid token! Please check the token and try again.";
const TOKEN_EXPIRED: &str = "The token has expired! Please request a new verification email.";
