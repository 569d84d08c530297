//! A request as an emulated provider sees it: the target without the provider's prefix, and decoding.

use http::{HeaderMap, Method, Request, Uri};
use percent_encoding::percent_decode_str;

/// A borrowed view of a request, below the provider's path prefix.
pub(crate) struct Incoming<'a> {
    uri: &'a Uri,
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

impl<'a> Incoming<'a> {
    /// `None` when the path is not under `prefix` (`""`, or `/` and a name, without a slash at the end).
    pub(crate) fn under(prefix: &str, request: &'a Request<Vec<u8>>) -> Option<Self> {
        let path = request.uri().path().strip_prefix(prefix)?;
        if !(path.is_empty() || path.starts_with('/')) {
            return None;
        }
        Some(Self {
            uri: request.uri(),
            method: request.method(),
            path,
            query: request.uri().query(),
            headers: request.headers(),
            body: request.body(),
        })
    }

    /// The base URL that the client took: origin, from the target or the `Host` header, and path prefix. For the links in
    /// an answer.
    pub(crate) fn base(&self) -> Option<String> {
        let scheme = self.uri.scheme_str().unwrap_or("http");
        let host = match (self.uri.authority(), self.header("host")) {
            (Some(authority), _) => authority.as_str(),
            (None, Header::Once(host)) => host,
            _ => return None,
        };
        Some(format!("{scheme}://{host}{}", self.prefix()))
    }

    /// The path prefix that was taken off.
    pub(crate) fn prefix(&self) -> &'a str {
        self.uri.path().strip_suffix(self.path).unwrap_or_default()
    }

    /// The same request for another path, below the same prefix and without a query.
    pub(crate) fn at(&self, path: &'a str) -> Self {
        Self { path, query: None, ..*self }
    }

    /// The text of a header that stands exactly once and is visible ASCII.
    pub(crate) fn header(&self, name: &str) -> Header<'a> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Header::Absent,
            (Some(value), None) => match value.to_str() {
                Ok(text) if !text.is_empty() && !text.contains(char::is_whitespace) => Header::Once(text),
                _ => Header::Malformed,
            },
            (Some(_), Some(_)) => Header::Malformed,
        }
    }

    /// Whether the body says that it is JSON. The parameters do not matter.
    pub(crate) fn says_json(&self) -> bool {
        self.headers
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|media| media.trim().eq_ignore_ascii_case(crate::reply::JSON))
    }
}

/// What a request says under a header name that may stand at most once.
pub(crate) enum Header<'a> {
    Absent,
    Once(&'a str),
    /// Empty, twice there, or with anything but visible ASCII.
    Malformed,
}

/// Decodes `%XX` exactly once. `None` for a `%` without two hexadecimal digits, and for what is not UTF-8 then.
pub(crate) fn decode(raw: &str) -> Option<String> {
    let whole = raw.split('%').skip(1).all(|rest| {
        let mut digits = rest.bytes();
        let mut hex = || digits.next().is_some_and(|byte| byte.is_ascii_hexdigit());
        hex() && hex()
    });
    if !whole {
        return None;
    }
    let text = percent_decode_str(raw).decode_utf8().ok()?;
    Some(text.into_owned())
}

/// The pairs of a query in their order: `+` is a space, as in a form. A name without `=` has an empty value.
pub(crate) fn query_pairs(query: Option<&str>) -> Option<Vec<(String, String)>> {
    let form = |raw: &str| decode(&raw.replace('+', " "));
    query
        .unwrap_or_default()
        .split('&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            Some((form(name)?, form(value)?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{decode, query_pairs};

    #[test]
    fn decodes_once_and_strictly() {
        assert_eq!(decode("a%2Fb%252F+").as_deref(), Some("a/b%2F+"));
        assert_eq!(decode("%C3%A9").as_deref(), Some("é"));
        for bad in ["%", "%2", "%zz", "a%2", "%ff", "%+1"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_query_is_read_as_a_form() {
        let pairs = query_pairs(Some("a=1+2&&b=%2B%3D=&c")).unwrap_or_default();
        let pairs: Vec<_> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("a", "1 2"), ("b", "+=="), ("c", "")]);
        assert_eq!(query_pairs(Some("a=%")), None);
        assert_eq!(query_pairs(None), Some(Vec::new()));
    }
}
