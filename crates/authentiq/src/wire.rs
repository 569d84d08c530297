//! What many operations share on the wire: how a token is sent, which word an answer must say, and the provider's errors.

use authwire_core::{Draft, Encoder, Malformed, Media, Reason, Reply, ReplyError, Text};
use http::HeaderValue;
use http::header::ACCEPT;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::jwt::Jws;

/// What the two operations ask for whose answer may be a token: that, or JSON.
const JWT_OR_JSON: HeaderValue = HeaderValue::from_static("application/jwt, application/json;q=0.9");

/// Puts a token on a request: its text is the whole body, with nothing around it.
pub(crate) fn write_token(draft: &mut Draft, token: &Jws) {
    draft.body(Media::JWT, token.expose().as_bytes().into());
}

/// Says that a token is the preferred answer.
pub(crate) fn accept_token(draft: &mut Draft) {
    draft.header(ACCEPT, JWT_OR_JSON);
}

/// A text that must be there.
pub(crate) struct NotEmpty<'a>(pub(crate) &'a str);

impl authwire_core::Value for NotEmpty<'_> {
    fn write(&self, encoder: &mut Encoder<'_>) {
        if self.0.is_empty() {
            encoder.refuse(Reason::Empty);
        }
        encoder.text(self.0);
    }
}

/// Statuses that an operation does not document. No request carries a credential of ours, so that a 401 or 403 cannot be
/// about one: it stays unattributed.
pub(crate) fn common<T, R>(reply: Reply<'_>) -> Result<T, ReplyError<R>> {
    reply.other()
}

/// Reads `{"status": word}`. The documents make the member optional, so that an object without it is the answer too;
/// another word is not, for it says that something else happened.
pub(crate) fn word<R>(reply: Reply<'_>, word: &str) -> Result<(), ReplyError<R>> {
    match status(reply)? {
        Some(other) if *other != *word => reply.malformed(Malformed::Field("status")),
        _ => Ok(()),
    }
}

/// Reads `{"status": word}` where the word must be there: a revocation is not to be taken for granted.
pub(crate) fn word_alone<R>(reply: Reply<'_>, word: &str) -> Result<(), ReplyError<R>> {
    match status(reply)? {
        Some(said) if *said == *word => Ok(()),
        _ => reply.malformed(Malformed::Field("status")),
    }
}

/// The word of a success. The provider's error under a success's status is none.
fn status<'a, R>(reply: Reply<'a>) -> Result<Option<Text<'a>>, ReplyError<R>> {
    let Status { status, error } = reply.json()?;
    if error.is_some() { reply.malformed(Malformed::Field("error")) } else { Ok(status) }
}

/// The answer of most operations.
#[derive(Deserialize)]
struct Status<'a> {
    #[serde(borrow)]
    status: Option<Text<'a>>,
    error: Option<IgnoredAny>,
}

/// The provider's names for what went wrong, of which some refine a status.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slug {
    DuplicateKey,
    UnknownKey,
    RevokedKey,
    DuplicateHash,
    ConfirmFirst,
    AudError,
    AuthError,
    UnknownJob,
    NotSupported,
    RateLimit,
}

impl Slug {
    /// The slug that an error body names, whatever its media type and however odd the body is. The documents call `type`
    /// a URI, and do not say where in it the slug stands: the last part counts. `title` and a textual `error` are where
    /// else it may be.
    pub(crate) fn of(reply: Reply<'_>) -> Option<Self> {
        ErrorBody::of(reply)?.slug()
    }

    /// Whether the body is the provider's error with this slug: for statuses that mean something else when anybody but the
    /// provider says them. A body of the provider's form that names no slug will do.
    pub(crate) fn is_in(self, reply: Reply<'_>) -> bool {
        let Some(body) = ErrorBody::of(reply) else { return false };
        let is_status = body.error.as_ref().and_then(Value::as_u64) == Some(reply.code().into());
        body.slug().map_or(is_status, |slug| slug == self)
    }

    fn in_text(text: &str) -> Option<Self> {
        Some(match text.rsplit(['/', '#', ':']).next()?.trim() {
            "duplicate-key" => Self::DuplicateKey,
            "unknown-key" => Self::UnknownKey,
            "revoked-key" => Self::RevokedKey,
            "duplicate-hash" => Self::DuplicateHash,
            "confirm-first" => Self::ConfirmFirst,
            "aud-error" => Self::AudError,
            "auth-error" => Self::AuthError,
            "unknown-job" => Self::UnknownJob,
            "not-supported" => Self::NotSupported,
            "rate-limit" => Self::RateLimit,
            _ => return None,
        })
    }
}

/// An error body, of which no member is sure to be there or to be of the documented type.
#[derive(Deserialize)]
struct ErrorBody {
    #[serde(rename = "type")]
    kind: Option<Value>,
    title: Option<Value>,
    error: Option<Value>,
    #[serde(rename = "detail")]
    _detail: Option<IgnoredAny>,
}

impl ErrorBody {
    fn of(reply: Reply<'_>) -> Option<Self> {
        reply.error_json()
    }

    fn slug(&self) -> Option<Slug> {
        let texts = [&self.kind, &self.title, &self.error];
        texts.into_iter().flatten().filter_map(Value::as_str).find_map(Slug::in_text)
    }
}
