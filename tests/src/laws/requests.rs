//! L1 and L4: a request fails to build, or it is the operation that was meant, with the values that were meant.

use authwire_core::{MAX_TARGET, Method};
use authwire_emulator::Routed;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use http::header::CONTENT_LENGTH;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::bytes::Bytes;
use crate::source::{Decided, Given};
use crate::subject::{Operation, Subject};

/// Any operation of any provider with any values. Says whether a request was built.
pub fn request(subjects: &[Subject], input: &[u8]) -> bool {
    let mut bytes = Bytes::new(input);
    let subject = &subjects[bytes.below(subjects.len())];
    let operation = &subject.operations[bytes.below(subject.operations.len())];
    request_of(subject, operation, &mut bytes)
}

/// This operation with any values. Says whether a request was built.
pub fn request_of(subject: &Subject, operation: &Operation, bytes: &mut Bytes<'_>) -> bool {
    let mut source = Decided::new(bytes, subject.plausible);
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
    }
    let prefix = subject.world.base.prefix();
    let routed = (subject.route)(prefix, &request)
        .unwrap_or_else(|| panic!("{}: the server knows no route for what was sent", operation.name));
    assert_eq!(routed.operation, operation.id, "the server takes it for another operation");
    arrives(operation, &request, &routed, &source.given);
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

/// Every value that was given is read by the server under its name, and nothing that was not given.
fn arrives(operation: &Operation, request: &Request<Vec<u8>>, routed: &Routed, given: &[(&'static str, Given)]) {
    let body: Option<Value> = serde_json::from_slice(request.body()).ok();
    for (field, given) in given {
        let read = read(field, request, routed, body.as_ref());
        let name = operation.name;
        match given {
            Given::Present(present) => {
                let there = read.is_some() || (*field == "body" && body.is_some());
                assert_eq!(there, *present, "{name}: whether {field} is there");
            }
            // Free JSON arrives as the same value, whatever its white space.
            Given::Text(text) if field.ends_with(".info") => {
                assert_eq!(read.map(Read::json), serde_json::from_str(text).ok(), "{name}: {field}");
            }
            Given::Text(text) => assert_eq!(read.map(Read::text), Some(text.clone()), "{name}: {field}"),
            Given::Number(number) => assert_eq!(read.map(Read::text), Some(number.to_string()), "{name}: {field}"),
            Given::Bytes(bytes) => {
                assert_eq!(read.map(Read::text), Some(STANDARD.encode(bytes)), "{name}: {field}");
            }
        }
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

fn read(field: &str, request: &Request<Vec<u8>>, routed: &Routed, body: Option<&Value>) -> Option<Read> {
    // Once by the server's own decoder, and once by a second one, so that one mistake cannot hide another.
    if let Some((_, value)) = routed.path.iter().chain(&routed.query).find(|(name, _)| name == field) {
        let encoded = request.uri().path_and_query()?.as_str().split(['/', '?', '&', '=']);
        let mut decoded = encoded.map(|piece| percent_decode_str(piece).decode_utf8_lossy().into_owned());
        assert!(decoded.any(|piece| piece == *value), "two decoders disagree about {field}");
        return Some(Read::Text(value.clone()));
    }
    if let Some(value) = request.headers().get(field) {
        return Some(Read::Text(String::from_utf8_lossy(value.as_bytes()).into_owned()));
    }
    let pointer = format!("/{}", field.replace('.', "/"));
    body?.pointer(&pointer).cloned().map(Read::Json)
}
