//! The two things that the rest of the crate must not do: look at a clock, and start a thread.

#![expect(clippy::disallowed_methods, reason = "the emulator itself is pure: this is where it meets the machine")]

use std::io;
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, SystemTime};

/// The real time since the Unix epoch.
pub(super) fn real_time() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

pub(super) fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    Builder::new().name(name.to_owned()).spawn(run)
}
