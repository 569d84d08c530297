//! Requests in the making: what reaches the wire, and what is refused.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod toy;

use std::collections::BTreeMap;

use authwire_core::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use authwire_core::http::{Method, Version};
use authwire_core::secret::MAX_HEADER_SECRET;
use authwire_core::{BuildFault, Credential, Draft, Encoder, Escaped, InvalidValue, MAX_TARGET, Media, Reason, Value};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use toy::{
    AnySecret, ApiKey, Delete, Four, Get, Head, One, Open, Patch, Plain, Post, Put, Root, Shape, Side, Slash, Toy, Two,
    Users, X_KEY, build, build_at, target,
};

const X_ONE: HeaderName = HeaderName::from_static("x-one");

/// RFC 3986, written a second time.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[test]
fn a_route_is_filled_in() {
    assert_eq!(target::<Plain>(|draft| draft).unwrap(), "/plain");
    assert_eq!(target::<Root>(|draft| draft).unwrap(), "/");
    assert_eq!(target::<One>(|draft| draft.segment("x", "1")).unwrap(), "/a/1");
    assert_eq!(target::<Slash>(|draft| draft.segment("x", "1")).unwrap(), "/a/1/");
    assert_eq!(target::<Two>(|draft| draft.segment("x", "1").segment("y", "2")).unwrap(), "/a/1/b/2/c");
    assert_eq!(target::<Side>(|draft| draft.segment("x", "1").segment("y", "2")).unwrap(), "/1/2");
    let four = target::<Four>(|draft| {
        draft.segment("w", "1").segment("x", "2").segment("y", "3").segment("z", "4").query("q", "5")
    });
    assert_eq!(four.unwrap(), "/1/2/3/4?q=5");
    assert_eq!(target::<Root>(|draft| draft.query("q", "")).unwrap(), "/?q=");
}

proptest! {
    /// Short ones are written in one place and long ones in another.
    #[test]
    fn a_target_of_any_length_is_whole(
        prefix in "(/[a-z]{1,120}){0,3}", x in "[a-z /é]{1,300}", y in "[a-z%]{3,300}", q in "[a-z&=]{0,300}",
    ) {
        let toy = Toy::at(&format!("https://toy.example{prefix}"));
        let request = build_at::<Two>(&toy, |draft| draft.segment("x", &x).segment("y", &y).query("q", &q)).unwrap();
        let expected = format!("{prefix}/a/{}/b/{}/c?q={}", escaped(&x), escaped(&y), escaped(&q));
        prop_assert_eq!(request.uri().to_string(), format!("https://toy.example{expected}"));
        let request = build_at::<Plain>(&toy, |draft| draft.query("q", &q)).unwrap();
        prop_assert_eq!(request.uri().path_and_query().unwrap().as_str(), format!("{prefix}/plain?q={}", escaped(&q)));
        let request = build_at::<Plain>(&toy, |draft| draft).unwrap();
        prop_assert_eq!(request.uri().path(), format!("{prefix}/plain"));
    }
}

#[test]
fn the_origin_and_the_prefix_are_those_of_the_base() {
    for base in ["https://toy.example", "http://10.0.0.1:81/p/q", "https://[::1]:8443/p"] {
        let request = build_at::<One>(&Toy::at(base), |draft| draft.segment("x", "@//evil.example")).unwrap();
        assert_eq!(request.uri().to_string(), format!("{base}/a/%40%2F%2Fevil.example"));
        assert_eq!(request.method(), Method::GET);
        assert_eq!(request.version(), Version::HTTP_11);
    }
}

#[test]
fn a_query_keeps_its_order_and_escapes_names_and_values() {
    let target = target::<Plain>(|draft| {
        draft.query("a", "1").query("b c&=", "x y+&=#%?").query("a", "2");
        draft.query_opt("left-out", None::<&str>).query_opt("given", Some("3"))
    });
    assert_eq!(target.unwrap(), "/plain?a=1&b%20c%26%3D=x%20y%2B%26%3D%23%25%3F&a=2&given=3");
}

#[test]
fn values_of_each_type() {
    let target = target::<Plain>(|draft| {
        draft.query("str", "a b").query("string", String::from("a b")).query("ref", &String::from("a b") as &dyn Value);
        draft.query("escaped", Escaped::new("a b"));
        draft.query("u16", u16::MAX).query("u32", u32::MAX).query("u64", u64::MAX);
        draft.query("i32", i32::MIN).query("i64", i64::MIN).query("zero", 0u16)
    });
    let query = "str=a%20b&string=a%20b&ref=a%20b&escaped=a%20b&u16=65535&u32=4294967295&u64=18446744073709551615\
                 &i32=-2147483648&i64=-9223372036854775808&zero=0";
    assert_eq!(target.unwrap(), format!("/plain?{query}"));
}

#[test]
fn every_unicode_character_is_escaped_to_unreserved_ones_and_can_be_read_back() {
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    assert_eq!(all.len(), 0x11_0000 - 0x800);
    for some in all.chunks(1_000) {
        let text: String = some.iter().collect();
        let target = target::<One>(|draft| draft.segment("x", &text)).unwrap();
        let written = target.strip_prefix("/a/").unwrap();
        assert_eq!(written, escaped(&text));
        assert_eq!(percent_decode_str(written).decode_utf8().unwrap(), text);
        assert_eq!(Escaped::new(&text).as_str(), written);
    }
}

proptest! {
    #[test]
    fn any_text_stays_in_its_place(path in any::<String>(), query in any::<String>()) {
        let written = target::<Two>(|draft| draft.segment("x", &path).segment("y", "2").query("q", &query));
        match path.as_str() {
            "" | "." | ".." => prop_assert!(written.is_err()),
            _ => prop_assert_eq!(written.unwrap(), format!("/a/{}/b/2/c?q={}", escaped(&path), escaped(&query))),
        }
    }
}

#[test]
fn a_path_value_that_would_be_another_route_is_refused() {
    let table = [
        ("", Some(Reason::Empty)),
        (".", Some(Reason::DotSegment)),
        ("..", Some(Reason::DotSegment)),
        ("...", None),
        (".a", None),
        ("a.", None),
        (". ", None),
        ("./", None),
        ("%2e%2e", None),
        ("a/../b", None),
        ("\\", None),
        ("/", None),
        ("\0", None),
    ];
    for (value, reason) in table {
        let built = build::<One>(|draft| draft.segment("x", value));
        match reason {
            Some(reason) => {
                let error = built.unwrap_err();
                assert_eq!(error.fault(), BuildFault::Value(InvalidValue::new("x", reason)), "{value:?}");
                assert_eq!(error.operation(), "toy.op");
            }
            None => assert_eq!(built.unwrap().uri().path(), format!("/a/{}", escaped(value))),
        }
    }
    // In a query they are values like others.
    assert_eq!(target::<Plain>(|draft| draft.query("q", "..").query("r", "")).unwrap(), "/plain?q=..&r=");
}

#[test]
fn an_excepted_word_is_refused_for_its_value_in_any_case_of_its_letters() {
    let users = |id: &str, group: &str| target::<Users>(|draft| draft.segment("id", id).segment("group", group));
    for word in ["email", "EMAIL", "eMail"] {
        assert_eq!(users(word, "g").unwrap_err(), "id is a word of another route", "{word}");
        assert!(users("7", word).is_ok(), "another value may be {word}");
    }
    for word in ["emai", "emails", "e-mail", "email ", "email/", "ｅmail", "emaıl"] {
        assert_eq!(users(word, "g").unwrap(), format!("/users/{}/of/g", escaped(word)));
    }
}

/// A value that writes itself in pieces.
struct Pieces(&'static [&'static str]);

impl Value for Pieces {
    fn write(&self, encoder: &mut Encoder<'_>) {
        for piece in self.0 {
            encoder.text(piece);
        }
    }
}

#[test]
fn the_rules_hold_for_the_whole_value_not_its_pieces() {
    let segment = |pieces| target::<One>(|draft| draft.segment("x", Pieces(pieces)));
    assert_eq!(segment(&[".", "."]).unwrap_err(), "x is a dot segment, which would change the route");
    assert_eq!(segment(&["", ""]).unwrap_err(), "x is empty");
    assert_eq!(segment(&[]).unwrap_err(), "x is empty");
    assert_eq!(segment(&["..", "é/"]).unwrap(), "/a/..%C3%A9%2F");
    let word = Pieces(&["em", "ail"]);
    assert!(target::<Users>(|draft| draft.segment("id", &word).segment("group", "g")).is_err());
}

/// A value that refuses itself, twice.
struct Unwilling;

impl Value for Unwilling {
    fn write(&self, encoder: &mut Encoder<'_>) {
        encoder.text("written all the same");
        encoder.refuse(Reason::Not("willing"));
        encoder.refuse(Reason::Not("willing at all"));
        assert_eq!(format!("{encoder:?}"), "Encoder { name: \"x\", .. }");
    }
}

#[test]
fn a_value_can_refuse_itself() {
    assert_eq!(target::<One>(|draft| draft.segment("x", Unwilling)).unwrap_err(), "x is not willing");
    assert_eq!(target::<Plain>(|draft| draft.query("x", Unwilling)).unwrap_err(), "x is not willing");
}

#[test]
fn path_values_come_in_the_order_of_the_route_and_before_the_query() {
    type Write = fn(&mut Draft) -> &mut Draft;
    fn check<S: Shape>(table: &[(&str, &'static str, Write)]) {
        for (what, name, write) in table {
            assert_eq!(build::<S>(write).unwrap_err().fault(), BuildFault::Segment(name), "{what}");
        }
    }
    check::<Two>(&[
        ("none", "x", |draft| draft),
        ("the second is missing", "y", |draft| draft.segment("x", "1")),
        ("the first is missing", "y", |draft| draft.segment("y", "2")),
        ("the other order", "y", |draft| draft.segment("y", "2").segment("x", "1")),
        ("another name", "z", |draft| draft.segment("x", "1").segment("z", "2")),
        ("twice", "x", |draft| draft.segment("x", "1").segment("x", "1")),
        ("one too many", "z", |draft| draft.segment("x", "1").segment("y", "2").segment("z", "3")),
        ("a query first", "x", |draft| draft.query("q", "1").segment("x", "1").segment("y", "2")),
        ("a query between", "y", |draft| draft.segment("x", "1").query("q", "1").segment("y", "2")),
    ]);
    check::<Plain>(&[
        ("no value", "x", |draft| draft.segment("x", "1")),
        ("no name", "", |draft| draft.segment("", "1")),
        ("after a query", "x", |draft| draft.query("q", "1").segment("x", "1")),
    ]);
    check::<Four>(&[("a fifth", "v", |draft| {
        draft.segment("w", "1").segment("x", "2").segment("y", "3").segment("z", "4").segment("v", "5")
    })]);
}

#[test]
fn the_first_fault_is_the_one_that_is_told() {
    let error = |write: fn(&mut Draft) -> &mut Draft| target::<Two>(write).unwrap_err();
    assert_eq!(error(|draft| draft.segment("x", "").segment("y", "..")), "x is empty");
    assert_eq!(error(|draft| draft.segment("y", "").segment("x", "")), "the path value y does not fit the route");
    assert_eq!(
        error(|draft| { draft.refuse(BuildFault::Unsupported("not here")).refuse(BuildFault::Json).segment("x", "") }),
        "not here"
    );
    // Later faults of another sort do not hide it, nor does a good end.
    let long = "x".repeat(MAX_TARGET);
    let faults = target::<Plain>(|draft| draft.refuse(BuildFault::Json).query("q", &long));
    assert_eq!(faults.unwrap_err(), "the body cannot be written as JSON");
    let segment = target::<One>(|draft| draft.segment("x", "").query("q", "fine"));
    assert_eq!(segment.unwrap_err(), "x is empty");
}

#[test]
fn a_target_has_at_most_16_kib() {
    let too_long = "the request target is longer than 16384 bytes";
    let segment = |length| target::<One>(|draft| draft.segment("x", "x".repeat(length)));
    assert_eq!(segment(16_381).unwrap().len(), 16_384);
    assert_eq!(segment(16_382).unwrap_err(), too_long);
    // What counts is the escaped form.
    let nul = |count| target::<One>(|draft| draft.segment("x", "\0".repeat(count)));
    assert_eq!(nul(5_460).unwrap().len(), 16_383);
    assert_eq!(nul(5_461).unwrap_err(), too_long);
    assert_eq!(nul(16_384).unwrap_err(), too_long);
    // All of it counts: the prefix, literals, the query, numbers.
    let prefix = format!("https://toy.example/{}", "p".repeat(999));
    let with_prefix = |length| {
        build_at::<Two>(&Toy::at(&prefix), |draft| {
            draft.segment("x", "x".repeat(length)).segment("y", 7u16).query("q", 12u64)
        })
    };
    let room = MAX_TARGET - 1_000 - "/a//b/7/c?q=12".len();
    assert_eq!(with_prefix(room).unwrap().uri().path_and_query().unwrap().as_str().len(), MAX_TARGET);
    assert_eq!(with_prefix(room + 1).unwrap_err().fault(), BuildFault::TargetTooLong);
    // A prepared value, and a number, that have no room.
    let long = Escaped::new(&"x".repeat(16_382));
    assert_eq!(target::<One>(|draft| draft.segment("x", &long)).unwrap_err(), too_long);
    let full = "x".repeat(MAX_TARGET - "/plain?a=&n=".len());
    assert_eq!(target::<Plain>(|draft| draft.query("a", &full).query("n", 10u16)).unwrap_err(), too_long);
    // Many small ones.
    let many = target::<Plain>(|draft| (0..10_000u32).fold(draft, |draft, number| draft.query("q", number)));
    assert_eq!(many.unwrap_err(), too_long);
}

#[test]
fn content_length_is_said_where_a_body_is_expected_or_given() {
    fn length<S: Shape>(body: &[u8]) -> Option<String> {
        let request = build::<S>(|draft| if body.is_empty() { draft } else { draft.body(Media::BYTES, body.to_vec()) });
        let request = request.unwrap();
        assert_eq!(request.body(), body);
        assert_eq!(request.headers().contains_key(CONTENT_TYPE), !body.is_empty());
        let mut lengths = request.headers().get_all(CONTENT_LENGTH).iter();
        let length = lengths.next().map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(lengths.next(), None);
        length
    }
    let zero = Some("0".to_owned());
    assert_eq!([length::<Post>(b""), length::<Put>(b""), length::<Patch>(b"")], [zero.clone(), zero.clone(), zero]);
    assert_eq!([length::<Get>(b""), length::<Head>(b""), length::<Delete>(b"")], [None, None, None]);
    let body = [b'x'; 1_234];
    for length in [
        length::<Get>(&body),
        length::<Head>(&body),
        length::<Post>(&body),
        length::<Put>(&body),
        length::<Patch>(&body),
        length::<Delete>(&body),
    ] {
        assert_eq!(length.as_deref(), Some("1234"));
    }
}

#[test]
fn bodies() {
    let json = build::<Post>(|draft| draft.json(&BTreeMap::from([("a", 1), ("b", 2)]))).unwrap();
    assert_eq!(json.body(), br#"{"a":1,"b":2}"#);
    assert_eq!(json.headers()[CONTENT_TYPE], "application/json");
    // The last one counts.
    let twice = build::<Post>(|draft| draft.json("first").body(Media::TEXT, b"second".to_vec())).unwrap();
    assert_eq!((&twice.body()[..], &twice.headers()[CONTENT_TYPE]), (&b"second"[..], &"text/plain".parse().unwrap()));
    assert_eq!(twice.headers()[CONTENT_LENGTH], "6");
    // A map whose keys are no texts is no JSON.
    let error = build::<Post>(|draft| draft.json(&BTreeMap::from([((1, 2), 3)]))).unwrap_err();
    assert_eq!(error.fault(), BuildFault::Json);
}

#[test]
fn headers_are_set_and_secrets_marked() {
    let secret = ApiKey::new("s3cret").unwrap();
    let request = build::<Get>(|draft| {
        draft.accept(Media::JSON).header(X_ONE, HeaderValue::from_static("first"));
        draft.header(X_ONE, HeaderValue::from_static("second"));
        draft.secret_header(HeaderName::from_static("x-secret"), &secret);
        draft.credential(HeaderName::from_static("authorization"), &Credential::bearer(&secret))
    });
    let headers = request.unwrap().into_parts().0.headers;
    let expected = [
        ("accept", "application/json", false),
        ("authorization", "Bearer s3cret", true),
        ("x-key", "toy-key", true),
        ("x-one", "second", false),
        ("x-secret", "s3cret", true),
    ];
    assert_eq!(headers.len(), expected.len());
    for (name, value, is_sensitive) in expected {
        assert_eq!(headers[name], value);
        assert_eq!(headers[name].is_sensitive(), is_sensitive, "{name}");
    }
}

#[test]
fn only_what_an_operation_says_is_sent() {
    let headers = build::<Get>(|draft| draft).unwrap().into_parts().0.headers;
    assert_eq!(headers.keys().collect::<Vec<_>>(), [&X_KEY]);
    assert!(!headers.contains_key(ACCEPT));
    // An operation without a credential has none.
    let headers = build::<Open>(|draft| draft).unwrap().into_parts().0.headers;
    assert_eq!(headers.keys().collect::<Vec<_>>(), [CONTENT_LENGTH]);
}

/// Secrets of kinds that take any text: where such a text cannot travel in a header, nothing is sent.
#[test]
fn a_secret_that_is_no_header_is_not_sent() {
    let long = "x".repeat(MAX_HEADER_SECRET + 1);
    let table = [
        ("", Reason::Empty),
        (" lead", Reason::NotVisibleAscii { position: 0 }),
        ("trail ", Reason::NotVisibleAscii { position: 5 }),
        ("a b", Reason::NotVisibleAscii { position: 1 }),
        ("a\tb", Reason::NotVisibleAscii { position: 1 }),
        ("a\r\nx-evil: 1", Reason::NotVisibleAscii { position: 1 }),
        ("pässword", Reason::NotVisibleAscii { position: 1 }),
        ("a\0", Reason::NotVisibleAscii { position: 1 }),
        ("a\x7f", Reason::NotVisibleAscii { position: 1 }),
        (long.as_str(), Reason::TooLong { max: 4_096 }),
    ];
    for (text, reason) in table {
        let secret = AnySecret::new(text).unwrap();
        let fault = BuildFault::Value(InvalidValue::new("Any", reason));
        let as_header = build::<Get>(|draft| draft.secret_header(X_ONE, &secret));
        assert_eq!(as_header.unwrap_err().fault(), fault, "{text:?}");
        assert_eq!(secret.to_header().unwrap_err(), InvalidValue::new("Any", reason));
        for credential in [Credential::plain(&secret), Credential::bearer(&secret)] {
            let of_the_provider = build_at::<Get>(&Toy::new().with(credential), |draft| draft);
            assert_eq!(of_the_provider.unwrap_err().fault(), fault, "{text:?}");
        }
    }
    // An operation that takes no credential does not mind the provider's.
    let toy = Toy::new().with(Credential::plain(&AnySecret::new("").unwrap()));
    assert!(build_at::<Open>(&toy, |draft| draft).is_ok());
}

#[test]
fn a_drafts_debug_shows_the_template_alone() {
    build::<One>(|draft| {
        draft.segment("x", "SENTINEL").query("q", "SENTINEL").json("SENTINEL");
        draft.secret_header(X_ONE, &ApiKey::new("SENTINEL").unwrap());
        assert_eq!(format!("{draft:?}"), "Draft { operation: \"toy.op\", route: Route(GET /a/{x}), .. }");
        draft
    })
    .unwrap();
}

#[test]
fn an_escaped_text_is_compared_and_shown_as_it_is_written() {
    assert_eq!(Escaped::new("a/b"), Escaped::new("a/b").clone());
    assert_ne!(Escaped::new("a/b"), Escaped::new("a%2Fb"));
    assert_eq!(format!("{:?}", Escaped::new("a/b")), "a%2Fb");
}
