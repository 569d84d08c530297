use core::convert::Infallible;

use authwire_core::{Draft, Endpoint, Reply, ReplyError, Route};

use crate::wire::common;
use crate::{NextAuth, Nonce, ServerId, UserId};

/// Couples a user id to the account that is logged in on a session: the last step of an enrolment whose QR code named no
/// user.
///
/// The answer has no body, and the documents do not say what happens when nobody is logged in; ask
/// [`GetSession`](crate::sessions::GetSession) afterwards when it matters.
///
/// Needs the permission `users`. Documents: nextAuth API 2.2, `registerUser`.
#[derive(Clone)]
#[must_use]
pub struct RegisterUser {
    pub(crate) server: ServerId,
    pub(crate) nonce: Nonce,
    pub(crate) user: UserId,
}

impl RegisterUser {
    /// Couples `user` to the account that is logged in on the session with this nonce.
    pub fn new(server: ServerId, nonce: Nonce, user: UserId) -> Self {
        Self { server, nonce, user }
    }
}

impl Endpoint for RegisterUser {
    type Provider = NextAuth;
    type Output = ();
    type Refusal = Infallible;
    const NAME: &'static str = "nextauth.sessions.register_user";
    const ROUTE: Route = Route::post("/servers/{serverid}/sessions/registeruser");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &NextAuth, draft: &mut Draft) {
        draft.segment("serverid", &self.server).query("userid", &self.user);
        self.nonce.write(draft);
    }

    fn read(&self, _: &NextAuth, reply: Reply<'_>) -> Result<(), ReplyError<Infallible>> {
        match reply.code() {
            200 => reply.done(),
            _ => common(reply),
        }
    }
}
