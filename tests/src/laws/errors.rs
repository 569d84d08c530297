//! The law of Authentiq's errors: the status decides what kind of error a reply is, and a body refines it at most.

use crate::bytes::Bytes;
use crate::documented::Documented;
use crate::golden::{ReplyRow, kind, response};
use crate::samples::{JUNK, MEDIA};
use crate::source::Table;
use crate::subject::Subject;

const SLUGS: &[&str] = &[
    "duplicate-key",
    "unknown-key",
    "revoked-key",
    "duplicate-hash",
    "confirm-first",
    "aud-error",
    "auth-error",
    "unknown-job",
    "not-supported",
    "rate-limit",
    "about:blank",
    "unknown-key ",
    "Unknown-Key",
    "",
];

/// Any operation of this provider, any status and any body, near the provider's own error or not at all.
pub fn error(subject: &Subject, input: &[u8]) {
    let mut bytes = Bytes::new(input);
    let operation = &subject.operations[bytes.below(subject.operations.len())];
    let documented = &operation.documented;
    let row = &documented.rows[bytes.below(documented.rows.len())];
    let made = operation.make(&mut Table::parse(&row.values)).expect("golden values");
    let status = match bytes.byte() {
        0..=127 => bytes.choose(&[400, 401, 403, 404, 405, 409, 410, 415, 429, 500, 502, 503]),
        128..=191 => row.status,
        _ => 100 + bytes.u16() % 900,
    };
    let media = bytes.choose(MEDIA);
    let body = body(status, &mut bytes);
    // As text: half a character in a member that nobody reads is no reason to refuse the others.
    let is_json = serde_json::from_slice::<Box<serde_json::value::RawValue>>(&body).is_ok();
    let is_object = is_json && body.trim_ascii_start().starts_with(b"{");

    let outcome = made.response(&response(status, media, body.clone()));
    let shown = || format!("{} {status} {media:?} {:?}", operation.name, String::from_utf8_lossy(&body));
    let error = match outcome {
        Ok(_) => return assert!(documented.may_be_ok(status, media, &body), "{} is a success", shown()),
        Err(error) => error,
    };
    let kind = kind(&error);
    assert_eq!((error.operation(), error.status()), (operation.name, status));
    assert_eq!(kind == "Unavailable", (500..600).contains(&status), "{} is {kind}", shown());
    let meanings = meanings(documented, status);
    assert!(meanings.iter().any(|meaning| kind.starts_with(meaning)), "{} is {kind}, not of {meanings:?}", shown());
    // What is no object says as much as nothing.
    if !is_object && !documented.rows.iter().any(|row| row.is_ok() && row.status == status) {
        let empty = made.response(&response(status, None, Vec::new())).expect_err("an error status");
        assert_eq!(kind, self::kind(&empty), "{}", shown());
    }
}

/// What errors a status may be: those of its rows; without rows, what it always means.
fn meanings(documented: &Documented, status: u16) -> Vec<&str> {
    let rows: Vec<&ReplyRow> = documented.rows.iter().filter(|row| row.status == status).collect();
    let mut meanings: Vec<_> = rows.iter().filter(|row| !row.is_ok()).map(|row| &*row.meaning).collect();
    if rows.iter().any(|row| row.is_ok()) {
        meanings.push("Malformed(");
    }
    if meanings.is_empty() {
        meanings.push(match status {
            401 | 403 => "Unattributed",
            429 => "Throttled",
            500..=599 => "Unavailable",
            _ => "Unexpected",
        });
    }
    meanings
}

/// The provider's error, with any member of any type, or anything.
fn body(status: u16, bytes: &mut Bytes<'_>) -> Vec<u8> {
    if bytes.byte() >= 224 {
        return bytes.rest().to_vec();
    }
    if bytes.byte() < 32 {
        return bytes.choose(JUNK).to_vec();
    }
    let member = |bytes: &mut Bytes<'_>| {
        let slug = bytes.choose(SLUGS);
        let text = match bytes.byte() {
            0..=95 => slug.to_owned(),
            96..=127 => format!("https://authentiq.example/errors/{slug}"),
            128..=143 => format!("urn:x:{slug}"),
            144..=159 => format!("/errors#{slug}"),
            160..=175 => bytes.text(),
            176..=191 => return bytes.choose(&["null", "7", "[]", "{}", "true", "1e400", "\"\\ud800\""]).to_owned(),
            192..=207 => return bytes.choose(&[409, 410, 401, 404, 429]).to_string(),
            _ => return status.to_string(),
        };
        serde_json::Value::String(text).to_string()
    };
    let mut object = Vec::new();
    for name in ["error", "type", "title", "detail", "type"] {
        if bytes.byte() < 160 {
            object.push(format!("\"{name}\":{}", member(bytes)));
        }
    }
    let object = format!("{{{}}}", object.join(",")).into_bytes();
    let length = if bytes.byte() < 16 { bytes.below(object.len() + 1) } else { object.len() };
    object[..length].to_vec()
}
