use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use authwire_core::{InvalidValue, Timestamp};

use super::payload::{Audience, ClaimSet, Payload, Readable, seconds, time};
use super::{Jws, SignError, Signer, Unsigned};
use crate::PublicKey;

/// A person's permission to push logins to their device, signed by the person and given to a site: what
/// [`PushLogin`](crate::login::PushLogin) sends.
///
/// Documents: Authentiq API 6, schema `PushToken`. `aud` is documented as one URI; several are read and written too, as
/// Authentiq does in tokens of its own.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct PushToken {
    /// Whose device it is (`sub`).
    pub subject: PublicKey,
    /// The issuer that knows the device, as a URI (`iss`).
    pub issuer: String,
    /// Who may push, as URIs (`aud`): a login's callback must lie within one of them. Never empty.
    pub audience: Vec<String>,
    /// When it was made (`iat`), in whole seconds.
    pub issued_at: Option<Timestamp>,
    /// From when on it is valid (`nbf`), in whole seconds.
    pub not_before: Option<Timestamp>,
    /// The last second in which it is valid (`exp`).
    pub expires: Option<Timestamp>,
}

impl PushToken {
    /// Permits the site `audience` to push logins to the device that `issuer` knows for `subject`; both are URIs.
    pub fn new(subject: PublicKey, issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            subject,
            issuer: issuer.into(),
            audience: alloc::vec![audience.into()],
            issued_at: None,
            not_before: None,
            expires: None,
        }
    }

    /// Permits this site too.
    pub fn and_audience(mut self, audience: impl Into<String>) -> Self {
        self.audience.push(audience.into());
        self
    }

    /// Made at this time.
    pub fn issued_at(self, time: Timestamp) -> Self {
        Self { issued_at: Some(time), ..self }
    }

    /// Valid from this time on.
    pub fn not_before(self, time: Timestamp) -> Self {
        Self { not_before: Some(time), ..self }
    }

    /// Valid until this time.
    pub fn expires(self, time: Timestamp) -> Self {
        Self { expires: Some(time), ..self }
    }

    /// What its subject is to sign.
    ///
    /// # Errors
    /// When it is too long for a token.
    pub fn unsigned(&self) -> Result<Unsigned, InvalidValue> {
        let payload = Payload {
            iss: Some(self.issuer.clone()),
            aud: Some(Audience(self.audience.clone())),
            iat: seconds(self.issued_at),
            nbf: seconds(self.not_before),
            exp: seconds(self.expires),
            ..Payload::about(&self.subject)
        };
        Unsigned::new(self.subject, &payload.to_json()?)
    }

    /// Signs it with its subject's key.
    ///
    /// # Errors
    /// When the signer has another key, or fails, or when it is too long for a token.
    pub fn sign<S: Signer + ?Sized>(&self, signer: &S) -> Result<Jws, SignError<S::Error>> {
        self.unsigned()?.sign(signer)
    }
}

impl ClaimSet for PushToken {}

impl Readable for PushToken {
    fn from_payload(subject: PublicKey, payload: Payload) -> Option<Self> {
        let Audience(audience) = payload.aud?;
        if audience.is_empty() {
            return None;
        }
        Some(Self {
            subject,
            issuer: payload.iss?,
            audience,
            issued_at: time(payload.iat),
            not_before: time(payload.nbf),
            expires: time(payload.exp),
        })
    }
}

impl fmt::Debug for PushToken {
    /// The key alone: where a person logs in is nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushToken").field("subject", &self.subject).finish_non_exhaustive()
    }
}
