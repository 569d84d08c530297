use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};

use super::User;
use crate::wire::common;
use crate::{Lagrello, TotpCode, UserId, Verified};

/// Verifies a person by the code that their authenticator app shows. The answer must be about the user who was asked
/// about.
///
/// The first look may spend the code, so a lost reply means the next code. Limit how often a code may be tried: there are
/// only a million.
///
/// The code travels in the query: this request's URI is a credential and must never reach a log.
///
/// Needs the permission `READ`. Documents: Lagrello API 1.0.0, `users/totp/auth`.
#[derive(Clone)]
#[must_use]
pub struct VerifyTotp {
    pub(crate) user: UserId,
    pub(crate) code: TotpCode,
}

impl VerifyTotp {
    /// Verifies that `code` is this user's code now.
    pub fn new(user: UserId, code: TotpCode) -> Self {
        Self { user, code }
    }
}

/// Why nobody was verified. Refuse this login; a wrong access token of ours is not among these, it is
/// [`OurCredential`](authwire_core::Kind::OurCredential).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyTotpRefusal {
    /// The end user's code is wrong, or was used before (401).
    #[error("the code is wrong")]
    WrongCode,
    /// The tenant has no such user (404).
    #[error("there is no such user")]
    NoSuchUser,
}

impl Endpoint for VerifyTotp {
    type Provider = Lagrello;
    type Output = Verified<User>;
    type Refusal = VerifyTotpRefusal;
    const NAME: &'static str = "lagrello.users.verify_totp";
    const ROUTE: Route = Route::get("/v1/users/{userId}/totp");
    const IDEMPOTENT: bool = false; // the first look may spend the code

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        draft.segment("userId", &self.user).query("payload", self.code.expose()).accept(Media::JSON);
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<Verified<User>, ReplyError<VerifyTotpRefusal>> {
        match reply.code() {
            200 => User::read_same(reply, &self.user).map(Verified::new),
            401 => reply.refused(VerifyTotpRefusal::WrongCode),
            404 => reply.refused(VerifyTotpRefusal::NoSuchUser),
            _ => common(reply), // 403 is our own token, everywhere on this API
        }
    }
}
