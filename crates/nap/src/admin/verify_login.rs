use alloc::string::String;

use authwire_core::{Draft, Endpoint, Malformed, Media, Reply, ReplyError, Route};
use serde::{Deserialize, Serialize};

use crate::admin::{expiry, only_nexeres};
use crate::wire::{common, message};
use crate::{AdminCode, AdminToken, FlowId, Nap, RateLimit, Time};

/// Logs an administrator in with the code from the mail. The platform does not count wrong codes: limit the tries
/// yourself.
///
/// Documents: Nexeres API of September 2025, "Verify admin login"; it says that a 200 is a JSON string, and the server
/// sends an object.
#[derive(Clone)]
#[must_use]
pub struct VerifyLogin {
    pub(crate) flow: FlowId,
    pub(crate) code: AdminCode,
}

impl VerifyLogin {
    /// Logs in with the code that was mailed for this flow.
    pub fn new(flow: FlowId, code: AdminCode) -> Self {
        Self { flow, code }
    }
}

/// An administrator's login.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use]
pub struct AdminSession {
    /// The token that says so. There is no logout: it is good until it expires.
    pub token: AdminToken,
    /// When it expires, if that was said.
    pub expires: Option<Time>,
    /// What the rate limiter says.
    pub rate_limit: Option<RateLimit>,
}

/// Why nobody was logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyLoginRefusal {
    /// The flow's id or the code is missing (400).
    #[error("the request is not valid")]
    InvalidData,
    /// There is no such flow: never was, expired, or used (401).
    #[error("the login is unknown, used or expired")]
    NoSuchFlow,
    /// The code is wrong (401).
    #[error("the code is wrong")]
    WrongCode,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    flow_id: &'a str,
    code: &'a str,
}

#[derive(Deserialize)]
struct Wire {
    success: bool,
    token: String,
}

impl Endpoint for VerifyLogin {
    type Provider = Nap;
    type Output = AdminSession;
    type Refusal = VerifyLoginRefusal;
    const NAME: &'static str = "nap.admin.verify_login";
    const ROUTE: Route = Route::post("/api/admin/login/verify");
    const IDEMPOTENT: bool = false; // the first look spends the code

    fn write(&self, nap: &Nap, draft: &mut Draft) {
        only_nexeres(nap, draft);
        draft.accept(Media::JSON).json(&Body { flow_id: self.flow.as_str(), code: self.code.expose() });
    }

    fn read(&self, nap: &Nap, reply: Reply<'_>) -> Result<AdminSession, ReplyError<VerifyLoginRefusal>> {
        match (reply.code(), message(reply).as_deref()) {
            (200, _) => match reply.json::<Wire, _>()? {
                Wire { success: false, .. } => reply.malformed(Malformed::Field("success")),
                Wire { token, .. } => session(reply, token),
            },
            (400, _) => reply.refused(VerifyLoginRefusal::InvalidData),
            (401, Some("Invalid or expired flow")) => reply.refused(VerifyLoginRefusal::NoSuchFlow),
            (401, Some("Invalid code")) => reply.refused(VerifyLoginRefusal::WrongCode),
            _ => common(nap, reply),
        }
    }
}

fn session<R>(reply: Reply<'_>, token: String) -> Result<AdminSession, ReplyError<R>> {
    match AdminToken::new(token) {
        Ok(token) => {
            let rate_limit = RateLimit::from_headers(reply.headers());
            Ok(AdminSession { token, expires: expiry(reply), rate_limit })
        }
        Err(_) => reply.malformed(Malformed::Field("token")),
    }
}
