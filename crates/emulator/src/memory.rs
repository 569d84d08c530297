//! A transport that needs no socket.

use crate::emulator::Emulator;
use crate::fault::Served;
use http::{Request, Response};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// An emulator behind a handle that can be cloned and sent to other threads, with a clock that only you move.
///
/// It behaves as an HTTP client does: a dropped connection and a truncated body are errors. A delayed answer moves
/// the clock.
#[derive(Clone)]
pub struct Memory(Arc<Mutex<Inner>>);

struct Inner {
    emulator: Emulator,
    now: Duration,
}

impl Memory {
    /// A new emulator. The clock begins at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::with(Emulator::new(seed), Duration::from_secs(1_767_225_600))
    }

    /// This emulator, at this time since the Unix epoch.
    #[must_use]
    pub fn with(emulator: Emulator, now: Duration) -> Self {
        Self(Arc::new(Mutex::new(Inner { emulator, now })))
    }

    /// Sends a request. Scheme and authority of its target do not matter.
    ///
    /// # Errors
    /// [`Lost`] when a fault took the answer.
    pub fn send(&self, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Lost> {
        let mut inner = self.lock();
        let now = inner.now;
        match inner.emulator.serve(now, request) {
            Served::Dropped => Err(Lost::Dropped),
            Served::Answered(answer) => {
                inner.now = now.saturating_add(answer.after);
                match answer.cut {
                    Some(_) => Err(Lost::Truncated),
                    None => Ok(answer.response),
                }
            }
        }
    }

    /// Lends the emulator and the time: for controls, the phone, faults and the log.
    pub fn with_emulator<R>(&self, with: impl FnOnce(&mut Emulator, Duration) -> R) -> R {
        let mut inner = self.lock();
        let now = inner.now;
        with(&mut inner.emulator, now)
    }

    /// The time since the Unix epoch.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.lock().now
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut inner = self.lock();
        inner.now = inner.now.saturating_add(by);
    }

    /// Sets the clock, backwards too.
    pub fn set_now(&self, now: Duration) {
        self.lock().now = now;
    }

    /// A test that panicked while it held the emulator must not take the others with it.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

/// No answer, or not the whole of it. The request may have been executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Lost {
    /// The connection closed without an answer.
    #[error("the connection closed without an answer")]
    Dropped,
    /// The connection closed before the end of the body.
    #[error("the connection closed before the end of the body")]
    Truncated,
}
