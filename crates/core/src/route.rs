use core::fmt;

use http::uri::PathAndQuery;

/// How many path values a route can have.
const MAX_VALUES: usize = 4;

/// The method and the path template of an operation, for example `GET /servers/{serverid}/sessions/`.
///
/// Made in a `const`, where the template is split into literals and names and checked: a malformed one does not
/// compile. (Outside of a `const` it panics.) The template is the only form of a request's path that a log may show.
///
/// A template starts with `/`. A segment is a literal of unreserved characters, or a value's `{name}`, of which there are
/// four at most, no two alike. No segment is empty, `.` or `..`, but the last may be empty: a slash at the end is kept.
///
/// ```
/// use authwire_core::{Method, Route};
///
/// const ROUTE: Route = Route::get("/servers/{serverid}/sessions/");
/// assert_eq!(ROUTE.method(), Method::Get);
/// assert_eq!(ROUTE.names().collect::<Vec<_>>(), ["serverid"]);
/// ```
///
/// ```compile_fail
/// # use authwire_core::Route;
/// const ROUTE: Route = Route::get("/servers/{serverid/sessions/"); // no closing brace
/// # fn main() { let _ = ROUTE; }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Route {
    method: Method,
    template: &'static str,
    /// One more than there are names: name `i` stands between the literals `i` and `i + 1`.
    literals: [&'static str; MAX_VALUES + 1],
    names: [&'static str; MAX_VALUES],
    count: usize,
    /// A name and a value that it must not have, for it would be another route.
    except: Option<(&'static str, &'static str)>,
}

/// The request methods that the providers use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// GET: reads.
    Get,
    /// HEAD: as GET, answered without a body.
    Head,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

impl Method {
    /// Whether a request of this method carries a `content-length` also when its body is empty (RFC 9110, section 8.6).
    #[must_use]
    pub const fn expects_body(self) -> bool {
        matches!(self, Self::Post | Self::Put | Self::Patch)
    }
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Head => Self::HEAD,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
            Method::Delete => Self::DELETE,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(http::Method::from(*self).as_str())
    }
}

// These functions run in `const`, where a panic is a compile error: that is the check.
#[expect(clippy::indexing_slicing, clippy::missing_panics_doc, reason = "evaluated by the compiler")]
impl Route {
    /// A route with the method GET.
    #[must_use]
    pub const fn get(template: &'static str) -> Self {
        Self::new(Method::Get, template)
    }

    /// A route with the method HEAD.
    #[must_use]
    pub const fn head(template: &'static str) -> Self {
        Self::new(Method::Head, template)
    }

    /// A route with the method POST.
    #[must_use]
    pub const fn post(template: &'static str) -> Self {
        Self::new(Method::Post, template)
    }

    /// A route with the method PUT.
    #[must_use]
    pub const fn put(template: &'static str) -> Self {
        Self::new(Method::Put, template)
    }

    /// A route with the method PATCH.
    #[must_use]
    pub const fn patch(template: &'static str) -> Self {
        Self::new(Method::Patch, template)
    }

    /// A route with the method DELETE.
    #[must_use]
    pub const fn delete(template: &'static str) -> Self {
        Self::new(Method::Delete, template)
    }

    /// The same route, where the value `name` must not be `word`, in any case of its letters: that text is a literal of
    /// another route. One such word a route.
    #[must_use]
    pub const fn except(mut self, name: &'static str, word: &'static str) -> Self {
        assert!(self.except.is_none(), "one exception a route");
        let mut known = false;
        let mut index = 0;
        while index < self.count {
            known = known || same(self.names[index].as_bytes(), name.as_bytes());
            index += 1;
        }
        assert!(known, "the exception names no value of the route");
        assert!(is_plain(word.as_bytes()), "the excepted word must be plain");
        self.except = Some((name, word));
        self
    }

    /// Splits and checks a template: starts with `/`; literals of unreserved characters and slashes, no empty, `.` or
    /// `..` segment but an empty last one; each `{name}` a whole segment, no name twice.
    const fn new(method: Method, template: &'static str) -> Self {
        let mut route =
            Self { method, template, literals: [""; MAX_VALUES + 1], names: [""; MAX_VALUES], count: 0, except: None };
        let bytes = template.as_bytes();
        assert!(!bytes.is_empty() && bytes[0] == b'/', "a template starts with a slash");
        let mut literal_start = 0;
        let mut at = 0;
        while at < bytes.len() {
            // `at` is on the slash before a segment.
            let start = at + 1;
            let mut end = start;
            while end < bytes.len() && bytes[end] != b'/' {
                end += 1;
            }
            if start < end && bytes[start] == b'{' {
                assert!(bytes[end - 1] == b'}', "a value in braces is a whole segment");
                let name = part(bytes, start + 1, end - 1);
                assert!(is_plain(name.as_bytes()), "a name has letters, digits and -._~ only");
                assert!(route.count < MAX_VALUES, "too many values in a template");
                let mut index = 0;
                while index < route.count {
                    assert!(!same(route.names[index].as_bytes(), name.as_bytes()), "a name stands twice");
                    index += 1;
                }
                route.literals[route.count] = part(bytes, literal_start, start);
                route.names[route.count] = name;
                route.count += 1;
                literal_start = end;
            } else {
                let segment = part(bytes, start, end);
                assert!(is_plain(segment.as_bytes()) || end == bytes.len(), "a literal is empty or not plain");
                assert!(segment.is_empty() || is_plain(segment.as_bytes()), "a literal is not plain");
            }
            at = end;
        }
        route.literals[route.count] = part(bytes, literal_start, bytes.len());
        route
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The path template, with `{name}` for each value: what a log may show.
    #[must_use]
    pub const fn template(&self) -> &'static str {
        self.template
    }
}

impl Route {
    /// The names of the path values, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.into_iter().take(self.count)
    }

    /// The value and the word that it must not be, if there is one.
    #[must_use]
    pub const fn exception(&self) -> Option<(&'static str, &'static str)> {
        self.except
    }

    /// The path of a route that has no values, checked by the compiler and not once a request.
    pub(crate) const fn plain(&self) -> Option<PathAndQuery> {
        if self.count == 0 { Some(PathAndQuery::from_static(self.template)) } else { None }
    }

    /// The literal before the value with this number, or after the last one.
    pub(crate) fn literal(&self, index: usize) -> Option<&'static str> {
        self.literals.get(index).copied()
    }

    /// The name of the value with this number.
    pub(crate) fn name(&self, index: usize) -> Option<&'static str> {
        self.names.get(index).copied().filter(|_| index < self.count)
    }
}

/// `bytes[from..to]` of a template, in const.
#[expect(clippy::panic, reason = "evaluated by the compiler")]
const fn part(bytes: &'static [u8], from: usize, to: usize) -> &'static str {
    let (head, _) = bytes.split_at(to);
    let (_, middle) = head.split_at(from);
    match core::str::from_utf8(middle) {
        Ok(text) => text,
        Err(_) => panic!("a template is ASCII"),
    }
}

/// Unreserved characters only, not empty, no dot segment.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn is_plain(text: &[u8]) -> bool {
    let mut index = 0;
    let mut dots = 0;
    while index < text.len() {
        let byte = text[index];
        if !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')) {
            return false;
        }
        if byte == b'.' {
            dots += 1;
        }
        index += 1;
    }
    let is_dot_segment = dots == text.len() && dots <= 2;
    !text.is_empty() && !is_dot_segment
}

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.template)
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Route({self})")
    }
}
