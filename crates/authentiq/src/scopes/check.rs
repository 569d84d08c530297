use authwire_core::{Auth, Draft, Endpoint, Media, Reply, ReplyError, Route};

use super::UnknownJob;
use crate::wire::common;
use crate::{Authentiq, JobId};

/// Asks whether a job is signed, without its content. The answer has no body, whatever it is, so that only its status
/// tells it from somebody else's, such as a proxy's: what counts is the token that
/// [`RetrieveScope`](crate::scopes::RetrieveScope) gives.
///
/// Documents: Authentiq API 6, `sign_retrieve_head`.
#[derive(Clone)]
#[must_use]
pub struct CheckScope {
    pub(crate) job: JobId,
}

impl CheckScope {
    /// Asks about this job.
    pub fn new(job: JobId) -> Self {
        Self { job }
    }
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum JobState {
    /// It is confirmed and signed (200).
    Signed,
    /// It is not signed (204). Whether it is confirmed cannot be told: a job that waits for its code is answered so too.
    NotSigned,
}

impl Endpoint for CheckScope {
    type Provider = Authentiq;
    type Output = JobState;
    type Refusal = UnknownJob;
    const NAME: &'static str = "authentiq.scopes.check";
    const ROUTE: Route = Route::head("/scope/{job}");
    const IDEMPOTENT: bool = true;
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        draft.segment("job", self.job.expose()).accept(Media::JSON);
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<JobState, ReplyError<UnknownJob>> {
        match reply.code() {
            200 => reply.done().map(|()| JobState::Signed),
            204 => reply.done().map(|()| JobState::NotSigned),
            404 => reply.refused(UnknownJob),
            _ => common(reply),
        }
    }
}
