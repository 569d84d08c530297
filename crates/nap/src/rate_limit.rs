use authwire_core::Timestamp;
use http::{HeaderMap, HeaderName};

static LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
static REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
static RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// What the platform's rate limiter says of our address, in three headers of every reply that passed the API key.
///
/// It counts by address and not by API key: other programs behind the same address use up the same window.
///
/// Documents: none; this is what the server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RateLimit {
    /// How many requests a window has (`X-Ratelimit-Limit`).
    pub limit: u64,
    /// How many of them are left (`X-Ratelimit-Remaining`).
    pub remaining: u64,
    /// When the window ends, by the provider's clock (`X-Ratelimit-Reset`).
    pub reset: Timestamp,
}

impl RateLimit {
    /// Reads the three headers; `None` unless all are there once and whole numbers. They say nothing about the answer,
    /// so that an odd one does not make the answer wrong.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        Some(Self { limit: number(headers, &LIMIT)?, remaining: number(headers, &REMAINING)?, reset: reset(headers)? })
    }
}

/// When the window ends: seconds since the Unix epoch.
pub(crate) fn reset(headers: &HeaderMap) -> Option<Timestamp> {
    number(headers, &RESET).map(Timestamp::from_secs)
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let text = headers.get(name)?.to_str().ok()?;
    let stands_once = headers.len() == headers.keys_len() || headers.get_all(name).iter().nth(1).is_none();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if stands_once && digits { text.parse().ok() } else { None }
}
