use core::time::Duration;

use authwire_core::Timestamp;

use super::payload::{ClaimSet, Payload};
use super::{Alg, Jws};
use crate::PublicKey;

/// The most that clocks may be said to differ: five minutes.
pub const MAX_LEEWAY: Duration = Duration::from_secs(300);

/// Something that verifies Ed25519 signatures.
///
/// It must be strict: no second spelling of a signature (RFC 8032, section 5.1.7, `s` below the group's order), and better
/// no key of small order, for which anybody can make signatures.
pub trait Verifier {
    /// Whether `signature` is that of `key` over `message`.
    fn is_valid(&self, key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool;
}

/// The rules by which a token is verified, at one time.
///
/// `exp` is the last second in which a token is valid, `nbf` the first; a token without them is valid at any time, as in
/// Authentiq's own library.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Verification {
    now: Timestamp,
    leeway: Duration,
    alg: Alg,
}

/// Claims that were verified: signed by [`signer`](Self::signer), and valid at the time of the [`Verification`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Verified<C> {
    claims: C,
    signer: PublicKey,
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The header's `typ` names something else than a JWT.
    #[error("the token is not a JWT")]
    Type,
    /// The header's `alg` is not the name of our algorithm.
    #[error("the token names another algorithm")]
    Algorithm,
    /// The header says that something in it is critical (`crit`), and we do not know it.
    #[error("the token has a critical header that is not understood")]
    Critical,
    /// The header's `kid` is missing, or names another key than the one that had to sign.
    #[error("the token names no signer, or another one than had to sign")]
    Signer,
    /// The signature is not that of the key that had to sign.
    #[error("the signature is not valid")]
    Signature,
    /// The payload is not a JSON object with the documented claims.
    #[error("the claims are not the documented ones")]
    Claims,
    /// The token is about somebody else (`sub`).
    #[error("the token is about another subject")]
    Subject,
    /// The token is too old (`exp`).
    #[error("the token has expired")]
    Expired,
    /// The token is too young (`nbf`).
    #[error("the token is not valid yet")]
    NotYetValid,
}

impl Verification {
    /// Verifies at this time, with no leeway, and accepts `alg` `Ed25519` alone.
    pub const fn new(now: Timestamp) -> Self {
        Self { now, leeway: Duration::ZERO, alg: Alg::Ed25519 }
    }

    /// Lets clocks differ by this much, in whole seconds; at most by [`MAX_LEEWAY`], for which more is taken.
    pub const fn leeway(self, leeway: Duration) -> Self {
        let leeway = if leeway.as_secs() < MAX_LEEWAY.as_secs() { leeway } else { MAX_LEEWAY };
        Self { leeway, ..self }
    }

    /// Accepts these names of the algorithm.
    pub const fn alg(self, alg: Alg) -> Self {
        Self { alg, ..self }
    }

    /// Verifies a token that its own subject must have signed. Whose it is, is then in its claims: compare it with whom
    /// you expect.
    ///
    /// A token does not say which set of claims it is: what has the claims of a `C` passes for one, and every token of a
    /// key's own has those of an [`AuthentiqId`](super::AuthentiqId). Whom a [`PushToken`](super::PushToken) is for
    /// (`aud`) is not looked at: compare it with yourself.
    ///
    /// # Errors
    /// When it is not so signed, not valid at this time, or has not the claims of a `C`.
    pub fn self_signed<C: ClaimSet, V: Verifier + ?Sized>(
        &self,
        token: &Jws,
        verifier: &V,
    ) -> Result<Verified<C>, TokenError> {
        let signer = token.unverified_signer().ok_or(TokenError::Signer)?;
        self.verify(&signer, &signer, token, verifier)
    }

    /// Verifies a token about `subject` that `issuer` must have signed.
    ///
    /// # Errors
    /// When it is not so signed, is about somebody else, not valid at this time, or has not the claims of a `C`.
    pub fn issued_by<C: ClaimSet, V: Verifier + ?Sized>(
        &self,
        issuer: &PublicKey,
        subject: &PublicKey,
        token: &Jws,
        verifier: &V,
    ) -> Result<Verified<C>, TokenError> {
        // Below, a header without `kid` would do.
        if token.unverified_signer() != Some(*issuer) {
            return Err(TokenError::Signer);
        }
        self.verify(issuer, subject, token, verifier)
    }

    fn verify<C: ClaimSet, V: Verifier + ?Sized>(
        &self,
        signer: &PublicKey,
        subject: &PublicKey,
        token: &Jws,
        verifier: &V,
    ) -> Result<Verified<C>, TokenError> {
        if token.header().is_other_type {
            return Err(TokenError::Type);
        }
        let payload = token.verify(signer, self.alg, verifier)?;
        let payload = Payload::read(&payload).ok_or(TokenError::Claims)?;
        if PublicKey::new(&payload.sub) != Ok(*subject) {
            return Err(TokenError::Subject);
        }
        self.check_times(&payload)?;
        let claims = C::from_payload(*subject, payload).ok_or(TokenError::Claims)?;
        Ok(Verified { claims, signer: *signer })
    }

    fn check_times(&self, payload: &Payload) -> Result<(), TokenError> {
        let now = self.now.as_secs();
        let leeway = self.leeway.as_secs();
        if payload.exp.is_some_and(|exp| exp.saturating_add(leeway) < now) {
            return Err(TokenError::Expired);
        }
        if payload.nbf.is_some_and(|nbf| nbf > now.saturating_add(leeway)) {
            return Err(TokenError::NotYetValid);
        }
        Ok(())
    }
}

impl<C> Verified<C> {
    /// The claims.
    #[must_use]
    pub const fn claims(&self) -> &C {
        &self.claims
    }

    /// The same, by value. They no longer say that they were verified.
    #[must_use]
    pub fn into_claims(self) -> C {
        self.claims
    }

    /// The key that signed.
    #[must_use]
    pub const fn signer(&self) -> &PublicKey {
        &self.signer
    }
}

impl<C> core::ops::Deref for Verified<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.claims
    }
}
