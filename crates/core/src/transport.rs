//! What every transport of these protocols must check and can report: shared by the adapters, and open to a transport
//! of your own.

use core::fmt;

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{StatusCode, Version};

/// The most bytes of a reply's body that an adapter reads, unless it is told otherwise: 1 MiB.
pub const MAX_BODY: usize = 1024 * 1024;

/// Why no whole reply came: the kind alone. Texts of a socket, a TLS library or an HTTP library are not passed on, for
/// they may quote a URI, and a URI may hold a secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TransportError {
    kind: TransportKind,
}

/// What went wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum TransportKind {
    /// The host's name could not be resolved.
    #[error("the host name could not be resolved")]
    Resolve,
    /// No connection could be made.
    #[error("no connection could be made")]
    Connect,
    /// TLS failed: an unknown authority, another host's certificate, an expired one, or no TLS at all.
    #[error("the TLS connection could not be made or broke")]
    Tls,
    /// The time for this phase was over.
    #[error("timed out while {0}")]
    Timeout(Phase),
    /// The connection failed or was reset.
    #[error("the connection failed")]
    Io,
    /// The connection ended before the reply was whole.
    #[error("the reply was cut off")]
    Truncated,
    /// The reply has a body whose length nothing says, so that its end cannot be told from a cut.
    #[error("the end of the reply's body is not marked")]
    Unframed,
    /// The reply's body is larger than the cap.
    #[error("the reply's body is too large")]
    TooLarge,
    /// The reply's status line and headers are too large.
    #[error("the reply's headers are too large")]
    HeadTooLarge,
    /// The reply's body is compressed or encoded in a way that was not asked for.
    #[error("the reply's body is encoded")]
    UnsupportedEncoding,
    /// What came is not HTTP, or not HTTP that all readers read alike.
    #[error("the reply is not proper HTTP")]
    Protocol,
    /// This transport refuses to send the request: for example plain `http` where only `https` is allowed.
    #[error("the transport refuses the request")]
    Refused,
}

/// Which part of an exchange took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Resolving the name and connecting, TLS included.
    Connect,
    /// Sending the request.
    Send,
    /// Waiting for the reply's head.
    Response,
    /// Reading the reply's body.
    Body,
    /// Anything: the deadline of the whole exchange.
    Total,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::Send => "sending the request",
            Self::Response => "waiting for the reply",
            Self::Body => "reading the reply's body",
            Self::Total => "exchanging request and reply",
        })
    }
}

impl TransportError {
    /// An error of this kind.
    #[must_use]
    pub const fn new(kind: TransportKind) -> Self {
        Self { kind }
    }

    /// What went wrong.
    #[must_use]
    pub const fn kind(&self) -> TransportKind {
        self.kind
    }

    /// Whether it was a deadline.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        matches!(self.kind, TransportKind::Timeout(_))
    }
}

impl From<TransportKind> for TransportError {
    fn from(kind: TransportKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransportError({:?})", self.kind)
    }
}

impl core::error::Error for TransportError {}

/// Checks the head of an HTTP/1 reply before its body is read: that its body's end is marked in exactly one way, and
/// that the body is not encoded. HTTP libraries are laxer, and each in another way; a reply that two readers take for
/// different replies must not let anybody in.
///
/// Without a body (HEAD, 1xx, 204, 304) no length is needed. HTTP/2 and later frame bodies themselves.
///
/// # Errors
/// [`TransportKind::Protocol`], [`Unframed`](TransportKind::Unframed), [`TooLarge`](TransportKind::TooLarge) (a
/// `content-length` over `cap`) or [`UnsupportedEncoding`](TransportKind::UnsupportedEncoding).
pub fn check_head(
    request: &http::Method,
    status: StatusCode,
    version: Version,
    headers: &HeaderMap,
    cap: usize,
) -> Result<(), TransportKind> {
    let encoded = headers.get_all(CONTENT_ENCODING).iter().any(|value| !is(value.as_bytes(), b"identity"));
    if encoded {
        return Err(TransportKind::UnsupportedEncoding);
    }
    let lengths = headers.get_all(CONTENT_LENGTH).iter().count();
    let codings = headers.get_all(TRANSFER_ENCODING).iter().count();
    let chunked = headers.get_all(TRANSFER_ENCODING).iter().all(|value| is(value.as_bytes(), b"chunked"));
    if codings > 0 && (lengths > 0 || codings > 1 || !chunked || version < Version::HTTP_11) {
        return Err(TransportKind::Protocol);
    }
    let has_body = request != http::Method::HEAD && !status.is_informational() && !matches!(status.as_u16(), 204 | 304);
    if has_body && version <= Version::HTTP_11 && lengths == 0 && codings == 0 {
        return Err(TransportKind::Unframed);
    }
    if has_body
        && declared_length(headers).is_some_and(|length| usize::try_from(length).map_or(true, |length| length > cap))
    {
        return Err(TransportKind::TooLarge);
    }
    Ok(())
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.trim().parse().ok()
}

fn is(value: &[u8], word: &[u8]) -> bool {
    value.trim_ascii().eq_ignore_ascii_case(word)
}
