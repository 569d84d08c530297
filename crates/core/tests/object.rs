//! A struct inside an answer is a JSON object and nothing else.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use authwire_core::{JsonObject, Object};
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize)]
struct Inner {
    a: String,
    b: Option<i64>,
    #[serde(rename = "free")]
    any: Option<JsonObject>,
    deeper: Option<Object<Leaf>>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Leaf {
    c: bool,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Answer {
    one: Object<Inner>,
    maybe: Option<Object<Inner>>,
    #[serde(default)]
    several: Vec<Object<Inner>>,
}

/// Every place that an [`Object`] can have in an answer, with `inner` in it.
fn answers(inner: &str) -> [String; 3] {
    const GOOD: &str = r#"{"a":"x"}"#;
    [
        format!(r#"{{"one":{inner}}}"#),
        format!(r#"{{"one":{GOOD},"maybe":{inner}}}"#),
        format!(r#"{{"one":{GOOD},"several":[{GOOD},{inner}]}}"#),
    ]
}

#[test]
fn an_object_is_read_as_the_struct_alone_would_be() {
    for inner in [
        r#"{"a":"x"}"#,
        r#" { "b" : -7 , "a" : "\u00e9" } "#,
        r#"{"unknown":[{"a":1,"a":2}],"a":"x","b":null,"free":{ "z": 1.50, "z": {} },"deeper":null}"#,
        r#"{"a":"x","deeper":{"c":true,"":[]}}"#,
    ] {
        let alone: Inner = serde_json::from_str(inner).unwrap();
        assert_eq!(serde_json::from_str(inner).ok(), Some(Object(alone)), "{inner}");
        for answer in answers(inner) {
            assert!(serde_json::from_str::<Answer>(&answer).is_ok(), "{answer}");
        }
    }
    let Object(inner): Object<Inner> = serde_json::from_str(r#"{"a":"x","free":{ "z": 1.50 }}"#).unwrap();
    assert_eq!(inner.any.unwrap().as_str(), r#"{ "z": 1.50 }"#, "free JSON stays as it came");
}

#[test]
fn nothing_else_is_an_object() {
    // What the struct alone takes: this is why there is an `Object`.
    let positional = r#"["x",1,{},{"c":true}]"#;
    assert!(serde_json::from_str::<Inner>(positional).is_ok());
    for inner in [
        positional,
        "[]",
        r#"[{"a":"x"}]"#,
        r#""x""#,
        "1",
        "true",
        r#""{\"a\":\"x\"}""#,
        // Objects, and wrong inside.
        "{}",
        r#"{"a":1}"#,
        r#"{"a":null}"#,
        r#"{"a":"x","a":"x"}"#,
        r#"{"a":"x","\u0061":"x"}"#,
        r#"{"a":"x","deeper":[true]}"#,
        r#"{"a":"x","free":[]}"#,
        r#"{"a":"x""#,
        r#"{"a":"x"}}"#,
    ] {
        assert!(serde_json::from_str::<Object<Inner>>(inner).is_err(), "{inner}");
        for answer in answers(inner) {
            assert!(serde_json::from_str::<Answer>(&answer).is_err(), "{answer}");
        }
    }
    assert!(serde_json::from_str::<Object<Inner>>("null").is_err());
    assert!(serde_json::from_str::<Answer>(r#"{"one":null}"#).is_err());
}
