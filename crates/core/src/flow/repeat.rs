use alloc::vec::Vec;
use core::fmt;

use crate::{BuildError, Polling, RetryAfter, Step, Timestamp, Turn};

/// How far a [`Flow`](crate::Flow) has come that repeats one request until it knows: on its way, at its end, or past it.
///
/// For authors of flows. The flow builds the request and says what a reply means; this keeps what every such flow
/// promises: one request in flight, news of none ignored, the end handed out once. `T` is the flow's output, `E` its error.
#[derive(Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Repeat<T, E> {
    polling: Polling,
    progress: Progress<T, E>,
}

#[derive(Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
enum Progress<T, E> {
    Asking,
    Done(T),
    Failed(E),
    Ended,
}

/// What every flow that repeats a request may fail of.
pub trait RepeatError: From<BuildError> {
    /// The deadline has come.
    fn timed_out() -> Self;
    /// The flow has ended, and has said how before.
    fn ended() -> Self;
}

impl<T, E: RepeatError> Repeat<T, E> {
    /// Asks at the pace of `polling`.
    #[must_use]
    pub const fn new(polling: Polling) -> Self {
        Self { polling, progress: Progress::Asking }
    }

    /// The same with other settings.
    #[must_use]
    pub fn with(self, change: impl FnOnce(Polling) -> Polling) -> Self {
        Self { polling: change(self.polling), ..self }
    }

    /// When it asks, and until when.
    #[must_use]
    pub const fn polling(&self) -> &Polling {
        &self.polling
    }

    /// What a flow's `step` does, with how it builds its request.
    ///
    /// # Errors
    /// The flow's own: it failed, its time is over, its request cannot be built, or it has ended before.
    pub fn step(
        &mut self,
        now: Timestamp,
        request: impl FnOnce() -> Result<http::Request<Vec<u8>>, BuildError>,
    ) -> Result<Step<T>, E> {
        self.polling.advance(now);
        if let Progress::Asking = self.progress {
            match self.polling.turn() {
                Turn::Wait(until) => return Ok(Step::Wait(until)),
                Turn::TimedOut => self.fail(E::timed_out()),
                Turn::Ask => match request() {
                    Ok(request) => return Ok(Step::Send(request)),
                    Err(error) => self.fail(error.into()),
                },
            }
        }
        match core::mem::replace(&mut self.progress, Progress::Ended) {
            Progress::Done(output) => Ok(Step::Done(output)),
            Progress::Failed(error) => Err(error),
            Progress::Asking | Progress::Ended => Err(E::ended()),
        }
    }

    /// Takes note of the time, and says whether news of a request is awaited: else the news is not for this flow.
    pub fn awaits_news(&mut self, now: Timestamp) -> bool {
        self.polling.advance(now);
        matches!(self.progress, Progress::Asking) && self.polling.is_in_flight()
    }

    /// The reply did not bring the end: asks again after the pace.
    pub fn told(&mut self) {
        self.polling.told();
    }

    /// The reply must be seen once more: asks at once.
    pub fn ask_at_once(&mut self) {
        self.polling.ask_at_once();
    }

    /// No reply came, or one that told nothing: asks again after a pause.
    pub fn try_later(&mut self, retry_after: Option<RetryAfter>) {
        self.polling.failed(retry_after);
    }

    /// The end, with this output.
    pub fn done(&mut self, output: T) {
        self.progress = Progress::Done(output);
    }

    /// The end, without one.
    pub fn fail(&mut self, error: E) {
        self.progress = Progress::Failed(error);
    }
}

impl<T, E> fmt::Debug for Repeat<T, E> {
    /// Not the output: it may be a credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.progress {
            Progress::Asking if self.polling.is_in_flight() => "in flight",
            Progress::Asking => "due",
            Progress::Done(_) => "done",
            Progress::Failed(_) => "failed",
            Progress::Ended => "ended",
        };
        f.debug_struct("Repeat")
            .field("state", &state)
            .field("deadline", &self.polling.deadline())
            .finish_non_exhaustive()
    }
}
