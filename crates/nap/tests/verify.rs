//! Verification of session tokens: what passes, and that nothing else does.
#![cfg(feature = "verify")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may"
)]

use authwire_nap::SessionToken;
use authwire_nap::core::Timestamp;
use authwire_nap::verify::{MAX_LEEWAY, TokenFault, TokenVerifier};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use ring::{digest, hmac};
use std::sync::LazyLock;
use std::time::Duration;

const PUBLIC: &str = include_str!("data/public-key.pem");
const HEADER: &str = r#"{"alg":"RS256","typ":"JWT"}"#;
const NOW: u64 = 1_795_296_922;

fn der(pem: &str) -> Vec<u8> {
    STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).unwrap()
}

static KEY: LazyLock<RsaKeyPair> =
    LazyLock::new(|| RsaKeyPair::from_pkcs8(&der(include_str!("data/private-key.pem"))).unwrap());

fn part(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn signed_with(encoding: &'static dyn RsaEncoding, header: &str, claims: &str) -> SessionToken {
    let text = format!("{}.{}", part(header), part(claims));
    let mut signature = vec![0; KEY.public().modulus_len()];
    KEY.sign(encoding, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    token(&text, &signature)
}

fn token(text: &str, signature: &[u8]) -> SessionToken {
    SessionToken::new(part(format!("{text}.{}", part(signature)))).unwrap()
}

fn signed(header: &str, claims: &str) -> SessionToken {
    signed_with(&RSA_PKCS1_SHA256, header, claims)
}

fn claims() -> String {
    format!(r#"{{"sub":"u","aud":["a"],"exp":{},"nbf":{},"iat":{NOW},"email":"a@ex.test"}}"#, NOW + 3_600, NOW - 300)
}

fn fault(token: &SessionToken) -> Option<TokenFault> {
    TokenVerifier::new(PUBLIC).unwrap().verify(token, Timestamp::from_secs(NOW)).err()
}

#[test]
fn a_good_token_passes() {
    let verifier = TokenVerifier::new(PUBLIC).unwrap();
    let verified = verifier.verify(&signed(HEADER, &claims()), Timestamp::from_secs(NOW)).unwrap();
    assert_eq!(verified.claims().email.as_deref(), Some("a@ex.test"));
    assert_eq!(fault(&signed(r#"{ "kid":"x", "alg":"RS256" }"#, &claims())), None);
}

#[test]
fn algorithms_are_not_followed() {
    for alg in ["none", "None", "HS256", "RS384", "RS512", "PS256", "ES256", "rs256", "RS256 ", "", "EdDSA"] {
        let header = format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#);
        assert_eq!(fault(&signed(&header, &claims())), Some(TokenFault::Algorithm), "{alg}");
    }
    let text = |header: &str| format!("{}.{}", part(header), part(claims()));
    // Signed with the public key as an HMAC secret, in each form of it, saying so and not saying so.
    let spki = der(PUBLIC);
    for header in [r#"{"alg":"HS256","typ":"JWT"}"#, HEADER] {
        for secret in [PUBLIC.as_bytes(), PUBLIC.trim_end().as_bytes(), &spki, &spki[24..]] {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text(header).as_bytes());
            assert!(fault(&token(&text(header), tag.as_ref())).is_some());
        }
    }
    // Our own key with another scheme.
    assert_eq!(fault(&signed_with(&RSA_PKCS1_SHA384, HEADER, &claims())), Some(TokenFault::Signature));
    assert_eq!(fault(&signed_with(&RSA_PSS_SHA256, HEADER, &claims())), Some(TokenFault::Signature));
    // No signature to speak of: the hash, zeros, one byte.
    let hash = digest::digest(&digest::SHA256, text(HEADER).as_bytes());
    for signature in [hash.as_ref(), &[0; 256], &[0], &[1; 256]] {
        assert_eq!(fault(&token(&text(HEADER), signature)), Some(TokenFault::Signature));
    }
}

#[test]
fn headers_are_read_strictly() {
    for (header, expected) in [
        (r#"{"alg":"RS256","alg":"RS256"}"#, TokenFault::Header),
        (r#"{"alg":"none","alg":"RS256"}"#, TokenFault::Header),
        (r#"{"alg":"RS256","kid":"a","kid":"b"}"#, TokenFault::Header),
        (r#"{"alg":"RS256","\u0061lg":"none"}"#, TokenFault::Header),
        (r#"{"alg":["RS256"]}"#, TokenFault::Header),
        (r#"["RS256"]"#, TokenFault::Header),
        (r#"{"alg":"RS256"}{}"#, TokenFault::Header),
        (r#"{"alg":"RS256""#, TokenFault::Header),
        ("not JSON", TokenFault::Header),
        (r#"{"ALG":"RS256"}"#, TokenFault::Algorithm),
        (r#"{"typ":"JWT"}"#, TokenFault::Algorithm),
        (r#"{"alg":"RS256","crit":["exp"]}"#, TokenFault::Critical),
        (r#"{"alg":"RS256","crit":[]}"#, TokenFault::Critical),
        (r#"{"crit":null,"alg":"RS256"}"#, TokenFault::Critical),
    ] {
        assert_eq!(fault(&signed(header, &claims())), Some(expected), "{header}");
    }
    let many: String = (0..40).map(|number| format!(r#","k{number}":1"#)).collect();
    assert_eq!(fault(&signed(&format!(r#"{{"alg":"RS256"{many}}}"#), &claims())), Some(TokenFault::Header));
}

#[test]
fn claims_are_read_strictly() {
    for bad in [
        "{}",
        r#"{"sub":"u"}"#,
        r#"{"exp":null}"#,
        r#"{"exp":"1795300522"}"#,
        r#"{"exp":-1}"#,
        r#"{"exp":1795300522.5}"#,
        r#"{"exp":1,"exp":1795300522}"#,
        "[1795300522]",
        r#"{"exp":1795300522}x"#,
    ] {
        assert_eq!(fault(&signed(HEADER, bad)), Some(TokenFault::Claims), "{bad}");
    }
    assert_eq!(fault(&signed(HEADER, r#"{"exp":1795300522}"#)), None);
    assert_eq!(fault(&signed(HEADER, r#"{"exp":18446744073709551615}"#)), None);
}

#[test]
fn times_and_leeway() {
    let verifier = TokenVerifier::new(PUBLIC).unwrap();
    let token = signed(HEADER, r#"{"exp":2000,"nbf":1000}"#);
    let at = |verifier: &TokenVerifier, millis: u64| verifier.verify(&token, Timestamp::from_millis(millis)).err();
    // 60 seconds unless told otherwise.
    assert_eq!(at(&verifier, 939_999), Some(TokenFault::NotYetValid));
    assert_eq!(at(&verifier, 940_000), None);
    assert_eq!(at(&verifier, 2_059_999), None);
    assert_eq!(at(&verifier, 2_060_000), Some(TokenFault::Expired));
    let none = verifier.clone().leeway(Duration::ZERO).unwrap();
    assert_eq!((at(&none, 999_999), at(&none, 1_000_000)), (Some(TokenFault::NotYetValid), None));
    assert_eq!((at(&none, 1_999_999), at(&none, 2_000_000)), (None, Some(TokenFault::Expired)));
    let most = verifier.clone().leeway(MAX_LEEWAY).unwrap();
    assert_eq!((at(&most, 700_000), at(&most, 2_299_999)), (None, None));
    assert_eq!((at(&most, 699_999), at(&most, 2_300_000)), (Some(TokenFault::NotYetValid), Some(TokenFault::Expired)));
    assert!(verifier.leeway(MAX_LEEWAY + Duration::from_nanos(1)).is_err());
    // The issue time is not looked at.
    assert_eq!(fault(&signed(HEADER, &format!(r#"{{"exp":{},"iat":{}}}"#, NOW + 9, NOW + 999))), None);
}

#[test]
fn keys() {
    let wrap =
        |kind: &str, der: &[u8]| format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", STANDARD.encode(der));
    let spki = der(PUBLIC);
    assert!(TokenVerifier::new(&wrap("PUBLIC KEY", &spki)).is_ok());
    assert!(TokenVerifier::new(&format!("a comment\n{PUBLIC}")).is_ok());
    for (why, pem) in [
        ("empty", String::new()),
        ("a private key", include_str!("data/private-key.pem").to_owned()),
        ("another label", wrap("CERTIFICATE", &spki)),
        ("1,024 bits", include_str!("data/small-key.pem").to_owned()),
        ("not RSA", include_str!("data/ed25519-key.pem").to_owned()),
        ("something behind", wrap("PUBLIC KEY", &[&spki[..], &[0]].concat())),
        ("the key without its wrapping", wrap("PUBLIC KEY", &spki[24..])),
    ] {
        assert!(TokenVerifier::new(&pem).is_err(), "{why}");
    }
    for end in 0..spki.len() {
        assert!(TokenVerifier::new(&wrap("PUBLIC KEY", &spki[..end])).is_err());
    }
    assert_eq!(format!("{:?}", TokenVerifier::new(PUBLIC).unwrap()), "TokenVerifier { leeway: 60s, .. }");
    let other = TokenVerifier::new(include_str!("data/other-key.pem")).unwrap();
    let found = other.verify(&signed(HEADER, &claims()), Timestamp::from_secs(NOW));
    assert_eq!(found, Err(TokenFault::Signature));
}

static GOOD: LazyLock<String> =
    LazyLock::new(|| String::from_utf8(URL_SAFE_NO_PAD.decode(signed(HEADER, &claims()).expose()).unwrap()).unwrap());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    /// A good token with any one character of its JWT changed, left out, doubled or put in does not pass.
    #[test]
    fn no_mutation_passes(at in any::<prop::sample::Index>(), way in 0..4, other in "[A-Za-z0-9_.-]") {
        let mut jwt = GOOD.clone();
        let at = at.index(jwt.len());
        match way {
            0 => jwt.replace_range(at..=at, &other),
            1 => drop(jwt.remove(at)),
            2 => jwt.insert_str(at, &other),
            _ => {
                let doubled = jwt[at..=at].to_owned();
                jwt.insert_str(at, &doubled);
            }
        }
        prop_assume!(jwt != *GOOD);
        if let Ok(token) = SessionToken::new(part(&jwt)) {
            prop_assert!(fault(&token).is_some(), "{}", jwt);
        }
    }

    /// Parts of two good tokens do not make a third.
    #[test]
    fn parts_do_not_mix(first in "[a-z]{1,9}", second in "[a-z]{1,9}") {
        prop_assume!(first != second);
        let make = |sub: &str| {
            let token = signed(HEADER, &format!(r#"{{"sub":"{sub}","exp":{}}}"#, NOW + 9));
            String::from_utf8(URL_SAFE_NO_PAD.decode(token.expose()).unwrap()).unwrap()
        };
        let (first, second) = (make(&first), make(&second));
        let (text, _) = first.rsplit_once('.').unwrap();
        let (_, signature) = second.rsplit_once('.').unwrap();
        let mixed = SessionToken::new(part(format!("{text}.{signature}"))).unwrap();
        prop_assert_eq!(fault(&mixed), Some(TokenFault::Signature));
    }
}
