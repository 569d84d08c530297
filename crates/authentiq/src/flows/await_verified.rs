use core::fmt;
use core::time::Duration;

use authwire_core::{Flow, Reply, Sent, Step, Timestamp};

use super::{AwaitSignature, AwaitSignatureError};
use crate::jwt::{Alg, Claims, Verification, Verified, Verifier};
use crate::{Authentiq, PublicKey};

/// Waits until a confirmed job is signed, verifies the token, and gives what the issuer says of the person. Made by
/// [`AwaitSignature::verified_by`]. Check then that it says what was asked to be verified, such as the e-mail address.
///
/// A token that is not accepted ends it: the issuer signs a job once.
///
/// With the feature `serde` it can be stored where the verifier has a `Default`; the issuer's key is stored with it, and
/// believed.
#[derive(Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(
        into = "super::stored::AwaitVerified<V>",
        from = "super::stored::AwaitVerified<V>",
        bound(serialize = "V: Verifier + Clone + Default", deserialize = "V: Verifier + Clone + Default")
    )
)]
#[must_use]
pub struct AwaitVerified<V> {
    pub(super) signature: AwaitSignature,
    pub(super) issuer: PublicKey,
    pub(super) subject: PublicKey,
    pub(super) leeway: Duration,
    pub(super) alg: Alg,
    pub(super) verifier: V,
}

impl<V: Verifier> AwaitVerified<V> {
    pub(super) const fn new(signature: AwaitSignature, issuer: PublicKey, subject: PublicKey, verifier: V) -> Self {
        Self { signature, issuer, subject, leeway: Duration::ZERO, alg: Alg::Ed25519, verifier }
    }

    /// Lets clocks differ by this much, in whole seconds; none unless it is set, and at most
    /// [`MAX_LEEWAY`](crate::jwt::MAX_LEEWAY).
    pub fn leeway(self, leeway: Duration) -> Self {
        Self { leeway, ..self }
    }

    /// Accepts tokens that name this algorithm, and no other.
    pub fn alg(self, alg: Alg) -> Self {
        Self { alg, ..self }
    }
}

impl<V: Verifier> Flow for AwaitVerified<V> {
    type Provider = Authentiq;
    type Output = Verified<Claims>;
    type Error = AwaitSignatureError;

    fn step(&mut self, provider: &Authentiq, now: Timestamp) -> Result<Step<Verified<Claims>>, AwaitSignatureError> {
        match self.signature.step(provider, now)? {
            Step::Send(request) => Ok(Step::Send(request)),
            Step::Wait(until) => Ok(Step::Wait(until)),
            Step::Done(token) => {
                // Not `now`: a clock that was put back must not make a token valid again.
                let now = self.signature.repeat.polling().now();
                let verification = Verification::new(now).leeway(self.leeway).alg(self.alg);
                match token.verify(&verification, &self.issuer, &self.subject, &self.verifier) {
                    Ok(claims) => Ok(Step::Done(claims)),
                    Err(error) => Err(AwaitSignatureError::Token(error)),
                }
            }
        }
    }

    fn reply(&mut self, provider: &Authentiq, now: Timestamp, reply: Reply<'_>) {
        self.signature.reply(provider, now, reply);
    }

    fn lost(&mut self, now: Timestamp, sent: Sent) {
        self.signature.lost(now, sent);
    }
}

impl<V> fmt::Debug for AwaitVerified<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwaitVerified").field("signature", &self.signature).finish_non_exhaustive()
    }
}
