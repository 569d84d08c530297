use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};

use crate::wire::common;
use crate::{Lagrello, UserId};

/// Sends a user an e-mail with a magic link: the tenant's [`CallbackUrl`](crate::CallbackUrl) with a token in it.
///
/// `Ok` means that the mail was sent, not that anybody is logged in: that takes
/// [`VerifyMagicLink`](crate::users::VerifyMagicLink) with the token of the clicked link. Limit how often a visitor can
/// ask for this, and answer alike whether there is such a user or not.
///
/// Needs the permission `WRITE`. Documents: Lagrello API 1.0.0, `users/email/send`.
#[derive(Clone)]
#[must_use]
pub struct SendMagicLink {
    pub(crate) user: UserId,
}

impl SendMagicLink {
    /// Sends a link to this user.
    pub fn new(user: UserId) -> Self {
        Self { user }
    }
}

/// Why no mail was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendMagicLinkRefusal {
    /// The provider cannot send it (400): perhaps the user has no e-mail address, or the tenant no callback URL.
    #[error("the provider cannot send a link to this user")]
    Invalid,
    /// The tenant has no such user (404).
    #[error("there is no such user")]
    NoSuchUser,
}

impl Endpoint for SendMagicLink {
    type Provider = Lagrello;
    type Output = ();
    type Refusal = SendMagicLinkRefusal;
    const NAME: &'static str = "lagrello.users.send_magic_link";
    const ROUTE: Route = Route::post("/v1/users/{userId}/email");
    const IDEMPOTENT: bool = false; // a repeat sends another mail

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        draft.segment("userId", &self.user).accept(Media::JSON);
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<(), ReplyError<SendMagicLinkRefusal>> {
        match reply.code() {
            204 => reply.done(),
            400 => reply.refused(SendMagicLinkRefusal::Invalid),
            404 => reply.refused(SendMagicLinkRefusal::NoSuchUser),
            _ => common(reply),
        }
    }
}
