use core::convert::Infallible;

use authwire_core::{Draft, Endpoint, Reply, ReplyError, Route};

use crate::wire::common;
use crate::{NextAuth, Nonce, ServerId, UserContext};

/// Pushes a login to the phone whose account last logged in on this session: it rings, and its user approves or not.
/// Works only while [`Session::can_provoke`](crate::sessions::Session::can_provoke).
///
/// `Ok` means that the push was sent, not that anybody is logged in: ask [`GetSession`](crate::sessions::GetSession).
///
/// Needs the permission `sessions`. Documents: nextAuth API 2.2, `provokeLogin`.
#[derive(Clone)]
#[must_use]
pub struct ProvokeLogin {
    pub(crate) server: ServerId,
    pub(crate) nonce: Nonce,
    pub(crate) context: Option<UserContext>,
}

impl ProvokeLogin {
    /// Pushes a login for the session with this nonce.
    pub fn new(server: ServerId, nonce: Nonce) -> Self {
        Self { server, nonce, context: None }
    }

    /// With this to be shown by the app.
    pub fn context(self, context: UserContext) -> Self {
        Self { context: Some(context), ..self }
    }
}

impl Endpoint for ProvokeLogin {
    type Provider = NextAuth;
    type Output = ();
    type Refusal = Infallible;
    const NAME: &'static str = "nextauth.sessions.provoke_login";
    const ROUTE: Route = Route::post("/servers/{serverid}/sessions/provokelogin");
    const IDEMPOTENT: bool = false; // a repeat makes the phone ring again

    fn write(&self, _: &NextAuth, draft: &mut Draft) {
        draft.segment("serverid", &self.server);
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
