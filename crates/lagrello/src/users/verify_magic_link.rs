use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};

use super::User;
use crate::wire::common;
use crate::{Lagrello, MagicLinkToken, Verified};

/// Verifies the person who clicked a magic link, by the token that the link held.
///
/// The link names its user by itself: see [`Verified::expect_user`]. The first look may spend the token, so a lost reply
/// means a new link.
///
/// The token travels in the query: this request's URI is a credential and must never reach a log.
///
/// Needs the permission `READ`. Documents: Lagrello API 1.0.0, `users/email/auth`.
#[derive(Clone)]
#[must_use]
pub struct VerifyMagicLink {
    pub(crate) token: MagicLinkToken,
}

impl VerifyMagicLink {
    /// Verifies this token.
    pub fn new(token: MagicLinkToken) -> Self {
        Self { token }
    }
}

/// Why nobody was verified. Refuse this login; a wrong access token of ours is not among these, it is
/// [`OurCredential`](authwire_core::Kind::OurCredential).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyMagicLinkRefusal {
    /// The end user's token is wrong: made up, used before or too old (401).
    #[error("the link is not valid")]
    WrongLink,
    /// The user whom the link was sent to is not there (404).
    #[error("there is no such user")]
    NoSuchUser,
}

impl Endpoint for VerifyMagicLink {
    type Provider = Lagrello;
    type Output = Verified<User>;
    type Refusal = VerifyMagicLinkRefusal;
    const NAME: &'static str = "lagrello.users.verify_magic_link";
    const ROUTE: Route = Route::get("/v1/users/email");
    const IDEMPOTENT: bool = false; // the first look may spend the token

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        draft.query("payload", self.token.expose()).accept(Media::JSON);
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<Verified<User>, ReplyError<VerifyMagicLinkRefusal>> {
        match reply.code() {
            200 => User::read(reply).map(Verified::new),
            401 => reply.refused(VerifyMagicLinkRefusal::WrongLink),
            404 => reply.refused(VerifyMagicLinkRefusal::NoSuchUser),
            _ => common(reply),
        }
    }
}
