use core::fmt;
use core::time::Duration;

use authwire_core::{
    BuildError, Endpoint, Flow, Kind, Polling, Repeat, RepeatError, Reply, ReplyError, Sent, Step, Timestamp,
};

use super::AwaitVerified;
use crate::jwt::{TokenError, Verifier};
use crate::scopes::{JobContent, RetrieveScope, UnverifiedJwt};
use crate::{Authentiq, JobId, PublicKey};

/// Waits until a confirmed job is signed, and gives its token, which is unverified: until it is
/// [verified](UnverifiedJwt::verify), it may be anybody's. Who has the issuer's key lets the flow do it:
/// [`verified_by`](Self::verified_by).
///
/// It polls [`RetrieveScope`] at a pace; after a lost reply, a 429 or a 5xx it pauses for twice as long each time (up to a
/// minute, and not before the provider says so); it gives up at a deadline, after which it never sends. The job is not
/// deleted ([`DeleteScope`](crate::scopes::DeleteScope)).
///
/// With the feature `serde` it can be stored (`Storable` of the core). Its job id is in what is stored, and is a secret.
/// Its `Debug` does not show it.
#[derive(Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "super::stored::AwaitSignature", from = "super::stored::AwaitSignature"))]
#[must_use]
pub struct AwaitSignature {
    pub(super) operation: RetrieveScope,
    pub(super) repeat: Repeat<UnverifiedJwt, AwaitSignatureError>,
}

/// Why no signature came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum AwaitSignatureError {
    /// The job was not signed before the deadline.
    #[error("the job was not signed in time")]
    TimedOut,
    /// There is no such job, perhaps no longer.
    #[error("there is no such job")]
    UnknownJob,
    /// The provider gave what the token holds, and not the token: nobody can verify that.
    #[error("the provider gave no token")]
    NoToken,
    /// There is a token, and it is not what the issuer had to sign. From [`AwaitVerified`] alone.
    #[error("the token is not accepted: {0}")]
    #[cfg_attr(feature = "serde", serde(skip))]
    Token(TokenError),
    /// The request cannot be built.
    #[error(transparent)]
    #[cfg_attr(feature = "serde", serde(skip))]
    Build(BuildError),
    /// The provider answered with a status that it does not document.
    #[error("the provider answered with the undocumented status {status}")]
    Unexpected {
        /// The status, 100 to 999.
        status: u16,
    },
    /// The provider's answer was not of the documented form.
    #[error("the provider's answer is not of the documented form")]
    Malformed,
    /// The flow has ended, and has said how before.
    #[error("the flow has ended before")]
    Ended,
}

impl AwaitSignature {
    /// Waits for the signature of this job, polling every five seconds until `deadline`.
    pub fn new(job: JobId, deadline: Timestamp) -> Self {
        Self { operation: RetrieveScope::new(job), repeat: Repeat::new(Polling::until(deadline)) }
    }

    /// Polls at this pace instead: the pause after a reply. At least a millisecond.
    pub fn pace(self, pace: Duration) -> Self {
        Self { repeat: self.repeat.with(|polling| polling.pace(pace)), ..self }
    }

    /// Makes pauses after failures longer by a random part, so that many that failed together do not come back together.
    /// `random` is 64 random bits of yours, other ones for each flow.
    pub fn jitter(self, random: u64) -> Self {
        Self { repeat: self.repeat.with(|polling| polling.jitter(random)), ..self }
    }

    /// Ends only with a token that `issuer` signed, that is about `subject` (the person whose job this is) and that is
    /// valid when it comes.
    pub fn verified_by<V: Verifier>(self, issuer: PublicKey, subject: PublicKey, verifier: V) -> AwaitVerified<V> {
        AwaitVerified::new(self, issuer, subject, verifier)
    }

    fn told(&mut self, content: JobContent) {
        match content {
            JobContent::NotSigned => self.repeat.told(),
            JobContent::Jwt(token) => self.repeat.done(token),
            JobContent::Claims(_) => self.repeat.fail(AwaitSignatureError::NoToken),
        }
    }

    fn failed<R>(&mut self, error: &ReplyError<R>) {
        if error.is_transient() {
            return self.repeat.try_later(error.retry_after());
        }
        self.repeat.fail(match error.kind() {
            Kind::Refused(_) => AwaitSignatureError::UnknownJob,
            Kind::Malformed(_) => AwaitSignatureError::Malformed,
            _ => AwaitSignatureError::Unexpected { status: error.status() },
        });
    }
}

impl Flow for AwaitSignature {
    type Provider = Authentiq;
    type Output = UnverifiedJwt;
    type Error = AwaitSignatureError;

    fn step(&mut self, provider: &Authentiq, now: Timestamp) -> Result<Step<UnverifiedJwt>, AwaitSignatureError> {
        let Self { operation, repeat } = self;
        repeat.step(now, || operation.request(provider))
    }

    fn reply(&mut self, provider: &Authentiq, now: Timestamp, reply: Reply<'_>) {
        if !self.repeat.awaits_news(now) {
            return;
        }
        match self.operation.read(provider, reply.to_operation(RetrieveScope::NAME)) {
            Ok(content) => self.told(content),
            Err(error) => self.failed(&error),
        }
    }

    fn lost(&mut self, now: Timestamp, _: Sent) {
        if self.repeat.awaits_news(now) {
            self.repeat.try_later(None);
        }
    }
}

impl RepeatError for AwaitSignatureError {
    fn timed_out() -> Self {
        Self::TimedOut
    }

    fn ended() -> Self {
        Self::Ended
    }
}

impl From<BuildError> for AwaitSignatureError {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

impl fmt::Debug for AwaitSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwaitSignature").field("repeat", &self.repeat).finish_non_exhaustive()
    }
}
