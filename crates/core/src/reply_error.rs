use alloc::boxed::Box;
use core::convert::Infallible;
use core::error::Error;
use core::fmt;

use crate::{Reply, RetryAfter};

/// How much of a reply's body an error keeps, in bytes.
const EXCERPT: usize = 512;

/// A reply that is not the documented success of its operation.
///
/// Its texts name the operation, the status and what it means; never a URI, a header or a piece of the body.
pub struct ReplyError<R> {
    operation: &'static str,
    status: u16,
    kind: Kind<R>,
    retry_after: Option<RetryAfter>,
    excerpt: Box<[u8]>,
}

/// What a reply means that is not a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind<R> {
    /// A refusal that the provider documents for this operation: usually about the end user.
    Refused(R),
    /// The provider does not accept *our* credential. Says nothing about the end user: alert an operator.
    OurCredential,
    /// A 401 or 403 where neither the documents nor the reply say whose fault it is. Nobody was let in, and nobody can
    /// be blamed.
    Unattributed,
    /// The provider asks us to slow down (429).
    Throttled,
    /// The provider, or something before it, is out of order (any 5xx).
    Unavailable,
    /// A status that this operation does not document, redirects and unknown successes included.
    Unexpected,
    /// The documented status, with something else in it than documented.
    Malformed(Malformed),
}

/// What is wrong with a reply whose status was a documented one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// The body is empty where the operation has an answer.
    #[error("the body is empty")]
    Empty,
    /// There is a body where the operation documents none: perhaps a captive portal's page.
    #[error("there is a body where none is documented")]
    NotEmpty,
    /// The media type is not the documented one.
    #[error("the media type is not the documented one")]
    MediaType,
    /// The text is not UTF-8.
    #[error("the body is not UTF-8")]
    Encoding,
    /// The body is not JSON, or not of the documented shape.
    #[error("the body is not the documented JSON, line {line} column {column}")]
    Json {
        /// Where the reader stopped: line, counted from 1.
        line: usize,
        /// And column, in bytes, counted from 1; 0 if the line is empty.
        column: usize,
    },
    /// The body is not a whole picture of the documented format.
    #[error("the body is not a whole picture")]
    Image,
    /// This field is missing, or has a value that makes no sense.
    #[error("the field {0} is missing or makes no sense")]
    Field(&'static str),
    /// This field is about something or somebody else than was asked for.
    #[error("the field {0} is about something else than was asked for")]
    Mismatch(&'static str),
}

impl<R> ReplyError<R> {
    pub(crate) fn new(reply: &Reply<'_>, kind: Kind<R>) -> Self {
        let excerpt = reply.body().get(..EXCERPT).unwrap_or(reply.body());
        Self {
            operation: reply.operation(),
            status: reply.code(),
            kind,
            retry_after: RetryAfter::from_headers(reply.headers()),
            excerpt: excerpt.into(),
        }
    }

    /// The operation's [`NAME`](crate::Endpoint::NAME).
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The reply's status, 100 to 999.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// What the reply means.
    #[must_use]
    pub fn kind(&self) -> &Kind<R> {
        &self.kind
    }

    /// The same, by value.
    #[must_use]
    pub fn into_kind(self) -> Kind<R> {
        self.kind
    }

    /// The documented refusal, if it is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&R> {
        match &self.kind {
            Kind::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// When the provider says that it may be asked again.
    #[must_use]
    pub fn retry_after(&self) -> Option<RetryAfter> {
        self.retry_after
    }

    /// The same error with another answer to when it may be asked again: for providers that say it in a header of
    /// their own.
    #[must_use]
    pub fn with_retry_after(self, retry_after: Option<RetryAfter>) -> Self {
        Self { retry_after, ..self }
    }

    /// Whether the same request may well succeed later: [`Kind::Throttled`] and [`Kind::Unavailable`]. Whether it *may*
    /// be sent again is another question: see [`IDEMPOTENT`](crate::Endpoint::IDEMPOTENT).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, Kind::Throttled | Kind::Unavailable)
    }

    /// The first bytes of the body, 512 at most, as they came: for a person who looks for a fault. They may hold
    /// secrets, of the end user and of ours: never log them as a matter of course.
    #[must_use]
    pub fn excerpt_may_hold_secrets(&self) -> &[u8] {
        &self.excerpt
    }

    /// The same error with its refusal changed into another type.
    #[must_use]
    pub fn map_refusal<S>(self, change: impl FnOnce(R) -> S) -> ReplyError<S> {
        let kind = match self.kind {
            Kind::Refused(refusal) => Kind::Refused(change(refusal)),
            Kind::OurCredential => Kind::OurCredential,
            Kind::Unattributed => Kind::Unattributed,
            Kind::Throttled => Kind::Throttled,
            Kind::Unavailable => Kind::Unavailable,
            Kind::Unexpected => Kind::Unexpected,
            Kind::Malformed(malformed) => Kind::Malformed(malformed),
        };
        ReplyError {
            operation: self.operation,
            status: self.status,
            kind,
            retry_after: self.retry_after,
            excerpt: self.excerpt,
        }
    }
}

impl ReplyError<Infallible> {
    /// The same error as that of an operation that has refusals.
    #[must_use]
    pub fn widen<S>(self) -> ReplyError<S> {
        self.map_refusal(|never| match never {})
    }
}

impl<R> fmt::Display for ReplyError<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meaning = match &self.kind {
            Kind::Refused(_) => "refused",
            Kind::OurCredential => "our own credential is not accepted",
            Kind::Unattributed => "not authorised, and the reply does not say whose credential is meant",
            Kind::Throttled => "too many requests",
            Kind::Unavailable => "the provider is out of order",
            Kind::Unexpected => "not a documented status",
            Kind::Malformed(malformed) => {
                return write!(f, "{}: status {}: {malformed}", self.operation, self.status);
            }
        };
        write!(f, "{}: status {}: {meaning}", self.operation, self.status)
    }
}

impl<R: fmt::Debug> fmt::Debug for ReplyError<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyError")
            .field("operation", &self.operation)
            .field("status", &self.status)
            .field("kind", &self.kind)
            .field("retry_after", &self.retry_after)
            .finish_non_exhaustive()
    }
}

impl<R: Error + 'static> Error for ReplyError<R> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            Kind::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}
