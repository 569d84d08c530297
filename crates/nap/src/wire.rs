//! What many operations share on the wire: error bodies, times, and what a status means where an operation says
//! nothing else.

use alloc::string::String;

use authwire_core::{Malformed, Reply, ReplyError, RetryAfter};
use serde::Deserialize;

use crate::rate_limit::reset;
use crate::{Dialect, Nap, RateLimit, Time};

/// An error body. The platform's errors have `message` and `debug`, in the dialect NAP also `code`; those of the API key,
/// in the dialect NAP, have `error` alone.
#[derive(Deserialize)]
struct ErrorBody {
    message: Option<String>,
    error: Option<String>,
}

/// What an error body says to a user; `None` if it is not readable, and for a success, which is read elsewhere.
pub(crate) fn message(reply: Reply<'_>) -> Option<String> {
    if reply.code() < 400 { None } else { reply.error_json::<ErrorBody>()?.message }
}

/// Whether a 401 is the platform's answer to a missing or wrong API key, in the words of its dialect. No other words will
/// do: a proxy's 401 is about somebody else.
fn is_about_api_key(nap: &Nap, reply: Reply<'_>) -> bool {
    let Some(body) = reply.error_json::<ErrorBody>() else { return false };
    match nap.speaks() {
        Dialect::Nap => {
            body.message.is_none() && matches!(body.error.as_deref(), Some("Missing API key" | "Invalid API key"))
        }
        Dialect::Nexeres => body.error.is_none() && body.message.as_deref() == Some("Unauthorized access!"),
    }
}

/// Statuses that an operation does not document. The API key is asked for before anything else, so a 401 may come from
/// everywhere; 429 says in a header of its own until when; 500 may come with an empty body, 404 as text.
pub(crate) fn common<T, R>(nap: &Nap, reply: Reply<'_>) -> Result<T, ReplyError<R>> {
    match reply.code() {
        401 if is_about_api_key(nap, reply) => reply.our_credential(),
        429 => reply.other().map_err(|error| match reset(reply.headers()) {
            Some(time) => {
                let said = error.retry_after();
                error.with_retry_after(Some(said.map_or(RetryAfter::At(time), |said| said.and_at(time))))
            }
            None => error,
        }),
        _ => reply.other(),
    }
}

/// What an operation answers that has nothing to say but that it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Done {
    /// What the platform says to the user, in English.
    pub message: String,
    /// What the rate limiter says.
    pub rate_limit: Option<RateLimit>,
}

/// `{"success":true,"message":"…"}` as it is on the wire.
#[derive(Deserialize)]
struct DoneWire {
    success: bool,
    #[serde(default)]
    message: String,
}

impl Done {
    /// A 200 that says `"success":false` is none.
    pub(crate) fn read<R>(reply: Reply<'_>) -> Result<Self, ReplyError<R>> {
        let wire: DoneWire = reply.json()?;
        if !wire.success {
            return reply.malformed(Malformed::Field("success"));
        }
        Ok(Self { message: wire.message, rate_limit: RateLimit::from_headers(reply.headers()) })
    }
}

/// An id in the field `field`: some text, without the characters at which some reader would cut it and take it for
/// another.
pub(crate) fn id<R>(reply: Reply<'_>, field: &'static str, text: String) -> Result<String, ReplyError<R>> {
    if is_id(&text) { Ok(text) } else { reply.malformed(Malformed::Field(field)) }
}

/// Whether a text can be an id.
pub(crate) fn is_id(text: &str) -> bool {
    !text.is_empty() && !has_control(text)
}

/// Whether there are control characters in a text.
pub(crate) fn has_control(text: &str) -> bool {
    // Without a way out in the middle, many bytes are looked at in one step.
    let is_plain = text.bytes().fold(true, |so_far, byte| so_far & matches!(byte, b' '..=b'~'));
    !is_plain && text.contains(char::is_control)
}

/// A time in the field `field`.
pub(crate) fn time<R>(reply: Reply<'_>, field: &'static str, text: &str) -> Result<Time, ReplyError<R>> {
    match Time::parse(text) {
        Some(time) => Ok(time),
        None => reply.malformed(Malformed::Field(field)),
    }
}

/// A time in the field `field`, if it is there.
pub(crate) fn time_opt<R>(
    reply: Reply<'_>,
    field: &'static str,
    text: Option<&str>,
) -> Result<Option<Time>, ReplyError<R>> {
    text.map(|text| time(reply, field, text)).transpose()
}
