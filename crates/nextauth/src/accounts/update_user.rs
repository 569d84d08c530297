use alloc::string::String;

use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};
use serde::Deserialize;

use super::Account;
use crate::wire::common;
use crate::{AccountId, NextAuth, ServerId, UserId};

/// Couples an account to a user, or to another one than before. The answer must be about that account and, where it
/// names a user, that user.
///
/// A 403 is documented as "invalid user name", and is also what a wrong API key or a missing permission may give. It is
/// a [refusal](UpdateAccountUserRefusal::InvalidUserName) only if the body says so in those words; else it is
/// [`Unattributed`](authwire_core::Kind::Unattributed).
///
/// Needs the permission `accounts`. Documents: nextAuth API 2.2, `updateAccountUser`.
#[derive(Clone)]
#[must_use]
pub struct UpdateAccountUser {
    pub(crate) server: ServerId,
    pub(crate) account: AccountId,
    pub(crate) user: UserId,
}

impl UpdateAccountUser {
    /// Couples `account` to `user`.
    pub fn new(server: ServerId, account: AccountId, user: UserId) -> Self {
        Self { server, account, user }
    }
}

/// Why an account's user was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateAccountUserRefusal {
    /// The provider does not take this user name (403).
    #[error("the user name is not valid")]
    InvalidUserName,
    /// There is no such account, or no such virtual server (404).
    #[error("there is no such account")]
    NoSuchAccount,
}

impl Endpoint for UpdateAccountUser {
    type Provider = NextAuth;
    type Output = Account;
    type Refusal = UpdateAccountUserRefusal;
    const NAME: &'static str = "nextauth.accounts.update_user";
    const ROUTE: Route = Route::put("/servers/{serverid}/accounts/{accountid}/user");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &NextAuth, draft: &mut Draft) {
        draft.segment("serverid", &self.server).segment("accountid", self.account);
        draft.query("userid", &self.user).accept(Media::JSON);
    }

    fn read(&self, _: &NextAuth, reply: Reply<'_>) -> Result<Account, ReplyError<UpdateAccountUserRefusal>> {
        match reply.code() {
            200 => Account::read_coupled(reply, self.account, &self.user),
            403 if says_invalid_user_name(reply) => reply.refused(UpdateAccountUserRefusal::InvalidUserName),
            403 => reply.unattributed(),
            404 => reply.refused(UpdateAccountUserRefusal::NoSuchAccount),
            _ => common(reply),
        }
    }
}

/// Where an error body may say what is wrong; its shape is not documented.
#[derive(Deserialize)]
struct ErrorBody {
    message: Option<String>,
    error: Option<String>,
    description: Option<String>,
}

/// Whether the body, as text or as the message in a JSON object, is the documents' phrase and nothing else: a proxy's
/// page about "an invalid user name or password" is about something else.
fn says_invalid_user_name(reply: Reply<'_>) -> bool {
    let says = |text: &str| text.trim().trim_end_matches('.').eq_ignore_ascii_case("invalid user name");
    match reply.error_json::<ErrorBody>() {
        Some(body) => [body.message, body.error, body.description].iter().flatten().any(|text| says(text)),
        None => core::str::from_utf8(reply.body()).is_ok_and(says),
    }
}
