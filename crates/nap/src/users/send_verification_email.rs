use alloc::string::String;

use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};
use serde::Serialize;

use crate::Nap;
use crate::wire::{Done, common, message};

/// Has a mail sent to a user with a link that proves the e-mail address. The link leads to your own page, which takes the
/// token out of it for [`VerifyEmail`](crate::users::VerifyEmail). It is good for 24 hours, and so is each earlier one.
///
/// Documents: NAP API v0.0.1, "Send Verification Email".
#[derive(Clone)]
#[must_use]
pub struct SendVerificationEmail {
    pub(crate) email: String,
}

impl SendVerificationEmail {
    /// Sends to the user with this e-mail address.
    pub fn new(email: impl Into<String>) -> Self {
        Self { email: email.into() }
    }
}

/// Why no mail was sent. Who may ask learns by it which addresses are registered: do not show it to just anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendVerificationEmailRefusal {
    /// The e-mail address is not valid (400).
    #[error("the e-mail address is not valid")]
    InvalidData,
    /// There is no user with this e-mail address (400).
    #[error("there is no such user")]
    NoSuchUser,
    /// The e-mail address was verified before (400).
    #[error("the e-mail address is already verified")]
    AlreadyVerified,
}

#[derive(Serialize)]
struct Body<'a> {
    email: &'a str,
}

impl Endpoint for SendVerificationEmail {
    type Provider = Nap;
    type Output = Done;
    type Refusal = SendVerificationEmailRefusal;
    const NAME: &'static str = "nap.users.send_verification_email";
    const ROUTE: Route = Route::post("/api/auth/verify-email/send");
    const IDEMPOTENT: bool = false; // a repeat sends another mail

    fn write(&self, _: &Nap, draft: &mut Draft) {
        draft.accept(Media::JSON).json(&Body { email: &self.email });
    }

    fn read(&self, nap: &Nap, reply: Reply<'_>) -> Result<Done, ReplyError<SendVerificationEmailRefusal>> {
        match (reply.code(), message(reply).as_deref()) {
            (200, _) => Done::read(reply),
            (400, Some(NO_SUCH_USER)) => reply.refused(SendVerificationEmailRefusal::NoSuchUser),
            (400, Some(ALREADY_VERIFIED)) => reply.refused(SendVerificationEmailRefusal::AlreadyVerified),
            (400, _) => reply.refused(SendVerificationEmailRefusal::InvalidData),
            _ => common(nap, reply),
        }
    }
}

const NO_SUCH_USER: &str =
    "It seems the user with the provided email does not exist! Please check the email and try again.";
const ALREADY_VERIFIED: &str = "The email is already verified!";
