use core::fmt;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

/// A media type that the providers use. Compared by its essence: case and parameters do not count.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Media(&'static str);

impl Media {
    /// `application/json`; on replies also any `application/…+json`.
    pub const JSON: Self = Self("application/json");
    /// `application/jwt` (RFC 7519, section 10.3.1).
    pub const JWT: Self = Self("application/jwt");
    /// `application/octet-stream`.
    pub const BYTES: Self = Self("application/octet-stream");
    /// `image/png`.
    pub const PNG: Self = Self("image/png");
    /// `text/plain`.
    pub const TEXT: Self = Self("text/plain");

    /// The type as it is written in a header, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// A header value of this type, with no parameters. Allocates nothing.
    #[must_use]
    pub const fn to_header(self) -> HeaderValue {
        HeaderValue::from_static(self.0)
    }

    /// Whether the headers name this media type, or none at all.
    ///
    /// With several `content-type` headers, every one must fit.
    #[must_use]
    pub fn fits(self, headers: &HeaderMap) -> bool {
        headers.get_all(CONTENT_TYPE).iter().all(|value| self.is_essence_of(value.as_bytes()))
    }

    fn is_essence_of(self, value: &[u8]) -> bool {
        let essence = value.split(|&byte| byte == b';').next().unwrap_or(value).trim_ascii();
        essence.eq_ignore_ascii_case(self.0.as_bytes()) || (self == Self::JSON && is_json_suffix(essence))
    }
}

/// `application/<name>+json`, RFC 6839.
fn is_json_suffix(essence: &[u8]) -> bool {
    let application = essence.get(..12).is_some_and(|head| head.eq_ignore_ascii_case(b"application/"));
    let suffix = essence.len().checked_sub(5).and_then(|at| essence.get(at..));
    application && essence.len() > 17 && suffix.is_some_and(|tail| tail.eq_ignore_ascii_case(b"+json"))
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Media({})", self.0)
    }
}
