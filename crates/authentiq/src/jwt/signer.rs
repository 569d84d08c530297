use alloc::string::String;
use core::error::Error;
use core::fmt;

use authwire_core::{InvalidValue, Reason};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Jws, MAX_TOKEN, header};
use crate::PublicKey;

/// Something that holds an Ed25519 key and signs with it: a security module, a key store, a key in memory.
///
/// Where a signature takes its time, as on a phone, use [`Unsigned`] and ask for it in your own way.
pub trait Signer {
    /// Why it may fail to sign; [`Infallible`](core::convert::Infallible) for a key in memory.
    type Error: Error + 'static;

    /// The public key that goes with the signatures.
    fn public_key(&self) -> [u8; 32];

    /// Signs a message by plain Ed25519 (RFC 8032, section 5.1.6; neither the context nor the prehash form).
    ///
    /// # Errors
    /// When it cannot.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], Self::Error>;
}

/// Why a token was not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError<E> {
    /// The claims are too long for a token.
    Invalid(InvalidValue),
    /// The token must be signed by its subject, and the signer has another key.
    OtherKey,
    /// The signer failed.
    Signer(E),
}

/// A token that only lacks its signature.
///
/// ```
/// use authwire_authentiq::PublicKey;
/// use authwire_authentiq::jwt::AuthentiqId;
///
/// let key = PublicKey::from_bytes([7; 32]);
/// let unsigned = AuthentiqId::new(key).unsigned()?;
/// let to_be_signed: Vec<u8> = unsigned.signing_input().into(); // goes to the phone
/// let signature = [9; 64]; // comes back from the phone
/// let token = unsigned.with_signature(signature);
/// assert_eq!(token.signing_input(), to_be_signed);
/// # Ok::<(), authwire_core::InvalidValue>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Unsigned {
    input: String,
    signer: PublicKey,
}

impl Unsigned {
    /// Header and payload of a token that `signer` will sign.
    pub(super) fn new(signer: PublicKey, payload: &[u8]) -> Result<Self, InvalidValue> {
        let mut input = URL_SAFE_NO_PAD.encode(header::write(&signer));
        input.push('.');
        URL_SAFE_NO_PAD.encode_string(payload, &mut input);
        // A dot and 86 characters follow.
        if input.len() + 87 > MAX_TOKEN {
            return Err(InvalidValue::new("JWT", Reason::TooLong { max: MAX_TOKEN }));
        }
        Ok(Self { input, signer })
    }

    /// What the signature must be over.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.input.as_bytes()
    }

    /// The key that must sign.
    #[must_use]
    pub fn signer(&self) -> &PublicKey {
        &self.signer
    }

    /// The token with its signature, which is not checked here: a wrong one makes a token that nobody accepts.
    #[must_use]
    pub fn with_signature(self, signature: [u8; 64]) -> Jws {
        let input_end = self.input.len();
        let mut text = self.input;
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut text);
        Jws::made(&text, input_end, &self.signer)
    }

    /// Has it signed.
    ///
    /// # Errors
    /// When the signer has another key, or fails.
    pub fn sign<S: Signer + ?Sized>(self, signer: &S) -> Result<Jws, SignError<S::Error>> {
        if signer.public_key() != *self.signer.as_bytes() {
            return Err(SignError::OtherKey);
        }
        let signature = signer.sign(self.signing_input()).map_err(SignError::Signer)?;
        Ok(self.with_signature(signature))
    }
}

impl fmt::Debug for Unsigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsigned").field("signer", &self.signer).finish_non_exhaustive()
    }
}

impl<E> From<InvalidValue> for SignError<E> {
    fn from(invalid: InvalidValue) -> Self {
        Self::Invalid(invalid)
    }
}

impl<E> fmt::Display for SignError<E> {
    /// Not the signer's own text, which is next in the chain.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(invalid) => invalid.fmt(f),
            Self::OtherKey => f.write_str("the signer's key is not the one that must sign"),
            Self::Signer(_) => f.write_str("the signer failed"),
        }
    }
}

impl<E: Error + 'static> Error for SignError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Signer(error) => Some(error),
            Self::Invalid(_) | Self::OtherKey => None,
        }
    }
}
