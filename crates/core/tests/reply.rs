//! Reading replies: what each reader takes, and what each status means by itself.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]
#![allow(clippy::redundant_closure_for_method_calls, reason = "a row of a table reads alike")]

mod toy;

use std::convert::Infallible;

use authwire_core::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use authwire_core::http::{Response, StatusCode};
use authwire_core::{Kind, MAX_PNG_SIDE, Malformed, Media, Reply, ReplyError, Text};
use proptest::prelude::*;
use serde::Deserialize;
use toy::response;

#[derive(Debug, PartialEq, Deserialize)]
struct User {
    id: i64,
    name: Option<String>,
}

type Outcome<T> = Result<T, Kind<Infallible>>;

/// What a reader makes of a body with this media type.
fn read<T>(
    media: Option<&str>,
    body: &[u8],
    reader: impl Fn(Reply<'_>) -> Result<T, ReplyError<Infallible>>,
) -> Outcome<T> {
    let headers: Vec<_> = media.iter().map(|media| ("content-type", *media)).collect();
    reader(Reply::new("toy.read", &response(200, &headers, body))).map_err(ReplyError::into_kind)
}

fn json(media: Option<&str>, body: &[u8]) -> Outcome<User> {
    read(media, body, |reply| reply.json())
}

fn malformed<T>(malformed: Malformed) -> Outcome<T> {
    Err(Kind::Malformed(malformed))
}

#[test]
fn a_reply_says_what_came() {
    let response = response(299, &[("x-a", "1")], "body");
    let reply = Reply::new("toy.read", &response);
    assert_eq!((reply.operation(), reply.code(), reply.body()), ("toy.read", 299, &b"body"[..]));
    assert_eq!(reply.headers()["x-a"], "1");
    assert_eq!(format!("{reply:?}"), "Reply { operation: \"toy.read\", status: 299, .. }");
    // Of any type that holds bytes, and before it is known what it answers.
    assert_eq!(Reply::from(&response).operation(), "");
    assert_eq!(Reply::from(&Response::new("text")).body(), b"text");
    let other = Reply::from(&response).to_operation("toy.other");
    assert_eq!((other.operation(), other.code(), other.body()), ("toy.other", 299, &b"body"[..]));
}

#[test]
fn json_is_one_object_of_the_documented_shape() {
    let alice = || User { id: 7, name: Some("alice".into()) };
    let nobody = || User { id: 7, name: None };
    let table: Vec<(&str, Option<User>)> = vec![
        (r#"{"id":7,"name":"alice"}"#, Some(alice())),
        (r#"{"name":"alice","id":7}"#, Some(alice())),
        (" \r\n\t{ \"id\" : 7 , \"name\" : \"alice\" }\n ", Some(alice())),
        (r#"{"id":7}"#, Some(nobody())),
        (r#"{"id":7,"name":null}"#, Some(nobody())),
        // Unknown members, of any shape, change nothing.
        (r#"{"id":7,"x":{"id":8},"y":[{}],"z":1e400,"":null}"#, Some(nobody())),
        (r#"{"id":7,"$serde_json::private::RawValue":"{\"id\":8}"}"#, Some(nobody())),
        (r#"{"id":7,"$serde_json::private::Number":"8"}"#, Some(nobody())),
        (r#"{"id":7,"ID":8,"Name":"bob"}"#, Some(nobody())),
        (r#"{"i\u0064":7,"name":"\u0061lice"}"#, Some(alice())),
        // A serde reader alone would take this for a struct.
        (r#"[7,"alice"]"#, None),
        ("null", None),
        ("true", None),
        ("7", None),
        (r#""{}""#, None),
        ("<html>", None),
        (" ", None),
        ("\u{feff}{\"id\":7}", None),
        ("\0{\"id\":7}", None),
        (r#"{"$serde_json::private::RawValue":"{\"id\":7}"}"#, None),
        // Missing, of another type, twice.
        ("{}", None),
        (r#"{"id":null}"#, None),
        (r#"{"id":"7"}"#, None),
        (r#"{"id":[7]}"#, None),
        (r#"{"id":7.0}"#, None),
        (r#"{"id":1e400}"#, None),
        (r#"{"id":9223372036854775808}"#, None),
        (r#"{"id":7,"id":7}"#, None),
        (r#"{"id":7,"i\u0064":8}"#, None),
        (r#"{"id":7,"name":"\ud800"}"#, None),
        // Cut, or more than one.
        ("{", None),
        (r#"{"id":7"#, None),
        ("{\n", None),
        ("{\"id\":7}\n\nx", None),
        (r#"{"id":7}{"id":7}"#, None),
        (r#"{"id":7,}"#, None),
        ("{\"id\":7}\0", None),
    ];
    for (body, user) in table {
        match json(Some("application/json"), body.as_bytes()) {
            Err(Kind::Malformed(Malformed::Json { .. })) => assert_eq!(user, None, "{body}"),
            other => assert_eq!(other.ok(), user, "{body}"),
        }
    }
    assert_eq!(json(None, b""), malformed(Malformed::Empty));
    assert_eq!(json(None, b"{\"name\":\"\xff\"}"), malformed(Malformed::Encoding));
}

/// A place to look for the fault at: lines count from 1, columns from 1 but for an empty line.
/// What was read may stay in the body, whatever became of the reply around it.
#[test]
fn json_is_borrowed_from_the_body() {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow)]
        name: Text<'a>,
    }
    let response = response(200, &[], r#"{"name":"ada"}"#);
    let read = |reply: Reply<'_>| -> Result<_, ReplyError<Infallible>> {
        Ok([reply.json::<Named<'_>, _>()?, reply.json_as(Media::JWT)?, reply.error_json().unwrap()].map(|read| {
            assert!(reply.body().as_ptr_range().contains(&read.name.as_ptr()));
            String::from(read.name)
        }))
    };
    assert_eq!(read(Reply::new("toy.read", &response)).unwrap(), ["ada", "ada", "ada"]);
    let outlives = Reply::new("toy.read", &response).error_json::<Named<'_>>().unwrap();
    assert_eq!(&*outlives.name, "ada");
}

#[test]
fn malformed_json_says_where() {
    let table =
        [("[]", (1, 1)), ("\n\n[]", (1, 1)), ("{\"id\":7}\n\nx", (3, 1)), ("{\n", (2, 0)), ("{\"id\":7}x", (1, 9))];
    for (body, (line, column)) in table {
        assert_eq!(json(None, body.as_bytes()), malformed(Malformed::Json { line, column }), "{body}");
    }
}

/// Deep nesting must not use up the stack, in a member that is read and in one that is not.
#[test]
fn deep_json_does_no_harm() {
    let deep = "[".repeat(100_000);
    assert!(json(None, format!(r#"{{"id":{deep}"#).as_bytes()).is_err());
    assert!(json(None, format!(r#"{{"x":{deep}"#).as_bytes()).is_err());
    let closed = format!(r#"{{"id":7,"x":{deep}{}}}"#, "]".repeat(100_000));
    assert_eq!(json(None, closed.as_bytes()), Ok(User { id: 7, name: None }));
}

#[test]
fn a_success_has_its_media_type_or_none() {
    let fits = |media: Media, value: &str| {
        let mut headers = HeaderMap::new();
        headers.append(CONTENT_TYPE, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        media.fits(&headers)
    };
    let table: &[(Media, &[&str], &[&str])] = &[
        (
            Media::JSON,
            &[
                "application/json",
                "Application/JSON",
                "application/json;charset=UTF-8",
                " application/json ; charset=utf-8",
                "application/json;",
                "application/problem+json",
                "application/vnd.api+JSON; v=1",
                "APPLICATION/a.b-c_d+e+json",
                "application/x+json",
            ],
            &[
                "",
                " ",
                ";",
                ";application/json",
                "application/jsonx",
                "application/jso",
                "application/json5",
                "application/+json",
                "application/x-json",
                "application/x+jso",
                "application/x+jsonp",
                "+json",
                "json",
                "text/json",
                "text/x+json",
                "application\\x+json",
                "text/html",
                "text/html+json",
                "application/json, text/html",
                "text/html, application/json",
                "application/x, text/html+json",
                "application/a b+json",
                "application/a/b+json",
                "application/é+json",
                "application/jwt",
            ],
        ),
        (Media::JWT, &["application/jwt", "APPLICATION/JWT;a=b"], &["application/json", "application/x+jwt", ""]),
        (
            Media::BYTES,
            &["application/octet-stream", "application/octet-stream;x"],
            &["image/png", "application/json", "application/x+json", "application/octet"],
        ),
        (Media::PNG, &["image/png"], &["application/octet-stream", "image/jpeg", "image/*", "*/*"]),
        (Media::TEXT, &["text/plain", "text/plain; charset=utf-8"], &["text/html", "text/*"]),
    ];
    for (media, good, bad) in table {
        good.iter().for_each(|value| assert!(fits(*media, value), "{value:?} fits {media}"));
        bad.iter().for_each(|value| assert!(!fits(*media, value), "{value:?} does not fit {media}"));
        assert!(media.fits(&HeaderMap::new()), "none at all fits {media}");
        assert_eq!(media.to_header(), media.as_str());
        assert_eq!(media.to_string(), media.as_str());
        assert_eq!(format!("{media:?}"), format!("Media({})", media.as_str()));
    }
    // Of several headers, every one.
    let mut headers = HeaderMap::new();
    headers.append(CONTENT_TYPE, Media::JSON.to_header());
    headers.append(CONTENT_TYPE, Media::JSON.to_header());
    assert!(Media::JSON.fits(&headers));
    headers.append(CONTENT_TYPE, Media::TEXT.to_header());
    assert!(!Media::JSON.fits(&headers) && !Media::TEXT.fits(&headers));
    // Bytes that are no text.
    headers.clear();
    headers.append(CONTENT_TYPE, HeaderValue::from_bytes(b"application/json\xff").unwrap());
    assert!(!Media::JSON.fits(&headers));
}

#[test]
fn each_reader_asks_for_its_media_type_and_for_a_body() {
    type Reader = fn(Reply<'_>) -> Result<(), ReplyError<Infallible>>;
    let table: &[(&str, Media, &[u8], Reader)] = &[
        ("json", Media::JSON, b"{\"id\":7}", |reply| reply.json::<User, _>().map(drop)),
        ("json_as", Media::BYTES, b"{\"id\":7}", |reply| reply.json_as::<User, _>(Media::BYTES).map(drop)),
        ("json_string", Media::JSON, b"\"a\"", |reply| reply.json_string().map(drop)),
        ("text", Media::JWT, b"a.b.c", |reply| reply.text(Media::JWT).map(drop)),
        ("bytes", Media::BYTES, b"\xff", |reply| reply.bytes(Media::BYTES).map(drop)),
        ("png", Media::PNG, &picture(1, 1), |reply| reply.png().map(drop)),
    ];
    for (name, media, body, reader) in table {
        assert_eq!(read(Some(media.as_str()), body, reader), Ok(()), "{name}");
        assert_eq!(read(None, body, reader), Ok(()), "{name}");
        assert_eq!(read(Some(media.as_str()), b"", reader), malformed(Malformed::Empty), "{name}");
        for other in ["text/html", "multipart/mixed", ""] {
            assert_eq!(read(Some(other), body, reader), malformed(Malformed::MediaType), "{name} {other}");
        }
    }
    assert_eq!(read(Some("application/octet-stream"), &picture(1, 1), |reply| reply.png().map(drop)), Ok(()));
}

#[test]
fn a_bare_json_string() {
    let string = |body: &str| read(None, body.as_bytes(), |reply| reply.json_string());
    assert_eq!(string(r#""a\u00e9\n""#), Ok("aé\n".into()));
    assert_eq!(string(" \"\" "), Ok(String::new()));
    for body in ["a", "{}", "[\"a\"]", "null", "7", "\"a", "\"a\"\"b\"", "\"a\nb\"", r#""\ud800""#] {
        assert!(matches!(string(body), Err(Kind::Malformed(Malformed::Json { .. }))), "{body}");
    }
}

#[test]
fn text_bytes_and_nothing() {
    let text = |body: &[u8]| read(None, body, |reply| reply.text(Media::TEXT).map(str::to_owned));
    assert_eq!(text(" é\n".as_bytes()), Ok(" é\n".into()));
    assert_eq!(text(b"\xff"), malformed(Malformed::Encoding));
    let bytes = |body: &[u8]| read(None, body, |reply| reply.bytes(Media::BYTES).map(<[u8]>::to_vec));
    assert_eq!(bytes(b"\xff\0"), Ok(b"\xff\0".to_vec()));
    // Nothing, whatever it is announced as.
    let done = |media, body| read(media, body, |reply| reply.done());
    assert_eq!(done(None, b""), Ok(()));
    assert_eq!(done(Some("text/html"), b""), Ok(()));
    for body in [&b" "[..], b"\0", b"{}", b"OK", b"<html>"] {
        assert_eq!(done(None, body), malformed(Malformed::NotEmpty));
    }
}

#[test]
fn what_an_error_body_says_is_read_whatever_its_media_type_or_not_at_all() {
    let error = |media: &[(&str, &str)], body: &[u8]| Reply::from(&response(400, media, body)).error_json::<User>();
    let alice = Some(User { id: 7, name: None });
    assert_eq!(error(&[], b" {\"id\":7} "), alice);
    assert_eq!(error(&[("content-type", "text/html")], b"{\"id\":7}"), alice);
    for body in [
        &b""[..],
        b"<html>",
        b"[7,null]",
        b"null",
        b"{}",
        b"{\"id\":7}x",
        b"{\"id\":7,\"id\":7}",
        b"{\"id\":7,\"\xff\":1}",
    ] {
        assert_eq!(error(&[], body), None);
    }
}

#[test]
fn a_status_means_what_it_says_and_no_more() {
    for status in 100..=999 {
        let response = response(status, &[], "");
        let error = Reply::new("toy.read", &response).other::<(), Infallible>().unwrap_err();
        let kind = match status {
            401 | 403 => Kind::Unattributed,
            429 => Kind::Throttled,
            500..=599 => Kind::Unavailable,
            _ => Kind::Unexpected,
        };
        assert_eq!((error.status(), error.kind()), (status, &kind));
        assert_eq!(error.is_transient(), status == 429 || (500..600).contains(&status));
    }
}

#[test]
fn each_verdict_is_an_error_of_its_kind() {
    let response = Response::builder().status(StatusCode::FORBIDDEN).body("").unwrap();
    let reply = Reply::new("toy.read", &response);
    let kind = |verdict: Result<(), ReplyError<&'static str>>| verdict.unwrap_err().into_kind();
    assert_eq!(kind(reply.refused("no")), Kind::Refused("no"));
    assert_eq!(kind(reply.our_credential()), Kind::OurCredential);
    assert_eq!(kind(reply.unattributed()), Kind::Unattributed);
    assert_eq!(kind(reply.mismatch("id")), Kind::Malformed(Malformed::Mismatch("id")));
    assert_eq!(kind(reply.malformed(Malformed::Field("id"))), Kind::Malformed(Malformed::Field("id")));
}

// Pictures.

/// ISO 15948, annex D, by its table.
fn checksum(bytes: &[u8]) -> u32 {
    let table: Vec<u32> = (0..256u32)
        .map(|byte| (0..8).fold(byte, |rest, _| if rest % 2 == 1 { 0xedb8_8320 ^ (rest / 2) } else { rest / 2 }))
        .collect();
    let rest = bytes.iter().fold(!0u32, |rest, byte| table[usize::from(rest.to_le_bytes()[0] ^ byte)] ^ (rest >> 8));
    !rest
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap();
    let covered = [&name[..], data].concat();
    [&length.to_be_bytes()[..], &covered, &checksum(&covered).to_be_bytes()].concat()
}

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

fn head(width: u32, height: u32) -> Vec<u8> {
    chunk(b"IHDR", &[&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat())
}

fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    [SIGNATURE, &chunks.concat()].concat()
}

fn picture(width: u32, height: u32) -> Vec<u8> {
    png(&[head(width, height), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")])
}

fn is_picture(body: &[u8]) -> bool {
    match read(None, body, |reply| reply.png().map(<[u8]>::to_vec)) {
        Ok(bytes) => {
            assert_eq!(bytes, body);
            true
        }
        Err(Kind::Malformed(Malformed::Image | Malformed::Empty)) => false,
        Err(other) => panic!("{other:?}"),
    }
}

/// The two checksums that everybody knows: of an empty IEND, and of the head of one grey pixel.
#[test]
fn the_tests_own_checksum_is_that_of_the_standard() {
    assert_eq!(checksum(b"IEND"), 0xae42_6082);
    assert!(head(1, 1).ends_with(&[0x3a, 0x7e, 0x9b, 0x55]));
}

#[test]
fn a_picture_is_whole() {
    let (head, pixels, end) = (head(3, 2), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b""));
    let text = chunk(b"tEXt", b"a comment");
    assert!(is_picture(&png(&[head.clone(), pixels.clone(), end.clone()])));
    assert!(is_picture(&png(&[head.clone(), text.clone(), pixels.clone(), pixels.clone(), text.clone(), end.clone()])));
    assert!(is_picture(&png(&[head.clone(), chunk(b"IDAT", b""), end.clone()])));
    let broken = [
        ("no head", png(&[pixels.clone(), end.clone()])),
        ("not the head first", png(&[text.clone(), head.clone(), pixels.clone(), end.clone()])),
        ("no pixels", png(&[head.clone(), end.clone()])),
        ("no pixels but a text", png(&[head.clone(), text.clone(), end.clone()])),
        ("no end", png(&[head.clone(), pixels.clone()])),
        ("something after the end", png(&[head.clone(), pixels.clone(), end.clone(), b"x".to_vec()])),
        ("a chunk after the end", png(&[head.clone(), pixels.clone(), end.clone(), text.clone()])),
        ("two ends", png(&[head.clone(), pixels.clone(), end.clone(), end.clone()])),
        ("hidden after the end", png(&[head.clone(), pixels.clone(), end.clone(), text.clone(), end.clone()])),
        ("an end with data", png(&[head.clone(), pixels.clone(), chunk(b"IEND", b"x")])),
        ("no signature", [&head[..], &pixels, &end].concat()),
        ("the signature alone", SIGNATURE.to_vec()),
        ("a page", b"<html>".to_vec()),
        ("JSON", b"{}".to_vec()),
    ];
    for (what, body) in broken {
        assert!(!is_picture(&body), "{what}");
    }
}

#[test]
fn no_part_of_a_picture_and_no_changed_head_is_a_picture() {
    let whole = picture(300, 200);
    for length in 0..whole.len() {
        assert!(!is_picture(&whole[..length]), "the first {length} bytes");
    }
    // Signature, and the head with its checksum: all bits count.
    for at in 0..SIGNATURE.len() + head(1, 1).len() {
        for bit in 0..8 {
            let mut changed = whole.clone();
            changed[at] ^= 1 << bit;
            assert!(!is_picture(&changed), "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn a_pictures_sides_have_limits() {
    assert_eq!(MAX_PNG_SIDE, 4_096);
    for (width, height, fits) in [
        (1, 1, true),
        (4_096, 4_096, true),
        (4_096, 1, true),
        (0, 1, false),
        (1, 0, false),
        (4_097, 1, false),
        (1, 4_097, false),
        (u32::MAX, 1, false),
        (1, 1 << 31, false),
    ] {
        assert_eq!(is_picture(&picture(width, height)), fits, "{width} x {height}");
    }
}

/// A chunk's length is the other side's word.
#[test]
fn a_chunk_that_claims_more_than_there_is() {
    for length in [7u32, 1_000, (1 << 31) - 1, u32::MAX - 12, u32::MAX] {
        let mut body = picture(1, 1);
        let at = SIGNATURE.len() + head(1, 1).len();
        body[at..at + 4].copy_from_slice(&length.to_be_bytes());
        assert!(!is_picture(&body), "{length}");
    }
}

proptest! {
    #[test]
    fn any_chunks_do_no_harm(head_first: bool, rest in prop::collection::vec(any::<u8>(), 0..200)) {
        let body = if head_first { [&png(&[head(1, 1)])[..], &rest].concat() } else { [SIGNATURE, &rest].concat() };
        // Random bytes have no right checksum at their end.
        prop_assert!(!is_picture(&body));
    }

    #[test]
    fn any_body_gives_an_answer(body in prop::collection::vec(any::<u8>(), 0..100)) {
        let _ = json(None, &body);
        let _ = read(None, &body, |reply| reply.json_string());
        let _ = is_picture(&body);
    }
}
