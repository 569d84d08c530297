//! Texts of an answer: read whole, borrowed where they can be, and never shown.
#![allow(clippy::unwrap_used, reason = "a test")]

use authwire_core::Text;
use serde::Deserialize;

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    word: Option<Text<'a>>,
}

#[test]
fn a_text_is_read_with_and_without_escapes() {
    let cases = [
        (r#"{"word":"done"}"#, Some("done")),
        (r#"{"word":""}"#, Some("")),
        (r#"{"word":"d\u006fne\n"}"#, Some("done\n")),
        (r#"{"word":null}"#, None),
        ("{}", None),
    ];
    for (json, expected) in cases {
        let Answer { word } = serde_json::from_str(json).unwrap();
        assert_eq!(word.as_deref(), expected, "{json}");
    }
    for json in [r#"{"word":1}"#, r#"{"word":["done"]}"#, r#"{"word":{}}"#, r#"{"word":"a","word":"a"}"#] {
        assert!(serde_json::from_str::<Answer<'_>>(json).is_err(), "{json}");
    }
}

#[test]
fn a_text_is_borrowed_unless_it_has_escapes() {
    let is_borrowed = |json: &str| {
        let Answer { word } = serde_json::from_str(json).unwrap();
        json.as_bytes().as_ptr_range().contains(&word.as_deref().unwrap().as_ptr())
    };
    assert!(is_borrowed(r#"{"word":"done"}"#));
    assert!(!is_borrowed(r#"{"word":"d\u006fne"}"#));
}

#[test]
fn a_text_is_compared_and_kept_by_what_it_says() {
    let read = |json: &'static str| serde_json::from_str::<Text<'_>>(json).unwrap();
    let (borrowed, copied) = (read(r#""done""#), read(r#""d\u006fne""#));
    assert!(borrowed == copied && borrowed < read(r#""none""#) && borrowed > read(r#""""#));
    assert_eq!([borrowed, copied].map(String::from), ["done", "done"]);
}

#[test]
fn debug_shows_no_text() {
    let Answer { word } = serde_json::from_str(r#"{"word":"done"}"#).unwrap();
    assert_eq!(format!("{:?}", word.unwrap()), "Text(4 bytes)");
}
