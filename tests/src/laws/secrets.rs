//! L3: a secret that goes in is not seen in any text of ours.

use std::collections::BTreeSet;
use std::error::Error;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::replies::{made, members, with_text};
use crate::golden::{Form, ReplyRow, response};
use crate::samples::MEDIA;
use crate::source::Sentinels;
use crate::subject::{Operation, Subject};

/// Planted values in the forms in which one may slip through, once each.
pub fn forms(planted: &[String]) -> Vec<String> {
    let forms = planted.iter().flat_map(|secret| {
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        let json = serde_json::to_string(secret).expect("a string");
        let plain = [
            secret.clone(),
            utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
            hex.to_ascii_uppercase(),
            hex,
            json[1..json.len() - 1].to_owned(),
            format!("{:?}", secret.as_bytes()),
        ];
        // In base64 also as a part of something longer: from each of three bytes on, without what the end decides.
        let in_base64 = (0..3usize.min(secret.len())).flat_map(|from| {
            let inner = &secret.as_bytes()[from..];
            let inner = &inner[..inner.len() - inner.len() % 3];
            [STANDARD.encode(inner), URL_SAFE_NO_PAD.encode(inner)]
        });
        let in_base64: Vec<_> = in_base64.filter(|text| text.len() >= 8).collect();
        // A piece of a marker is as good as the marker.
        let windows = secret.as_bytes().windows(8).filter(|_| secret.contains(MARK));
        let windows: Vec<_> = windows.map(|window| String::from_utf8_lossy(window).into_owned()).collect();
        [plain.to_vec(), in_base64, windows].concat()
    });
    let mut forms: Vec<String> = forms.collect();
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// In every marker that has no format to keep.
const MARK: &str = "SENTINEL";

/// A text of ours, searched for these forms. Says how many searches were made.
///
/// # Panics
/// When the text has one of them.
pub fn hidden(text: &str, forms: &[String], what: &str) -> usize {
    for form in forms {
        assert!(!text.contains(form), "{what} shows a secret {form:?} in {text}");
    }
    forms.len()
}

/// A success with a marker in each of its texts in turn, in whatever form the reader takes there: where the output's
/// `Debug` shows it, that member is in `shown`. Says how many searches were made.
pub fn outputs(subject: &Subject, row: &ReplyRow, shown: &mut BTreeSet<(String, String)>) -> usize {
    if !row.is_ok() {
        return 0;
    }
    let made = made(subject, row);
    let read = |body: Vec<u8>| made.response(&response(row.status, row.media.as_deref(), body)).ok();
    let mut searches = 0;
    let Ok(value @ serde_json::Value::Object(_)) = serde_json::from_slice(&row.body) else {
        // The whole body is the answer: a code, a picture, a token.
        let marker = format!("{MARK}wholec0ffee0ddba11");
        let body = match row.form {
            Form::String => format!("\"{marker}\"").into_bytes(),
            Form::Raw | Form::Text => marker.clone().into_bytes(),
            Form::Png | Form::Jwt => row.body.clone(),
            Form::Empty | Form::Object => return 0,
        };
        let secret = String::from_utf8(body.clone()).ok().filter(|_| row.form == Form::Jwt).unwrap_or(marker);
        let debug = read(body).unwrap_or_else(|| panic!("{}: not read", row.place));
        return hidden(&debug, &forms(&[secret]), &row.place);
    };
    for (pointer, _) in members(&value).into_iter().filter(|(_, member)| member.is_string() || member.is_null()) {
        let marker = format!("{MARK}{:02}c0ffee0ddba11", searches % 90 + 10);
        let jwt = ["{}", "{}", &marker].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        let dresses = [
            marker.clone(),
            format!("{marker}@example.com"),
            format!("https://{}.example/?{marker}", marker.to_ascii_lowercase()),
            format!("/{marker}"),
            format!("https://example.com/{marker}/{{}}"),
            URL_SAFE_NO_PAD.encode(&jwt),
            STANDARD.encode(&marker),
        ];
        for dress in dresses {
            let text = serde_json::Value::String(dress.clone()).to_string();
            let Some(debug) = read(with_text(&value, &pointer, &text).into_bytes()) else { continue };
            let forms = forms(&[marker.clone(), dress]);
            searches += forms.len();
            if forms.iter().any(|form| debug.contains(form)) {
                shown.insert((row.operation.clone(), pointer.clone()));
            }
        }
    }
    searches
}

/// An operation with a sentinel in every field, its provider, and every error that a reply that echoes the sentinels can
/// make: none of their texts shows one.
pub fn echoed(subject: &Subject, operation: &Operation) -> usize {
    let mut source = Sentinels::new(subject.plausible, operation.name);
    let made = operation.make(&mut source).unwrap_or_else(|error| panic!("{}: {error}", operation.name));
    let mut planted = source.planted;
    planted.extend([subject.world.credential.to_owned(), subject.world.second.to_owned()]);
    let forms = forms(&planted);
    let mut searches = hidden(&made.debug(), &forms, "an operation's Debug");
    searches += hidden(&subject.debug, &forms, "the provider's Debug");

    // Nor is a URI, which may hold one where this test does not look.
    let echo = format!("https://evil.example/ {}", planted.join(" "));
    let object = serde_json::json!({ "message": echo, "error": echo, "secret": planted }).to_string();
    let mut bodies = vec![echo.clone().into_bytes(), object.into_bytes()];
    // The documented bodies with each string in turn replaced: readers that stop at a value must not quote it.
    for row in &operation.documented.rows {
        if let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(&row.body) {
            for key in object.keys() {
                let mut object = object.clone();
                object.insert(key.clone(), serde_json::json!([echo]));
                bodies.push(serde_json::Value::Object(object).to_string().into_bytes());
            }
        }
    }
    bodies.sort_unstable();
    bodies.dedup();
    let mut seen = BTreeSet::new();
    for status in [200, 201, 204, 301, 400, 401, 403, 404, 409, 410, 429, 500, 503, 999] {
        for media in MEDIA {
            for body in &bodies {
                let mut response = response(status, *media, body.clone());
                let headers = response.headers_mut();
                for name in ["location", "www-authenticate", "retry-after", "x-echo"] {
                    headers.insert(name, "SENTINEL-5f3a9c01d7e6b842".parse().expect("a header value"));
                }
                let Err(error) = made.response(&response) else { continue };
                let mut texts = vec![format!("{error:?} {error:#?}")];
                let mut link: Option<&dyn Error> = Some(&error);
                while let Some(error) = link {
                    texts.push(format!("{error} {error:?}"));
                    link = error.source();
                }
                // Most replies come to the same few texts: each is searched once.
                for text in texts.into_iter().filter(|text| seen.insert(text.clone())) {
                    assert!(!text.contains("://"), "an error shows a URI");
                    searches += hidden(&text, &forms, "an error");
                }
            }
        }
    }
    searches
}
