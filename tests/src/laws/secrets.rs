//! L3: a secret that goes in is not seen in any text of ours.

use std::error::Error;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::golden::response;
use crate::samples::MEDIA;
use crate::source::Sentinels;
use crate::subject::{Operation, Subject};

/// Planted values in the forms in which one may slip through.
fn forms(planted: &[String]) -> Vec<String> {
    let forms = planted.iter().flat_map(|secret| {
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        let json = serde_json::to_string(secret).expect("a string");
        [
            secret.clone(),
            utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
            STANDARD.encode(secret),
            URL_SAFE_NO_PAD.encode(secret),
            hex,
            json[1..json.len() - 1].to_owned(),
            format!("{:?}", secret.as_bytes()),
        ]
    });
    forms.collect()
}

/// A text of ours, searched for these forms. Says how many searches were made.
fn hidden(text: &str, forms: &[String], what: &str) -> usize {
    for form in forms {
        assert!(!text.contains(form), "{what} shows a secret");
    }
    forms.len()
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
    for status in [200, 201, 204, 301, 400, 401, 403, 404, 409, 410, 429, 500, 503, 999] {
        for media in MEDIA {
            for body in &bodies {
                let mut response = response(status, *media, body.clone());
                let headers = response.headers_mut();
                for name in ["location", "www-authenticate", "retry-after", "x-echo"] {
                    headers.insert(name, "SENTINEL-credential-5f3a".parse().expect("a header value"));
                }
                let Err(error) = made.response(&response) else { continue };
                searches += of_error(&format!("{error:?}"), &forms, "an error's Debug");
                searches += of_error(&format!("{error:#?}"), &forms, "an error's Debug");
                let mut link: Option<&dyn Error> = Some(&error);
                while let Some(error) = link {
                    searches += of_error(&error.to_string(), &forms, "an error's text");
                    searches += of_error(&format!("{error:?}"), &forms, "an error's Debug");
                    link = error.source();
                }
            }
        }
    }
    searches
}

fn of_error(text: &str, forms: &[String], what: &str) -> usize {
    assert!(!text.contains("://"), "{what} shows a URI");
    hidden(text, forms, what)
}
