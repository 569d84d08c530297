//! The distinction that this provider is about: a wrong code or link is the end user's, a wrong access token is ours, and
//! only a 200 with a well-formed user, the one who was asked about, verifies anybody.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use authwire_lagrello::core::{Endpoint, Kind, ReplyError};
use authwire_lagrello::users::{User, VerifyMagicLink, VerifyMagicLinkRefusal, VerifyTotp, VerifyTotpRefusal};
use authwire_lagrello::{MagicLinkToken, TotpCode, UserId, Verified};
use common::{HTML, provider, response};
use proptest::prelude::*;
use serde_json::Value;

/// The documented replies, but for the bodies' texts: alice is verified, alice's code is wrong, and so on.
const DOCUMENTED: [(u16, &str); 4] = [
    (200, r#"{"userId":"alice","email":"alice@example.com"}"#),
    (401, r#"{"message":"the token of the end user is wrong","errorType":"Unauthorized"}"#),
    (403, r#"{"message":"the access token is wrong","errorType":"Forbidden"}"#),
    (404, r#"{"message":"the user could not be found","errorType":"NotFound"}"#),
];

/// Whom an outcome is about.
#[derive(Debug, PartialEq)]
enum Outcome {
    Verified(String),
    EndUser,
    NoSuchUser,
    Us,
    Nobody,
}

fn outcome<R>(result: Result<Verified<User>, ReplyError<R>>, party: impl Fn(&R) -> Outcome) -> Outcome {
    match result {
        Ok(user) => Outcome::Verified(user.into_inner().user_id.as_str().to_owned()),
        Err(error) => match error.kind() {
            Kind::Refused(refusal) => party(refusal),
            Kind::OurCredential => Outcome::Us,
            _ => Outcome::Nobody,
        },
    }
}

fn alice() -> UserId {
    UserId::new("alice").unwrap()
}

fn by_code(status: u16, media: Option<&str>, body: &[u8]) -> Outcome {
    let operation = VerifyTotp::new(alice(), TotpCode::new("123456").unwrap());
    outcome(operation.response(&provider(), &response(status, media, body)), |refusal| match refusal {
        VerifyTotpRefusal::WrongCode => Outcome::EndUser,
        VerifyTotpRefusal::NoSuchUser => Outcome::NoSuchUser,
        _ => panic!("a refusal that is not documented"),
    })
}

fn by_link(status: u16, media: Option<&str>, body: &[u8]) -> Outcome {
    let operation = VerifyMagicLink::new(MagicLinkToken::new("mlt").unwrap());
    outcome(operation.response(&provider(), &response(status, media, body)), |refusal| match refusal {
        VerifyMagicLinkRefusal::WrongLink => Outcome::EndUser,
        VerifyMagicLinkRefusal::NoSuchUser => Outcome::NoSuchUser,
        _ => panic!("a refusal that is not documented"),
    })
}

/// What a status means, whatever the body is; `None` for the one status that a body decides.
fn of_status(status: u16) -> Option<Outcome> {
    match status {
        200 => None,
        401 => Some(Outcome::EndUser),
        403 => Some(Outcome::Us),
        404 => Some(Outcome::NoSuchUser),
        _ => Some(Outcome::Nobody),
    }
}

/// Whom a body is about by another reader's reading.
fn user_in(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    value.as_object()?.get("userId")?.as_str().map(str::to_owned)
}

/// One reply to both operations.
fn check(status: u16, media: Option<&str>, body: &[u8]) {
    let (code, link) = (by_code(status, media, body), by_link(status, media, body));
    match of_status(status) {
        Some(expected) => {
            assert_eq!(code, expected, "{status}");
            assert_eq!(link, expected, "{status}");
        }
        None => {
            let named = user_in(body);
            let is_json = media.is_none_or(|media| media.starts_with("application/json"));
            for (outcome, may) in [(code, named.as_deref() == Some("alice")), (link, named.is_some())] {
                match outcome {
                    Outcome::Verified(user) => assert!(may && is_json && named == Some(user)),
                    outcome => assert_eq!(outcome, Outcome::Nobody),
                }
            }
        }
    }
}

#[test]
fn the_documented_replies() {
    let expected = [Outcome::Verified("alice".into()), Outcome::EndUser, Outcome::Us, Outcome::NoSuchUser];
    for ((status, body), expected) in DOCUMENTED.into_iter().zip(expected) {
        assert_eq!(by_code(status, Some("application/json"), body.as_bytes()), expected);
        assert_eq!(by_link(status, Some("application/json"), body.as_bytes()), expected);
    }
}

/// Each documented status with each documented body: 401 and 403 swapped, bodies swapped. The status decides, and a
/// message about the other party changes nothing.
#[test]
fn swapped_statuses_and_bodies() {
    for (status, own) in DOCUMENTED {
        for (_, body) in DOCUMENTED {
            check(status, Some("application/json"), body.as_bytes());
            check(status, None, body.as_bytes());
            check(status, Some("text/html"), body.as_bytes());
            if status == 200 && body != own {
                assert_eq!(by_code(status, None, body.as_bytes()), Outcome::Nobody);
                assert_eq!(by_link(status, None, body.as_bytes()), Outcome::Nobody);
            }
        }
    }
    let [_, (_, of_401), (_, of_403), _] = DOCUMENTED;
    for verify in [by_code, by_link] {
        assert_eq!(verify(403, None, of_401.as_bytes()), Outcome::Us);
        assert_eq!(verify(401, None, of_403.as_bytes()), Outcome::EndUser);
    }
}

/// Every cut of every documented body, with every documented status: no part of a success is one.
#[test]
fn truncated_bodies() {
    for (status, _) in DOCUMENTED {
        for (_, body) in DOCUMENTED {
            for length in 0..body.len() {
                let cut = &body.as_bytes()[..length];
                check(status, Some("application/json"), cut);
                for verify in [by_code, by_link] {
                    assert!(!matches!(verify(status, None, cut), Outcome::Verified(_)), "{status} {length}");
                }
            }
        }
    }
}

/// A code names its user: another one's record is no answer. A link does not: whoever expects somebody compares.
#[test]
fn another_user() {
    for other in ["bob", "Alice", "alice ", "ALICE", "alic\u{435}", "alice\u{301}", "a", "alice2"] {
        let body = format!(r#"{{"userId":"{other}","email":"alice@example.com"}}"#);
        assert_eq!(by_code(200, None, body.as_bytes()), Outcome::Nobody, "{other}");
        assert_eq!(by_link(200, None, body.as_bytes()), Outcome::Verified(other.into()));
        let operation = VerifyMagicLink::new(MagicLinkToken::new("mlt").unwrap());
        let verified = operation.response(&provider(), &response(200, None, body)).unwrap();
        assert_eq!(verified.get().user_id.as_str(), other);
        assert!(verified.expect_user(&alice()).is_err());
    }
    let operation = VerifyMagicLink::new(MagicLinkToken::new("mlt").unwrap());
    let reply = response(200, None, r#"{"userId":"alice"}"#);
    assert!(operation.response(&provider(), &reply).unwrap().expect_user(&alice()).is_ok());
}

/// The bodies of other statuses, pages and nothing at all.
#[test]
fn every_status_with_every_kind_of_body() {
    let bodies =
        DOCUMENTED.into_iter().map(|(_, body)| body).chain(["", HTML, "null", "{}", "[]", "true", "\"alice\""]);
    for body in bodies {
        for status in 100..1000 {
            check(status, None, body.as_bytes());
        }
    }
}

fn json() -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof![Just("userId"), Just("email"), Just("message"), Just("errorType"), Just("userid")];
    let value = prop_oneof![
        Just("\"alice\"".to_owned()),
        Just("\"bob\"".to_owned()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("[\"alice\"]".to_owned()),
        Just("{\"userId\":\"alice\"}".to_owned()),
        any::<String>().prop_map(|text| Value::from(text).to_string()),
    ];
    prop::collection::vec((name, value), 0..4).prop_map(|members| {
        let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    })
}

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let documented = prop::sample::select(DOCUMENTED.map(|(_, body)| body.as_bytes().to_vec()).to_vec());
    let whole = prop_oneof![documented, json(), any::<Vec<u8>>()];
    // Cut, with a byte changed, or behind another.
    (whole.clone(), whole, any::<prop::sample::Index>(), any::<u8>(), 0..4_u8).prop_map(
        |(mut body, other, at, byte, how)| {
            let at = at.index(body.len() + 1);
            match how {
                0 => body.truncate(at),
                1 if at < body.len() => body[at] = byte,
                2 => body.extend(other),
                _ => {}
            }
            body
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn nothing_but_the_users_record_verifies_a_user(
        status in prop_oneof![4 => Just(200), 1 => prop::sample::select(vec![401, 403, 404]), 1 => 100..1000_u16],
        media in prop::sample::select(vec![None, Some("application/json"), Some("application/json; charset=utf-8"), Some("text/html")]),
        body in any_body(),
    ) {
        check(status, media, &body);
    }
}
