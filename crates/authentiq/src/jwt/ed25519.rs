use core::convert::Infallible;
use core::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::{Signer, Verifier};
use crate::PublicKey;

/// An Ed25519 key in memory, which signs. Wiped when it is dropped; its `Debug` shows the public half alone.
///
/// ```
/// use authwire_authentiq::jwt::{AuthentiqId, Ed25519Key};
///
/// let seed = [7; 32]; // yours: 32 bytes from a cryptographic random source
/// let key = Ed25519Key::from_seed(&seed);
/// let token = AuthentiqId::new(key.public()).sign(&key)?;
/// assert_eq!(token.unverified_signer(), Some(key.public()));
/// # Ok::<(), authwire_authentiq::jwt::SignError<std::convert::Infallible>>(())
/// ```
#[derive(Clone)]
pub struct Ed25519Key(SigningKey);

impl Ed25519Key {
    /// The key of this seed, the private key in the terms of RFC 8032. It must come from a cryptographic random source;
    /// wiping it is yours.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The public key: the Authentiq ID.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::from_bytes(self.0.verifying_key().to_bytes())
    }
}

impl Signer for Ed25519Key {
    type Error = Infallible;

    fn public_key(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], Infallible> {
        Ok(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for Ed25519Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ed25519Key({})", self.public())
    }
}

/// Verifies Ed25519 signatures strictly: no second spelling of a signature, no key of small order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ed25519;

impl Verifier for Ed25519 {
    fn is_valid(&self, key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = Signature::from_bytes(signature);
        VerifyingKey::from_bytes(key).is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
    }
}
