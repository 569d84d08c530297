//! Nothing that was put in to be kept secret comes out of a `Debug` or a `Display`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use authwire_nap::core::index::Source;
use authwire_nap::core::{Endpoint, Kind};
use authwire_nap::{ApiKey, Dialect, INDEX, Nap, sessions};
use common::{DIALECTS, Values, nap, reply, rows, session_token};
use std::error::Error;
use std::fmt::Write as _;

const CANARY: &str = "CANARYcanary0";

/// Every text is the canary, and every optional one is given.
struct Canaries;

impl Source for Canaries {
    fn text(&mut self, field: &'static str) -> String {
        match field {
            "x-nap-session-token" => session_token(&format!(r#"{{"email":"{CANARY}"}}"#)),
            _ => CANARY.to_owned(),
        }
    }

    fn is_given(&mut self, _: &'static str) -> bool {
        true
    }
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        write!(text, "{error} {error:?} ").unwrap();
        next = error.source();
    }
    text
}

#[test]
fn operations_and_providers() {
    let token = Canaries.text("x-nap-session-token");
    for entry in INDEX {
        let shown = format!("{:?}", entry.make(&mut Canaries).unwrap());
        assert!(!shown.contains(CANARY) && !shown.contains(&token), "{shown}");
    }
    let nap = Nap::new("https://auth.example.test".parse().unwrap(), &ApiKey::new(CANARY).unwrap());
    assert!(!format!("{nap:?}").contains(CANARY));
    let refused = ApiKey::new(format!("{CANARY} ")).unwrap_err();
    assert!(!chain(&refused).contains(CANARY));
    let refused = authwire_nap::SessionToken::new(CANARY).unwrap_err();
    assert!(!chain(&refused).contains(CANARY));
}

/// Each reply of the table, with the canary in each text of its body and in its headers.
#[test]
fn errors_and_successes() {
    let secrets = [
        "session_token",
        "sessionToken",
        "refresh_token",
        "refreshToken",
        "token",
        "flowId",
        "inviteToken",
        "returnTo",
    ];
    for row in rows() {
        for status in [row.status, 200, 400, 401, 403, 500] {
            let planted = plant(&row.body);
            let mut response = reply(status, planted.as_str());
            response.headers_mut().insert("location", CANARY.parse().unwrap());
            response.headers_mut().insert("www-authenticate", CANARY.parse().unwrap());
            for entry in INDEX.iter().filter(|entry| entry.name() == row.operation) {
                let endpoint = entry.make(&mut Values::usual()).unwrap();
                if let Err(error) = endpoint.response(&nap(row.dialect), &response) {
                    assert!(!chain(&error).contains(CANARY), "{} {status} {planted}", row.operation);
                }
            }
        }
        // A success shows what it is for, and no credential.
        let mut planted = row.body.clone();
        for key in secrets {
            planted = planted.replace(&format!("\"{key}\":\""), &format!("\"{key}\":\"{}", shown_by(key)));
        }
        for entry in INDEX.iter().filter(|entry| entry.name() == row.operation) {
            let endpoint = entry.make(&mut Values::usual()).unwrap();
            if let Ok(output) = endpoint.response(&nap(row.dialect), &reply(row.status, planted.as_str())) {
                assert!(!format!("{output:?}").contains(CANARY), "{planted}");
            }
        }
    }
}

/// A session token must stay one: it is left as it is.
fn shown_by(key: &str) -> &'static str {
    if key.contains("ession") { "" } else { CANARY }
}

/// Puts the canary behind the first quote of each value.
fn plant(body: &str) -> String {
    body.replace(":\"", &format!(":\"{CANARY}"))
}

#[test]
fn a_flow_to_choose_in_is_not_shown() {
    for dialect in DIALECTS {
        let login = sessions::Login::new("a@ex.test", authwire_nap::Password::new(CANARY).unwrap());
        let body = format!(r#"{{"message":"m","requireEmailVerification":false,"flowId":"{CANARY}"}}"#);
        let error = login.response(&nap(dialect), &reply(200, body)).unwrap_err();
        assert!(!chain(&error).contains(CANARY));
        let Kind::Refused(sessions::LoginRefusal::ChooseOrganization { flow, .. }) = error.into_kind() else {
            panic!()
        };
        assert_eq!(flow.as_str(), CANARY);
    }
}

#[test]
fn tokens_are_not_shown() {
    let body = format!(r#"{{"tokens":{}}}"#, common::tokens(Dialect::Nap, "a@ex.test", common::SESSION));
    let refresh = sessions::Refresh::new(authwire_nap::RefreshToken::new("r").unwrap());
    let shown = format!("{:?}", refresh.response(&nap(Dialect::Nap), &reply(200, body)).unwrap());
    assert!(!shown.contains(common::REFRESH_TOKEN) && !shown.contains("ZX"), "{shown}");
}
