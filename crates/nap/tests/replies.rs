//! What replies say besides what the workspace's tables of replies hold them to: whom an error is about, until when to wait,
//! and what comes along with a success.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use authwire_nap::core::{Kind, RetryAfter, Timestamp};
use authwire_nap::{Dialect, INDEX, RateLimit, sessions};
use common::{DIALECTS, Values, entry, nap, reply, tokens};
use http::Response;

/// What an operation reads in a reply, in words.
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
            let nine = core::time::Duration::from_secs(9);
            let after = Some(RetryAfter::After(nine));
            let both = Some(RetryAfter::Both { after: nine, at: Timestamp::from_secs(1_795_296_978) });
            assert_eq!(until(&[("X-Ratelimit-Reset", "1795296978"), ("Retry-After", "9")]), both);
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
    let limits = |change: &dyn Fn(&mut http::HeaderMap)| -> Option<RateLimit> {
        let body = format!(
            r#"{{"message":"Login successful","tokens":{},"requireEmailVerification":false}}"#,
            tokens(Dialect::Nap, "u1@ex.test", common::SESSION)
        );
        let mut response = reply(200, body);
        for (name, value) in [("limit", "1000"), ("remaining", "943"), ("reset", "1795296978")] {
            let name = http::HeaderName::from_bytes(format!("x-ratelimit-{name}").as_bytes()).unwrap();
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        change(response.headers_mut());
        login.response(&nap, &response).unwrap().rate_limit
    };
    let limit = limits(&|_| ()).unwrap();
    assert_eq!((limit.limit, limit.remaining, limit.reset.as_secs()), (1_000, 943, 1_795_296_978));
    for name in ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"] {
        let insert = |text: &'static str| limits(&|headers| drop(headers.insert(name, text.parse().unwrap())));
        assert!(insert("7").is_some());
        assert_eq!(["many", "", "+7", "18446744073709551616"].map(insert), [None; 4], "{name}");
        assert_eq!(limits(&|headers| drop(headers.remove(name))), None, "{name}");
        assert_eq!(limits(&|headers| assert!(headers.append(name, "7".parse().unwrap()))), None, "{name} twice");
    }
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
