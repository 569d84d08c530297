//! The requests an emulator was asked, for tests to read.

use http::{HeaderMap, Method, StatusCode};
use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

/// How much is kept: so many requests, and so many bytes of bodies.
const REQUESTS: usize = 10_000;
const BODY_BYTES: usize = 64 * 1024 * 1024;

/// One request. Its `Debug` prints provider, operation, method and status alone: the rest may hold secrets.
#[derive(Clone)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// The time it came, since the Unix epoch.
    pub at: Duration,
    /// The provider's path prefix; `None` when the path begins with none of them.
    pub provider: Option<&'static str>,
    /// The provider's own id of the operation, if it was one.
    pub operation: Option<&'static str>,
    /// The method.
    pub method: Method,
    /// Path and query as they came, prefix included.
    pub target: String,
    /// The headers as they came.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// The status that was answered; `None` when the connection was dropped.
    pub status: Option<StatusCode>,
}

impl fmt::Debug for LoggedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoggedRequest")
            .field("provider", &self.provider)
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The last requests in their order: 10,000 at most, and 64 MiB of bodies.
#[derive(Clone, Debug, Default)]
pub struct RequestLog {
    entries: VecDeque<LoggedRequest>,
    body_bytes: usize,
}

impl RequestLog {
    /// The requests, the oldest first.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &LoggedRequest> {
        self.entries.iter()
    }

    /// The newest request.
    #[must_use]
    pub fn last(&self) -> Option<&LoggedRequest> {
        self.entries.back()
    }

    /// How many are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The operations in their order; requests that were none are left out.
    #[must_use]
    pub fn operations(&self) -> Vec<&'static str> {
        self.iter().filter_map(|entry| entry.operation).collect()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn push(&mut self, entry: LoggedRequest) {
        self.body_bytes = self.body_bytes.saturating_add(entry.body.len());
        self.entries.push_back(entry);
        while self.entries.len() > REQUESTS || self.body_bytes > BODY_BYTES {
            let Some(oldest) = self.entries.pop_front() else {
                break;
            };
            self.body_bytes = self.body_bytes.saturating_sub(oldest.body.len());
        }
    }
}
