//! L2, L5, L6 and the mechanical part of L7: what a reply may and may not be taken for.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::bytes::Bytes;
use crate::documented::Documented;
use crate::golden::{Form, ReplyRow, UNDOCUMENTED, kind, response};
use crate::samples::{JUNK, MEDIA};
use crate::source::{Decided, Table};
use crate::subject::{Made, Subject};

/// L2: any operation of any provider, any status, media type and body: an answer, and `Ok` only where documented.
pub fn reply(subjects: &[Subject], input: &[u8]) {
    let mut bytes = Bytes::new(input);
    let subject = &subjects[bytes.below(subjects.len())];
    let operation = &subject.operations[bytes.below(subject.operations.len())];
    let documented = &operation.documented;
    let made = {
        let row = &documented.rows[bytes.below(documented.rows.len())];
        if bytes.byte() < 200 {
            operation.make(&mut Table::parse(&row.values)).ok()
        } else {
            operation.make(&mut Decided::new(&mut bytes, subject.plausible, operation.name)).ok()
        }
    };
    let Some(made) = made else { return };
    let status = match bytes.byte() {
        0..=191 => bytes
            .choose(&[200, 200, 200, 201, 202, 204, 301, 302, 304, 400, 401, 403, 404, 405, 409, 410, 429, 500, 503]),
        _ => 100 + bytes.u16() % 900,
    };
    let media = bytes.choose(MEDIA);
    let body = body(documented, &mut bytes);
    let response = response(status, media, body);
    let outcome = made.response(&response);
    match &outcome {
        Ok(_) => assert!(
            documented.may_be_ok(status, media, response.body()),
            "{}: status {status}, media type {media:?} taken for a success: {:?}",
            operation.name,
            String::from_utf8_lossy(response.body())
        ),
        Err(error) => {
            assert_eq!((error.operation(), error.status()), (operation.name, status));
            assert!(!error.to_string().is_empty());
        }
    }
}

/// A body near the documented ones, or anything.
fn body(documented: &Documented, bytes: &mut Bytes<'_>) -> Vec<u8> {
    let documented = documented.rows[bytes.below(documented.rows.len())].body.clone();
    match bytes.byte() {
        0..=63 => documented,
        64..=95 => bytes.choose(JUNK).to_vec(),
        96..=127 => {
            // Cut.
            let length = bytes.below(documented.len() + 1);
            documented[..length].to_vec()
        }
        128..=191 => {
            // With bytes changed.
            let mut body = documented;
            for _ in 0..bytes.below(4) {
                if !body.is_empty() {
                    let at = bytes.below(body.len().min(65_536));
                    body[at] = bytes.byte();
                }
            }
            body
        }
        192..=223 => {
            // With something in the middle.
            let at = bytes.below(documented.len() + 1);
            [&documented[..at], bytes.take(32), &documented[at..]].concat()
        }
        _ => bytes.rest().to_vec(),
    }
}

/// The operation of a row.
pub(super) fn made(subject: &Subject, row: &ReplyRow) -> Box<dyn Made> {
    let made = subject.operation(&row.operation).make(&mut Table::parse(&row.values));
    made.unwrap_or_else(|error| panic!("{}: {error}", row.place))
}

/// L2: no strict prefix of a success's body is a success. Raw bytes and plain text have no end of their own.
pub fn prefixes(subject: &Subject, row: &ReplyRow) -> usize {
    if !row.is_ok() || !matches!(row.form, Form::Object | Form::String | Form::Png | Form::Jwt) {
        return 0;
    }
    let made = made(subject, row);
    for length in 0..row.body.len() {
        let cut = response(row.status, row.media.as_deref(), row.body[..length].to_vec());
        assert!(made.response(&cut).is_err(), "{}: its first {length} bytes are taken for a success", row.place);
    }
    row.body.len()
}

/// L5: an error whose body nobody can read has its status's own meaning: what the table says for an empty body.
pub fn default_variant(subject: &Subject, row: &ReplyRow) -> usize {
    if row.is_ok() || row.form != Form::Empty || row.meaning.starts_with("Malformed") {
        return 0;
    }
    let made = made(subject, row);
    let mut count = 0;
    for media in MEDIA {
        for body in JUNK {
            let error = made.response(&response(row.status, *media, body.to_vec())).expect_err("an error status");
            let kind = kind(&error);
            assert_eq!(kind, row.meaning, "{}: with body {:?}", row.place, String::from_utf8_lossy(body));
            count += 1;
        }
    }
    count
}

/// L6: members that we do not know change nothing, wherever they stand.
pub fn unknown_fields(subject: &Subject, row: &ReplyRow) -> usize {
    if !row.is_ok() || row.form != Form::Object {
        return 0;
    }
    let made = made(subject, row);
    let expected = made.response(&row.response()).unwrap_or_else(|error| panic!("{}: {error}", row.place));
    let text = String::from_utf8(row.body.clone()).expect("UTF-8");
    let inner = text.trim().trim_start_matches('{');
    const UNKNOWN: &str = r#""x-unknown":[{"a":null,"b":[1.5e3,"\u00e9"]}],"":{}"#;
    let comma = if inner.trim_start().starts_with('}') { "" } else { "," };
    let before = format!("{{{UNKNOWN}{comma}{inner}");
    let after = format!("{}{comma}{UNKNOWN}}}", text.trim().strip_suffix('}').expect("an object"));
    for body in [before, after, format!(" \r\n\t{text}\n ")] {
        let output = made.response(&response(row.status, row.media.as_deref(), body.clone().into_bytes()));
        assert_eq!(output.ok().as_ref(), Some(&expected), "{}: {body}", row.place);
    }
    3
}

/// L7: what a success becomes when something about it is wrong is no success.
pub fn mutations(subject: &Subject, row: &ReplyRow) -> usize {
    if !row.is_ok() {
        return 0;
    }
    let made = made(subject, row);
    let documented = &subject.operation(&row.operation).documented;
    let fails = |status: u16, media: Option<&str>, body: Vec<u8>, what: &str| {
        let outcome = made.response(&response(status, media, body));
        assert!(outcome.is_err(), "{}: {what} is taken for a success", row.place);
        1
    };
    let media = row.media.as_deref();
    let mut count = 0;
    for status in (100..1_000).filter(|status| *status != row.status) {
        if !documented.may_be_ok(status, media, &row.body) {
            count += fails(status, media, row.body.clone(), &format!("status {status}"));
        }
    }
    match row.form {
        Form::Empty => {
            for body in JUNK.iter().filter(|body| !body.is_empty()) {
                count += fails(row.status, None, body.to_vec(), "a body where there is none");
            }
        }
        Form::Object => {
            let text = String::from_utf8(row.body.clone()).expect("UTF-8");
            let broken = [
                (format!("[{text}]"), "an array around it"),
                (format!("{text}{text}"), "the same twice"),
                (format!("{text}x"), "something after it"),
                (format!("\u{feff}{text}"), "a byte order mark"),
                (format!("\"{}\"", text.replace('"', "\\\"")), "a string of it"),
            ];
            for (body, what) in broken {
                count += fails(row.status, media, body.into_bytes(), what);
            }
            let value: Value = serde_json::from_str(&text).expect("JSON");
            let mut objects = Vec::new();
            collect_objects(&value, "", &mut objects);
            for (pointer, object) in objects {
                let values = Value::Array(object.values().cloned().collect()).to_string();
                let body = with_text(&value, &pointer, &values).into_bytes();
                count += fails(row.status, media, body, &format!("{pointer}: its values in an array"));
                let members = Value::Object(object.clone()).to_string();
                let members = members.strip_prefix('{').expect("an object");
                for (key, member) in object.iter().filter(|(key, _)| *key != UNDOCUMENTED) {
                    let escaped: String = key.chars().map(|letter| format!("\\u{:04x}", u32::from(letter))).collect();
                    for key in [key, &escaped] {
                        let doubled = format!("{{\"{key}\":{member},{members}");
                        let body = with_text(&value, &pointer, &doubled).into_bytes();
                        count += fails(row.status, media, body, &format!("{pointer}/{key} twice"));
                    }
                }
            }
        }
        Form::String => {
            let text = String::from_utf8(row.body.clone()).expect("UTF-8");
            for body in [
                format!("[{text}]"),
                format!("{{\"\":{text}}}"),
                format!("{text}{text}"),
                format!("{text}x"),
                format!("\u{feff}{text}"),
                text.trim_matches('"').to_owned(),
                "\"\"".to_owned(),
                "7".to_owned(),
                "null".to_owned(),
            ] {
                count += fails(row.status, media, body.clone().into_bytes(), &body);
            }
        }
        Form::Png => {
            count += fails(row.status, media, [&row.body[..], b"x"].concat(), "something after it");
            // The signature, and the length and name of the first chunk.
            for at in 0..16 {
                let mut body = row.body.clone();
                body[at] ^= 0x80;
                count += fails(row.status, media, body, "a changed head");
            }
        }
        Form::Jwt => {
            let text = String::from_utf8(row.body.clone()).expect("UTF-8");
            let parts: Vec<_> = text.split('.').collect();
            for (body, what) in [
                (format!("[{text}]"), "an array around it"),
                (format!("\"{text}\""), "a string of it"),
                (format!("{{\"token\":\"{text}\"}}"), "an object around it"),
                (format!("{text}{text}"), "the same twice"),
                (format!("{text}."), "a fourth part"),
                (format!("{text}="), "padding"),
                (format!("{text}A"), "a letter more"),
                (format!("{text}\n"), "a line's end"),
                (format!("\u{feff}{text}"), "a byte order mark"),
                (format!("Bearer {text}"), "a scheme before it"),
                (format!("{}.{}.", parts[0], parts[1]), "no signature"),
                (format!(".{}.{}", parts[1], parts[2]), "no header"),
                (format!("{}.{}.{}", parts[1], parts[2], parts[0]), "its parts in another order"),
            ] {
                count += fails(row.status, media, body.into_bytes(), what);
            }
        }
        Form::Raw | Form::Text => {}
    }
    let unfit: BTreeSet<&str> = ["text/html", "text/html; charset=utf-8", "multipart/mixed", ""].into();
    if !matches!(row.form, Form::Empty | Form::Text) {
        for media in unfit {
            count += fails(row.status, Some(media), row.body.clone(), "another media type");
        }
    }
    count
}

/// Every object in a documented body, with its JSON pointer.
fn collect_objects<'a>(value: &'a Value, pointer: &str, objects: &mut Vec<(String, &'a Map<String, Value>)>) {
    match value {
        Value::Object(object) => {
            objects.push((pointer.to_owned(), object));
            for (key, value) in object.iter().filter(|(key, _)| *key != UNDOCUMENTED) {
                collect_objects(value, &format!("{pointer}/{key}"), objects);
            }
        }
        Value::Array(array) => {
            for (at, value) in array.iter().enumerate() {
                collect_objects(value, &format!("{pointer}/{at}"), objects);
            }
        }
        _ => {}
    }
}

/// Every documented member of every object in a body, with its JSON pointer.
pub(super) fn members(value: &Value) -> Vec<(String, &Value)> {
    let mut objects = Vec::new();
    collect_objects(value, "", &mut objects);
    let members = objects.into_iter().flat_map(|(pointer, object)| {
        let documented = object.iter().filter(|(key, _)| *key != UNDOCUMENTED);
        documented.map(move |(key, member)| (format!("{pointer}/{key}"), member)).collect::<Vec<_>>()
    });
    members.collect()
}

/// The value as a text, with this text at a place: what a `Value` cannot hold can be put there.
pub(super) fn with_text(value: &Value, pointer: &str, text: &str) -> String {
    const PLACE: &str = "the place of something else";
    let mut value = value.clone();
    *value.pointer_mut(pointer).expect("a value there") = PLACE.into();
    value.to_string().replace(&format!("\"{PLACE}\""), text)
}
