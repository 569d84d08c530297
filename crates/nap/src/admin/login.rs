use alloc::string::String;

use authwire_core::{Draft, Endpoint, Malformed, Media, Reply, ReplyError, Route};
use serde::{Deserialize, Serialize};

use crate::admin::only_nexeres;
use crate::wire::{common, id, message};
use crate::{FlowId, Nap, RateLimit};

/// Has a code mailed to an administrator, with which [`VerifyLogin`](crate::admin::VerifyLogin) logs in.
///
/// Documents: Nexeres API of September 2025, "Admin login".
#[derive(Clone)]
#[must_use]
pub struct Login {
    pub(crate) email: String,
}

impl Login {
    /// To the administrator with this e-mail address.
    pub fn new(email: impl Into<String>) -> Self {
        Self { email: email.into() }
    }
}

/// A code was mailed. Nobody is logged in yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeSent {
    /// What the code belongs to.
    pub flow: FlowId,
    /// What the rate limiter says.
    pub rate_limit: Option<RateLimit>,
}

/// Why no code was mailed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginRefusal {
    /// The e-mail address is not valid (400).
    #[error("the e-mail address is not valid")]
    InvalidData,
    /// This is no administrator's e-mail address (401).
    #[error("there is no such administrator")]
    NoSuchAdmin,
}

#[derive(Serialize)]
struct Body<'a> {
    email: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    email_sent: bool,
    flow_id: String,
}

impl Endpoint for Login {
    type Provider = Nap;
    type Output = CodeSent;
    type Refusal = LoginRefusal;
    const NAME: &'static str = "nap.admin.login";
    const ROUTE: Route = Route::post("/api/admin/login");
    const IDEMPOTENT: bool = false; // a repeat mails another code

    fn write(&self, nap: &Nap, draft: &mut Draft) {
        only_nexeres(nap, draft);
        draft.accept(Media::JSON).json(&Body { email: &self.email });
    }

    fn read(&self, nap: &Nap, reply: Reply<'_>) -> Result<CodeSent, ReplyError<LoginRefusal>> {
        match (reply.code(), message(reply).as_deref()) {
            (200, _) => match reply.json::<Wire, _>()? {
                wire if !wire.email_sent => reply.malformed(Malformed::Field("emailSent")),
                wire => Ok(CodeSent {
                    flow: FlowId::new(id(reply, "flowId", wire.flow_id)?),
                    rate_limit: RateLimit::from_headers(reply.headers()),
                }),
            },
            (400, _) => reply.refused(LoginRefusal::InvalidData),
            (401, Some("Invalid request")) => reply.refused(LoginRefusal::NoSuchAdmin),
            _ => common(nap, reply),
        }
    }
}
