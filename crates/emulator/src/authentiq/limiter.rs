//! How often an address or a number may be written to.

use super::Settings;
use super::contact::ContactHash;
use crate::bounded::BoundedMap;
use std::time::Duration;

/// How many addresses are remembered.
const CONTACTS: usize = 10_000;

/// The times of the last messages to each address or number.
#[derive(Clone)]
pub(super) struct Limiter(BoundedMap<ContactHash, Vec<Duration>>);

impl Limiter {
    pub(super) fn new() -> Self {
        Self(BoundedMap::new(CONTACTS))
    }

    /// Counts a message, unless there were too many.
    pub(super) fn take(&mut self, now: Duration, contact: ContactHash, settings: &Settings) -> bool {
        let mut times = self.0.remove(&contact).unwrap_or_default();
        times.retain(|time| time.saturating_add(settings.rate_window) > now);
        let fits = times.len() < settings.rate_limit;
        if fits {
            times.push(now);
        }
        self.0.insert(contact, times);
        fits
    }
}
