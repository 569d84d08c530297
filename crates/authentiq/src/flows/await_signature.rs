use core::fmt;
use core::time::Duration;

use authwire_core::{BuildError, Endpoint, Flow, Kind, Reply, ReplyError, Sent, Step, Timestamp};

use crate::scopes::{JobContent, RetrieveScope, UnverifiedJwt};
use crate::{Authentiq, JobId};

/// The longest pause between two polls after failures.
const MAX_PAUSE: Duration = Duration::from_secs(60);
/// How often a pause doubles at most.
const MAX_DOUBLINGS: u32 = 6;

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
    pace: Duration,
    deadline: Timestamp,
    /// The latest time that was told: the clock never runs backwards.
    now: Timestamp,
    /// Replies in a row that told nothing.
    failures: u32,
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
    /// Poll when this time has come.
    Due(Timestamp),
    InFlight,
    Done(UnverifiedJwt),
    Failed(AwaitSignatureError),
    Ended,
}

impl AwaitSignature {
    /// Waits for the signature of this job, polling every five seconds until `deadline`.
    pub fn new(job: JobId, deadline: Timestamp) -> Self {
        Self {
            job,
            pace: Duration::from_secs(5),
            deadline,
            now: Timestamp::EPOCH,
            failures: 0,
            state: State::Due(Timestamp::EPOCH),
        }
    }

    /// Polls at this pace instead: the pause after a reply. At least a millisecond.
    pub fn pace(self, pace: Duration) -> Self {
        Self { pace: pace.max(Duration::from_millis(1)), ..self }
    }

    fn advance(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
    }

    fn end(&mut self, error: AwaitSignatureError) -> Result<Step<UnverifiedJwt>, AwaitSignatureError> {
        self.state = State::Ended;
        Err(error)
    }

    /// The next poll after a reply that told nothing, not before `at_least`.
    fn back_off(&mut self, at_least: Option<Timestamp>) {
        let doubled = self.pace.saturating_mul(1 << self.failures.min(MAX_DOUBLINGS));
        self.failures = self.failures.saturating_add(1);
        let pause = doubled.min(MAX_PAUSE).max(self.pace);
        let due = self.now.saturating_add(pause);
        self.state = State::Due(at_least.map_or(due, |time| due.max(time)));
    }

    fn told(&mut self, content: JobContent) {
        self.failures = 0;
        self.state = match content {
            JobContent::NotSigned => State::Due(self.now.saturating_add(self.pace)),
            JobContent::Jwt(token) => State::Done(token),
            JobContent::Claims(_) => State::Failed(AwaitSignatureError::NoToken),
        };
    }

    fn failed<R>(&mut self, error: &ReplyError<R>) {
        if error.is_transient() {
            return self.back_off(error.retry_after().map(|after| after.at(self.now)));
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
        self.advance(now);
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
            _ if self.now >= self.deadline => self.end(AwaitSignatureError::TimedOut),
            State::InFlight => Ok(Step::Wait(self.deadline)),
            State::Due(due) if *due > self.now => Ok(Step::Wait((*due).min(self.deadline))),
            State::Due(_) => match RetrieveScope::new(self.job.clone()).request(provider) {
                Ok(request) => {
                    self.state = State::InFlight;
                    Ok(Step::Send(request))
                }
                Err(error) => self.end(AwaitSignatureError::Build(error)),
            },
        }
    }

    fn reply(&mut self, provider: &Authentiq, now: Timestamp, reply: Reply<'_>) {
        self.advance(now);
        if !matches!(self.state, State::InFlight) {
            return;
        }
        let operation = RetrieveScope::new(self.job.clone());
        match operation.read(provider, reply.to_operation(RetrieveScope::NAME)) {
            Ok(content) => self.told(content),
            Err(error) => self.failed(&error),
        }
    }

    fn lost(&mut self, now: Timestamp, _: Sent) {
        self.advance(now);
        if matches!(self.state, State::InFlight) {
            self.back_off(None);
        }
    }
}

impl fmt::Debug for AwaitSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Due(_) => "due",
            State::InFlight => "in flight",
            State::Done(_) => "done",
            State::Failed(_) => "failed",
            State::Ended => "ended",
        };
        f.debug_struct("AwaitSignature")
            .field("state", &state)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
