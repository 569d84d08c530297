//! The rate limiter: a fixed window for each client address.

use super::settings::Settings;
use crate::bounded::BoundedMap;
use http::{HeaderMap, HeaderValue};
use std::time::Duration;

/// How many addresses are remembered.
const ADDRESSES: usize = 10_000;

#[derive(Clone)]
pub(super) struct Limiter(BoundedMap<String, Bucket>);

#[derive(Clone, Copy)]
struct Bucket {
    ends: Duration,
    used: u64,
}

/// What the limiter says of one request.
pub(super) struct Verdict {
    limit: u64,
    remaining: u64,
    reset: u64,
    pub(super) over: bool,
}

impl Limiter {
    pub(super) fn new() -> Self {
        Self(BoundedMap::new(ADDRESSES))
    }

    /// Counts a request. The window begins with its first one.
    pub(super) fn count(&mut self, now: Duration, address: &str, settings: &Settings) -> Verdict {
        let key = address.to_owned();
        let open = self.0.get(&key).copied().filter(|bucket| now < bucket.ends);
        let fresh = Bucket { ends: now.saturating_add(settings.window.length()), used: 0 };
        let mut bucket = open.unwrap_or(fresh);
        bucket.used = bucket.used.saturating_add(1);
        self.0.insert(key, bucket);
        Verdict {
            limit: settings.requests,
            remaining: settings.requests.saturating_sub(bucket.used),
            reset: bucket.ends.as_secs(),
            over: bucket.used > settings.requests,
        }
    }
}

impl Verdict {
    pub(super) fn write(&self, headers: &mut HeaderMap) {
        headers.insert("x-ratelimit-limit", HeaderValue::from(self.limit));
        headers.insert("x-ratelimit-remaining", HeaderValue::from(self.remaining));
        headers.insert("x-ratelimit-reset", HeaderValue::from(self.reset));
    }
}

/// The client's address, as whoever sends the request wishes it: every proxy is trusted.
pub(super) fn address(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let forwarded = text("x-forwarded-for").and_then(|list| list.split(',').next());
    forwarded.or_else(|| text("x-real-ip")).unwrap_or("127.0.0.1").trim().to_owned()
}
