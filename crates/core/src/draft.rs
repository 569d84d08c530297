use alloc::vec::Vec;
use core::fmt;
use core::mem::{swap, take};

use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::uri::{Parts, PathAndQuery};
use http::{Request, Uri};
use serde::Serialize;

use crate::secret::{Kind, Secret};
use crate::target::Target;
use crate::{BaseUrl, BuildError, BuildFault, Credential, Encoder, InvalidValue, Media, Reason, Route, Value};

/// The longest request target (path and query) that is sent, in bytes.
pub const MAX_TARGET: usize = 16_384;

/// A request in the making. An operation's [`write`](crate::Endpoint::write) fills it in.
///
/// Path values come in the order of the route, then the query, headers and body in any order. The first fault is
/// remembered and the request is not built, so that `write` needs no `?`.
///
/// Only [`segment`](Self::segment) and [`query`](Self::query) touch the request target, and they escape everything but
/// unreserved characters: no value can reach another route, another parameter or another host.
pub struct Draft {
    operation: &'static str,
    route: &'static Route,
    /// Path and query, written from left to right.
    target: Target,
    /// How many path values were written.
    segments: usize,
    has_query: bool,
    headers: HeaderMap,
    body: Vec<u8>,
    fault: Option<BuildFault>,
}

impl Draft {
    #[inline]
    pub(crate) fn new(operation: &'static str, route: &'static Route) -> Self {
        Self {
            operation,
            route,
            target: Target::new(),
            segments: 0,
            has_query: false,
            // Its first room is for six, and few of our operations send more.
            headers: HeaderMap::new(),
            body: Vec::new(),
            fault: None,
        }
    }

    /// Writes the base's prefix and the route up to its first value. Not in [`new`](Self::new), so that a draft is made
    /// in its place and not copied there.
    pub(crate) fn start(&mut self, base: &BaseUrl) {
        self.target.push(base.prefix().as_bytes());
        // A route's path alone is there already, see `finish`.
        if self.target.len() > 0 || self.route.name(0).is_some() {
            self.push_literal();
        }
    }

    /// Writes what stands in the route behind the last value.
    fn push_literal(&mut self) {
        self.target.push(self.route.literal(self.segments).unwrap_or_default().as_bytes());
    }

    /// Writes the next path value of the route. Refused when it is empty, `.`, `..`, or a word that would be another
    /// route, and when `name` is not the next name of the route.
    pub fn segment(&mut self, name: &'static str, value: impl Value) -> &mut Self {
        if self.route.name(self.segments) != Some(name) || self.has_query {
            return self.refuse(BuildFault::Segment(name));
        }
        let start = self.target.len();
        self.encode(name, &value);
        let written = self.target.as_bytes().get(start..).unwrap_or_default();
        // In any case of its letters: many routers do not tell them apart.
        let is_word = |word: &str| word.as_bytes().eq_ignore_ascii_case(written);
        let reserved = self.route.exception().is_some_and(|(other, word)| other == name && is_word(word));
        let reason = match written {
            b"" => Some(Reason::Empty),
            b"." | b".." => Some(Reason::DotSegment),
            _ if reserved => Some(Reason::Reserved),
            _ => None,
        };
        if let Some(reason) = reason {
            self.refuse(InvalidValue::new(name, reason).into());
        }
        self.segments += 1;
        self.push_literal();
        self
    }

    /// Appends a query parameter. Must come after all path values.
    pub fn query(&mut self, name: &'static str, value: impl Value) -> &mut Self {
        if let Some(missing) = self.route.name(self.segments) {
            return self.refuse(BuildFault::Segment(missing));
        }
        if self.target.len() == 0 {
            self.push_literal();
        }
        self.target.push(if self.has_query { b"&" } else { b"?" });
        self.has_query = true;
        self.encode(name, name);
        self.target.push(b"=");
        self.encode(name, &value);
        self
    }

    /// Appends a query parameter if there is a value.
    pub fn query_opt(&mut self, name: &'static str, value: Option<impl Value>) -> &mut Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    fn encode(&mut self, name: &'static str, value: &(impl Value + ?Sized)) {
        let mut encoder = Encoder::new(&mut self.target, name);
        value.write(&mut encoder);
        if let Err(fault) = encoder.finish() {
            self.refuse(fault);
        }
    }

    /// Says which media type we want in answer.
    pub fn accept(&mut self, media: Media) -> &mut Self {
        self.header(ACCEPT, media.to_header())
    }

    /// Sets a header. For a secret use [`secret_header`](Self::secret_header).
    pub fn header(&mut self, name: HeaderName, value: HeaderValue) -> &mut Self {
        self.headers.insert(name, value);
        self
    }

    /// Sets a header to a secret, marked sensitive.
    pub fn secret_header<K: Kind>(&mut self, name: HeaderName, secret: &Secret<K>) -> &mut Self {
        match secret.to_header() {
            Ok(value) => self.header(name, value),
            Err(invalid) => self.refuse(invalid.into()),
        }
    }

    /// Sets a header to a credential of ours that was prepared when the provider was set up.
    pub fn credential(&mut self, name: HeaderName, credential: &Credential) -> &mut Self {
        match credential.header() {
            Ok(value) => self.header(name, value),
            Err(fault) => self.refuse(fault),
        }
    }

    /// Sets the body to a value as JSON.
    pub fn json<T: Serialize + ?Sized>(&mut self, value: &T) -> &mut Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.body(Media::JSON, bytes),
            Err(_) => self.refuse(BuildFault::Json),
        }
    }

    /// Sets the body.
    pub fn body(&mut self, media: Media, bytes: Vec<u8>) -> &mut Self {
        self.body = bytes;
        self.header(CONTENT_TYPE, media.to_header())
    }

    /// Refuses to build the request, unless it was refused before.
    pub fn refuse(&mut self, fault: BuildFault) -> &mut Self {
        self.fault.get_or_insert(fault);
        self
    }

    /// The request; `plain` is the route's path if there is nothing to fill in.
    /// Takes headers and body, for to hand over a whole draft is to copy it.
    pub(crate) fn finish(
        &mut self,
        base: &BaseUrl,
        plain: Option<PathAndQuery>,
    ) -> Result<Request<Vec<u8>>, BuildError> {
        if let Some(missing) = self.route.name(self.segments) {
            self.refuse(BuildFault::Segment(missing));
        }
        if self.target.len() > MAX_TARGET {
            self.refuse(BuildFault::TargetTooLong);
        }
        let operation = self.operation;
        if let Some(fault) = self.fault.take() {
            return Err(BuildError::new(operation, fault));
        }
        // HTTP clients disagree about the length of an absent body; said here, it is the same on every wire.
        let method = self.route.method();
        if self.body.is_empty() && method.expects_body() {
            self.headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        } else if !self.body.is_empty() {
            self.headers.insert(CONTENT_LENGTH, number(self.body.len()));
        }
        let target = match plain {
            Some(plain) if self.target.len() == 0 => Some(plain),
            // A copy, of the exact size.
            _ => PathAndQuery::try_from(self.target.as_bytes()).ok(),
        };
        let uri =
            target.and_then(|target| uri(base, target)).ok_or(BuildError::new(operation, BuildFault::TargetTooLong))?;
        let mut request = Request::new(take(&mut self.body));
        *request.method_mut() = method.into();
        *request.uri_mut() = uri;
        swap(request.headers_mut(), &mut self.headers);
        Ok(request)
    }
}

/// A number as a header value, in memory of its exact size: `HeaderValue::from` allocates twice.
fn number(number: usize) -> HeaderValue {
    let mut buffer = itoa::Buffer::new();
    HeaderValue::from_str(buffer.format(number)).unwrap_or_else(|_| HeaderValue::from(number))
}

/// From parts, so that the origin is the base's whatever the path holds.
fn uri(base: &BaseUrl, target: PathAndQuery) -> Option<Uri> {
    let mut parts = Parts::default();
    parts.scheme = Some(base.scheme().clone());
    parts.authority = Some(base.authority().clone());
    parts.path_and_query = Some(target);
    Uri::from_parts(parts).ok()
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft").field("operation", &self.operation).field("route", &self.route).finish_non_exhaustive()
    }
}
