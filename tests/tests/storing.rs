//! Flows that are stored: a form that stays, and an error for everything else.

use std::time::Duration;

use authwire_authentiq::flows::{AwaitSignature, AwaitSignatureError, AwaitVerified};
use authwire_authentiq::jwt::{Alg, Ed25519, TokenError};
use authwire_authentiq::{Authentiq, JobId, PublicKey};
use authwire_core::{Flow, Reply, Retry, RetryProgress, Sent, SnapshotError, Step, Storable, Timestamp};
use authwire_nextauth::flows::AwaitLogin;
use authwire_nextauth::sessions::GetSession;
use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};
use authwire_tests::flows::{STATEMENT, issuer, subject};
use http::Response;
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
const DEADLINE: Timestamp = Timestamp::from_secs(1_800_000_060);
const KEY: &str = "dR1cZzYf-uC6r5L1VOmnKj22AvDCTQR2FYJ6qpGip6U";
/// Written by hand, and never to be changed: a flow that was stored by an older version must go on with a later one.
const LOGIN: &str = r#"{"form":"nextauth.await_login/1","server":"AAAA","nonce":"nonce-1","repeat":{"polling":{"pace":5000,"max_pause":60000,"deadline":1800000060000,"now":1800000000000,"failures":0,"due":null,"jitter":null},"progress":"asking"},"unconfirmed":{"account":7,"user":"alice"}}"#;
const SIGNATURE: &str = r#"{"form":"authentiq.await_signature/1","job":"job-5678901234567890","repeat":{"polling":{"pace":5000,"max_pause":60000,"deadline":1800000060000,"now":0,"failures":0,"due":0,"jitter":11},"progress":"asking"}}"#;
const RETRY: &str = r#"{"form":"core.retry/1","polling":{"pace":500,"max_pause":30000,"deadline":1800000060000,"now":1800000000000,"failures":0,"due":null,"jitter":11},"left":4}"#;
const VERIFIED: &str = r#"{"form":"authentiq.await_verified/1","issuer":"dR1cZzYf-uC6r5L1VOmnKj22AvDCTQR2FYJ6qpGip6U","subject":"dR1cZzYf-uC6r5L1VOmnKj22AvDCTQR2FYJ6qpGip6U","leeway_seconds":30,"alg":"ed25519_or_ed_dsa","signature":{"form":"authentiq.await_signature/1","job":"job-5678901234567890","repeat":{"polling":{"pace":5000,"max_pause":60000,"deadline":1800000060000,"now":0,"failures":0,"due":0,"jitter":null},"progress":"asking"}}}"#;

fn nextauth() -> NextAuth {
    NextAuth::new("https://auth.example".parse().unwrap(), &ApiKey::new("key").unwrap())
}

fn nonce() -> Nonce {
    Nonce::from_text("nonce-1").unwrap()
}

fn authentiq() -> Authentiq {
    Authentiq::new("https://issuer.example".parse().unwrap())
}

fn signature() -> AwaitSignature {
    AwaitSignature::new(JobId::new("job-5678901234567890").unwrap(), DEADLINE)
}

fn verified() -> AwaitVerified<Ed25519> {
    let key = PublicKey::new(KEY).unwrap();
    signature().verified_by(key, key, Ed25519).leeway(Duration::from_secs(30)).alg(Alg::Ed25519OrEdDsa)
}

fn reply<F: Flow>(flow: &mut F, provider: &F::Provider, body: &str) {
    flow.reply(provider, NOW, Reply::from(&Response::builder().status(200).body(body).unwrap()));
}

#[test]
fn the_form_of_a_stored_flow_stays() {
    let mut login = AwaitLogin::new(ServerId::new("AAAA").unwrap(), nonce(), DEADLINE);
    let provider = nextauth();
    assert!(matches!(login.step(&provider, NOW), Ok(Step::Send(_))));
    reply(&mut login, &provider, r#"{"loggedin":true,"accountid":7,"userid":"alice"}"#);
    assert!(matches!(login.step(&provider, NOW), Ok(Step::Send(_))));
    assert_eq!(login.store().unwrap(), LOGIN);
    assert_eq!(signature().jitter(11).store().unwrap(), SIGNATURE);
    assert_eq!(verified().store().unwrap(), VERIFIED);
    let mut retry = Retry::new(GetSession::new(ServerId::new("AAAA").unwrap(), nonce()), DEADLINE, 11).max_requests(5);
    assert!(matches!(retry.step(&provider, NOW), Ok(Step::Send(_))));
    assert_eq!(retry.progress().store().unwrap(), RETRY);
    for error in [
        RetryProgress::restore(LOGIN).unwrap_err(),
        AwaitLogin::restore(SIGNATURE).unwrap_err(),
        AwaitSignature::restore(VERIFIED).unwrap_err(),
        AwaitVerified::<Ed25519>::restore(SIGNATURE).unwrap_err(),
        AwaitLogin::restore(&LOGIN.replace("login/1", "login/2")).unwrap_err(),
    ] {
        assert_eq!(error, SnapshotError::OtherForm);
    }
}

/// Whoever restores a flow says that its reply is lost: the one answer that there was does not count any more.
#[test]
fn a_restored_login_is_confirmed_anew() {
    let provider = nextauth();
    let mut login = AwaitLogin::restore(LOGIN).unwrap();
    login.lost(NOW, Sent::Maybe);
    assert!(matches!(login.step(&provider, NOW), Ok(Step::Wait(_))));
    let later = NOW.saturating_add(Duration::from_secs(5));
    let alice = r#"{"loggedin":true,"accountid":7,"userid":"alice"}"#;
    for _ in 0..2 {
        assert!(matches!(login.step(&provider, later), Ok(Step::Send(_))));
        reply(&mut login, &provider, alice);
    }
    assert!(matches!(login.step(&provider, later), Ok(Step::Done(_))));
}

#[test]
fn a_token_is_verified_where_the_flow_ends() {
    let provider = authentiq();
    let run = |mut flow: AwaitVerified<Ed25519>| {
        assert!(matches!(flow.step(&provider, NOW), Ok(Step::Send(_))));
        reply(&mut flow, &provider, &STATEMENT);
        // The token is stored unverified, and verified on the machine that hands it out.
        let mut flow = AwaitVerified::<Ed25519>::restore(&flow.store().unwrap()).unwrap();
        let end = flow.step(&provider, NOW);
        assert!(matches!(flow.step(&provider, NOW), Err(AwaitSignatureError::Ended)));
        end
    };
    let (issuer, other) = (issuer().public(), PublicKey::from_bytes([7; 32]));
    let right = signature().verified_by(issuer, subject(), Ed25519);
    assert!(matches!(run(right.clone()), Ok(Step::Done(claims)) if *claims.signer() == issuer));
    let wrong_issuer = run(signature().verified_by(other, subject(), Ed25519)).unwrap_err();
    assert_eq!(wrong_issuer, AwaitSignatureError::Token(TokenError::Signer));
    let wrong_subject = run(signature().verified_by(issuer, other, Ed25519)).unwrap_err();
    assert_eq!(wrong_subject, AwaitSignatureError::Token(TokenError::Subject));
    // A token that was changed where it lay.
    let mut flow = right;
    assert!(matches!(flow.step(&provider, NOW), Ok(Step::Send(_))));
    reply(&mut flow, &provider, &STATEMENT);
    let stored = flow.store().unwrap();
    let (start, end) = STATEMENT.split_at(STATEMENT.len() - 8);
    let changed = stored.replace(end, if end.starts_with('A') { "BBBBBBBB" } else { "AAAAAAAA" });
    assert!(changed.contains(start));
    assert_ne!(changed, stored);
    let mut flow = AwaitVerified::<Ed25519>::restore(&changed).unwrap();
    assert_eq!(flow.step(&provider, NOW).unwrap_err(), AwaitSignatureError::Token(TokenError::Signature));
}

/// Each way to spoil a stored flow, and what is said of it: nothing of what is in it.
#[test]
fn a_spoilt_flow_is_a_typed_error() {
    use SnapshotError::{Invalid, Unreadable};
    let table = [
        (LOGIN.replace("\"form\":\"nextauth.await_login/1\",", ""), Unreadable),
        (LOGIN.replace("\"nextauth.await_login/1\"", "1"), Unreadable),
        (format!("[{LOGIN}]"), Unreadable),
        (r#"["nextauth.await_login/1"]"#.to_owned(), Unreadable),
        (format!("{LOGIN}{LOGIN}"), Unreadable),
        (String::new(), Unreadable),
        (LOGIN.replace("\"server\":\"AAAA\",", ""), Invalid),
        (LOGIN.replace("\"AAAA\"", "\"not base64!\""), Invalid),
        (LOGIN.replace("\"nonce-1\"", "\"\""), Invalid),
        (LOGIN.replace("\"nonce-1\"", "\"with space\""), Invalid),
        (LOGIN.replace("\"nonce-1\"", "17"), Invalid),
        // A flow without a pace would never stop sending.
        (LOGIN.replace("5000", "0"), Invalid),
        (LOGIN.replace("5000", "-1"), Invalid),
        (LOGIN.replace("5000", "5e3"), Invalid),
        (LOGIN.replace("5000", "\"nonce-1\""), Invalid),
        (LOGIN.replace("1800000060000", "18446744073709551616"), Invalid),
        (LOGIN.replace("\"asking\"", "\"asked\""), Invalid),
        (LOGIN.replace("\"asking\"", r#"{"failed":"build"}"#), Invalid),
        (LOGIN.replace("\"account\":7", "\"account\":7,\"account\":8"), Invalid),
        (LOGIN.replace("\"failures\":0", "\"failures\":0,\"more\":1"), Invalid),
        (LOGIN.replace("\"unconfirmed\"", "\"more\":1,\"unconfirmed\""), Invalid),
    ];
    for (text, expected) in table {
        assert_ne!(text, LOGIN);
        let error = AwaitLogin::restore(&text).map(|_| ()).expect_err(&text);
        assert_eq!(error, expected, "{text}");
        assert!(!format!("{error} {error:?}").contains("nonce-1"));
    }
    for text in [
        VERIFIED.replace("job-5678901234567890", "too short"),
        VERIFIED.replacen("ip6U", "ip6V", 1),
        VERIFIED.replace("authentiq.await_signature/1", "authentiq.await_signature/2"),
        VERIFIED.replace("ed25519_or_ed_dsa", "none"),
        VERIFIED.replace("\"asking\"", r#"{"done":"not a token"}"#),
    ] {
        assert_eq!(AwaitVerified::<Ed25519>::restore(&text).map(|_| ()), Err(Invalid), "{text}");
    }
    for end in 0..LOGIN.len() {
        assert!(AwaitLogin::restore(&LOGIN[..end]).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// What can be restored at all is a flow that keeps the laws: it ends.
    #[test]
    fn a_changed_flow_is_an_error_or_ends(at in 0..LOGIN.len(), byte in any::<char>(), is_inserted in any::<bool>()) {
        let mut text = LOGIN.to_owned();
        text.replace_range(at..at + usize::from(!is_inserted), &byte.to_string());
        let Ok(mut flow) = AwaitLogin::restore(&text) else { return Ok(()) };
        flow.lost(NOW, Sent::Maybe);
        let provider = nextauth();
        let (mut now, mut sends) = (NOW, 0);
        for _ in 0..500 {
            match flow.step(&provider, now) {
                Ok(Step::Send(_)) => {
                    sends += 1;
                    flow.lost(now, Sent::Maybe);
                }
                Ok(Step::Wait(until)) => {
                    prop_assert!(until > now);
                    now = until;
                }
                Ok(Step::Done(_)) => unreachable!("nobody said so"),
                Err(_) => return Ok(()),
            }
        }
        // A far deadline ends, too: a pause is a millisecond at least, and doubles.
        prop_assert!(sends > 0 && now >= NOW.saturating_add(Duration::from_millis(sends)));
    }
}
