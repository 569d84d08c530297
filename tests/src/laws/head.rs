//! R21 to R24: which heads of replies an adapter may read a body after.

use authwire_core::transport::{Collected, MAX_HEADERS, TransportKind, check_head};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};

use crate::bytes::Bytes;

const NAMES: [HeaderName; 3] = [CONTENT_LENGTH, TRANSFER_ENCODING, CONTENT_ENCODING];

/// Values that readers have taken for different things.
const VALUES: &[&str] = &[
    "",
    "0",
    "5",
    "5, 5",
    "5,6",
    "5,",
    " 5 ",
    "+5",
    "-1",
    "0x5",
    "05",
    "1048576",
    "1048577",
    "18446744073709551615",
    "18446744073709551616",
    "chunked",
    "Chunked",
    "chunked, chunked",
    "gzip, chunked",
    "chunked, gzip",
    "identity",
    "chunked;a=b",
    "\tchunked",
    "xchunked",
    "gzip",
    "br",
    "identity, gzip",
    "5 5",
];

/// Any head: passed if and only if one thing alone says where the body ends, it is not encoded, and it fits.
pub fn head(input: &[u8]) -> bool {
    let mut bytes = Bytes::new(input);
    let method = bytes.choose(&[&Method::GET, &Method::POST, &Method::HEAD, &Method::DELETE]).clone();
    let status = StatusCode::from_u16(match bytes.byte() {
        0..=127 => bytes.choose(&[200, 200, 201, 204, 304, 404, 500]),
        _ => 100 + bytes.u16() % 900,
    })
    .expect("a status");
    let version = bytes.choose(&[Version::HTTP_11, Version::HTTP_11, Version::HTTP_10, Version::HTTP_2]);
    let cap = bytes.choose(&[1024 * 1024, 0, 4, 5, usize::MAX]);
    let mut headers = HeaderMap::new();
    for _ in 0..bytes.below(5) {
        let name = bytes.choose(&[&NAMES[0], &NAMES[1], &NAMES[2]]).clone();
        let value = match bytes.byte() {
            0..=191 => HeaderValue::from_static(bytes.choose(VALUES)),
            _ => HeaderValue::from_bytes(bytes.take(24)).unwrap_or(HeaderValue::from_static("")),
        };
        headers.append(name, value);
    }
    if bytes.byte() == 255 {
        for _ in 0..=MAX_HEADERS {
            headers.append("x-many", HeaderValue::from_static("1"));
        }
    }
    let outcome = check_head(&method, status, version, &headers, cap);
    let lengths = lengths(&headers);
    let codings: Vec<_> = headers.get_all(TRANSFER_ENCODING).iter().map(word).collect();
    let is_chunked = codings == ["chunked"] && version == Version::HTTP_11;
    let is_framed = match (&lengths[..], codings.is_empty()) {
        ([], true) => version == Version::HTTP_2 || has_no_body(&method, status),
        ([], false) => is_chunked,
        ([Some(length), others @ ..], true) => {
            others.iter().all(|other| *other == Some(*length))
                && (has_no_body(&method, status) || *length <= u128::try_from(cap).unwrap_or(u128::MAX))
                && *length <= u128::from(u64::MAX)
        }
        _ => false,
    };
    let is_plain = headers.get_all(CONTENT_ENCODING).iter().all(|value| word(value) == "identity");
    let passes = headers.len() <= MAX_HEADERS && is_framed && is_plain;
    assert_eq!(outcome.is_ok(), passes, "{method} {status} {version:?} {cap} {headers:?}: {outcome:?}");
    collects(Collected::new(&headers, cap), cap, &mut bytes);
    let (mut head, ()) = http::Response::new(()).into_parts();
    (head.status, head.version, head.headers) = (status, version, headers);
    match (Collected::begin(&method, &head, cap), outcome) {
        (Ok(collected), Ok(())) => collects(collected, cap, &mut bytes),
        (begun, outcome) => assert_eq!(begun.map(|_| ()), outcome),
    }
    passes
}

fn has_no_body(method: &Method, status: StatusCode) -> bool {
    method == Method::HEAD || status.as_u16() < 200 || [204, 304].contains(&status.as_u16())
}

fn word(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes().trim_ascii()).to_ascii_lowercase()
}

/// What each `content-length` says, a list's members one by one.
fn lengths(headers: &HeaderMap) -> Vec<Option<u128>> {
    let values =
        headers.get_all(CONTENT_LENGTH).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let values: Vec<String> = values.collect();
    let numbers = values.iter().flat_map(|value| value.split(',')).map(|text| {
        let text = text.trim_matches([' ', '\t', '\n', '\r', '\u{c}']);
        let is_number = text.chars().all(|digit| digit.is_ascii_digit());
        text.parse().ok().filter(|_| is_number)
    });
    numbers.collect()
}

/// However a body comes, no more of it is kept than the cap.
fn collects(mut collected: Collected, cap: usize, bytes: &mut Bytes<'_>) {
    let mut whole = Vec::new();
    for _ in 0..4 {
        let piece = bytes.take(8);
        match collected.push(piece) {
            Ok(()) => whole.extend_from_slice(piece),
            Err(kind) => {
                assert!(kind == TransportKind::TooLarge && whole.len() + piece.len() > cap);
            }
        }
        assert!(whole.len() <= cap);
    }
    let (head, ()) = http::Response::new(()).into_parts();
    assert_eq!(collected.into_response(head).body(), &whole);
}
