use alloc::string::String;

use authwire_core::{BuildFault, Draft, Endpoint, InvalidValue, Media, Reason, Reply, ReplyError, Route};
use serde::{Deserialize, Serialize};

use crate::wire::{common, id, message};
use crate::{InviteToken, Nap, Password, RateLimit, UserId};

/// Makes a user. `Ok` means that the user exists: nobody is logged in by it, and no mail was sent. The e-mail address
/// must be verified before a login ([`SendVerificationEmail`](crate::users::SendVerificationEmail)).
///
/// The password's limits are checked here, before anything is sent: 8 to 32 characters (Unicode code points), at most 72
/// bytes. The platform documents the first two; a longer one in bytes makes it fail with 500.
///
/// Documents: NAP API v0.0.1, "User Signup".
#[derive(Clone)]
#[must_use]
pub struct SignUp {
    pub(crate) email: String,
    pub(crate) password: Password,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) invite: Option<InviteToken>,
}

impl SignUp {
    /// Makes a user with this e-mail address, which is taken as it is: upper and lower case are two users.
    pub fn new(
        email: impl Into<String>,
        password: Password,
        first_name: impl Into<String>,
        last_name: impl Into<String>,
    ) -> Self {
        Self { email: email.into(), password, first_name: first_name.into(), last_name: last_name.into(), invite: None }
    }

    /// Into the organisation of this invitation. A platform without organisations ignores it.
    pub fn invite(self, invite: InviteToken) -> Self {
        Self { invite: Some(invite), ..self }
    }
}

/// A user that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedUp {
    /// The new user.
    pub user: UserId,
    /// What the platform says to the user, in English.
    pub message: String,
    /// What the rate limiter says.
    pub rate_limit: Option<RateLimit>,
}

/// Why no user was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignUpRefusal {
    /// A field breaks a rule; the platform does not say which (400).
    #[error("a field is not valid")]
    InvalidData,
    /// The e-mail address does not have exactly one `@` (400).
    #[error("the e-mail address is not valid")]
    InvalidEmail,
    /// There is a user with this e-mail address (400).
    #[error("the e-mail address is already registered")]
    EmailTaken,
    /// No organisation takes users of this e-mail domain without an invitation (401, with several organisations only).
    #[error("no organisation takes this e-mail address")]
    NoOrganization,
    /// The invitation is unknown, expired or for another e-mail address (401, with several organisations only).
    #[error("the invitation is not valid")]
    InvalidInvite,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    email: &'a str,
    password: &'a str,
    confirm_password: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    invite_token: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    user_id: String,
    #[serde(default)]
    message: String,
}

impl Endpoint for SignUp {
    type Provider = Nap;
    type Output = SignedUp;
    type Refusal = SignUpRefusal;
    const NAME: &'static str = "nap.users.sign_up";
    const ROUTE: Route = Route::post("/api/auth/signup");
    const IDEMPOTENT: bool = false; // a repeat says that the address is taken

    fn write(&self, _: &Nap, draft: &mut Draft) {
        if let Err(reason) = check_length(self.password.expose()) {
            draft.refuse(BuildFault::Value(InvalidValue::new("password", reason)));
        }
        draft.accept(Media::JSON).json(&Body {
            email: &self.email,
            password: self.password.expose(),
            confirm_password: self.password.expose(),
            first_name: &self.first_name,
            last_name: &self.last_name,
            invite_token: self.invite.as_ref().map(InviteToken::expose),
        });
    }

    fn read(&self, nap: &Nap, reply: Reply<'_>) -> Result<SignedUp, ReplyError<SignUpRefusal>> {
        match (reply.code(), message(reply).as_deref()) {
            (200, _) => reply.json().and_then(|wire: Wire| {
                Ok(SignedUp {
                    user: UserId::new(id(reply, "userId", wire.user_id)?),
                    message: wire.message,
                    rate_limit: RateLimit::from_headers(reply.headers()),
                })
            }),
            (400, Some(EMAIL_TAKEN)) => reply.refused(SignUpRefusal::EmailTaken),
            (400, Some(INVALID_EMAIL)) => reply.refused(SignUpRefusal::InvalidEmail),
            (400, _) => reply.refused(SignUpRefusal::InvalidData),
            (401, Some(NO_ORGANIZATION)) => reply.refused(SignUpRefusal::NoOrganization),
            (401, Some(INVALID_INVITE)) => reply.refused(SignUpRefusal::InvalidInvite),
            _ => common(nap, reply),
        }
    }
}

const EMAIL_TAKEN: &str = "Email is already registered! Please login or use a different email.";
const INVALID_EMAIL: &str = "Invalid request! Please input a valid email and try again.";
const NO_ORGANIZATION: &str = "Email is not associated to any Organizations! Please contact your administrator.";
const INVALID_INVITE: &str = "Invalid invite token! Please check your token and try again.";

fn check_length(password: &str) -> Result<(), Reason> {
    match password.chars().count() {
        ..8 => Err(Reason::Not("at least 8 characters long")),
        8..=32 if password.len() > 72 => Err(Reason::TooLong { max: 72 }),
        8..=32 => Ok(()),
        _ => Err(Reason::Not("at most 32 characters long")),
    }
}
