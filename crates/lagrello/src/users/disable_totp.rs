use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};

use super::enable_totp::Toggle;
use crate::wire::common;
use crate::{Lagrello, UserId};

/// Turns TOTP codes off for a user: the user can no longer log in with them.
///
/// Ask the user for a code first: whoever finds an open session must not be able to take the second factor away.
///
/// Needs the permission `WRITE`. Documents: Lagrello API 1.0.0, `users/totp/toggle` with `enable` false.
#[derive(Clone)]
#[must_use]
pub struct DisableTotp {
    pub(crate) user: UserId,
}

impl DisableTotp {
    /// Turns it off for this user.
    pub fn new(user: UserId) -> Self {
        Self { user }
    }
}

/// Why TOTP was not turned off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DisableTotpRefusal {
    /// The tenant has no such user (404).
    #[error("there is no such user")]
    NoSuchUser,
}

impl Endpoint for DisableTotp {
    type Provider = Lagrello;
    type Output = ();
    type Refusal = DisableTotpRefusal;
    const NAME: &'static str = "lagrello.users.disable_totp";
    const ROUTE: Route = Route::post("/v1/users/{userId}/totp");
    const IDEMPOTENT: bool = false; // a late repeat would undo that it was turned on again

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        draft.segment("userId", &self.user).accept(Media::JSON).json(&Toggle { enable: false });
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<(), ReplyError<DisableTotpRefusal>> {
        match reply.code() {
            200 => reply.mismatch("enable"), // the answer to turning it on
            204 => reply.done(),
            404 => reply.refused(DisableTotpRefusal::NoSuchUser),
            _ => common(reply),
        }
    }
}
