use authwire_core::Timestamp;
use http::{HeaderMap, HeaderName, HeaderValue};

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
        // In one walk: to look a name up is to hash it, three times in every reply.
        let mut found = [None; 3];
        for (name, value) in headers {
            let known = [&LIMIT, &REMAINING, &RESET].into_iter().zip(&mut found);
            if let Some((_, found)) = known.into_iter().find(|(known, _)| *known == name) {
                if found.replace(value).is_some() {
                    return None;
                }
            }
        }
        let [limit, remaining, reset] = found;
        Some(Self {
            limit: number(limit?)?,
            remaining: number(remaining?)?,
            reset: Timestamp::from_secs(number(reset?)?),
        })
    }
}

/// When the window ends: seconds since the Unix epoch.
pub(crate) fn reset(headers: &HeaderMap) -> Option<Timestamp> {
    let mut values = headers.get_all(&RESET).iter();
    let value = values.next()?;
    if values.next().is_none() { number(value).map(Timestamp::from_secs) } else { None }
}

fn number(value: &HeaderValue) -> Option<u64> {
    let text = value.to_str().ok()?;
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}
