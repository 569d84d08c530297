use core::fmt;

use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

/// A media type that the providers use. Compared by its essence: case and parameters do not count.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Media(Type);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Type {
    Json,
    Jwt,
    Bytes,
    Png,
    Text,
}

impl Media {
    /// `application/json`; on replies also any `application/…+json`.
    pub const JSON: Self = Self(Type::Json);
    /// `application/jwt` (RFC 7519, section 10.3.1).
    pub const JWT: Self = Self(Type::Jwt);
    /// `application/octet-stream`.
    pub const BYTES: Self = Self(Type::Bytes);
    /// `image/png`.
    pub const PNG: Self = Self(Type::Png);
    /// `text/plain`.
    pub const TEXT: Self = Self(Type::Text);

    /// The type as it is written in a header, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self.0 {
            Type::Json => "application/json",
            Type::Jwt => "application/jwt",
            Type::Bytes => "application/octet-stream",
            Type::Png => "image/png",
            Type::Text => "text/plain",
        }
    }

    /// A header value of this type, with no parameters. Allocates nothing.
    #[must_use]
    pub const fn to_header(self) -> HeaderValue {
        // Each checked by the compiler and not once a request.
        match self.0 {
            Type::Json => const { HeaderValue::from_static(Media::JSON.as_str()) },
            Type::Jwt => const { HeaderValue::from_static(Media::JWT.as_str()) },
            Type::Bytes => const { HeaderValue::from_static(Media::BYTES.as_str()) },
            Type::Png => const { HeaderValue::from_static(Media::PNG.as_str()) },
            Type::Text => const { HeaderValue::from_static(Media::TEXT.as_str()) },
        }
    }

    /// Whether the headers name this media type, or none at all.
    ///
    /// With several `content-type` headers, every one must fit.
    #[must_use]
    pub fn fits(self, headers: &HeaderMap) -> bool {
        let fits = |value: &HeaderValue| self.is_essence_of(value.as_bytes());
        if headers.len() == headers.keys_len() {
            // No header stands twice.
            return headers.get(CONTENT_TYPE).is_none_or(fits);
        }
        headers.get_all(CONTENT_TYPE).iter().all(fits)
    }

    fn is_essence_of(self, value: &[u8]) -> bool {
        // Most servers write just this.
        if value == self.as_str().as_bytes() {
            return true;
        }
        let essence = value.split(|&byte| byte == b';').next().unwrap_or(value).trim_ascii();
        essence.eq_ignore_ascii_case(self.as_str().as_bytes()) || (self == Self::JSON && is_json_suffix(essence))
    }
}

/// `application/<name>+json` (RFC 6839, section 3.1), the name of RFC 6838's characters (section 4.2): a list of types is
/// no type.
fn is_json_suffix(essence: &[u8]) -> bool {
    let Some((head, rest)) = essence.split_at_checked(b"application/".len()) else { return false };
    let Some((name, tail)) = rest.len().checked_sub(b"+json".len()).and_then(|at| rest.split_at_checked(at)) else {
        return false;
    };
    let name_fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(byte);
    head.eq_ignore_ascii_case(b"application/")
        && tail.eq_ignore_ascii_case(b"+json")
        && !name.is_empty()
        && name.iter().all(name_fits)
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Media({self})")
    }
}
