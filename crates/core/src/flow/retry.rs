use core::error::Error;
use core::fmt;
use core::time::Duration;

use crate::{
    BuildError, Endpoint, Flow, Idempotent, Polling, Repeat, RepeatError, Reply, ReplyError, Sent, Step, Timestamp,
};

/// Sends an operation again when its reply is lost, when the provider is out of order (5xx) or asks to slow down (429),
/// until it is answered or the time is over.
///
/// The first pause is half a second; it doubles six times, up to half a minute, each longer by a random part, and none is shorter
/// than the provider asks for (`Retry-After`, or a header of its own). When the provider asks for more time than is left,
/// it ends at once.
///
/// Only what is [`Idempotent`] can be sent again: for another operation this does not compile.
///
/// ```compile_fail
/// # use authwire_core::*;
/// fn retry_anything<E: Endpoint>(operation: E) -> Retry<E> {
///     Retry::new(operation, Timestamp::from_secs(60), 4) // not every operation may be sent twice
/// }
/// ```
///
/// ```
/// # use authwire_core::*;
/// fn retry_what_may_be<E: Idempotent>(operation: E) -> Retry<E> {
///     let random = 4; // yours: 64 random bits
///     Retry::new(operation, Timestamp::from_secs(60), random)
/// }
/// ```
#[must_use]
pub struct Retry<E: Endpoint> {
    operation: E,
    repeat: Repeat<E::Output, RetryError<E::Refusal>>,
    /// How many more requests may be sent.
    left: u32,
    /// What the last reply said that was no answer.
    last: Option<ReplyError<E::Refusal>>,
}

/// How far a [`Retry`] has come, to go on with it elsewhere; `Storable` with the feature `serde`. Holds no secret: whoever
/// goes on makes the operation anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "super::stored::RetryProgress", from = "super::stored::RetryProgress"))]
pub struct RetryProgress {
    pub(super) polling: Polling,
    pub(super) left: u32,
}

/// Why an operation that was retried gave no success.
#[derive(Debug)]
#[non_exhaustive]
pub enum RetryError<R> {
    /// The request cannot be built. Nothing was sent.
    Build(BuildError),
    /// The provider answered, and it is not the documented success, nor something that time mends.
    Reply(ReplyError<R>),
    /// No answer came in time, or in as many requests as were allowed. What is asked for may have happened.
    GaveUp {
        /// The last reply, if there was one: 429 or 5xx.
        last: Option<ReplyError<R>>,
    },
    /// The flow has ended, and has said how before.
    Ended,
}

impl<E: Idempotent> Retry<E> {
    /// Sends `operation` until it is answered, at the latest until `deadline`. `random` is 64 random bits of the caller's,
    /// other ones each time: they spread the pauses of many who fail together.
    pub fn new(operation: E, deadline: Timestamp, random: u64) -> Self {
        let polling =
            Polling::until(deadline).pace(Duration::from_millis(500)).max_pause(Duration::from_secs(30)).jitter(random);
        Self { operation, repeat: Repeat::new(polling), left: u32::MAX, last: None }
    }

    /// The same with this first pause, at least a millisecond.
    pub fn first_pause(self, pause: Duration) -> Self {
        Self { repeat: self.repeat.with(|polling| polling.pace(pause)), ..self }
    }

    /// The same with this longest pause, unless the provider asks for a longer one.
    pub fn max_pause(self, pause: Duration) -> Self {
        Self { repeat: self.repeat.with(|polling| polling.max_pause(pause)), ..self }
    }

    /// The same with at most this many requests, the first included; at least one.
    pub fn max_requests(self, requests: u32) -> Self {
        Self { left: requests.max(1), ..self }
    }

    /// How far it has come. An answer that was not handed out yet is not in it: it is asked for again.
    pub fn progress(&self) -> RetryProgress {
        RetryProgress { polling: *self.repeat.polling(), left: self.left }
    }

    /// Goes on where another has stopped, with the same operation. If its request was in flight, nobody here knows what
    /// became of it: that is told with `lost(now, Sent::Maybe)`, as the adapters' `drive` does.
    pub fn resume(operation: E, progress: RetryProgress) -> Self {
        let RetryProgress { polling, left } = progress;
        let mut repeat = Repeat::new(polling);
        if left == 0 && !polling.is_in_flight() {
            // The last request that was allowed had no answer.
            repeat.fail(RetryError::GaveUp { last: None });
        }
        Self { operation, repeat, left, last: None }
    }

    fn try_later(&mut self, error: Option<ReplyError<E::Refusal>>) {
        self.repeat.try_later(error.as_ref().and_then(ReplyError::retry_after));
        self.last = error.or(self.last.take());
        let polling = self.repeat.polling();
        if self.left == 0 || polling.due().is_some_and(|due| due >= polling.deadline()) {
            self.repeat.fail(RetryError::GaveUp { last: self.last.take() });
        }
    }
}

impl<E: Idempotent> Flow for Retry<E> {
    type Provider = E::Provider;
    type Output = E::Output;
    type Error = RetryError<E::Refusal>;

    fn step(&mut self, provider: &E::Provider, now: Timestamp) -> Result<Step<E::Output>, Self::Error> {
        let Self { operation, repeat, left, last } = self;
        let step = repeat.step(now, || {
            *left = left.saturating_sub(1);
            operation.request(provider)
        });
        step.map_err(|error| match error {
            RetryError::GaveUp { last: None } => RetryError::GaveUp { last: last.take() },
            error => error,
        })
    }

    fn reply(&mut self, provider: &E::Provider, now: Timestamp, reply: Reply<'_>) {
        if !self.repeat.awaits_news(now) {
            return;
        }
        match self.operation.read(provider, reply.to_operation(E::NAME)) {
            Ok(output) => self.repeat.done(output),
            Err(error) if error.is_transient() => self.try_later(Some(error)),
            Err(error) => self.repeat.fail(RetryError::Reply(error)),
        }
    }

    fn lost(&mut self, now: Timestamp, _: Sent) {
        if self.repeat.awaits_news(now) {
            self.try_later(None);
        }
    }
}

impl<R> RepeatError for RetryError<R> {
    fn timed_out() -> Self {
        Self::GaveUp { last: None }
    }

    fn ended() -> Self {
        Self::Ended
    }
}

impl<R> From<BuildError> for RetryError<R> {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

impl<R> RetryError<R> {
    /// What the last reply said, if there was one.
    #[must_use]
    pub fn reply(&self) -> Option<&ReplyError<R>> {
        match self {
            Self::Reply(error) | Self::GaveUp { last: Some(error) } => Some(error),
            _ => None,
        }
    }

    /// The documented refusal, if it is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&R> {
        self.reply().and_then(ReplyError::refusal)
    }
}

impl<R> fmt::Display for RetryError<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(error) => error.fmt(f),
            Self::Reply(error) => error.fmt(f),
            Self::GaveUp { last: None } => f.write_str("no answer came in time"),
            Self::GaveUp { last: Some(error) } => write!(f, "no answer came in time: {error}"),
            Self::Ended => f.write_str("the flow has ended before"),
        }
    }
}

impl<R: Error + 'static> Error for RetryError<R> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            // Shown as they are, so what lies beneath them is next.
            Self::Build(error) => error.source(),
            Self::Reply(error) | Self::GaveUp { last: Some(error) } => error.source(),
            Self::GaveUp { last: None } | Self::Ended => None,
        }
    }
}

impl<E: Endpoint> fmt::Debug for Retry<E> {
    /// Not the operation: it may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry").field("operation", &E::NAME).field("repeat", &self.repeat).finish_non_exhaustive()
    }
}
