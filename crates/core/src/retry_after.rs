use core::time::Duration;

use http::HeaderMap;
use http::header::RETRY_AFTER;

use crate::Timestamp;

/// When the provider says that it may be asked again, as it said it: nothing is clamped here. A policy that waits must
/// set a limit of its own, for the number comes from the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetryAfter {
    /// After this long, in whole seconds, counted from when the reply arrived.
    After(Duration),
    /// At this time, by the provider's clock.
    At(Timestamp),
    /// Both were said, each in a header of its own: the later one counts.
    Both {
        /// After this long.
        after: Duration,
        /// At this time.
        at: Timestamp,
    },
}

impl RetryAfter {
    /// Reads a `Retry-After` header (RFC 9110, section 10.2.3): whole seconds or an HTTP date in any of its three forms.
    /// Anything else is `None`. Of several such headers, the first counts.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // Only digits, so the one way to fail is a number too large for 64 bits.
            return Some(Self::After(Duration::from_secs(text.parse().unwrap_or(u64::MAX))));
        }
        // The epoch by the same reader: `UNIX_EPOCH` is not in `core`.
        let epoch = httpdate::parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT").ok()?;
        let since_epoch = httpdate::parse_http_date(text).ok()?.duration_since(epoch).ok()?;
        Some(Self::At(Timestamp::from_unix(since_epoch)))
    }

    /// This, and not before `time` either.
    #[must_use]
    pub fn and_at(self, time: Timestamp) -> Self {
        match self {
            Self::After(after) => Self::Both { after, at: time },
            Self::At(at) => Self::At(at.max(time)),
            Self::Both { after, at } => Self::Both { after, at: at.max(time) },
        }
    }

    /// The time that is meant, when the reply arrived at `now`. Saturates.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::After(duration) => now.saturating_add(duration),
            Self::At(time) => time,
            Self::Both { after, at } => now.saturating_add(after).max(at),
        }
    }
}
