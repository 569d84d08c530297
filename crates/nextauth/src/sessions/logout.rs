use core::convert::Infallible;

use authwire_core::{Draft, Endpoint, Reply, ReplyError, Route};

use crate::wire::common;
use crate::{NextAuth, Nonce, ServerId};

/// Ends the login on a browser's session. Make a new nonce for what the browser does next.
///
/// Needs the permission `sessions`. Documents: nextAuth API 2.2, `logout`.
#[derive(Clone)]
#[must_use]
pub struct Logout {
    pub(crate) server: ServerId,
    pub(crate) nonce: Nonce,
}

impl Logout {
    /// Logs out the session with this nonce.
    pub fn new(server: ServerId, nonce: Nonce) -> Self {
        Self { server, nonce }
    }
}

impl Endpoint for Logout {
    type Provider = NextAuth;
    type Output = ();
    type Refusal = Infallible;
    const NAME: &'static str = "nextauth.sessions.logout";
    const ROUTE: Route = Route::post("/servers/{serverid}/sessions/logout");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &NextAuth, draft: &mut Draft) {
        draft.segment("serverid", &self.server);
        self.nonce.write(draft);
    }

    fn read(&self, _: &NextAuth, reply: Reply<'_>) -> Result<(), ReplyError<Infallible>> {
        match reply.code() {
            200 => reply.done(),
            _ => common(reply),
        }
    }
}
