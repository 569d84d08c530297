use alloc::string::String;

use authwire_core::{Draft, Endpoint, Malformed, Media, Object, Reply, ReplyError, Route};
use serde::{Deserialize, Serialize};

use crate::wire::{common, is_id, message};
use crate::{Dialect, FlowId, Nap, Password, RateLimit, Tokens, tokens};

/// Logs a user in with e-mail address and password. `Ok` means that there is a session, and has its tokens; what the
/// platform answers with 200 though nobody is logged in is a [refusal](LoginRefusal) here.
///
/// The session token must, as far as it says something, be about this e-mail address.
///
/// Documents: NAP API v0.0.1, "User Login".
#[derive(Clone)]
#[must_use]
pub struct Login {
    pub(crate) email: String,
    pub(crate) password: Password,
    pub(crate) return_to: Option<String>,
}

impl Login {
    /// Logs in the user with this e-mail address. Upper and lower case count.
    pub fn new(email: impl Into<String>, password: Password) -> Self {
        Self { email: email.into(), password, return_to: None }
    }

    /// Has this kept with a login that must choose an organisation, to be read again from
    /// [`UserFlow`](crate::sessions::UserFlow). The platform does not check it.
    pub fn return_to(self, return_to: impl Into<String>) -> Self {
        Self { return_to: Some(return_to.into()), ..self }
    }
}

/// A login that succeeded.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use]
pub struct LoggedIn {
    /// The session's tokens.
    pub tokens: Tokens,
    /// What the platform says to the user, in English.
    pub message: String,
    /// What the rate limiter says.
    pub rate_limit: Option<RateLimit>,
}

/// Why nobody was logged in, with what came along.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginRefusal {
    /// The e-mail address is not valid, or there is no password (400).
    #[error("the e-mail address is not valid or there is no password")]
    InvalidInput,
    /// The e-mail address does not have exactly one `@` (400, with several organisations only).
    #[error("the e-mail address is not valid")]
    InvalidEmail,
    /// There is no such user, or the password is wrong (401). The platform tells which; this does not, so that a login
    /// page cannot be used to find out who is registered.
    #[error("the e-mail address or the password is wrong")]
    BadCredentials,
    /// The user's e-mail address must be verified first (403, in Nexeres 200). Says nothing about the password, which was
    /// not looked at.
    #[error("the e-mail address must be verified first")]
    VerifyEmailFirst,
    /// The user belongs to several organisations and must choose one (200). No session was made.
    #[error("the user must choose an organisation")]
    #[non_exhaustive]
    ChooseOrganization {
        /// What [`GetUserFlow`](crate::sessions::GetUserFlow) lists the organisations for, during ten minutes.
        flow: FlowId,
    },
    /// The user belongs to no organisation (403, in Nexeres 401).
    #[error("the user belongs to no organisation")]
    NoOrganization,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    email: &'a str,
    password: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow_return_to: Option<&'a str>,
}

/// The answer as it is on the wire; also that of a 403.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<T> {
    #[serde(default)]
    message: String,
    tokens: Option<Object<T>>,
    require_email_verification: Option<bool>,
    flow_id: Option<String>,
}

impl Endpoint for Login {
    type Provider = Nap;
    type Output = LoggedIn;
    type Refusal = LoginRefusal;
    const NAME: &'static str = "nap.sessions.login";
    const ROUTE: Route = Route::post("/api/auth/login");
    const IDEMPOTENT: bool = false; // a repeat makes another session

    fn write(&self, _: &Nap, draft: &mut Draft) {
        draft.accept(Media::JSON).json(&Body {
            email: &self.email,
            password: self.password.expose(),
            flow_return_to: self.return_to.as_deref(),
        });
    }

    fn read(&self, nap: &Nap, reply: Reply<'_>) -> Result<LoggedIn, ReplyError<LoginRefusal>> {
        let dialect = nap.speaks();
        match (reply.code(), message(reply).as_deref(), dialect) {
            (200, _, Dialect::Nap) => self.result(dialect, reply, reply.json::<Wire<tokens::Wire<'_>>, _>()?),
            (200, _, Dialect::Nexeres) => {
                self.result(dialect, reply, reply.json::<Wire<tokens::NexeresWire<'_>>, _>()?)
            }
            (400, Some(INVALID_EMAIL), _) => reply.refused(LoginRefusal::InvalidEmail),
            (400, _, _) => reply.refused(LoginRefusal::InvalidInput),
            (401, Some(NO_SUCH_USER | WRONG_PASSWORD), _) => reply.refused(LoginRefusal::BadCredentials),
            (401, Some(NO_ORGANIZATION), Dialect::Nexeres) => reply.refused(LoginRefusal::NoOrganization),
            (403, Some(NO_ORGANIZATION), Dialect::Nap) => reply.refused(LoginRefusal::NoOrganization),
            (403, _, Dialect::Nap) if is_unverified(reply) => reply.refused(LoginRefusal::VerifyEmailFirst),
            _ => common(nap, reply),
        }
    }
}

const INVALID_EMAIL: &str = "Invalid request! Please input a valid email and try again.";
const NO_SUCH_USER: &str = "Invalid email or password! Please try again.";
const WRONG_PASSWORD: &str = "Invalid credentials! Please try again.";
const NO_ORGANIZATION: &str = "You do not belong to any organization! Please contact your administrator.";

impl Login {
    /// What a 200 means. Exactly one of three things; an answer that says two of them says nothing.
    fn result<'a, T: Into<tokens::Wire<'a>>>(
        &self,
        dialect: Dialect,
        reply: Reply<'a>,
        wire: Wire<T>,
    ) -> Result<LoggedIn, ReplyError<LoginRefusal>> {
        match (wire.tokens, wire.require_email_verification, wire.flow_id) {
            (Some(Object(tokens)), Some(false), None) => {
                let tokens = Tokens::read(reply, tokens.into(), Some(&self.email))?;
                let rate_limit = RateLimit::from_headers(reply.headers());
                Ok(LoggedIn { tokens, message: wire.message, rate_limit })
            }
            (None, Some(false), Some(flow)) if is_id(&flow) => {
                reply.refused(LoginRefusal::ChooseOrganization { flow: FlowId::new(flow) })
            }
            (None, Some(true), None) if dialect == Dialect::Nexeres => reply.refused(LoginRefusal::VerifyEmailFirst),
            (_, Some(false), Some(_)) => reply.malformed(Malformed::Field("flowId")),
            (None, Some(false), None) => reply.malformed(Malformed::Field("tokens")),
            _ => reply.malformed(Malformed::Field("requireEmailVerification")),
        }
    }
}

/// A 403 in the shape of a result: without tokens, whatever it says.
fn is_unverified(reply: Reply<'_>) -> bool {
    let wire = reply.error_json::<Wire<serde::de::IgnoredAny>>();
    wire.is_some_and(|wire| wire.require_email_verification == Some(true))
}
