use core::time::Duration;

use crate::{RetryAfter, Timestamp};

/// The longest pause after failures, unless the pace is longer.
const MAX_PAUSE: Duration = Duration::from_secs(60);
/// How often a pause doubles at most.
const MAX_DOUBLINGS: u32 = 6;

/// When a [`Flow`](crate::Flow) that polls asks next: at a pace, more slowly after failures, never after its deadline,
/// with one request in flight at most, and by a clock that never runs backwards.
///
/// For authors of flows. The flow tells it the time ([`advance`](Self::advance)), asks whose turn it is
/// ([`turn`](Self::turn)), and says what came of a request: [`told`](Self::told), [`ask_at_once`](Self::ask_at_once) or
/// [`failed`](Self::failed).
///
/// ```
/// use std::time::Duration;
/// use authwire_core::{Polling, Timestamp, Turn};
///
/// let mut polling = Polling::until(Timestamp::from_secs(60)).pace(Duration::from_secs(5));
/// assert_eq!(polling.turn(), Turn::Ask);
/// assert_eq!(polling.turn(), Turn::Wait(Timestamp::from_secs(60))); // one request at a time
/// polling.told();
/// assert_eq!(polling.turn(), Turn::Wait(Timestamp::from_secs(5)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Polling {
    pace: Duration,
    deadline: Timestamp,
    /// The latest time that was told.
    now: Timestamp,
    /// Failures in a row.
    failures: u32,
    /// When to ask next; `None` while a request is in flight.
    due: Option<Timestamp>,
}

/// What a flow that polls does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum Turn {
    /// Send the request; it is in flight from now on.
    Ask,
    /// Nothing before this time, which is later than any that was told, and not after the deadline.
    Wait(Timestamp),
    /// The deadline has come.
    TimedOut,
}

impl Polling {
    /// Asks at once and then every five seconds, until `deadline`.
    #[must_use]
    pub const fn until(deadline: Timestamp) -> Self {
        Self { pace: Duration::from_secs(5), deadline, now: Timestamp::EPOCH, failures: 0, due: Some(Timestamp::EPOCH) }
    }

    /// The same at this pace: the pause after a reply. At least a millisecond.
    #[must_use]
    pub fn pace(self, pace: Duration) -> Self {
        Self { pace: pace.max(Duration::from_millis(1)), ..self }
    }

    /// When it ends.
    #[must_use]
    pub const fn deadline(&self) -> Timestamp {
        self.deadline
    }

    /// Takes note of the time. A time before an earlier one is not believed.
    pub fn advance(&mut self, now: Timestamp) {
        self.now = self.now.max(now);
    }

    /// Whether a request is in flight: else news of one is none of ours.
    #[must_use]
    pub const fn is_in_flight(&self) -> bool {
        self.due.is_none()
    }

    /// What to do now.
    pub fn turn(&mut self) -> Turn {
        if self.now >= self.deadline {
            return Turn::TimedOut;
        }
        match self.due {
            None => Turn::Wait(self.deadline),
            Some(due) if due > self.now => Turn::Wait(due.min(self.deadline)),
            Some(_) => {
                self.due = None;
                Turn::Ask
            }
        }
    }

    /// A reply came and the end is not yet: ask again after the pace.
    pub fn told(&mut self) {
        self.failures = 0;
        self.due = Some(self.now.saturating_add(self.pace));
    }

    /// A reply came: ask again at once.
    pub fn ask_at_once(&mut self) {
        self.failures = 0;
        self.due = Some(self.now);
    }

    /// No reply came, or one that told nothing: ask again after a pause that doubles with each failure, up to a minute or
    /// the pace, and not before the provider says so.
    pub fn failed(&mut self, retry_after: Option<RetryAfter>) {
        let doubled = self.pace.saturating_mul(1 << self.failures.min(MAX_DOUBLINGS));
        self.failures = self.failures.saturating_add(1);
        let due = self.now.saturating_add(doubled.min(MAX_PAUSE).max(self.pace));
        self.due = Some(retry_after.map_or(due, |after| due.max(after.at(self.now))));
    }
}
