//! The key that session tokens are signed with.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;
use std::sync::{Arc, OnceLock};

/// Made for this crate and published with it: it protects nothing.
const TEST_KEY: &str = include_str!("test-key.pem");

/// An RSA key pair.
#[derive(Clone)]
pub(super) struct Key(Option<Arc<RsaKeyPair>>);

impl Key {
    /// The key that is shipped with the crate.
    pub(super) fn test() -> Self {
        static KEY: OnceLock<Option<Arc<RsaKeyPair>>> = OnceLock::new();
        Self(KEY.get_or_init(|| pair(TEST_KEY)).clone())
    }

    pub(super) fn from_pem(pem: &str) -> Option<Self> {
        pair(pem).map(|pair| Self(Some(pair)))
    }

    /// A compact JWS, RS256. `None` when there is no key.
    pub(super) fn sign(&self, header: &str, payload: &str) -> Option<String> {
        let pair = self.0.as_ref()?;
        let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let mut signature = vec![0; pair.public().modulus_len()];
        // This padding is deterministic: the random source is not asked.
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).ok()?;
        Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Whether a signature is this key's.
    pub(super) fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        self.0.as_ref().is_some_and(|pair| {
            let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public().as_ref());
            key.verify(text.as_bytes(), signature).is_ok()
        })
    }

    /// The public key in PEM (`BEGIN PUBLIC KEY`).
    pub(super) fn public_pem(&self) -> String {
        let Some(pair) = &self.0 else { return String::new() };
        let bits = element(0x03, [&[0], pair.public().as_ref()].concat());
        let info = element(0x30, [&RSA_ENCRYPTION[..], &bits].concat());
        let text = STANDARD.encode(info);
        let mut pem = "-----BEGIN PUBLIC KEY-----\n".to_owned();
        for (position, character) in text.chars().enumerate() {
            if position > 0 && position % 64 == 0 {
                pem.push('\n');
            }
            pem.push(character);
        }
        pem + "\n-----END PUBLIC KEY-----\n"
    }
}

fn pair(pem: &str) -> Option<Arc<RsaKeyPair>> {
    let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).ok()?;
    RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).ok().map(Arc::new)
}

/// The algorithm `rsaEncryption` with its parameter NULL, in DER.
const RSA_ENCRYPTION: [u8; 15] = [0x30, 13, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 13, 1, 1, 1, 5, 0];

/// A DER element of 256 bytes or more, as a key of 2,048 bits or more is.
fn element(tag: u8, content: Vec<u8>) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    [vec![tag, 0x82, high, low], content].concat()
}
