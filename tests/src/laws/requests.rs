//! L1 and L4: a request fails to build, or it is the operation that was meant, with the values that were meant.

use authwire_core::{Auth, MAX_TARGET, Method};
use authwire_emulator::Routed;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Request;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::bytes::Bytes;
use crate::source::{Decided, Given};
use crate::subject::{Operation, Shape, Subject};

/// Any operation of any provider with any values. Says whether a request was built.
pub fn request(subjects: &[Subject], input: &[u8]) -> bool {
    let mut bytes = Bytes::new(input);
    let subject = &subjects[bytes.below(subjects.len())];
    let operation = &subject.operations[bytes.below(subject.operations.len())];
    request_of(subject, operation, &mut bytes)
}

/// This operation with any values. Says whether a request was built.
pub fn request_of(subject: &Subject, operation: &Operation, bytes: &mut Bytes<'_>) -> bool {
    let mut source = Decided::new(bytes, subject.plausible, operation.name);
    let Ok(made) = operation.make(&mut source) else { return false };
    let request = match made.request() {
        Ok(request) => request,
        Err(error) => {
            assert_eq!(error.operation(), operation.name, "an error names its operation");
            return false;
        }
    };
    stays_on_route(subject, operation, &request);
    is_framed(operation, &request);
    // Unless the input guessed it.
    if !input_names_credential(subject, &source.given) {
        hides_credentials(subject, &request);
        assert_eq!(carries_credential(subject, &request), operation.auth == Auth::Provider, "{}", operation.name);
    }
    let prefix = subject.world.base.prefix();
    let routed = (subject.route)(prefix, &request)
        .unwrap_or_else(|| panic!("{}: the server knows no route for what was sent", operation.name));
    assert_eq!(routed.operation, operation.id, "the server takes it for another operation");
    let sent = Sent { request: &request, routed: &routed, body: serde_json::from_slice(request.body()).ok() };
    arrives(subject, operation, &sent, &source.given);
    nothing_else(subject, operation, &sent, &source.given);
    true
}

/// L4: origin, prefix, literals and the number of segments are the route's, for two independent readers of URLs.
fn stays_on_route(subject: &Subject, operation: &Operation, request: &Request<Vec<u8>>) {
    let base = &subject.world.base;
    let uri = request.uri();
    assert_eq!(uri.scheme(), Some(base.scheme()));
    assert_eq!(uri.authority(), Some(base.authority()));
    assert_eq!(request.method(), http::Method::from(operation.route.method()));
    let target = uri.path_and_query().expect("a target").as_str();
    assert!(target.len() <= MAX_TARGET, "{}: a target of {} bytes", operation.name, target.len());
    assert!(
        target.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%/?&=".contains(&byte)),
        "{}: the target has a byte that is not escaped",
        operation.name
    );
    let path = uri.path().strip_prefix(base.prefix()).expect("the path is under the prefix");
    let (mut sent, mut template) = (path.split('/'), operation.route.template().split('/'));
    loop {
        match (sent.next(), template.next()) {
            (None, None) => break,
            (Some(value), Some(name)) if name.starts_with('{') => {
                assert!(!matches!(value, "" | "." | ".."), "{}: {name} is {value:?}", operation.name);
            }
            (sent, literal) => assert_eq!(sent, literal, "{}: a literal of the route changed", operation.name),
        }
    }
    // The rules of browsers, which resolve dot segments and turn backslashes.
    let other = url::Url::parse(&uri.to_string()).expect("another reader reads the URI");
    assert_eq!(other.path(), uri.path());
    assert_eq!(other.query(), uri.query());
    assert_eq!(other.host_str(), uri.host());
    assert_eq!(other.fragment(), None);
}

fn is_framed(operation: &Operation, request: &Request<Vec<u8>>) {
    let lengths: Vec<_> = request.headers().get_all(CONTENT_LENGTH).iter().collect();
    let expects = matches!(operation.route.method(), Method::Post | Method::Put | Method::Patch);
    if expects || !request.body().is_empty() {
        assert_eq!(lengths, [&request.body().len().to_string()], "{}: content-length", operation.name);
    } else {
        assert!(lengths.is_empty(), "{}: a content-length without a body", operation.name);
    }
    assert!(!request.headers().contains_key("transfer-encoding"));
    assert!(!request.headers().contains_key("host"), "the transport's");
}

fn input_names_credential(subject: &Subject, given: &[(&'static str, Given)]) -> bool {
    let world = &subject.world;
    given.iter().any(|(_, given)| {
        matches!(given, Given::Text(text) if text.contains(world.credential) || text.contains(world.second))
    })
}

fn carries_credential(subject: &Subject, request: &Request<Vec<u8>>) -> bool {
    let credential = subject.world.credential;
    request.headers().values().any(|value| String::from_utf8_lossy(value.as_bytes()).contains(credential))
}

/// Our credential is in headers that are marked sensitive, and nowhere else.
fn hides_credentials(subject: &Subject, request: &Request<Vec<u8>>) {
    let world = &subject.world;
    for secret in [world.credential, world.second] {
        for (name, value) in request.headers() {
            let holds = String::from_utf8_lossy(value.as_bytes()).contains(secret);
            assert!(!holds || value.is_sensitive(), "{name} is not marked sensitive");
        }
        assert!(!request.uri().to_string().contains(secret));
        assert!(!String::from_utf8_lossy(request.body()).contains(secret));
    }
}

/// A request that was built, as the server reads it.
struct Sent<'a> {
    request: &'a Request<Vec<u8>>,
    routed: &'a Routed,
    body: Option<Value>,
}

/// Every value that was given is read by the server under its name, and so is what the operation always sends.
fn arrives(subject: &Subject, operation: &Operation, sent: &Sent<'_>, all: &[(&'static str, Given)]) {
    let name = operation.name;
    for (field, given) in all {
        let wire_name = subject.wire_name(field);
        let read = sent.read(wire_name);
        assert!(wire_name == *field || sent.read(field).is_none(), "{name}: {field} under another dialect's name");
        match (given, subject.shape(field).filter(|shape| is_fit(*shape, all))) {
            (_, Some(Shape::Unsent | Shape::Unless(_))) => {
                let is_sent = read.is_some() || names(subject, sent).iter().any(|name| name == field);
                assert!(!is_sent, "{name}: {field} is sent");
            }
            (Given::Present(present), _) => {
                let there = read.is_some() || (*field == "body" && sent.body.is_some());
                assert_eq!(there, *present, "{name}: whether {field} is there");
            }
            (Given::Text(text), Some(Shape::Json)) => {
                assert_eq!(read.map(Read::json), serde_json::from_str(text).ok(), "{name}: {field}");
            }
            (Given::Text(text), Some(Shape::Token)) => sent.is_token(name, text),
            (Given::Text(text), Some(Shape::List)) => {
                let words: Value = text.split(',').filter(|word| !word.is_empty()).collect();
                assert_eq!(read.map(Read::json), Some(words), "{name}: {field}");
            }
            (Given::Text(text), None) => assert_eq!(read.map(Read::text), Some(text.clone()), "{name}: {field}"),
            (Given::Number(number), _) => {
                assert_eq!(read.map(Read::text), Some(number.to_string()), "{name}: {field}");
            }
            (Given::Bytes(bytes), _) => {
                assert_eq!(read.map(Read::text), Some(STANDARD.encode(bytes)), "{name}: {field}");
            }
        }
    }
    for (field, value) in &operation.fixed.0 {
        let again = all.iter().find_map(|(field, given)| match given {
            Given::Text(text) if *value == format!("{{{field}}}") => Some(text),
            _ => None,
        });
        assert_eq!(sent.read(field).map(Read::text).as_ref(), again.or(Some(value)), "{name}: {field}");
    }
}

/// Whether a field has this shape, given all these.
fn is_fit(shape: Shape, all: &[(&'static str, Given)]) -> bool {
    match shape {
        Shape::Unless(other) => all.contains(&(other, Given::Present(true))),
        Shape::Json | Shape::List | Shape::Token | Shape::Unsent => true,
    }
}

/// No name is in path, query or JSON body that was not given.
fn nothing_else(subject: &Subject, operation: &Operation, sent: &Sent<'_>, given: &[(&'static str, Given)]) {
    for name in names(subject, sent) {
        let is_given = given.iter().any(|(field, given)| *field == name && *given != Given::Present(false));
        assert!(is_given || operation.fixed.0.contains_key(&name), "{}: {name} was not given", operation.name);
    }
}

/// The names in path, query and JSON body.
fn names(subject: &Subject, sent: &Sent<'_>) -> Vec<String> {
    let mut names: Vec<String> = sent.routed.path.iter().map(|(name, _)| name.clone()).collect();
    // Not as the server reads it, which may not look there.
    let url = url::Url::parse(&sent.request.uri().to_string()).expect("another reader reads the URI");
    names.extend(url.query_pairs().map(|(name, _)| name.into_owned()));
    if let Some(body) = &sent.body {
        members(subject, "", body, &mut names);
    }
    names
}

/// The names of a JSON body's values, with dots where they are nested.
fn members(subject: &Subject, name: &str, value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(object) if subject.shape(name).is_none() => {
            for (key, value) in object {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                members(subject, &name, value, names);
            }
        }
        _ => names.push(name.to_owned()),
    }
}

/// What the server reads under a name.
enum Read {
    Text(String),
    Json(Value),
}

impl Read {
    fn text(self) -> String {
        match self {
            Self::Text(text) | Self::Json(Value::String(text)) => text,
            Self::Json(value) => value.to_string(),
        }
    }

    fn json(self) -> Value {
        match self {
            Self::Text(text) => Value::String(text),
            Self::Json(value) => value,
        }
    }
}

impl Sent<'_> {
    /// The body is this token and nothing around it, it says so, and its claims are an object to another reader.
    fn is_token(&self, name: &str, text: &str) {
        let body = self.request.body();
        assert_eq!(String::from_utf8_lossy(body), text, "{name}: the token");
        assert_eq!(self.request.headers()[CONTENT_TYPE], "application/jwt", "{name}: the token's media type");
        let claims = |token: &[u8]| URL_SAFE_NO_PAD.decode(token.split(|byte| *byte == b'.').nth(1)?).ok();
        assert!(claims(body).is_some() && claims(body) == claims(text.as_bytes()), "{name}: the claims");
    }

    fn read(&self, field: &str) -> Option<Read> {
        // Once by the server's own decoder, and once by a second one, so that one mistake cannot hide another.
        if let Some((_, value)) = self.routed.path.iter().chain(&self.routed.query).find(|(name, _)| name == field) {
            let encoded = self.request.uri().path_and_query()?.as_str().split(['/', '?', '&', '=']);
            let mut decoded = encoded.map(|piece| percent_decode_str(piece).decode_utf8_lossy().into_owned());
            assert!(decoded.any(|piece| piece == *value), "two decoders disagree about {field}");
            return Some(Read::Text(value.clone()));
        }
        if let Some(value) = self.request.headers().get(field) {
            return Some(Read::Text(String::from_utf8_lossy(value.as_bytes()).into_owned()));
        }
        let pointer = format!("/{}", field.replace('.', "/"));
        self.body.as_ref()?.pointer(&pointer).cloned().map(Read::Json)
    }
}
