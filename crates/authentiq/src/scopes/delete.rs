use authwire_core::{Auth, Draft, Endpoint, Media, Reply, ReplyError, Route};

use super::UnknownJob;
use crate::wire::{common, word};
use crate::{Authentiq, JobId};

/// Deletes a job, whatever its state. Who has the signed token has it still.
///
/// A repeat after a lost reply says [`UnknownJob`]: then the first one deleted it.
///
/// Documents: Authentiq API 6, `sign_delete`.
#[derive(Clone)]
#[must_use]
pub struct DeleteScope {
    pub(crate) job: JobId,
}

impl DeleteScope {
    /// Deletes this job.
    pub fn new(job: JobId) -> Self {
        Self { job }
    }
}

impl Endpoint for DeleteScope {
    type Provider = Authentiq;
    type Output = ();
    type Refusal = UnknownJob;
    const NAME: &'static str = "authentiq.scopes.delete";
    const ROUTE: Route = Route::delete("/scope/{job}");
    const IDEMPOTENT: bool = true;
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        draft.segment("job", self.job.expose()).accept(Media::JSON);
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<(), ReplyError<UnknownJob>> {
        match reply.code() {
            200 => word(reply, "done"),
            404 => reply.refused(UnknownJob),
            _ => common(reply),
        }
    }
}
