use core::convert::Infallible;

use authwire_core::{Draft, Endpoint, Reply, ReplyError, Route};

use crate::wire::common;
use crate::{NextAuth, Nonce, ServerId, UserContext, UserId};

/// Pushes a login to the phones of all accounts of a user.
///
/// Never take the user from input that nobody has authenticated: it would let anybody make phones ring, until a
/// tired user approves.
///
/// `Ok` means that the push was sent, not that anybody is logged in: ask [`GetSession`](crate::sessions::GetSession).
///
/// Needs the permission `sessions` or `users`. Documents: nextAuth API 2.2, `provokeLoginOnUser`.
#[derive(Clone)]
#[must_use]
pub struct ProvokeLoginOnUser {
    pub(crate) server: ServerId,
    pub(crate) nonce: Nonce,
    pub(crate) user: UserId,
    pub(crate) context: Option<UserContext>,
}

impl ProvokeLoginOnUser {
    /// Pushes a login for the session with this nonce to all accounts of `user`.
    pub fn new(server: ServerId, nonce: Nonce, user: UserId) -> Self {
        Self { server, nonce, user, context: None }
    }

    /// With this to be shown by the app.
    pub fn context(self, context: UserContext) -> Self {
        Self { context: Some(context), ..self }
    }
}

impl Endpoint for ProvokeLoginOnUser {
    type Provider = NextAuth;
    type Output = ();
    type Refusal = Infallible;
    const NAME: &'static str = "nextauth.users.provoke_login";
    const ROUTE: Route = Route::post("/servers/{serverid}/users/{userid}/provokelogin");
    const IDEMPOTENT: bool = false; // a repeat makes the phones ring again

    fn write(&self, _: &NextAuth, draft: &mut Draft) {
        draft.segment("serverid", &self.server).segment("userid", &self.user);
        self.nonce.write(draft);
        if let Some(context) = &self.context {
            draft.json(&context.wire());
        }
    }

    fn read(&self, _: &NextAuth, reply: Reply<'_>) -> Result<(), ReplyError<Infallible>> {
        match reply.code() {
            200 => reply.done(),
            _ => common(reply),
        }
    }
}
