use alloc::string::{String, ToString};
use core::fmt;

use authwire_core::{InvalidValue, Timestamp};

use super::payload::{ClaimSet, Payload, Readable, seconds, time};
use super::{Jws, SignError, Signer, Unsigned};
use crate::{DeviceToken, PublicKey};

/// A key's own statement about itself, signed by that key: what [`RegisterKey`](crate::keys::RegisterKey),
/// [`BindKey`](crate::keys::BindKey) and [`UpdateKey`](crate::keys::UpdateKey) send.
///
/// Documents: Authentiq API 6, schema `AuthentiqID`. `pk`, `email` and `phone` stand in the operations' texts alone; how
/// the issuer's tokens are named inside this one is not documented, and the name of their scope is used.
#[derive(Clone)]
#[non_exhaustive]
#[must_use]
pub struct AuthentiqId {
    /// The key (`sub`).
    pub subject: PublicKey,
    /// The person's encryption key (`pk`).
    pub encryption_key: Option<PublicKey>,
    /// Where the person's device is reached by push messages (`devtoken`).
    pub device_token: Option<DeviceToken>,
    /// The person's e-mail address, or the issuer's token about it (`email`).
    pub email: Option<String>,
    /// The person's phone number, or the issuer's token about it (`phone`).
    pub phone: Option<String>,
    /// When it was made (`iat`), in whole seconds.
    pub issued_at: Option<Timestamp>,
    /// From when on it is valid (`nbf`), in whole seconds.
    pub not_before: Option<Timestamp>,
    /// The last second in which it is valid (`exp`).
    pub expires: Option<Timestamp>,
}

impl AuthentiqId {
    /// About this key, and nothing more.
    pub const fn new(subject: PublicKey) -> Self {
        Self {
            subject,
            encryption_key: None,
            device_token: None,
            email: None,
            phone: None,
            issued_at: None,
            not_before: None,
            expires: None,
        }
    }

    /// With the person's public encryption key.
    pub fn encryption_key(self, key: PublicKey) -> Self {
        Self { encryption_key: Some(key), ..self }
    }

    /// With where the person's device is reached.
    pub fn device_token(self, token: DeviceToken) -> Self {
        Self { device_token: Some(token), ..self }
    }

    /// With an e-mail address, for [`BindKey`](crate::keys::BindKey).
    pub fn email(self, address: impl Into<String>) -> Self {
        Self { email: Some(address.into()), ..self }
    }

    /// With a phone number in its international form, for [`BindKey`](crate::keys::BindKey).
    pub fn phone(self, number: impl Into<String>) -> Self {
        Self { phone: Some(number.into()), ..self }
    }

    /// With the issuer's token about an e-mail address, for [`UpdateKey`](crate::keys::UpdateKey).
    pub fn signed_email(self, token: &Jws) -> Self {
        self.email(token.expose())
    }

    /// With the issuer's token about a phone number, for [`UpdateKey`](crate::keys::UpdateKey).
    pub fn signed_phone(self, token: &Jws) -> Self {
        self.phone(token.expose())
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
            pk: self.encryption_key.as_ref().map(ToString::to_string),
            devtoken: self.device_token.as_ref().map(|token| token.expose().into()),
            email: self.email.clone(),
            phone: self.phone.clone(),
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

impl ClaimSet for AuthentiqId {}

impl Readable for AuthentiqId {
    fn from_payload(subject: PublicKey, payload: Payload) -> Option<Self> {
        let encryption_key = payload.pk.map(|key| PublicKey::new(&key)).transpose().ok()?;
        let device_token = payload.devtoken.map(DeviceToken::new).transpose().ok()?;
        Some(Self {
            subject,
            encryption_key,
            device_token,
            email: payload.email,
            phone: payload.phone,
            issued_at: time(payload.iat),
            not_before: time(payload.nbf),
            expires: time(payload.exp),
        })
    }
}

impl fmt::Debug for AuthentiqId {
    /// The key alone: the rest is a person's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthentiqId").field("subject", &self.subject).finish_non_exhaustive()
    }
}
