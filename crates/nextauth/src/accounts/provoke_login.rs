use core::convert::Infallible;

use authwire_core::{Draft, Endpoint, Reply, ReplyError, Route};

use crate::wire::common;
use crate::{AccountId, NextAuth, Nonce, ServerId, UserContext};

/// Pushes a login to one account's phone.
///
/// Never take the account from input that nobody has authenticated: it would let anybody make phones ring, until a
/// tired user approves.
///
/// `Ok` means that the push was sent, not that anybody is logged in: ask [`GetSession`](crate::sessions::GetSession).
///
/// Needs the permission `sessions` or `accounts`. Documents: nextAuth API 2.2, `provokeLoginOnAccount`.
#[derive(Clone)]
#[must_use]
pub struct ProvokeLoginOnAccount {
    pub(crate) server: ServerId,
    pub(crate) nonce: Nonce,
    pub(crate) account: AccountId,
    pub(crate) context: Option<UserContext>,
}

impl ProvokeLoginOnAccount {
    /// Pushes a login for the session with this nonce to `account`.
    pub fn new(server: ServerId, nonce: Nonce, account: AccountId) -> Self {
        Self { server, nonce, account, context: None }
    }

    /// With this to be shown by the app.
    pub fn context(self, context: UserContext) -> Self {
        Self { context: Some(context), ..self }
    }
}

impl Endpoint for ProvokeLoginOnAccount {
    type Provider = NextAuth;
    type Output = ();
    type Refusal = Infallible;
    const NAME: &'static str = "nextauth.accounts.provoke_login";
    const ROUTE: Route = Route::post("/servers/{serverid}/accounts/{accountid}/provokelogin");
    const IDEMPOTENT: bool = false; // a repeat makes the phone ring again

    fn write(&self, _: &NextAuth, draft: &mut Draft) {
        draft.segment("serverid", &self.server).segment("accountid", self.account);
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
