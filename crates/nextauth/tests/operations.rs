//! What operations say beyond the tables of requests and replies, which are the workspace's own.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use authwire_nextauth::accounts::{UpdateAccountUser, UpdateAccountUserRefusal};
use authwire_nextauth::core::{Endpoint, Kind, Malformed};
use authwire_nextauth::http::Response;
use authwire_nextauth::servers::GetServerVashRefusal;
use authwire_nextauth::sessions::{GetSession, LoginStatus};
use authwire_nextauth::{AccountId, ApiKey, MAX_QR_BYTES, NextAuth, Nonce, ServerId};

fn provider() -> NextAuth {
    NextAuth::new("https://auth.example".parse().unwrap(), &ApiKey::new("key").unwrap())
}

fn session(body: &str) -> Result<LoginStatus, Kind<std::convert::Infallible>> {
    let ask = GetSession::new(ServerId::new("AAAA").unwrap(), Nonce::from_text("n").unwrap());
    ask.response(&provider(), &Response::new(body)).map_err(authwire_nextauth::core::ReplyError::into_kind)
}

#[test]
fn a_status_says_what_is_known_of_the_session_whoever_is_logged_in() {
    let known = r#""canprovoke":true,"loginqrdata":"_-8=","hsid":"SENTINEL""#;
    for (status, is_logged_in) in [(r#""loggedin":true,"accountid":7"#, true), (r#""loggedin":false"#, false)] {
        let status = session(&format!("{{{status},{known}}}")).unwrap();
        assert_eq!(status.is_logged_in(), is_logged_in);
        let session = status.session();
        assert!(session.can_provoke);
        assert_eq!(session.login_qr.as_deref(), Some(&[0xff, 0xef][..]));
        assert_eq!(session.hsid.as_deref(), Some("SENTINEL"));
        assert_eq!(format!("{session:?}"), "Session { can_provoke: true, .. }");
    }
    for nothing in ["{}", r#"{"canprovoke":null,"loginqrdata":null,"hsid":null}"#, r#"{"loginqrdata":""}"#] {
        let status = session(nothing).unwrap();
        assert!(!status.is_logged_in() && !status.session().can_provoke);
        assert_eq!((&status.session().login_qr, &status.session().hsid), (&None, &None));
    }
}

#[test]
fn a_login_code_that_no_qr_code_can_hold_is_none() {
    // Four letters are three bytes.
    let status = |letters: usize| session(&format!(r#"{{"loginqrdata":"{}"}}"#, "A".repeat(letters)));
    let largest = status(MAX_QR_BYTES.div_ceil(3) * 4 - 4).unwrap();
    assert!(largest.session().login_qr.as_ref().is_some_and(|data| data.len() > MAX_QR_BYTES - 3));
    assert_eq!(status(MAX_QR_BYTES.div_ceil(3) * 4 + 4), Err(Kind::Malformed(Malformed::Field("loginqrdata"))));
}

#[test]
fn a_user_id_with_a_control_character_is_nobodys() {
    for control in ["\\u0000", "alice\\u0000bob", "\\n", "\\u007f", "\\u0085"] {
        let status = session(&format!(r#"{{"loggedin":true,"accountid":7,"userid":"{control}"}}"#));
        assert_eq!(status, Err(Kind::Malformed(Malformed::Field("userid"))), "{control}");
    }
}

/// The wire does not say whose fault a 403 is, but for the documents' own words and nothing around them.
#[test]
fn only_the_documents_words_blame_the_user_name() {
    let update = UpdateAccountUser::new(ServerId::new("AAAA").unwrap(), AccountId::new(7), "alice".into());
    let kind = |body: &str| {
        let response = Response::builder().status(403).body(body).unwrap();
        update.response(&provider(), &response).unwrap_err().into_kind()
    };
    for body in [
        "invalid user name",
        "Invalid User Name",
        " Invalid user name.\n",
        r#"{"message":"Invalid user name"}"#,
        r#"{"error":"invalid user name."}"#,
        r#"{"description":" invalid user name "}"#,
        r#"{"code":403,"error":"forbidden","message":"invalid user name"}"#,
    ] {
        assert_eq!(kind(body), Kind::Refused(UpdateAccountUserRefusal::InvalidUserName), "{body}");
    }
    for body in [
        "",
        "invalid username",
        "invalid user name or password",
        "an invalid user name",
        "\"invalid user name\"",
        "<p>invalid user name</p>",
        r#"["invalid user name"]"#,
        r#"{"text":"invalid user name"}"#,
        r#"{"message":{"text":"invalid user name"}}"#,
        r#"{"message":"invalid API key"}"#,
        r#"{"message":"x","message":"invalid user name"}"#,
        r#"{"message":"invalid user name""#,
        "{}",
    ] {
        assert_eq!(kind(body), Kind::Unattributed, "{body}");
    }
}

#[test]
fn the_refusals_texts() {
    assert_eq!(UpdateAccountUserRefusal::InvalidUserName.to_string(), "the user name is not valid");
    assert_eq!(UpdateAccountUserRefusal::NoSuchAccount.to_string(), "there is no such account");
    assert_eq!(GetServerVashRefusal::NoSuchServer.to_string(), "there is no such virtual server");
}
