use core::num::NonZeroU64;
use core::time::Duration;

use crate::timestamp::millis;
use crate::{RetryAfter, Timestamp};

/// How often a pause doubles at most.
const MAX_DOUBLINGS: u32 = 6;

/// When a [`Flow`](crate::Flow) that repeats a request sends it next: at a pace, more slowly after failures, never after
/// its deadline, with one request in flight at most, and by a clock that never runs backwards.
///
/// For authors of flows; most need [`Repeat`](crate::Repeat), which has one. The flow tells it the time
/// ([`advance`](Self::advance)), asks whose turn it is ([`turn`](Self::turn)), and says what came of a request:
/// [`told`](Self::told), [`ask_at_once`](Self::ask_at_once) or [`failed`](Self::failed).
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
///
/// With the feature `serde` it can be stored, in whole milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Polling {
    /// In milliseconds, as the others. Not zero, or a flow could send for ever at one point in time.
    pace: NonZeroU64,
    max_pause: u64,
    deadline: Timestamp,
    /// The latest time that was told.
    now: Timestamp,
    /// Failures in a row.
    failures: u32,
    /// When to ask next; `None` while a request is in flight.
    due: Option<Timestamp>,
    /// Where the caller's randomness has come to; `None` without jitter.
    jitter: Option<u64>,
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
        Self {
            pace: NonZeroU64::MIN.saturating_add(4_999),
            max_pause: 60_000,
            deadline,
            now: Timestamp::EPOCH,
            failures: 0,
            due: Some(Timestamp::EPOCH),
            jitter: None,
        }
    }

    /// The same at this pace: the pause after a reply. At least a millisecond.
    #[must_use]
    pub fn pace(self, pace: Duration) -> Self {
        Self { pace: NonZeroU64::new(millis(pace)).unwrap_or(NonZeroU64::MIN), ..self }
    }

    /// The same with this as the longest pause after failures, unless the pace is longer; a minute unless it is set. No
    /// pause is longer than 64 paces, its jitter not counted, but where the provider asks for more.
    #[must_use]
    pub fn max_pause(self, pause: Duration) -> Self {
        Self { max_pause: millis(pause), ..self }
    }

    /// The same with pauses after failures that are longer by a random part, up to a half: so that many who failed
    /// together do not come back together. The randomness is the caller's: 64 random bits, other ones for each flow.
    #[must_use]
    pub fn jitter(self, random: u64) -> Self {
        Self { jitter: Some(random), ..self }
    }

    /// When it ends.
    #[must_use]
    pub const fn deadline(&self) -> Timestamp {
        self.deadline
    }

    /// When to ask next; `None` while a request is in flight.
    #[must_use]
    pub const fn due(&self) -> Option<Timestamp> {
        self.due
    }

    /// The latest time that was told.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
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
        self.due = Some(self.later(self.pace.get()));
    }

    /// A reply came: ask again at once.
    pub fn ask_at_once(&mut self) {
        self.failures = 0;
        self.due = Some(self.now);
    }

    /// No reply came, or one that told nothing: ask again after a pause that doubles with each failure, up to the longest
    /// or the pace, and not before the provider says so.
    pub fn failed(&mut self, retry_after: Option<RetryAfter>) {
        let doubled = self.pace.get().saturating_mul(1 << self.failures.min(MAX_DOUBLINGS));
        self.failures = self.failures.saturating_add(1);
        let pause = doubled.min(self.max_pause).max(self.pace.get());
        let due = self.later(pause);
        let due = retry_after.map_or(due, |after| due.max(after.at(self.now)));
        self.due = Some(due.saturating_add(Duration::from_millis(self.random_up_to(pause / 2))));
    }

    fn later(&self, millis: u64) -> Timestamp {
        self.now.saturating_add(Duration::from_millis(millis))
    }

    /// The next of a row of numbers that the caller's randomness starts: `SplitMix64` (Steele, Lea and Flood, 2014), which
    /// spreads and keeps nothing secret. The remainder's bias is of no account for pauses.
    fn random_up_to(&mut self, most: u64) -> u64 {
        let Some(state) = self.jitter.as_mut() else { return 0 };
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)).checked_rem(most.saturating_add(1)).unwrap_or_default()
    }
}
