//! A JSON object kept as text: checked, never changed.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::collections::BTreeMap;

use authwire_core::{InvalidValue, JsonObject, Reason};
use proptest::prelude::*;
use serde::de::value::MapDeserializer;
use serde::{Deserialize, Serialize};

#[test]
fn one_object_and_nothing_else() {
    for text in [
        "{}",
        "{ }",
        r#"{"a":1}"#,
        r#"{"a":[{"b":null}],"a":1e400}"#,
        "{\"a\":\"\u{e9}\\ud800\"}",
        r#"{"$serde_json::private::RawValue":"[]"}"#,
    ] {
        assert_eq!(JsonObject::new(text).unwrap().as_str(), text);
        assert_eq!(JsonObject::new(format!(" \r\n\t{text}\n ")).unwrap().as_str(), text, "white space is dropped");
    }
    let deep = format!("{}{}", "{\"a\":".repeat(100_000), "1".to_owned() + &"}".repeat(100_000));
    assert_eq!(JsonObject::new(deep.clone()).unwrap().as_str(), deep);
    let refused = InvalidValue::new("JSON object", Reason::Not("a JSON object"));
    for text in [
        "",
        " ",
        "null",
        "1",
        "\"{}\"",
        "[]",
        "[{}]",
        "{",
        "}",
        "{}{}",
        "{}x",
        "{a:1}",
        "{\"a\":1,}",
        "{'a':1}",
        "\u{feff}{}",
        "{}\0",
        "{\"a\":01}",
        "{\"a\":\"\n\"}",
        "{\"a\":NaN}",
        "/**/{}",
    ] {
        assert_eq!(JsonObject::new(text), Err(refused), "{text}");
        assert!(serde_json::from_str::<JsonObject>(text).is_err(), "{text}");
    }
}

#[test]
fn it_is_sent_as_it_came() {
    #[derive(Serialize, Deserialize)]
    struct Body {
        info: JsonObject,
    }
    let text = r#"{"info":{ "b":1.50, "a":"\u0041" }}"#;
    let body: Body = serde_json::from_str(text).unwrap();
    assert_eq!(body.info.as_str(), r#"{ "b":1.50, "a":"\u0041" }"#);
    assert_eq!(serde_json::to_string(&body).unwrap(), text);
}

#[test]
fn it_compares_its_text_and_shows_its_length() {
    let object = JsonObject::new(r#"{"a":"SENTINEL"}"#).unwrap();
    assert_eq!(object, object.clone());
    assert_ne!(object, JsonObject::new(r#"{ "a":"SENTINEL"}"#).unwrap());
    assert_eq!(format!("{object:?} {object:#?}"), "JsonObject(16 bytes) JsonObject(16 bytes)");
}

/// `serde_json` has a private name by which its raw text travels through serde. Where another reader of serde's passes on a
/// map with that name, its value is taken unchecked: whoever answers us could so put anything into what we send next.
#[test]
fn serde_jsons_private_name_smuggles_nothing_in() {
    const PRIVATE: &str = "$serde_json::private::RawValue";
    let read = |text: &'static str| {
        JsonObject::deserialize(MapDeserializer::<_, serde_json::Error>::new([(PRIVATE, text)].into_iter()))
    };
    assert_eq!(read("{}").unwrap().as_str(), "{}");
    for hostile in ["{} , \"admin\": true", "{", "{}{}", "[]", ""] {
        assert!(read(hostile).is_err(), "{hostile}");
    }
    // To serde_json's own reader it is a name like others.
    let text = format!(r#"{{"{PRIVATE}":"[]"}}"#);
    assert_eq!(serde_json::from_str::<JsonObject>(&text).unwrap().as_str(), text);
}

proptest! {
    #[test]
    fn what_is_accepted_is_what_serde_reads_as_an_object(text in "[ \t\n]{0,2}[\\[{]?(\"[a\\\\]{0,2}\":?[0-9{}]{0,3},?){0,3}[}\\]]?[ \t]{0,2}") {
        let theirs = serde_json::from_str::<BTreeMap<String, serde::de::IgnoredAny>>(&text);
        match JsonObject::new(text.as_str()) {
            Ok(object) => {
                prop_assert!(theirs.is_ok());
                prop_assert_eq!(object.as_str(), text.trim());
            }
            Err(_) => prop_assert!(theirs.is_err()),
        }
    }
}
