use authwire_core::{Auth, Draft, Endpoint, Reply, ReplyError, Route};

use super::{JobContent, UnknownJob};
use crate::wire::{accept_token, common};
use crate::{Authentiq, JobId};

/// Gets what a job has come to: the signed token, or that it is not signed yet.
///
/// Nothing in the answer is checked against a signature; verify it
/// ([`UnverifiedJwt::verify`](crate::scopes::UnverifiedJwt::verify)) before you rely on it.
///
/// Documents: Authentiq API 6, `sign_retrieve`.
#[derive(Clone)]
#[must_use]
pub struct RetrieveScope {
    pub(crate) job: JobId,
}

impl RetrieveScope {
    /// Gets the content of this job.
    pub fn new(job: JobId) -> Self {
        Self { job }
    }
}

impl Endpoint for RetrieveScope {
    type Provider = Authentiq;
    type Output = JobContent;
    type Refusal = UnknownJob;
    const NAME: &'static str = "authentiq.scopes.retrieve";
    const ROUTE: Route = Route::get("/scope/{job}");
    const IDEMPOTENT: bool = true;
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        draft.segment("job", self.job.expose());
        accept_token(draft);
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<JobContent, ReplyError<UnknownJob>> {
        match reply.code() {
            200 => JobContent::read(reply),
            204 => reply.done().map(|()| JobContent::NotSigned),
            404 => reply.refused(UnknownJob),
            _ => common(reply),
        }
    }
}
