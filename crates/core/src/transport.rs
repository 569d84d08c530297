//! What every transport of these protocols must check and can report: shared by the adapters, and open to a transport
//! of your own.
//!
//! Such a transport does five things. It passes each request through [`prepare`]; sends it once, on a connection to the
//! request's own scheme, host and port, following nothing; passes the reply's head through [`Collected::begin`] (or
//! [`check_head`]) before it reads the body, and never uses the connection again if that fails; collects the body with
//! [`Collected`]; and reports [`ExchangeError`] otherwise, with [`Sent::No`] only where certainly no byte of the request
//! was written.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use http::header::{
    CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, EXPECT, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::response::Parts;
use http::uri::{Authority, Scheme};
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};

use crate::{CallError, Sent, Timestamp};

/// The most bytes of a reply's body that an adapter reads, unless it is told otherwise: 1 MiB.
pub const MAX_BODY: usize = 1024 * 1024;

/// The most bytes of a reply's status line and headers that an adapter reads: 32 KiB.
pub const MAX_HEAD: usize = 32 * 1024;

/// The most headers of a reply that an adapter accepts.
pub const MAX_HEADERS: usize = 100;

/// The most interim (1xx) replies that an adapter reads before the reply, where it can count them.
pub const MAX_INTERIM: usize = 100;

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
    /// The reply's status line and headers are too large, or too many interim (1xx) replies come before it.
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

/// A request that got no whole reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", if matches!(.sent, Sent::No) { "the request was not sent" } else { "no whole reply came; the request may have been carried out" })]
pub struct ExchangeError {
    /// Whether the request may have reached the provider.
    pub sent: Sent,
    /// What happened.
    pub source: TransportError,
}

impl ExchangeError {
    /// An error of this kind, after which the request may have been carried out.
    #[must_use]
    pub const fn maybe_sent(kind: TransportKind) -> Self {
        Self { sent: Sent::Maybe, source: TransportError::new(kind) }
    }

    /// An error of this kind before a byte of the request was written.
    #[must_use]
    pub const fn not_sent(kind: TransportKind) -> Self {
        Self { sent: Sent::No, source: TransportError::new(kind) }
    }

    /// What went wrong.
    #[must_use]
    pub const fn kind(&self) -> TransportKind {
        self.source.kind()
    }
}

impl<R> From<ExchangeError> for CallError<R> {
    fn from(error: ExchangeError) -> Self {
        Self::Transport { sent: error.sent, source: error.source }
    }
}

/// Why an adapter's client could not be set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A root certificate is not a certificate in PEM or DER form, or there is none to trust at all.
    #[error("the root certificates cannot be read, or there are none")]
    RootCertificate,
    /// The client certificate or its key is not in PEM form, not of a known kind, or they do not belong together.
    #[error("the client certificate or its key cannot be read, or they do not belong together")]
    ClientCertificate,
    /// The proxy's address is not of the form `http://[user:password@]host[:port]`.
    #[error("the proxy's address is not of the form http://[user:password@]host[:port]")]
    Proxy,
    /// The user agent is not visible ASCII.
    #[error("the user agent is not a valid header")]
    UserAgent,
    /// TLS could not be set up.
    #[error("TLS cannot be set up")]
    Tls,
    /// A setting was made that only the HTTP client given by the caller can keep: it has to be made there.
    #[error("a setting was made that belongs to the HTTP client that was given")]
    Conflict,
    /// The HTTP client given by the caller does not verify certificates.
    #[error("the HTTP client that was given does not verify certificates")]
    Unverified,
}

/// The first thing to do with a request: makes what leaves the same in every transport.
///
/// `content-length` becomes the body's length; 0 is said for POST, PUT and PATCH alone. The version becomes HTTP/1.1 and
/// extensions, by which some libraries take settings, are dropped. What the transport itself must say is refused:
/// another `host` than the URI's, `transfer-encoding`, `connection` and their like; a user name in the URI (some
/// libraries make an `authorization` of it); a URI that is not absolute `http` or `https`; CONNECT and unknown methods.
///
/// # Errors
/// [`TransportKind::Refused`].
pub fn prepare(request: Request<Vec<u8>>) -> Result<Request<Vec<u8>>, TransportKind> {
    prepared(request, false)
}

/// [`prepare`], and the `host` header besides: for a library that leaves it to its caller, or takes longer over it.
///
/// # Errors
/// [`TransportKind::Refused`].
pub fn prepare_with_host(request: Request<Vec<u8>>) -> Result<Request<Vec<u8>>, TransportKind> {
    prepared(request, true)
}

fn prepared(mut request: Request<Vec<u8>>, with_host: bool) -> Result<Request<Vec<u8>>, TransportKind> {
    let place = place(request.uri()).ok_or(TransportKind::Refused)?;
    let length = Length::of(&request, place.as_bytes())?;
    let host = if with_host { Some(HeaderValue::from_str(place).map_err(|_| TransportKind::Refused)?) } else { None };
    length.finish(&mut request, host);
    Ok(request)
}

/// A scheme, a host and a port: for a transport whose connection leads there and nowhere else. What [`prepare_with_host`]
/// finds out for each request is found out once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    scheme: Scheme,
    authority: Authority,
    host: HeaderValue,
}

impl Origin {
    /// Where requests to this URI go. `None` as with [`host`].
    #[must_use]
    pub fn of(uri: &Uri) -> Option<Self> {
        Some(Self { host: host(uri)?, scheme: uri.scheme()?.clone(), authority: uri.authority()?.clone() })
    }

    /// Whether requests to this URI go here.
    #[must_use]
    pub fn is_of(&self, uri: &Uri) -> bool {
        // Nearly always letter by letter; then it need not be compared without regard to case.
        let same = |other: &Authority| other.as_str() == self.authority.as_str() || *other == self.authority;
        uri.scheme() == Some(&self.scheme) && uri.authority().is_some_and(same)
    }

    /// [`prepare_with_host`], of a request to here.
    ///
    /// # Errors
    /// [`TransportKind::Refused`], also for a request to elsewhere.
    pub fn prepare(&self, request: &mut Request<Vec<u8>>) -> Result<(), TransportKind> {
        if !self.is_of(request.uri()) {
            return Err(TransportKind::Refused);
        }
        let length = Length::of(request, self.host.as_bytes())?;
        length.finish(request, Some(self.host.clone()));
        Ok(())
    }
}

/// What `content-length` has to say of a request.
struct Length {
    /// Unless nothing is to be said.
    said: Option<usize>,
    /// It says so, once and in plain digits.
    is_said: bool,
}

impl Length {
    /// Checks what the request says already.
    fn of(request: &Request<Vec<u8>>, place: &[u8]) -> Result<Self, TransportKind> {
        let says_zero = match *request.method() {
            Method::POST | Method::PUT | Method::PATCH => true,
            Method::GET | Method::HEAD | Method::DELETE | Method::OPTIONS => false,
            _ => return Err(TransportKind::Refused),
        };
        let length = request.body().len();
        let said = if length > 0 || says_zero { Some(length) } else { None };
        // Once through what there is, instead of looking for each name.
        let mut lengths = 0_usize;
        let mut is_plain = true;
        for (name, value) in request.headers() {
            let value = value.as_bytes();
            let is_right = match *name {
                HOST => is(value, place),
                CONTENT_LENGTH => {
                    lengths = lengths.saturating_add(1);
                    is_plain = value.iter().all(u8::is_ascii_digit) && !matches!(value, [b'0', _, ..]);
                    digits(value) == Some(length)
                }
                CONNECTION | TRANSFER_ENCODING | TE | TRAILER | UPGRADE | EXPECT => false,
                _ => !matches!(name.as_str(), "keep-alive" | "proxy-connection"),
            };
            if !is_right {
                return Err(TransportKind::Refused);
            }
        }
        let is_said = if said.is_some() { lengths == 1 && is_plain } else { lengths == 0 };
        Ok(Self { said, is_said })
    }

    fn finish(self, request: &mut Request<Vec<u8>>, host: Option<HeaderValue>) {
        let headers = request.headers_mut();
        if !self.is_said {
            headers.remove(CONTENT_LENGTH);
            if let Some(length) = self.said {
                headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
            }
        }
        if let Some(host) = host {
            headers.insert(HOST, host);
        }
        *request.version_mut() = Version::HTTP_11;
        *request.extensions_mut() = Extensions::new();
    }
}

/// What the `host` header of a request to this URI says: the host, and the port unless it is the scheme's own. `None` if
/// the URI is not absolute `http` or `https`, has a user name, or has no valid host and port.
#[must_use]
pub fn host(uri: &Uri) -> Option<HeaderValue> {
    HeaderValue::from_str(place(uri)?).ok()
}

fn place(uri: &Uri) -> Option<&str> {
    let own_port = match uri.scheme_str() {
        Some("https") => 443,
        Some("http") => 80,
        _ => return None,
    };
    let whole = uri.authority()?.as_str();
    // A user name would stand before the host.
    if whole.as_bytes().contains(&b'@') {
        return None;
    }
    let is_other = |byte: &u8| !byte.is_ascii_digit();
    let colon = whole.as_bytes().iter().rposition(is_other).filter(|last| whole.as_bytes().get(*last) == Some(&b':'));
    let (host, port) = match colon {
        Some(colon) => whole.split_at_checked(colon)?,
        // No port; the colons of an IPv6 address stand in brackets.
        None if whole.ends_with(']') || !whole.as_bytes().contains(&b':') => (whole, ":"),
        None => return None,
    };
    if host.is_empty() {
        return None;
    }
    if port == ":" {
        return Some(host);
    }
    match digits::<u16>(port.as_bytes().get(1..)?)? {
        0 => None,
        port if port == own_port => Some(host),
        _ => Some(whole),
    }
}

/// Checks the head of a reply before its body is read: that its body's end is marked in exactly one way, that the body
/// is not encoded, and that it fits `cap`. HTTP libraries are laxer, and each in another way; a reply that two readers
/// take for different replies must not let anybody in.
///
/// Without a body (HEAD, 1xx, 204, 304) no length is needed. HTTP/2 and later frame bodies themselves. A reply whose
/// status is 101 passes, as a status that no operation documents; the connection must not be used again after it.
///
/// # Errors
/// [`TransportKind::HeadTooLarge`] (more than [`MAX_HEADERS`] or [`MAX_HEAD`]), [`Protocol`](TransportKind::Protocol),
/// [`UnsupportedEncoding`](TransportKind::UnsupportedEncoding), [`Unframed`](TransportKind::Unframed) or
/// [`TooLarge`](TransportKind::TooLarge).
pub fn check_head(
    request: &Method,
    status: StatusCode,
    version: Version,
    headers: &HeaderMap,
    cap: usize,
) -> Result<(), TransportKind> {
    checked(request, status, version, headers, cap).map(|_| ())
}

/// The length that is declared, of a reply that passes and has a body.
fn checked(
    request: &Method,
    status: StatusCode,
    version: Version,
    headers: &HeaderMap,
    cap: usize,
) -> Result<Option<usize>, TransportKind> {
    let framing = Framing::of(headers);
    if headers.len() > MAX_HEADERS || framing.size > MAX_HEAD {
        return Err(TransportKind::HeadTooLarge);
    }
    let has_coding = framing.codings > 0;
    if has_coding {
        let chunked = framing.codings == 1 && framing.is_chunked;
        if !chunked && has_compression(headers) {
            return Err(TransportKind::UnsupportedEncoding);
        }
        if !chunked || framing.has_length || version != Version::HTTP_11 {
            return Err(TransportKind::Protocol);
        }
    }
    if framing.is_encoded {
        return Err(TransportKind::UnsupportedEncoding);
    }
    let length = framing.length?;
    if request == Method::HEAD || status.is_informational() || matches!(status.as_u16(), 204 | 304) {
        return Ok(None);
    }
    match length {
        Some(length) => match usize::try_from(length) {
            Ok(length) if length <= cap => Ok(Some(length)),
            _ => Err(TransportKind::TooLarge),
        },
        None if !has_coding && version <= Version::HTTP_11 => Err(TransportKind::Unframed),
        None => Ok(None),
    }
}

/// What the headers say of the body, from one look at each.
struct Framing {
    /// All headers as they stand on the wire: each with a colon, a space and the line's end.
    size: usize,
    has_length: bool,
    /// The length that all `content-length` headers agree on.
    length: Result<Option<u64>, TransportKind>,
    /// How many `transfer-encoding` there are.
    codings: usize,
    /// Whether the last of them says `chunked` alone.
    is_chunked: bool,
    /// Whether a `content-encoding` says another than `identity`.
    is_encoded: bool,
}

impl Framing {
    fn of(headers: &HeaderMap) -> Self {
        let mut framing =
            Self { size: 0, has_length: false, length: Ok(None), codings: 0, is_chunked: false, is_encoded: false };
        for (name, value) in headers {
            let value = value.as_bytes();
            let line = name.as_str().len().saturating_add(value.len()).saturating_add(4);
            framing.size = framing.size.saturating_add(line);
            match *name {
                CONTENT_LENGTH => {
                    framing.has_length = true;
                    framing.length = framing.length.and_then(|length| agree(length, value));
                }
                TRANSFER_ENCODING => {
                    framing.codings = framing.codings.saturating_add(1);
                    framing.is_chunked = is(value, b"chunked");
                }
                CONTENT_ENCODING => framing.is_encoded |= !is(value, b"identity"),
                _ => {}
            }
        }
        framing
    }
}

/// The length that this `content-length` says, as often as it says it, unless another was said before.
fn agree(mut length: Option<u64>, value: &[u8]) -> Result<Option<u64>, TransportKind> {
    // Nearly all say it once.
    if let (None, Some(only)) = (length, digits(value)) {
        return Ok(Some(only));
    }
    for value in value.split(|&byte| byte == b',') {
        let next = digits(value).ok_or(TransportKind::Protocol)?;
        if length.is_some_and(|length| length != next) {
            return Err(TransportKind::Protocol);
        }
        length = Some(next);
    }
    Ok(length)
}

/// A compression under `chunked`, which HTTP/1.1 allows, nobody uses and we did not ask for.
fn has_compression(headers: &HeaderMap) -> bool {
    let mut words =
        headers.get_all(TRANSFER_ENCODING).iter().flat_map(|value| value.as_bytes().split(|&byte| byte == b','));
    let known = [&b"gzip"[..], b"x-gzip", b"deflate", b"compress", b"x-compress", b"br", b"zstd"];
    words.any(|word| known.iter().any(|known| is(word, known)))
}

/// A number of ASCII digits alone, with white space around it.
fn digits<T: TryFrom<u64>>(text: &[u8]) -> Option<T> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return None;
    }
    let mut number = 0_u64;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number.checked_mul(10)?.checked_add(digit.into())?;
    }
    T::try_from(number).ok()
}

fn is(value: &[u8], word: &[u8]) -> bool {
    value.trim_ascii().eq_ignore_ascii_case(word)
}

/// A reply's body as it comes in, never longer than the cap.
pub struct Collected {
    bytes: Vec<u8>,
    cap: usize,
}

impl Collected {
    /// An empty body with room for the length that the headers declare, within the cap.
    #[must_use]
    pub fn new(headers: &HeaderMap, cap: usize) -> Self {
        Self::with_room(headers.get(CONTENT_LENGTH).and_then(|value| digits(value.as_bytes())), cap)
    }

    /// [`check_head`] and [`new`](Self::new) in one: the body of a reply to a request with this method.
    ///
    /// # Errors
    /// Those of [`check_head`].
    pub fn begin(request: &Method, head: &Parts, cap: usize) -> Result<Self, TransportKind> {
        let declared = checked(request, head.status, head.version, &head.headers, cap)?;
        Ok(Self::with_room(declared, cap))
    }

    fn with_room(declared: Option<usize>, cap: usize) -> Self {
        // At most this much on a server's word alone.
        let room = declared.unwrap_or(0).min(cap).min(64 * 1024);
        Self { bytes: Vec::with_capacity(room), cap }
    }

    /// Appends a piece.
    ///
    /// # Errors
    /// [`TransportKind::TooLarge`] when it passes the cap: then nothing of the piece is kept.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), TransportKind> {
        if piece.len() > self.cap.saturating_sub(self.bytes.len()) {
            return Err(TransportKind::TooLarge);
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }

    /// The reply: status, version, headers and the body. Nothing else that a library attached to it.
    #[must_use]
    pub fn into_response(self, mut head: Parts) -> Response<Vec<u8>> {
        head.extensions = Extensions::new();
        Response::from_parts(head, self.bytes)
    }
}

impl fmt::Debug for Collected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collected").field("len", &self.bytes.len()).field("cap", &self.cap).finish()
    }
}

/// How long to sleep before a flow that wants to wait until `until` is asked again: no more than a second, so that a
/// clock that jumps is noticed, and no less than a millisecond.
#[must_use]
pub fn pause(now: Timestamp, until: Timestamp) -> Duration {
    until.since(now).clamp(Duration::from_millis(1), Duration::from_secs(1))
}

/// A time limit within what operating systems and libraries can count with: a millisecond to a day.
#[must_use]
pub fn limit(time: Duration) -> Duration {
    time.clamp(Duration::from_millis(1), Duration::from_secs(24 * 60 * 60))
}

/// The address of an HTTP proxy, as [`SetupError::Proxy`] describes it. Its `Debug` does not show user and password.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyAddress {
    uri: Uri,
    credentials: Option<String>,
}

impl ProxyAddress {
    /// Reads `http://[user:password@]host[:port]`; user and password are percent-encoded.
    ///
    /// # Errors
    /// [`SetupError::Proxy`].
    pub fn new(text: &str) -> Result<Self, SetupError> {
        let rest = text.strip_prefix("http://").ok_or(SetupError::Proxy)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains(['/', '?', '#']) {
            return Err(SetupError::Proxy);
        }
        let (credentials, place) = match rest.rsplit_once('@') {
            Some((credentials, place)) => (Some(credentials), place),
            None => (None, rest),
        };
        let uri = Uri::builder().scheme("http").authority(place).path_and_query("/").build();
        let uri = uri.ok().filter(|uri| host(uri).is_some()).ok_or(SetupError::Proxy)?;
        let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().map(Into::into);
        let credentials: Option<String> = credentials.map(decode).transpose().map_err(|_| SetupError::Proxy)?;
        Ok(Self { uri, credentials })
    }

    /// Where the proxy is, without user and password.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// `user:password`, decoded, if there are any.
    #[must_use]
    pub fn credentials(&self) -> Option<&str> {
        self.credentials.as_deref()
    }
}

impl fmt::Debug for ProxyAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxyAddress").field("uri", &self.uri).finish_non_exhaustive()
    }
}
