use authwire_core::{Auth, Draft, Endpoint, Malformed, Reply, ReplyError, Route};

use super::content::{Content, UnverifiedJwt};
use crate::jwt::Jws;
use crate::wire::{accept_token, common, write_token};
use crate::{Authentiq, JobId};

/// Signs a job as its authority: puts the token that the authority signed in the place of the person's request.
///
/// The answer may bear the token as the issuer keeps it; like all that comes back, it is unverified.
///
/// Documents: Authentiq API 6, `sign_update`.
#[derive(Clone)]
#[must_use]
pub struct SignScope {
    pub(crate) job: JobId,
    pub(crate) token: Jws,
}

impl SignScope {
    /// Signs this job with these [`Claims`](crate::jwt::Claims), signed by the authority.
    pub fn new(job: JobId, token: Jws) -> Self {
        Self { job, token }
    }
}

/// Why the job was not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignScopeRefusal {
    /// There is no such job (404, `unknown-job`).
    #[error("there is no such job")]
    UnknownJob,
    /// The job is not confirmed yet (409, `confirm-first`).
    #[error("the job is not confirmed yet")]
    ConfirmFirst,
}

impl Endpoint for SignScope {
    type Provider = Authentiq;
    type Output = Option<UnverifiedJwt>;
    type Refusal = SignScopeRefusal;
    const NAME: &'static str = "authentiq.scopes.sign";
    const ROUTE: Route = Route::put("/scope/{job}");
    const IDEMPOTENT: bool = true;
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        draft.segment("job", self.job.expose());
        accept_token(draft);
        write_token(draft, &self.token);
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<Self::Output, ReplyError<SignScopeRefusal>> {
        match reply.code() {
            200 => match Content::read(reply)? {
                Content::Jwt(jwt) => Ok(Some(jwt)),
                Content::Object(object) => match (object.status.as_deref(), object.jwt(reply)?) {
                    (Some("ready"), jwt) | (None, jwt @ Some(_)) => Ok(jwt),
                    _ => reply.malformed(Malformed::Field("status")),
                },
            },
            404 => reply.refused(SignScopeRefusal::UnknownJob),
            409 => reply.refused(SignScopeRefusal::ConfirmFirst),
            _ => common(reply),
        }
    }
}
