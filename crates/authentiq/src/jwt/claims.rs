use alloc::string::String;
use core::fmt;

use authwire_core::{InvalidValue, Timestamp};

use super::payload::{ClaimSet, Payload, Readable, seconds, time};
use super::{Jws, SignError, Signer, Unsigned};
use crate::PublicKey;

/// A statement about a person: signed by the person as a request to verify it
/// ([`RequestScope`](crate::scopes::RequestScope)), signed by an authority once it is verified.
///
/// Documents: Authentiq API 6, schema `Claims`; the times and `iss` are those of any JWT.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Claims {
    /// Whom it is about (`sub`).
    pub subject: PublicKey,
    /// What kind of statement it is (`scope`): [`EMAIL`](Self::EMAIL), [`PHONE`](Self::PHONE), or another.
    pub scope: String,
    /// An e-mail address (`email`).
    pub email: Option<String>,
    /// A phone number (`phone`).
    pub phone: Option<String>,
    /// What kind of phone it is (`type`); the documents do not say more.
    pub kind: Option<String>,
    /// Who says so, as a URI (`iss`). A name, and no proof: that is the signer's key.
    pub issuer: Option<String>,
    /// When it was made (`iat`), in whole seconds.
    pub issued_at: Option<Timestamp>,
    /// From when on it is valid (`nbf`), in whole seconds.
    pub not_before: Option<Timestamp>,
    /// The last second in which it is valid (`exp`).
    pub expires: Option<Timestamp>,
}

impl Claims {
    /// The scope of an e-mail address.
    pub const EMAIL: &'static str = "email";
    /// The scope of a phone number.
    pub const PHONE: &'static str = "phone";

    /// A statement about `subject`, without its content yet.
    pub fn new(subject: PublicKey, scope: impl Into<String>) -> Self {
        Self {
            subject,
            scope: scope.into(),
            email: None,
            phone: None,
            kind: None,
            issuer: None,
            issued_at: None,
            not_before: None,
            expires: None,
        }
    }

    /// That this is the e-mail address of `subject`.
    pub fn about_email(subject: PublicKey, address: impl Into<String>) -> Self {
        Self { email: Some(address.into()), ..Self::new(subject, Self::EMAIL) }
    }

    /// That this is the phone number of `subject`, in its international form.
    pub fn about_phone(subject: PublicKey, number: impl Into<String>) -> Self {
        Self { phone: Some(number.into()), ..Self::new(subject, Self::PHONE) }
    }

    /// Of this kind of phone, such as `mobile`.
    pub fn kind(self, kind: impl Into<String>) -> Self {
        Self { kind: Some(kind.into()), ..self }
    }

    /// Said by the authority with this URI.
    pub fn issuer(self, uri: impl Into<String>) -> Self {
        Self { issuer: Some(uri.into()), ..self }
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

    /// What `signer` is to sign: the subject's own key for a request, the authority's for a verified statement.
    ///
    /// # Errors
    /// When it is too long for a token.
    pub fn unsigned(&self, signer: PublicKey) -> Result<Unsigned, InvalidValue> {
        let payload = Payload {
            scope: Some(self.scope.clone()),
            email: self.email.clone(),
            phone: self.phone.clone(),
            kind: self.kind.clone(),
            iss: self.issuer.clone(),
            iat: seconds(self.issued_at),
            nbf: seconds(self.not_before),
            exp: seconds(self.expires),
            ..Payload::about(&self.subject)
        };
        Unsigned::new(signer, &payload.to_json()?)
    }

    /// Signs it, as its subject or as an authority.
    ///
    /// # Errors
    /// When the signer fails, or when it is too long for a token.
    pub fn sign<S: Signer + ?Sized>(&self, signer: &S) -> Result<Jws, SignError<S::Error>> {
        self.unsigned(signer.public_key().into())?.sign(signer)
    }
}

impl ClaimSet for Claims {}

impl Readable for Claims {
    fn from_payload(subject: PublicKey, payload: Payload) -> Option<Self> {
        Some(Self {
            subject,
            scope: payload.scope?,
            email: payload.email,
            phone: payload.phone,
            kind: payload.kind,
            issuer: payload.iss,
            issued_at: time(payload.iat),
            not_before: time(payload.nbf),
            expires: time(payload.exp),
        })
    }
}

impl fmt::Debug for Claims {
    /// The key alone: the rest is a person's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims").field("subject", &self.subject).finish_non_exhaustive()
    }
}
