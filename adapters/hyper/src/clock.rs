#[cfg(feature = "client")]
use std::time::Instant;
use std::time::{SystemTime, UNIX_EPOCH};

use authwire_core::Timestamp;

/// The time, by the system's clock.
#[must_use]
pub fn now() -> Timestamp {
    // A clock that stands before 1970 is wrong in any case.
    Timestamp::from_unix(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// The system's clock, except that it never runs backwards and never stands still.
#[cfg(feature = "client")]
pub(crate) struct Clock {
    started: Timestamp,
    running: Instant,
}

#[cfg(feature = "client")]
impl Clock {
    pub(crate) fn start() -> Self {
        Self { started: now(), running: Instant::now() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        now().max(self.started.saturating_add(self.running.elapsed()))
    }
}
