use alloc::string::String;

use authwire_core::index::{FromSource, Source};
use authwire_core::{Auth, Draft, Endpoint, InvalidValue, Malformed, Media, Reply, ReplyError, Route};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::jwt::Jws;
use crate::wire::{common, write_token};
use crate::{Authentiq, JobId};

/// Asks to verify and sign a statement about a person. A code goes to the e-mail address or phone number that it is about;
/// go on with [`ConfirmScope`](crate::scopes::ConfirmScope).
///
/// Documents: Authentiq API 6, `sign_request`.
#[derive(Clone)]
#[must_use]
pub struct RequestScope {
    pub(crate) claims: Jws,
    pub(crate) issuer: IssuerMode,
}

impl RequestScope {
    /// Asks to sign what these [`Claims`](crate::jwt::Claims), signed by their subject, say.
    pub fn new(claims: Jws) -> Self {
        Self { claims, issuer: IssuerMode::Real }
    }

    /// Asks the test issuer, whose signature is worth nothing outside of tests.
    pub fn with_test_issuer(self) -> Self {
        Self { issuer: IssuerMode::Test, ..self }
    }
}

/// Which issuer signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IssuerMode {
    /// The real one.
    #[default]
    Real,
    /// The one for tests (query `test=1`).
    Test,
}

/// Why no job was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestScopeRefusal {
    /// Too many requests for the same e-mail address or phone number (429, `rate-limit`). The error's `retry_after()` says
    /// until when, if the provider does; as a refusal it is not among the transient errors.
    #[error("too many requests for the same e-mail address or phone number")]
    RateLimit,
}

/// The answer; its `status` tells nothing that the status of the reply does not.
#[derive(Deserialize)]
struct Wire {
    job: Option<String>,
    #[serde(rename = "status")]
    _status: Option<IgnoredAny>,
}

impl Endpoint for RequestScope {
    type Provider = Authentiq;
    type Output = JobId;
    type Refusal = RequestScopeRefusal;
    const NAME: &'static str = "authentiq.scopes.request";
    const ROUTE: Route = Route::post("/scope");
    const IDEMPOTENT: bool = false; // a repeat is another job, and another message to the person
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        if self.issuer == IssuerMode::Test {
            draft.query("test", "1");
        }
        draft.accept(Media::JSON);
        write_token(draft, &self.claims);
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<JobId, ReplyError<RequestScopeRefusal>> {
        match reply.code() {
            201 => match reply.json::<Wire, _>()?.job.map(JobId::new) {
                Some(Ok(job)) => Ok(job),
                _ => reply.malformed(Malformed::Field("job")),
            },
            429 => reply.refused(RequestScopeRefusal::RateLimit),
            _ => common(reply),
        }
    }
}

impl FromSource for IssuerMode {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Ok(if source.is_given(field) { Self::Test } else { Self::Real })
    }
}
