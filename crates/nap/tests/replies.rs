//! What each reply means, against a table of them, and what no change of a reply may make it mean.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may"
)]

mod common;

use authwire_nap::core::{Kind, RetryAfter, Timestamp};
use authwire_nap::{Dialect, INDEX, RateLimit, sessions};
use common::{DIALECTS, Row, Values, entry, nap, reply, rows, tokens};
use http::Response;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;

/// What an operation reads in a reply, in the table's words.
fn meaning(operation: &str, dialect: Dialect, response: &Response<Vec<u8>>) -> String {
    let endpoint = entry(operation).make(&mut Values::usual()).unwrap();
    match endpoint.response(&nap(dialect), response) {
        Ok(_) => "ok".to_owned(),
        Err(error) => match error.kind() {
            Kind::Refused(refusal) => format!("refused {refusal:?}"),
            Kind::OurCredential => "our credential".to_owned(),
            Kind::Unattributed => "unattributed".to_owned(),
            Kind::Throttled => "throttled".to_owned(),
            Kind::Unavailable => "unavailable".to_owned(),
            Kind::Unexpected => "unexpected".to_owned(),
            Kind::Malformed(_) => "malformed".to_owned(),
            other => panic!("{other:?}"),
        },
    }
}

fn read(row: &Row, response: &Response<Vec<u8>>) -> String {
    meaning(row.operation, row.dialect, response)
}

#[test]
fn the_table() {
    let rows = rows();
    for row in &rows {
        let found = read(row, &reply(row.status, row.body.as_str()));
        assert_eq!(found, row.meaning, "{} {} {} {}", row.operation, row.dialect, row.status, row.body);
    }
    let operations: BTreeSet<_> = rows.iter().map(|row| row.operation).collect();
    assert!(INDEX.iter().all(|entry| operations.contains(entry.name())));
    assert_eq!(operations.len(), 10);
    assert_eq!(rows.len(), 427);
}

/// Keys that may be absent in a success, at the top and further down.
const OPTIONAL: &[&str] = &[
    "message",
    "debug",
    "orgs",
    "inviteToken",
    "ssoProvider",
    "ssoUserId",
    "returnTo",
    "description",
    "avatarURL",
    "settings",
    "deletedAt",
    "sms",
    "enable",
];

/// The value once without each key that is in it, at any depth, with the key. What is in `settings` is free.
fn without_each(value: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                let mut less = object.clone();
                less.remove(key);
                all.push((key.clone(), less.into()));
                if key != "settings" {
                    for (deeper, inner) in without_each(inner) {
                        let mut other = object.clone();
                        other.insert(key.clone(), inner);
                        all.push((deeper, other.into()));
                    }
                }
            }
        }
        Value::Array(list) => {
            for (position, inner) in list.iter().enumerate() {
                for (deeper, inner) in without_each(inner) {
                    let mut other = list.clone();
                    other[position] = inner;
                    all.push((deeper, other.into()));
                }
            }
        }
        _ => {}
    }
    all
}

#[test]
fn a_success_that_is_changed_is_none() {
    let successes: Vec<Row> = rows().into_iter().filter(|row| row.meaning == "ok").collect();
    assert_eq!(successes.len(), 2 * 8 + 3);
    let mut mutations = 0;
    for row in &successes {
        let mut is_not_ok = |what: &str, response: Response<Vec<u8>>| {
            mutations += 1;
            assert_ne!(read(row, &response), "ok", "{} {} {what}", row.operation, row.dialect);
        };
        for end in 0..row.body.len() {
            is_not_ok("cut", json(200, &row.body[..end]));
        }
        for status in (201..=599).filter(|status| *status != 200) {
            is_not_ok("status", json(status, &row.body));
        }
        is_not_ok("in a list", json(200, &format!("[{}]", row.body)));
        is_not_ok("followed by more", json(200, &format!("{}{{}}", row.body)));
        is_not_ok("an empty object", json(200, "{}"));
        is_not_ok("a page", json(200, "<!DOCTYPE html><html></html>"));
        for media in ["text/html", "text/plain; charset=utf-8", "application/octet-stream"] {
            is_not_ok(media, Response::builder().header("content-type", media).body(row.body.clone().into()).unwrap());
        }
        let object: Value = serde_json::from_str(&row.body).unwrap();
        let object = object.as_object().unwrap();
        for (key, less) in without_each(&Value::from(object.clone())) {
            if !OPTIONAL.contains(&key.as_str()) {
                is_not_ok(&key, json(200, &less.to_string()));
            }
        }
        for (key, value) in object {
            for wrong in [Value::from(7), Value::from(vec![value.clone()])] {
                let mut other = object.clone();
                other.insert(key.clone(), wrong);
                if key != "orgs" {
                    is_not_ok(key, json(200, &Value::from(other).to_string()));
                }
            }
            is_not_ok("a key twice", json(200, &row.body.replacen('{', &format!("{{\"{key}\":{value},"), 1)));
        }
        // And one that stays.
        let more = row.body.replacen('{', r#"{"a new key":{"x":[1]},"#, 1);
        assert_eq!(read(row, &json(200, &more)), "ok", "{more}");
        let absent = Response::new(row.body.clone().into_bytes());
        assert_eq!(read(row, &absent), "ok");
    }
    assert!(mutations > 12_000, "{mutations}");
}

fn json(status: u16, body: &str) -> Response<Vec<u8>> {
    Response::builder()
        .status(status)
        .header("content-type", "application/json; charset=utf-8")
        .body(body.as_bytes().to_vec())
        .unwrap()
}

/// The status decides; a body that cannot be read, or that says something else, blames nobody.
#[test]
fn an_unreadable_error_means_what_its_status_means() {
    for entry in INDEX {
        let operation = entry.name();
        for dialect in DIALECTS {
            for status in 300..=599 {
                for body in [
                    "",
                    "<html>",
                    "null",
                    "[]",
                    "{",
                    r#"{"message":1}"#,
                    r#"{"error":["Missing API key"]}"#,
                    r#"[{"error":"Missing API key"}]"#,
                    r#"{"message":"Unauthorized access!""#,
                    r#"{"error":"Missing API key","error":"Missing API key"}"#,
                    r#"{"error":"Missing API key","message":"Unauthorized access!"}"#,
                    "\u{FEFF}{}",
                ] {
                    let found = meaning(operation, dialect, &reply(status, body));
                    let expected = match status {
                        400 => default_of_400(operation),
                        401 | 403 => "unattributed",
                        404 if operation == "nap.sessions.get_user_flow" => "refused NotServed",
                        429 => "throttled",
                        500..=599 => "unavailable",
                        _ => "unexpected",
                    };
                    assert_eq!(found, expected, "{operation} {dialect} {status} {body}");
                }
            }
        }
    }
}

fn default_of_400(operation: &str) -> &'static str {
    match operation {
        "nap.sessions.login" => "refused InvalidInput",
        "nap.sessions.refresh" | "nap.sessions.logout" => "refused InvalidRequest",
        "nap.sessions.get_user_flow" => "refused NoSuchFlow",
        "nap.admin.get_config" => "unexpected",
        _ => "refused InvalidData",
    }
}

/// Each error body of the table, with each other status, never says that somebody is in, and blames our key only with 401.
#[test]
fn swapped_statuses_and_bodies() {
    let rows = rows();
    for row in rows.iter().filter(|row| row.status >= 400) {
        for status in [200, 201, 204, 302, 400, 401, 403, 404, 429, 500] {
            let found = read(row, &reply(status, row.body.as_str()));
            assert_ne!(found, "ok", "{status} {}", row.body);
            assert!(found != "our credential" || (status == 401 && row.meaning == "our credential"));
            if status == 403 && row.dialect == Dialect::Nexeres {
                assert_eq!(found, "unattributed");
            }
        }
    }
}

#[test]
fn a_throttled_reply_says_until_when() {
    for entry in INDEX {
        let endpoint = entry.make(&mut Values::usual()).unwrap();
        for dialect in DIALECTS {
            let until = |headers: &[(&str, &str)]| {
                let mut response = reply(429, "Limit exceeded");
                for (name, value) in headers {
                    response
                        .headers_mut()
                        .append(http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
                }
                let error = endpoint.response(&nap(dialect), &response).unwrap_err();
                assert!(matches!(error.kind(), Kind::Throttled));
                error.retry_after()
            };
            let at = |seconds| Some(RetryAfter::At(Timestamp::from_secs(seconds)));
            assert_eq!(until(&[("X-Ratelimit-Reset", "1795296978")]), at(1_795_296_978));
            assert_eq!(until(&[("X-Ratelimit-Reset", "1795296978"), ("Retry-After", "9")]), at(1_795_296_978));
            let after = Some(RetryAfter::After(core::time::Duration::from_secs(9)));
            assert_eq!(until(&[("X-Ratelimit-Reset", "soon"), ("Retry-After", "9")]), after);
            assert_eq!(until(&[]), None);
            for odd in ["", " ", "-1", "+1", "1.5", "1e9", "99999999999999999999"] {
                assert_eq!(until(&[("X-Ratelimit-Reset", odd)]), None, "{odd}");
            }
            assert_eq!(until(&[("X-Ratelimit-Reset", "1"), ("X-Ratelimit-Reset", "2")]), None);
            assert_eq!(until(&[("X-Ratelimit-Reset", "18446744073709551615")]), Some(RetryAfter::At(Timestamp::MAX)));
        }
    }
}

/// The limiter's headers are part of a success, and an odd one does not spoil it.
#[test]
fn the_limiters_headers_come_along() {
    use authwire_nap::core::Endpoint;
    let nap = nap(Dialect::Nap);
    let login = sessions::Login::new("u1@ex.test", authwire_nap::Password::new("x").unwrap());
    let limits = |remaining: &str| -> Option<RateLimit> {
        let body = format!(
            r#"{{"message":"Login successful","tokens":{},"requireEmailVerification":false}}"#,
            tokens(Dialect::Nap, "u1@ex.test", common::SESSION)
        );
        let mut response = reply(200, body);
        for (name, value) in [("limit", "1000"), ("remaining", remaining), ("reset", "1795296978")] {
            let name = http::HeaderName::from_bytes(format!("x-ratelimit-{name}").as_bytes()).unwrap();
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        login.response(&nap, &response).unwrap().rate_limit
    };
    let limit = limits("943").unwrap();
    assert_eq!((limit.limit, limit.remaining, limit.reset.as_secs()), (1_000, 943, 1_795_296_978));
    assert_eq!(limits("many"), None);
}

#[test]
fn tokens_and_times_come_out_as_they_came() {
    use authwire_nap::core::Endpoint;
    for dialect in DIALECTS {
        let refresh = sessions::Refresh::new(authwire_nap::RefreshToken::new("old").unwrap());
        let body = format!(r#"{{"tokens":{}}}"#, tokens(dialect, "u1@ex.test", common::SESSION));
        let found = refresh.response(&nap(dialect), &reply(200, body.as_str())).unwrap().tokens;
        assert!(body.contains(found.session_token.expose()));
        assert_eq!(found.refresh_token.expose(), common::REFRESH_TOKEN);
        assert_eq!(found.session_id.as_str(), common::SESSION);
        assert_eq!(found.session_token_expiry.as_str(), "2026-11-21T22:35:22.186385564Z");
        assert_eq!(found.session_token_expiry.timestamp(), Timestamp::from_millis(1_795_300_522_186));

        let other = sessions::Refresh::new(authwire_nap::RefreshToken::new("old").unwrap()).session("another".into());
        let error = other.response(&nap(dialect), &reply(200, body)).unwrap_err();
        assert!(matches!(error.kind(), Kind::Malformed(authwire_nap::core::Malformed::Mismatch("session_id"))));
    }
}

#[test]
fn an_administrators_token_has_its_expiry_in_a_header() {
    use authwire_nap::core::Endpoint;
    let verify = authwire_nap::admin::VerifyLogin::new("f".into(), authwire_nap::AdminCode::new("c").unwrap());
    for (header, expected) in [("2026-11-21T21:50:18Z", Some("2026-11-21T21:50:18Z")), ("soon", None)] {
        let mut response = reply(200, r#"{"success":true,"token":"t"}"#);
        response.headers_mut().insert("X-Nexeres-Admin-Token-Expiry", header.parse().unwrap());
        let session = verify.response(&nap(Dialect::Nexeres), &response).unwrap();
        assert_eq!(session.expires.as_ref().map(authwire_nap::Time::as_str), expected);
    }
}

proptest! {
    /// Any status, headers and bytes give an answer; it is a success only with 200.
    #[test]
    fn anything_gives_an_answer(
        which in 0..10_usize,
        nexeres: bool,
        status in 100..1000_u16,
        row in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 0..40),
        media in prop::option::of("[ -~]{0,30}"),
    ) {
        let dialect = if nexeres { Dialect::Nexeres } else { Dialect::Nap };
        let rows = rows();
        // A known body with a piece of it overwritten.
        let mut body = row.get(&rows).body.clone().into_bytes();
        let from = from.index(body.len() + 1);
        let end = (from + bytes.len()).min(body.len());
        body.splice(from..end, bytes);
        let mut response = Response::builder().status(status);
        if let Some(media) = media {
            response = response.header("content-type", media);
        }
        let found = meaning(INDEX[which].name(), dialect, &response.body(body).unwrap());
        prop_assert!(found != "ok" || status == 200);
        prop_assert!(found != "our credential" || status == 401);
    }
}
