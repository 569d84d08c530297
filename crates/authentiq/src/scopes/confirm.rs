use authwire_core::{Auth, Draft, Endpoint, Media, Reply, ReplyError, Route};
use serde::Serialize;

use crate::wire::{common, word};
use crate::{Authentiq, Code, JobId};

/// Confirms a job with the code that its person received.
///
/// `Ok` means that it is confirmed, not that it is signed: that comes later
/// ([`RetrieveScope`](crate::scopes::RetrieveScope), or the flow [`AwaitSignature`](crate::flows::AwaitSignature)). The
/// documents do not say how the code is sent; it goes as the member `code` of a JSON object.
///
/// Documents: Authentiq API 6, `sign_confirm`.
#[derive(Clone)]
#[must_use]
pub struct ConfirmScope {
    pub(crate) job: JobId,
    pub(crate) code: Option<Code>,
}

impl ConfirmScope {
    /// Confirms this job without a code, where the issuer asks for none.
    pub fn new(job: JobId) -> Self {
        Self { job, code: None }
    }

    /// With the code that the person received.
    pub fn code(self, code: Code) -> Self {
        Self { code: Some(code), ..self }
    }
}

/// Why the job was not confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfirmScopeRefusal {
    /// The code is wrong or missing (401, `auth-error`).
    #[error("the code is wrong or missing")]
    WrongCode,
    /// There is no such job (404, `unknown-job`).
    #[error("there is no such job")]
    UnknownJob,
    /// A token was sent where none belongs (405, `not-supported`). This operation never sends one.
    #[error("a token was sent where none belongs")]
    NotSupported,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
}

impl Endpoint for ConfirmScope {
    type Provider = Authentiq;
    type Output = ();
    type Refusal = ConfirmScopeRefusal;
    const NAME: &'static str = "authentiq.scopes.confirm";
    const ROUTE: Route = Route::post("/scope/{job}");
    const IDEMPOTENT: bool = true;
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        draft.segment("job", self.job.expose()).accept(Media::JSON);
        if let Some(code) = &self.code {
            draft.json(&Body { code: code.expose() });
        }
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<(), ReplyError<ConfirmScopeRefusal>> {
        match reply.code() {
            202 => word(reply, "confirmed"),
            401 => reply.refused(ConfirmScopeRefusal::WrongCode),
            404 => reply.refused(ConfirmScopeRefusal::UnknownJob),
            405 => reply.refused(ConfirmScopeRefusal::NotSupported),
            _ => common(reply),
        }
    }
}
