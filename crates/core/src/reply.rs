use core::fmt;

use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::{Kind, Malformed, Media, ReplyError, png};

/// A reply being read: status, headers and body of an `http::Response`, borrowed.
///
/// The readers ([`json`](Self::json), [`done`](Self::done), [`png`](Self::png), …) give the body in one documented form
/// or [`Kind::Malformed`]; they do not look at the status, which the operation has matched before. The verdicts
/// ([`refused`](Self::refused), [`our_credential`](Self::our_credential), …) all return an `Err`.
#[derive(Clone, Copy)]
pub struct Reply<'a> {
    operation: &'static str,
    status: StatusCode,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

impl<'a> Reply<'a> {
    /// A reply to the operation with this name.
    #[must_use]
    pub fn new<B: AsRef<[u8]>>(operation: &'static str, response: &'a http::Response<B>) -> Self {
        Self { operation, status: response.status(), headers: response.headers(), body: response.body().as_ref() }
    }

    /// The same reply, to the operation with this name.
    #[must_use]
    pub fn to_operation(self, operation: &'static str) -> Self {
        Self { operation, ..self }
    }

    /// The name of the operation that is answered.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// The status, 100 to 999.
    #[must_use]
    pub fn code(&self) -> u16 {
        self.status.as_u16()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// The body as it came, in no particular form.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Reads a JSON object.
    ///
    /// The media type is absent or JSON, the first character is `{` (serde's derive would also take an array for a
    /// struct), and nothing follows the object. `T` should be a plain derived struct: then a key that stands twice is an
    /// error, and unknown keys are ignored. Only the outermost value is held to be an object here; a struct inside
    /// `T` is an [`Object`](crate::Object) of it. What `T` does not keep, it may borrow from the body, as a
    /// [`Text`](crate::Text) does.
    ///
    /// # Errors
    /// [`Kind::Malformed`] when it is anything else.
    pub fn json<T: Deserialize<'a>, R>(&self) -> Result<T, ReplyError<R>> {
        self.json_as(Media::JSON)
    }

    /// Reads a JSON object that is announced as another media type, as [`json`](Self::json) does otherwise.
    ///
    /// # Errors
    /// [`Kind::Malformed`] when it is anything else.
    pub fn json_as<T: Deserialize<'a>, R>(&self, media: Media) -> Result<T, ReplyError<R>> {
        self.json_starting_with(media, b'{')
    }

    /// Reads a bare JSON string.
    ///
    /// # Errors
    /// [`Kind::Malformed`] when it is anything else.
    pub fn json_string<R>(&self) -> Result<alloc::string::String, ReplyError<R>> {
        self.json_starting_with(Media::JSON, b'"')
    }

    fn json_starting_with<T: Deserialize<'a>, R>(&self, media: Media, first: u8) -> Result<T, ReplyError<R>> {
        let text = self.text(media)?;
        if text.trim_ascii_start().as_bytes().first() != Some(&first) {
            return self.malformed(Malformed::Json { line: 1, column: 1 });
        }
        serde_json::from_str(text).or_else(|error| {
            // Not its message: it may quote the value, and that may be a token.
            self.malformed(Malformed::Json { line: error.line(), column: error.column() })
        })
    }

    /// Reads a JSON object for what an error says, whatever the media type: `None` if it is not of that shape, for an
    /// unreadable error body must not change what the status says.
    #[must_use]
    pub fn error_json<T: Deserialize<'a>>(&self) -> Option<T> {
        let text = core::str::from_utf8(self.body).ok()?;
        let is_object = text.trim_ascii_start().starts_with('{');
        if is_object { serde_json::from_str(text).ok() } else { None }
    }

    /// Reads a text of this media type that is not empty.
    ///
    /// # Errors
    /// [`Kind::Malformed`] when it is anything else.
    pub fn text<R>(&self, media: Media) -> Result<&'a str, ReplyError<R>> {
        let bytes = self.bytes(media)?;
        core::str::from_utf8(bytes).or_else(|_| self.malformed(Malformed::Encoding))
    }

    /// Reads bytes of this media type that are not empty.
    ///
    /// # Errors
    /// [`Kind::Malformed`] when the body is empty or the media type another.
    pub fn bytes<R>(&self, media: Media) -> Result<&'a [u8], ReplyError<R>> {
        self.bytes_if(media.fits(self.headers))
    }

    fn bytes_if<R>(&self, media_fits: bool) -> Result<&'a [u8], ReplyError<R>> {
        if self.body.is_empty() {
            return self.malformed(Malformed::Empty);
        }
        if !media_fits {
            return self.malformed(Malformed::MediaType);
        }
        Ok(self.body)
    }

    /// Reads a PNG picture, announced as `image/png` or `application/octet-stream` or not at all: whole by its
    /// structure, each side 1 to [`MAX_PNG_SIDE`](crate::MAX_PNG_SIDE) pixels. Its pixels are not decoded.
    ///
    /// # Errors
    /// [`Kind::Malformed`] when it is anything else.
    pub fn png<R>(&self) -> Result<&'a [u8], ReplyError<R>> {
        let bytes = self.bytes_if(Media::PNG.fits(self.headers) || Media::BYTES.fits(self.headers))?;
        if png::is_whole(bytes) { Ok(bytes) } else { self.malformed(Malformed::Image) }
    }

    /// Reads nothing: the operation is documented to answer without a body.
    ///
    /// # Errors
    /// [`Kind::Malformed`] when there is a body: a page of a captive portal is not a success.
    pub fn done<R>(&self) -> Result<(), ReplyError<R>> {
        if self.body.is_empty() { Ok(()) } else { self.malformed(Malformed::NotEmpty) }
    }

    /// The verdict: a documented refusal.
    ///
    /// # Errors
    /// Always.
    pub fn refused<T, R>(&self, refusal: R) -> Result<T, ReplyError<R>> {
        self.verdict(Kind::Refused(refusal))
    }

    /// The verdict: the provider does not accept our credential.
    ///
    /// # Errors
    /// Always.
    pub fn our_credential<T, R>(&self) -> Result<T, ReplyError<R>> {
        self.verdict(Kind::OurCredential)
    }

    /// The verdict: a 401 or 403 of which nobody can say whose credential it means.
    ///
    /// # Errors
    /// Always.
    pub fn unattributed<T, R>(&self) -> Result<T, ReplyError<R>> {
        self.verdict(Kind::Unattributed)
    }

    /// The verdict: the answer is about something or somebody else than was asked for.
    ///
    /// # Errors
    /// Always.
    pub fn mismatch<T, R>(&self, field: &'static str) -> Result<T, ReplyError<R>> {
        self.malformed(Malformed::Mismatch(field))
    }

    /// The verdict: the status is right and what came with it is not.
    ///
    /// # Errors
    /// Always.
    pub fn malformed<T, R>(&self, malformed: Malformed) -> Result<T, ReplyError<R>> {
        self.verdict(Kind::Malformed(malformed))
    }

    /// The verdict by the status alone, where the provider's documents say nothing: 401 and 403
    /// [`Unattributed`](Kind::Unattributed), 429 [`Throttled`](Kind::Throttled), 5xx [`Unavailable`](Kind::Unavailable),
    /// else [`Unexpected`](Kind::Unexpected).
    ///
    /// # Errors
    /// Always.
    pub fn other<T, R>(&self) -> Result<T, ReplyError<R>> {
        self.verdict(match self.code() {
            401 | 403 => Kind::Unattributed,
            429 => Kind::Throttled,
            500..=599 => Kind::Unavailable,
            _ => Kind::Unexpected,
        })
    }

    fn verdict<T, R>(&self, kind: Kind<R>) -> Result<T, ReplyError<R>> {
        Err(ReplyError::new(self, kind))
    }
}

impl<'a, B: AsRef<[u8]>> From<&'a http::Response<B>> for Reply<'a> {
    /// A reply to an operation that is not known yet: a flow knows.
    fn from(response: &'a http::Response<B>) -> Self {
        Self::new("", response)
    }
}

impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("operation", &self.operation)
            .field("status", &self.code())
            .finish_non_exhaustive()
    }
}
