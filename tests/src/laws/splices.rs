//! R38 and R39: a documented success with another value in one of its members.

use std::collections::BTreeSet;

use serde_json::Value;

use super::replies::{made, members, with_text};
use crate::golden::{Form, ReplyRow, kind, response};
use crate::subject::Subject;
use crate::vectors::{Json, Must};

/// What took the place of a member, as it stands in the body.
const VALUES: &[(&str, &str)] = &[
    ("null", "null"),
    ("bool", "true"),
    ("number", "7"),
    ("number", "-1"),
    ("number", "0"),
    ("number", "1.5"),
    ("number", "1e2"),
    ("number", "9223372036854775808"),
    ("number", "18446744073709551616"),
    ("string", "\"\""),
    ("string", "\"7\""),
    ("string", "\"true\""),
    ("array", "[]"),
    ("object", "{}"),
    ("array", "[null]"),
    ("array", "[[[[]]]]"),
    ("object", "{\"a\":{}}"),
];

/// What no member of any type can be.
const NEVER: &[&str] = &[
    "1e400",
    "-1e400",
    "NaN",
    "01",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"\\x\"",
    "\"\u{1}\"",
    "'x'",
    "",
    "\u{feff}\"x\"",
    "undefined",
];

/// What a law of splices saw.
#[derive(Debug, Default)]
pub struct Splices {
    /// How many bodies were read.
    pub tried: usize,
    /// Members that took a value of another JSON type than the documents': operation, member, type.
    pub lax: BTreeSet<(String, String, String)>,
    /// Texts that took a NUL: operation and member.
    pub nul: BTreeSet<(String, String)>,
    /// Members whose value may be anything that is JSON at all.
    pub free: BTreeSet<(String, String)>,
}

/// A success with something else in each of its members in turn: a success if the documents allow it, or malformed.
pub fn splices(subject: &Subject, row: &ReplyRow, seen: &mut Splices) {
    if !row.is_ok() || row.form != Form::Object {
        return;
    }
    let made = made(subject, row);
    let value: Value = serde_json::from_slice(&row.body).expect("JSON");
    let mut read = |text: String| {
        seen.tried += 1;
        match made.response(&response(row.status, row.media.as_deref(), text.clone().into_bytes())) {
            Ok(_) => true,
            Err(error) => {
                let kind = kind(&error);
                let is_about_content = kind.starts_with("Malformed(") || kind.starts_with("Refused(");
                // Where an error's status is a success, what is none of it is that error.
                assert!(is_about_content || row.status >= 400, "{}: {kind} for {text:.200}", row.place);
                false
            }
        }
    };
    for (pointer, member) in members(&value) {
        let place = || (row.operation.clone(), pointer.clone());
        let own = type_of(member);
        for (other, text) in VALUES.iter().filter(|(other, _)| *other != own) {
            if read(with_text(&value, &pointer, text)) {
                seen.lax.insert((row.operation.clone(), pointer.clone(), (*other).to_owned()));
            }
        }
        let deep = [("[", "]"), ("{\"a\":", "}")].map(|(open, close)| open.repeat(200) + "1" + &close.repeat(200));
        let never = NEVER.iter().map(|text| (*text).to_owned()).chain(deep);
        if never.map(|text| read(with_text(&value, &pointer, &text))).fold(false, |any, is_ok| any | is_ok) {
            seen.free.insert(place());
        }
        if let Value::String(text) = member {
            let mut takes = |text: &str| read(with_text(&value, &pointer, text));
            let took = [format!("\"{text}\\u0000\""), format!("\"\\u0000{text}\""), "\"\\u0000\"".to_owned()];
            if took.iter().map(|text| takes(text)).fold(false, |any, is_ok| any | is_ok) {
                seen.nul.insert(place());
            }
        }
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A file of JSONTestSuite as the whole body of a success whose body is JSON: `n_` is none. Says whether it was one.
pub fn whole(subject: &Subject, row: &ReplyRow, file: &Json) -> bool {
    let made = made(subject, row);
    let documented = &subject.operation(&row.operation).documented;
    let mut is_ok = false;
    for media in [row.media.as_deref(), None] {
        if made.response(&response(row.status, media, file.bytes.clone())).is_ok() {
            is_ok = true;
            let is_json = matches!(row.form, Form::Object | Form::String | Form::Jwt);
            assert!(!(is_json && file.must == Must::Reject), "{}: {} is a success", row.place, file.name);
            assert!(documented.may_be_ok(row.status, media, &file.bytes), "{}: {}", row.place, file.name);
        }
    }
    is_ok
}

/// A file of JSONTestSuite in the place of each member: an `n_` makes no success. Says how many were read and how many
/// were successes.
pub fn spliced(subject: &Subject, row: &ReplyRow, file: &Json) -> (usize, usize) {
    if !row.is_ok() || row.form != Form::Object {
        return (0, 0);
    }
    let made = made(subject, row);
    let value: Value = serde_json::from_slice(&row.body).expect("JSON");
    let (mut tried, mut successes) = (0, 0);
    for (pointer, _) in members(&value) {
        const PLACE: &str = "the place of a file";
        let text = with_text(&value, &pointer, PLACE);
        let (before, after) = text.split_once(PLACE).expect("the place");
        let body = [before.as_bytes(), &file.bytes, after.as_bytes()].concat();
        tried += 1;
        if made.response(&response(row.status, row.media.as_deref(), body)).is_ok() {
            successes += 1;
            assert!(file.must != Must::Reject, "{}: {} at {pointer}", row.place, file.name);
        }
    }
    (tried, successes)
}
