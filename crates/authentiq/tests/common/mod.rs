//! What several of these tests need.

#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "each test uses a part of it, and may fail")]

use std::convert::Infallible;

use authwire_authentiq::PublicKey;
use authwire_authentiq::jwt::{Signer, Verifier};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

/// The seed and public key that Authentiq's own library has in its unit test.
pub(crate) const SEED: &str = "pxPwSA00oEV0_vglKr5KAlEhFlmgb0ZOYmhLlDImYSc";
pub(crate) const KEY: &str = "dR1cZzYf-uC6r5L1VOmnKj22AvDCTQR2FYJ6qpGip6U";
/// RFC 8032, section 7.1, test 1: our stand-in for the issuer's key.
pub(crate) const ISSUER_SEED: [u8; 32] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5,
    0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
];
pub(crate) const ISSUER_KEY: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

pub(crate) fn key() -> PublicKey {
    PublicKey::new(KEY).unwrap()
}

pub(crate) fn issuer_key() -> PublicKey {
    PublicKey::new(ISSUER_KEY).unwrap()
}

pub(crate) fn seed() -> [u8; 32] {
    URL_SAFE_NO_PAD.decode(SEED).unwrap().try_into().unwrap()
}

/// Signs with ring: another implementation than the crate's optional one.
pub(crate) struct RingKey(Ed25519KeyPair);

impl RingKey {
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(seed).unwrap())
    }

    pub(crate) fn user() -> Self {
        Self::from_seed(&seed())
    }

    pub(crate) fn issuer() -> Self {
        Self::from_seed(&ISSUER_SEED)
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey::from_bytes(self.public_key())
    }
}

impl Signer for RingKey {
    type Error = Infallible;

    fn public_key(&self) -> [u8; 32] {
        self.0.public_key().as_ref().try_into().unwrap()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], Infallible> {
        Ok(self.0.sign(message).as_ref().try_into().unwrap())
    }
}

/// Verifies with ring.
pub(crate) struct Ring;

impl Verifier for Ring {
    fn is_valid(&self, key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
        UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok()
    }
}
