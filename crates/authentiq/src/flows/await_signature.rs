use core::fmt;
use core::time::Duration;

use authwire_core::{BuildError, Endpoint, Flow, Kind, Polling, Reply, ReplyError, Sent, Step, Timestamp, Turn};

use crate::scopes::{JobContent, RetrieveScope, UnverifiedJwt};
use crate::{Authentiq, JobId};

/// Waits until a confirmed job is signed, and gives its token, which is unverified: the first thing to do is to
/// [verify](UnverifiedJwt::verify) it, for until then it may be anybody's.
///
/// It polls [`RetrieveScope`] at a pace; after a lost reply, a 429 or a 5xx it pauses for twice as long each time (up to a
/// minute, and not before the provider says so); it gives up at a deadline, after which it never sends. The job is not
/// deleted ([`DeleteScope`](crate::scopes::DeleteScope)).
///
/// A stored flow is as secret as its job id. Its `Debug` does not show it.
#[derive(Clone)]
#[must_use]
pub struct AwaitSignature {
    job: JobId,
    polling: Polling,
    state: State,
}

/// Why no signature came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// The request cannot be built.
    #[error(transparent)]
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

#[derive(Clone)]
enum State {
    Polling,
    Done(UnverifiedJwt),
    Failed(AwaitSignatureError),
    Ended,
}

impl AwaitSignature {
    /// Waits for the signature of this job, polling every five seconds until `deadline`.
    pub fn new(job: JobId, deadline: Timestamp) -> Self {
        Self { job, polling: Polling::until(deadline), state: State::Polling }
    }

    /// Polls at this pace instead: the pause after a reply. At least a millisecond.
    pub fn pace(self, pace: Duration) -> Self {
        Self { polling: self.polling.pace(pace), ..self }
    }

    fn is_in_flight(&self) -> bool {
        matches!(self.state, State::Polling) && self.polling.is_in_flight()
    }

    fn operation(&self) -> RetrieveScope {
        RetrieveScope::new(self.job.clone())
    }

    fn end(&mut self, error: AwaitSignatureError) -> Result<Step<UnverifiedJwt>, AwaitSignatureError> {
        self.state = State::Ended;
        Err(error)
    }

    fn told(&mut self, content: JobContent) {
        match content {
            JobContent::NotSigned => self.polling.told(),
            JobContent::Jwt(token) => self.state = State::Done(token),
            JobContent::Claims(_) => self.state = State::Failed(AwaitSignatureError::NoToken),
        }
    }

    fn failed<R>(&mut self, error: &ReplyError<R>) {
        if error.is_transient() {
            return self.polling.failed(error.retry_after());
        }
        self.state = State::Failed(match error.kind() {
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
        self.polling.advance(now);
        match &self.state {
            State::Done(token) => {
                let token = token.clone();
                self.state = State::Ended;
                Ok(Step::Done(token))
            }
            State::Failed(error) => {
                let error = *error;
                self.end(error)
            }
            State::Ended => Err(AwaitSignatureError::Ended),
            State::Polling => match self.polling.turn() {
                Turn::TimedOut => self.end(AwaitSignatureError::TimedOut),
                Turn::Wait(until) => Ok(Step::Wait(until)),
                Turn::Ask => match self.operation().request(provider) {
                    Ok(request) => Ok(Step::Send(request)),
                    Err(error) => self.end(AwaitSignatureError::Build(error)),
                },
            },
        }
    }

    fn reply(&mut self, provider: &Authentiq, now: Timestamp, reply: Reply<'_>) {
        self.polling.advance(now);
        if !self.is_in_flight() {
            return;
        }
        match self.operation().read(provider, reply.to_operation(RetrieveScope::NAME)) {
            Ok(content) => self.told(content),
            Err(error) => self.failed(&error),
        }
    }

    fn lost(&mut self, now: Timestamp, _: Sent) {
        self.polling.advance(now);
        if self.is_in_flight() {
            self.polling.failed(None);
        }
    }
}

impl fmt::Debug for AwaitSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Polling if self.polling.is_in_flight() => "in flight",
            State::Polling => "due",
            State::Done(_) => "done",
            State::Failed(_) => "failed",
            State::Ended => "ended",
        };
        f.debug_struct("AwaitSignature")
            .field("state", &state)
            .field("deadline", &self.polling.deadline())
            .finish_non_exhaustive()
    }
}
