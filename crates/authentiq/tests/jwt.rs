//! Tokens: known ones are reproduced and verified, everything that is not quite one is refused. Signing and verifying is
//! ring's here; the crate's own implementation has tests beside these.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may"
)]

mod common;

use std::time::Duration;

use authwire_authentiq::jwt::{
    Alg, AuthentiqId, Claims, Jws, MAX_TOKEN, PushToken, SignError, Signer, TokenError, Unsigned, Verification,
    Verified, Verifier,
};
use authwire_authentiq::{DeviceToken, PublicKey};
use authwire_core::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::{ISSUER_KEY, KEY, Ring, RingKey, issuer_key, key};
use proptest::prelude::*;

/// Four tokens in the form of Authentiq's own library, which accepts them. Made once with another program.
const REGISTER: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZDI1NTE5Iiwia2lkIjoiZFIxY1p6WWYtdUM2cjVMMVZPbW5LajIyQXZEQ1RRUjJGWUo2cXBHaXA2VSJ9.eyJzdWIiOiJkUjFjWnpZZi11QzZyNUwxVk9tbktqMjJBdkRDVFFSMkZZSjZxcEdpcDZVIiwiZGV2dG9rZW4iOiJkZXZ0b2tlbi0xIn0.P8Roq4VP2Oj2EncmJNACeijXsRoP-RHkuS9H5Oe5uQoNk1yFyfRVRrNf6z-PoqJCfT8KNDWEDUtecNhuZ7EJAA";
const REQUEST: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZDI1NTE5Iiwia2lkIjoiZFIxY1p6WWYtdUM2cjVMMVZPbW5LajIyQXZEQ1RRUjJGWUo2cXBHaXA2VSJ9.eyJzdWIiOiJkUjFjWnpZZi11QzZyNUwxVk9tbktqMjJBdkRDVFFSMkZZSjZxcEdpcDZVIiwic2NvcGUiOiJlbWFpbCIsImVtYWlsIjoiYWxpY2VAZXhhbXBsZS5jb20ifQ.kV4MGNObkv4AlwVaPw-2L-XjunEMHKTfGXU5QeZlev5gp3CyoxHxfIl17iluDu2VMmWGcyT2ic4EabBsPoo8Cw";
const PUSH: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZDI1NTE5Iiwia2lkIjoiZFIxY1p6WWYtdUM2cjVMMVZPbW5LajIyQXZEQ1RRUjJGWUo2cXBHaXA2VSJ9.eyJzdWIiOiJkUjFjWnpZZi11QzZyNUwxVk9tbktqMjJBdkRDVFFSMkZZSjZxcEdpcDZVIiwiaXNzIjoiaHR0cHM6Ly82LWRvdC1hdXRoZW50aXFpby5hcHBzcG90LmNvbS8iLCJhdWQiOiJodHRwczovL2Nvbm5lY3QuYXV0aGVudGlxLmlvLyIsImlhdCI6MTQzMTMwMDAwMCwibmJmIjoxNDMxMzAwMDAwLCJleHAiOjE0NjI4MzYwMDB9.aCK9fKgMcTyokYvNbb9tdO95vB5QcR60naEa6kWrR76NPHV-Z4uZXdMA5xe7vx3dMt57g2ipnnm7gAVhCxTdAg";
const ISSUED: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZDI1NTE5Iiwia2lkIjoiMTFxWUFZS3hDcmZWU183VHlXUUhPZzdoY3ZQYXBpTWxyd0lhYVBjSFVSbyJ9.eyJzdWIiOiJkUjFjWnpZZi11QzZyNUwxVk9tbktqMjJBdkRDVFFSMkZZSjZxcEdpcDZVIiwic2NvcGUiOiJlbWFpbCIsImVtYWlsIjoiYWxpY2VAZXhhbXBsZS5jb20iLCJpc3MiOiJodHRwczovLzYtZG90LWF1dGhlbnRpcWlvLmFwcHNwb3QuY29tLyIsImlhdCI6MTQzMTMwMDAwMCwiZXhwIjoxNDYyODM2MDAwfQ.RLdwbYirvCku6fciN5YI-umJkUAN2U2CMtVcOZ64yeD-iweWK-JYNM9TesekomZtgHcUFNd0CeYXOtX47ANOCg";

const ISSUER_URI: &str = "https://6-dot-authentiqio.appspot.com/";
const SITE: &str = "https://connect.authentiq.io/";
const FROM: u64 = 1_431_300_000;
const UNTIL: u64 = 1_462_836_000;

fn secs(seconds: u64) -> Timestamp {
    Timestamp::from_secs(seconds)
}

/// Somewhere in the time in which all four are valid.
fn then() -> Verification {
    Verification::new(secs(FROM + 1))
}

fn jws(text: &str) -> Jws {
    Jws::new(text).unwrap()
}

/// The four, as this crate writes them.
fn made() -> [Jws; 4] {
    let user = RingKey::user();
    let register = AuthentiqId::new(key()).device_token(DeviceToken::new("devtoken-1").unwrap());
    let request = Claims::about_email(key(), "alice@example.com");
    let push =
        PushToken::new(key(), ISSUER_URI, SITE).issued_at(secs(FROM)).not_before(secs(FROM)).expires(secs(UNTIL));
    let issued = Claims::about_email(key(), "alice@example.com").issuer(ISSUER_URI);
    let issued = issued.issued_at(secs(FROM)).expires(secs(UNTIL));
    [
        register.sign(&user).unwrap(),
        request.sign(&user).unwrap(),
        push.sign(&user).unwrap(),
        issued.sign(&RingKey::issuer()).unwrap(),
    ]
}

/// Whether anything takes the text for one of the four.
fn is_accepted(text: &str) -> bool {
    let Ok(token) = Jws::new(text) else { return false };
    for alg in [Alg::Ed25519, Alg::Ed25519OrEdDsa] {
        let rules = then().alg(alg);
        let id: Result<Verified<AuthentiqId>, _> = rules.self_signed(&token, &Ring);
        let claims: Result<Verified<Claims>, _> = rules.self_signed(&token, &Ring);
        let push: Result<Verified<PushToken>, _> = rules.self_signed(&token, &Ring);
        let issued: Result<Verified<Claims>, _> = rules.issued_by(&issuer_key(), &key(), &token, &Ring);
        // A stranger may sign claims about themselves: that is no acceptance of a token of ours.
        let ours = |subject: PublicKey| subject == key();
        if id.is_ok_and(|id| ours(id.subject))
            || claims.is_ok_and(|claims| ours(claims.subject))
            || push.is_ok_and(|push| ours(push.subject))
            || issued.is_ok()
            || token.verify(&key(), alg, &Ring).is_ok()
            || token.verify(&issuer_key(), alg, &Ring).is_ok()
        {
            return true;
        }
    }
    false
}

#[test]
fn known_tokens_are_reproduced_byte_for_byte() {
    assert_eq!(made().each_ref().map(Jws::expose), [REGISTER, REQUEST, PUSH, ISSUED]);
}

#[test]
fn known_tokens_verify_with_their_claims() {
    let id: Verified<AuthentiqId> = then().self_signed(&jws(REGISTER), &Ring).unwrap();
    assert_eq!((id.subject, *id.signer()), (key(), key()));
    assert_eq!(id.device_token.as_ref().unwrap().expose(), "devtoken-1");
    let request: Verified<Claims> = then().self_signed(&jws(REQUEST), &Ring).unwrap();
    assert_eq!(*request.claims(), Claims::about_email(key(), "alice@example.com"));
    let push = then().self_signed::<PushToken, _>(&jws(PUSH), &Ring).unwrap().into_claims();
    assert_eq!((push.issuer.as_str(), push.audience), (ISSUER_URI, vec![SITE.to_owned()]));
    assert_eq!(
        (push.issued_at, push.not_before, push.expires),
        (Some(secs(FROM)), Some(secs(FROM)), Some(secs(UNTIL)))
    );
    let issued: Verified<Claims> = then().issued_by(&issuer_key(), &key(), &jws(ISSUED), &Ring).unwrap();
    assert_eq!((issued.scope.as_str(), issued.email.as_deref()), ("email", Some("alice@example.com")));
    assert_eq!((issued.issuer.as_deref(), *issued.signer()), (Some(ISSUER_URI), issuer_key()));
    for text in [REGISTER, REQUEST, PUSH, ISSUED] {
        assert!(is_accepted(text), "what the tests of refusals rely upon");
    }
}

/// What was set, under the documents' names.
#[test]
fn what_is_set_is_signed_under_its_name() {
    let payload = |unsigned: Unsigned| {
        let input = String::from_utf8(unsigned.signing_input().to_vec()).unwrap();
        let payload = URL_SAFE_NO_PAD.decode(input.split_once('.').unwrap().1).unwrap();
        assert_eq!(*unsigned.signer(), key());
        assert_eq!(format!("{unsigned:?}"), format!("Unsigned {{ signer: PublicKey({KEY}), .. }}"));
        serde_json::from_slice::<serde_json::Value>(&payload).unwrap()
    };
    let id = AuthentiqId::new(key()).encryption_key(issuer_key()).device_token(DeviceToken::new("d").unwrap());
    let id = id.email("a@example.com").phone("+3161").issued_at(secs(1)).not_before(secs(2)).expires(secs(3));
    let expected = serde_json::json!({
        "sub": KEY, "pk": ISSUER_KEY, "devtoken": "d", "email": "a@example.com", "phone": "+3161",
        "iat": 1, "nbf": 2, "exp": 3,
    });
    assert_eq!(payload(id.unsigned().unwrap()), expected);

    let claims = Claims::about_phone(key(), "+3161").kind("mobile").issuer("https://i.example/");
    let claims = claims.issued_at(secs(1)).not_before(secs(2)).expires(secs(3));
    let expected = serde_json::json!({
        "sub": KEY, "scope": "phone", "phone": "+3161", "type": "mobile", "iss": "https://i.example/",
        "iat": 1, "nbf": 2, "exp": 3,
    });
    assert_eq!(payload(claims.unsigned(key()).unwrap()), expected);
    let email = Claims::about_email(key(), "a@example.com").unsigned(key()).unwrap();
    assert_eq!(payload(email), serde_json::json!({ "sub": KEY, "scope": "email", "email": "a@example.com" }));

    let push = PushToken::new(key(), "https://i.example/", "https://a.example/");
    let push = push.issued_at(secs(1)).not_before(secs(2)).expires(secs(3));
    let expected = serde_json::json!({
        "sub": KEY, "iss": "https://i.example/", "aud": "https://a.example/", "iat": 1, "nbf": 2, "exp": 3,
    });
    assert_eq!(payload(push.unsigned().unwrap()), expected);
}

#[test]
fn rfc_8037_example_verifies_as_a_signature_over_bytes() {
    // RFC 8037, appendix A.4; its payload is no JSON, and its header has no `kid`.
    let token = jws(
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    );
    let payload = token.verify(&issuer_key(), Alg::Ed25519OrEdDsa, &Ring).unwrap();
    assert_eq!(payload, b"Example of Ed25519 signing");
    assert_eq!(token.verify(&issuer_key(), Alg::Ed25519, &Ring), Err(TokenError::Algorithm), "only when asked for");
    assert_eq!(token.verify(&key(), Alg::Ed25519OrEdDsa, &Ring), Err(TokenError::Signature));
    let rules = then().alg(Alg::Ed25519OrEdDsa);
    let as_claims = rules.issued_by::<Claims, _>(&issuer_key(), &key(), &token, &Ring);
    assert_eq!(as_claims, Err(TokenError::Signer), "above that layer a signer must be named");
}

#[test]
fn no_other_byte_anywhere_verifies() {
    for (token, signer) in [(REGISTER, key()), (ISSUED, issuer_key())] {
        let mut bytes = token.as_bytes().to_vec();
        for at in 0..bytes.len() {
            let right = bytes[at];
            for wrong in (0..128).filter(|byte| *byte != right) {
                bytes[at] = wrong;
                // The laxest check there is: what refuses here refuses above.
                let token = Jws::new(std::str::from_utf8(&bytes).unwrap());
                let payload = token.map(|token| token.verify(&signer, Alg::Ed25519OrEdDsa, &Ring));
                assert!(!matches!(payload, Ok(Ok(_))), "byte {wrong} at {at}");
            }
            bytes[at] = right;
        }
    }
}

#[test]
fn no_byte_more_or_less_verifies() {
    for token in [REQUEST, PUSH] {
        for at in 0..=token.len() {
            let (head, tail) = token.split_at(at);
            assert!(!is_accepted(head) || tail.is_empty(), "cut at {at}");
            for more in ["A", "=", "==", ".", " ", "\n", "\0", "-", "_", "+", "/", "é", "..", "{}"] {
                assert!(!is_accepted(&format!("{head}{more}{tail}")), "{more:?} at {at}");
            }
            if let Some(rest) = tail.get(1..) {
                assert!(!is_accepted(&format!("{head}{rest}")), "without the byte at {at}");
            }
        }
    }
}

/// A token with this header and payload, signed as it stands: only a reader's own rules can refuse it.
fn signed(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>, signer: &RingKey) -> String {
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = signer.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn self_signed(header: &str, payload: &str) -> Result<(), TokenError> {
    let token = jws(&signed(header, payload, &RingKey::user()));
    then().self_signed::<AuthentiqId, _>(&token, &Ring).map(|_| ())
}

/// Found by fuzzing: `serde_json` skips a text that nobody asks for, without a look at its bytes.
#[test]
fn what_is_not_utf8_is_refused_also_where_nobody_looks() {
    let header = format!(r#"{{"typ":"JWT","alg":"Ed25519","kid":"{KEY}","x":"?"}}"#);
    let payload = format!(r#"{{"sub":"{KEY}","x":"?"}}"#);
    let broken = |text: &str| text.bytes().map(|byte| if byte == b'?' { 0xa3 } else { byte }).collect::<Vec<u8>>();
    assert_eq!(self_signed(&header, &payload), Ok(()));
    assert!(Jws::new(signed(broken(&header), &payload, &RingKey::user())).is_err());
    let token = jws(&signed(&header, broken(&payload), &RingKey::user()));
    let verified = then().self_signed::<AuthentiqId, _>(&token, &Ring);
    assert_eq!(verified.map(|_| ()), Err(TokenError::Claims));
}

#[test]
fn headers_that_are_not_ours_are_refused_though_well_signed() {
    let payload = format!(r#"{{"sub":"{KEY}"}}"#);
    let good = [
        format!(r#"{{"typ":"JWT","alg":"Ed25519","kid":"{KEY}"}}"#),
        format!(r#"{{"kid":"{KEY}","alg":"Ed25519"}}"#),
        format!(
            r#" {{ "alg" : "Ed25519", "kid":"{KEY}", "typ":"jwt", "jku":"https://evil.example/", "x":[1,{{}}] }} "#
        ),
        format!(r#"{{"\u0061lg":"Ed25519","kid":"{KEY}"}}"#),
    ];
    for header in good {
        assert!(self_signed(&header, &payload).is_ok(), "{header}");
    }
    let algorithms = [
        "none",
        "None",
        "NONE",
        "",
        "HS256",
        "HS384",
        "HS512",
        "RS256",
        "ES256",
        "ES25519",
        "EdDSA",
        "Ed448",
        "ed25519",
        "ED25519",
        "Ed25519 ",
        "Ed25519ph",
        "Ed25519\\u0000",
    ];
    for alg in algorithms {
        let header = format!(r#"{{"typ":"JWT","alg":"{alg}","kid":"{KEY}"}}"#);
        assert_eq!(self_signed(&header, &payload), Err(TokenError::Algorithm), "{alg}");
    }
    let bad = [
        (format!(r#"{{"kid":"{KEY}"}}"#), TokenError::Algorithm),
        (format!(r#"{{"alg":"Ed25519","kid":"{KEY}","crit":[]}}"#), TokenError::Critical),
        (format!(r#"{{"alg":"Ed25519","kid":"{KEY}","crit":["b64"],"b64":false}}"#), TokenError::Critical),
        (format!(r#"{{"alg":"Ed25519","kid":"{KEY}","crit":null}}"#), TokenError::Critical),
        (format!(r#"{{"alg":"Ed25519","kid":"{KEY}","typ":"at+jwt"}}"#), TokenError::Type),
        (r#"{"alg":"Ed25519"}"#.to_owned(), TokenError::Signer),
        (r#"{"alg":"Ed25519","kid":""}"#.to_owned(), TokenError::Signer),
        (format!(r#"{{"alg":"Ed25519","kid":"{}V"}}"#, KEY.trim_end_matches('U')), TokenError::Signer),
        (format!(r#"{{"alg":"Ed25519","kid":"{KEY}="}}"#), TokenError::Signer),
        (format!(r#"{{"alg":"Ed25519","kid":"{ISSUER_KEY}"}}"#), TokenError::Signature),
    ];
    for (header, error) in bad {
        assert_eq!(self_signed(&header, &payload), Err(error), "{header}");
    }
    let unreadable = [
        format!(r#"{{"alg":"Ed25519","alg":"Ed25519","kid":"{KEY}"}}"#),
        format!(r#"{{"alg":"none","alg":"Ed25519","kid":"{KEY}"}}"#),
        format!(r#"{{"alg":"Ed25519","\u0061lg":"none","kid":"{KEY}"}}"#),
        format!(r#"{{"alg":"Ed25519","kid":"{KEY}","kid":"{ISSUER_KEY}"}}"#),
        format!(r#"{{"alg":"Ed25519","kid":"{KEY}","x":1,"x":1}}"#),
        format!(r#"{{"alg":["Ed25519"],"kid":"{KEY}"}}"#),
        format!(r#"{{"alg":null,"kid":"{KEY}"}}"#),
        format!(r#"["JWT","Ed25519","{KEY}"]"#),
        format!(r#"{{"alg":"Ed25519","kid":"{KEY}"}}{{}}"#),
        format!("\u{feff}{{\"alg\":\"Ed25519\",\"kid\":\"{KEY}\"}}"),
        String::new(),
        "null".to_owned(),
    ];
    for header in unreadable {
        assert!(Jws::new(signed(&header, &payload, &RingKey::user())).is_err(), "{header}");
    }
}

/// The older name of the same algorithm, for who allows it, and nobody else's.
#[test]
fn another_name_of_the_algorithm_is_accepted_on_demand() {
    let payload = format!(r#"{{"sub":"{KEY}"}}"#);
    let check = |alg: &str, rules: Verification| {
        let header = format!(r#"{{"typ":"JWT","alg":"{alg}","kid":"{KEY}"}}"#);
        rules.self_signed::<AuthentiqId, _>(&jws(&signed(header, &payload, &RingKey::user())), &Ring).map(|_| ())
    };
    let both = || then().alg(Alg::Ed25519OrEdDsa);
    assert_eq!(check("EdDSA", both()), Ok(()));
    assert_eq!(check("Ed25519", both()), Ok(()));
    assert_eq!(check("EdDSA", then()), Err(TokenError::Algorithm));
    assert_eq!(check("none", both()), Err(TokenError::Algorithm));
}

#[test]
fn somebody_elses_signature_is_refused() {
    let stranger = RingKey::from_seed(&[7; 32]);
    let header = |kid: &PublicKey| format!(r#"{{"typ":"JWT","alg":"Ed25519","kid":"{kid}"}}"#);
    let about = |sub: &PublicKey| format!(r#"{{"sub":"{sub}","scope":"email","email":"mallory@example.com"}}"#);
    let as_self = |text: &str| then().self_signed::<Claims, _>(&jws(text), &Ring).map(Verified::into_claims);
    let as_issued =
        |text: &str| then().issued_by::<Claims, _>(&issuer_key(), &key(), &jws(text), &Ring).map(Verified::into_claims);
    // The stranger's own name in the header, the victim's in the claims.
    let text = signed(header(&stranger.public()), about(&key()), &stranger);
    assert_eq!(as_self(&text), Err(TokenError::Subject));
    assert_eq!(as_issued(&text), Err(TokenError::Signer));
    // The victim's, or the issuer's, name in the header.
    assert_eq!(as_self(&signed(header(&key()), about(&key()), &stranger)), Err(TokenError::Signature));
    assert_eq!(as_issued(&signed(header(&issuer_key()), about(&key()), &stranger)), Err(TokenError::Signature));
    // Nor does a right signature help, where the header names another key.
    let token = jws(&signed(header(&issuer_key()), about(&key()), &RingKey::user()));
    assert_eq!(token.verify(&key(), Alg::Ed25519, &Ring), Err(TokenError::Signer));
    // What the issuer says is not what the person says, nor the other way round, nor about somebody else.
    assert_eq!(as_self(ISSUED), Err(TokenError::Subject));
    assert_eq!(as_issued(REQUEST), Err(TokenError::Signer));
    let text = signed(header(&issuer_key()), about(&stranger.public()), &RingKey::issuer());
    assert_eq!(as_issued(&text), Err(TokenError::Subject));
    // The parts of one token in another.
    let parts = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<_>>();
    let all = [REGISTER, REQUEST, PUSH, ISSUED].map(parts);
    for (first, header) in all.iter().enumerate() {
        for (second, payload) in all.iter().enumerate() {
            for (third, signature) in all.iter().enumerate() {
                // Three of the four have the same header.
                let whole = second == third && header[0] == payload[0];
                let text = format!("{}.{}.{}", header[0], payload[1], signature[2]);
                assert_eq!(is_accepted(&text), whole, "{first} {second} {third}");
            }
        }
    }
}

#[test]
fn tokens_that_are_not_compact_are_refused() {
    let [header, payload, signature] = [0, 1, 2].map(|part| PUSH.split('.').nth(part).unwrap());
    let standard = |part: &str| STANDARD.encode(URL_SAFE_NO_PAD.decode(part).unwrap());
    let bad = [
        String::new(),
        ".".into(),
        "..".into(),
        format!("{header}.{payload}"),
        format!("{header}.{payload}."),
        format!(".{payload}.{signature}"),
        format!("{header}.{payload}.{signature}."),
        format!("{header}.{payload}.{signature}.{signature}"),
        format!("{header}.{payload}.{signature}=="),
        format!("{header}=.{payload}.{signature}"),
        format!("{header}.{payload}.{}", standard(signature)),
        format!("{PUSH}\n"),
        format!(" {PUSH}"),
        format!("\"{PUSH}\""),
        format!("Bearer {PUSH}"),
        format!(r#"{{"payload":"{payload}","signatures":[{{"protected":"{header}","signature":"{signature}"}}]}}"#),
        format!("{header}.{}.{signature}", "A".repeat(MAX_TOKEN)),
    ];
    for text in bad {
        assert!(Jws::new(text.as_str()).is_err(), "{text}");
    }
    // A signature of another length is a token, and verifies for nobody.
    for length in [1, 32, 63, 65, 128] {
        let text = format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(vec![1; length]));
        assert_eq!(jws(&text).signature(), None);
        assert_eq!(jws(&text).verify(&key(), Alg::Ed25519, &Ring), Err(TokenError::Signature));
    }
}

#[test]
fn times_are_checked_to_the_second() {
    let check = |now: u64, leeway: u64| {
        let rules = Verification::new(secs(now)).leeway(Duration::from_secs(leeway));
        rules.self_signed::<PushToken, _>(&jws(PUSH), &Ring).map(|_| ())
    };
    let table = [
        (0, 0, Err(TokenError::NotYetValid)),
        (FROM - 1, 0, Err(TokenError::NotYetValid)),
        (FROM, 0, Ok(())),
        (UNTIL, 0, Ok(())),
        (UNTIL + 1, 0, Err(TokenError::Expired)),
        (u64::MAX, 0, Err(TokenError::Expired)),
        (FROM - 60, 60, Ok(())),
        (FROM - 61, 60, Err(TokenError::NotYetValid)),
        (UNTIL + 60, 60, Ok(())),
        (UNTIL + 61, 60, Err(TokenError::Expired)),
        (FROM - 300, u64::MAX, Ok(())),
        (FROM - 301, u64::MAX, Err(TokenError::NotYetValid)),
        (UNTIL + 300, 301, Ok(())),
        (UNTIL + 301, 301, Err(TokenError::Expired)),
        (u64::MAX, u64::MAX, Err(TokenError::Expired)),
    ];
    for (now, leeway, expected) in table {
        assert_eq!(check(now, leeway), expected, "{now} {leeway}");
    }
    let last = Verification::new(Timestamp::from_millis(UNTIL * 1_000 + 999));
    assert!(last.self_signed::<PushToken, _>(&jws(PUSH), &Ring).is_ok(), "to the end of the second");
    // Without times, always.
    for now in [0, FROM, u64::MAX] {
        assert!(Verification::new(secs(now)).self_signed::<Claims, _>(&jws(REQUEST), &Ring).is_ok());
    }
}

#[test]
fn claims_that_are_not_the_documented_ones_are_refused() {
    let header = format!(r#"{{"typ":"JWT","alg":"Ed25519","kid":"{KEY}"}}"#);
    let token = |members: &str| jws(&signed(&header, format!(r#"{{"sub":"{KEY}"{members}}}"#), &RingKey::user()));
    let push = |members: &str| then().self_signed::<PushToken, _>(&token(members), &Ring);
    let good = push(r#","iss":"i","aud":["a","b"],"token":"push","x":{"y":[null]}"#).unwrap();
    assert_eq!(good.audience, ["a", "b"]);
    let bad = [
        "",
        r#","iss":"i""#,
        r#","aud":"a""#,
        r#","iss":"i","aud":[]"#,
        r#","iss":"i","aud":[1]"#,
        r#","iss":"i","aud":{}"#,
        r#","iss":1,"aud":"a""#,
        r#","iss":"i","aud":"a","exp":-1"#,
        r#","iss":"i","aud":"a","exp":1e99"#,
        r#","iss":"i","aud":"a","exp":"9999999999""#,
        r#","iss":"i","aud":"a","nbf":1.5"#,
        r#","iss":"i","aud":"a","exp":9999999999,"exp":9999999999"#,
        &format!(r#","iss":"i","aud":"a","sub":"{KEY}""#),
    ];
    for members in bad {
        assert_eq!(push(members), Err(TokenError::Claims), "{members}");
    }
    assert_eq!(then().self_signed::<Claims, _>(&token(""), &Ring), Err(TokenError::Claims), "scope is required");
    assert!(then().self_signed::<AuthentiqId, _>(&token(r#","pk":"short""#), &Ring).is_err());
    let text =
        |payload: &str| then().self_signed::<AuthentiqId, _>(&jws(&signed(&header, payload, &RingKey::user())), &Ring);
    for payload in ["", "{}", "null", "[]", &format!(r#"["{KEY}"]"#), "Example of Ed25519 signing", r#"{"sub":null}"#] {
        assert!(matches!(text(payload), Err(TokenError::Claims)), "{payload}");
    }
    // All twelve claims in their order, but in an array, which a derived reader would take for the object.
    let array = format!(r#"["{KEY}","email",null,null,"a@example.com",null,null,null,null,null,null,null]"#);
    assert!(matches!(text(&array), Err(TokenError::Claims)));
    for sub in ["", "x", &format!("{KEY}="), &format!("{}V", KEY.trim_end_matches('U')), &format!(" {KEY}")] {
        assert!(matches!(text(&format!(r#"{{"sub":"{sub}"}}"#)), Err(TokenError::Subject)), "{sub}");
    }
}

struct Broken;

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("the module is locked")]
struct Locked;

impl Signer for Broken {
    type Error = Locked;

    fn public_key(&self) -> [u8; 32] {
        *key().as_bytes()
    }

    fn sign(&self, _: &[u8]) -> Result<[u8; 64], Locked> {
        Err(Locked)
    }
}

#[test]
fn signing_fails_where_it_must() {
    let stranger = RingKey::from_seed(&[7; 32]);
    let error = AuthentiqId::new(key()).sign(&stranger).unwrap_err();
    assert_eq!(error, SignError::OtherKey);
    assert_eq!(error.to_string(), "the signer's key is not the one that must sign");
    assert!(std::error::Error::source(&error).is_none());
    assert_eq!(PushToken::new(key(), "i", "a").sign(&stranger).unwrap_err(), SignError::OtherKey);
    let error = AuthentiqId::new(key()).sign(&Broken).unwrap_err();
    assert_eq!((&error, error.to_string().as_str()), (&SignError::Signer(Locked), "the signer failed"));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the module is locked");
    // The longest token that fits, and one byte more.
    let fits = |length: usize| Claims::new(key(), "x".repeat(length)).sign(&RingKey::user());
    let mut length = MAX_TOKEN / 4 * 3 - 400;
    while fits(length + 1).is_ok() {
        length += 1;
    }
    assert!(length < MAX_TOKEN);
    let error = fits(length + 1).unwrap_err();
    let SignError::Invalid(invalid) = error else { panic!("{error}") };
    assert_eq!((error.to_string(), std::error::Error::source(&error).is_none()), (invalid.to_string(), true));
    let longest = fits(length).unwrap();
    assert!(Jws::new(longest.expose()).is_ok() && longest.expose().len() + 4 > MAX_TOKEN);
}

#[test]
fn of_four_spellings_of_a_key_one_is_accepted() {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let accepted: String =
        alphabet.chars().filter(|last| PublicKey::new(&format!("{}{last}", &KEY[..42])).is_ok()).collect();
    assert_eq!(accepted, "AEIMQUYcgkosw048");
    for wrong in
        ["", &KEY[..42], &format!("{KEY}A"), &format!("{KEY}="), &KEY.replace('-', "+"), &KEY.replace('-', "é")]
    {
        assert!(PublicKey::new(wrong).is_err(), "{wrong}");
    }
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>(), 0..12).prop_map(String::from_iter)
}

fn moment() -> impl Strategy<Value = Option<Timestamp>> {
    proptest::option::of((0..=u64::MAX / 1_000).prop_map(Timestamp::from_secs))
}

proptest! {
    #[test]
    fn whatever_is_signed_is_read_as_it_was(
        seed: [u8; 32],
        scope in text(),
        texts in proptest::collection::vec(proptest::option::of(text()), 4),
        issued_at in moment(),
        not_before in moment(),
        expires in moment(),
    ) {
        let signer = RingKey::from_seed(&seed);
        let mut claims = Claims::new(signer.public(), scope);
        [claims.email, claims.phone, claims.kind, claims.issuer] = texts.try_into().unwrap();
        (claims.issued_at, claims.not_before, claims.expires) = (issued_at, not_before, expires);
        let token = claims.sign(&signer).unwrap();
        let restored = jws(token.expose());
        prop_assert_eq!(restored.signing_input(), token.signing_input());
        let now = not_before.unwrap_or_default();
        let read = Verification::new(now).self_signed::<Claims, _>(&token, &Ring);
        match expires {
            Some(expires) if expires < now => prop_assert_eq!(read, Err(TokenError::Expired)),
            _ => prop_assert_eq!(read.unwrap().into_claims(), claims),
        }
    }

    #[test]
    fn no_mutation_verifies(
        which in 0_usize..4,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0_u8..3, any::<u8>()), 1..6),
    ) {
        let original = [REGISTER, REQUEST, PUSH, ISSUED][which];
        let mut bytes = original.as_bytes().to_vec();
        for (at, edit, byte) in edits {
            let at = at.index(bytes.len());
            match edit {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => {
                    bytes.remove(at);
                }
            }
        }
        if let Ok(text) = String::from_utf8(bytes) {
            prop_assert_eq!(is_accepted(&text), text == original);
        }
    }

    #[test]
    fn no_other_key_and_no_other_signature_verifies(seed: [u8; 32], signature: [u8; 32], half: bool) {
        let stranger = RingKey::from_seed(&seed);
        let token = jws(PUSH);
        prop_assert!(token.verify(&stranger.public(), Alg::Ed25519OrEdDsa, &Ring).is_err());
        let mut forged = token.signature().unwrap();
        let offset = if half { 32 } else { 0 };
        forged[offset..offset + 32].copy_from_slice(&signature);
        prop_assert!(!Ring.is_valid(key().as_bytes(), token.signing_input(), &forged));
    }
}
