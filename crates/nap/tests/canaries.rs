//! No secret is in the texts of what this crate gives and refuses. That operations and errors show none is a law of the
//! workspace.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use authwire_nap::core::{Endpoint, Kind};
use authwire_nap::{ApiKey, sessions};
use common::{DIALECTS, REFRESH_TOKEN, Values, entry, nap, reply};
use std::error::Error;
use std::fmt::Write as _;

const CANARY: &str = "CANARYcanary0";

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
fn values_that_are_refused() {
    let refused = ApiKey::new(format!("{CANARY} ")).unwrap_err();
    assert!(!chain(&refused).contains(CANARY));
    let refused = authwire_nap::SessionToken::new(CANARY).unwrap_err();
    assert!(!chain(&refused).contains(CANARY));
}

/// A success shows what it is for, and no credential.
#[test]
fn successes() {
    let tokens = |dialect| common::tokens(dialect, "u1@ex.test", common::SESSION).replace(REFRESH_TOKEN, CANARY);
    let flow = r#"{"id":"CANARYcanary0","type":"login","userId":"u","email":"CANARYcanary0","mfaRequired":false,
        "mfaVerified":false,"inviteToken":"CANARYcanary0","returnTo":"/CANARYcanary0","createdAt":"2026-11-22T03:05:18Z",
        "expiresAt":"2026-11-22T03:15:18Z"}"#;
    for dialect in DIALECTS {
        let tokens = tokens(dialect);
        assert!(tokens.contains(CANARY));
        let session = tokens.split('"').find(|piece| piece.starts_with("ZX")).unwrap();
        let login = format!(r#"{{"message":"m","tokens":{tokens},"requireEmailVerification":false}}"#);
        for (operation, body) in [
            ("nap.sessions.login", login.as_str()),
            ("nap.sessions.refresh", &format!(r#"{{"tokens":{tokens}}}"#)),
            ("nap.sessions.get_user_flow", flow),
            ("nap.admin.login", r#"{"emailSent":true,"flowId":"CANARYcanary0"}"#),
            ("nap.admin.verify_login", r#"{"success":true,"token":"CANARYcanary0"}"#),
        ] {
            let endpoint = entry(operation).make(&mut Values::usual().with("flowId", CANARY)).unwrap();
            let output = endpoint.response(&nap(dialect), &reply(200, body)).unwrap();
            let shown = format!("{output:?} {output:#?}");
            assert!(!shown.contains(CANARY) && !shown.contains(session), "{shown}");
        }
    }
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
