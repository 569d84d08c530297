use alloc::string::String;

use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};
use serde::{Deserialize, Deserializer, Serialize};

use crate::wire::{common, secret};
use crate::{Lagrello, QrImageUrl, TotpSecret, UserId};

/// Turns TOTP codes on for a user, and gives the secret that the codes are made from.
///
/// Show it to its user once, as a QR code ([`otpauth_uri`](crate::otpauth_uri)) and as text, and ask for a first code
/// ([`VerifyTotp`](crate::users::VerifyTotp)) before you rely on it. What a repeat does to an earlier secret is not
/// documented: expect that its codes end.
///
/// Needs the permission `WRITE`. Documents: Lagrello API 1.0.0, `users/totp/toggle` with `enable` true.
#[derive(Clone)]
#[must_use]
pub struct EnableTotp {
    pub(crate) user: UserId,
}

impl EnableTotp {
    /// Turns it on for this user.
    pub fn new(user: UserId) -> Self {
        Self { user }
    }
}

/// Why TOTP was not turned on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnableTotpRefusal {
    /// The tenant has no such user (404).
    #[error("there is no such user")]
    NoSuchUser,
}

/// A user's new second factor. Both parts are secrets, for the second holds the first.
///
/// Documents: Lagrello API 1.0.0, schema `TotpEnableResponse`.
#[derive(Clone, Debug)]
#[must_use]
#[non_exhaustive]
pub struct TotpKey {
    /// The secret that the codes are made from.
    pub secret: TotpSecret,
    /// Where the provider draws the QR code, if what came is an http or https URL. Whoever loads it tells the secret to
    /// every log on the way.
    pub qr_image: Option<QrImageUrl>,
}

/// The answer as it is on the wire.
#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "secretKey", deserialize_with = "secret")]
    secret: TotpSecret,
    #[serde(rename = "qrImage", deserialize_with = "picture")]
    qr_image: Option<QrImageUrl>,
}

/// A text that is no such URL is dropped, not the answer: codes are on, and the secret comes this once.
fn picture<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<QrImageUrl>, D::Error> {
    String::deserialize(deserializer).map(|text| QrImageUrl::new(text).ok())
}

/// The body as it is on the wire, of this operation and of the one that turns it off.
#[derive(Serialize)]
pub(super) struct Toggle {
    pub(super) enable: bool,
}

impl Endpoint for EnableTotp {
    type Provider = Lagrello;
    type Output = TotpKey;
    type Refusal = EnableTotpRefusal;
    const NAME: &'static str = "lagrello.users.enable_totp";
    const ROUTE: Route = Route::post("/v1/users/{userId}/totp");
    const IDEMPOTENT: bool = false; // a repeat may make another secret

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        draft.segment("userId", &self.user).accept(Media::JSON).json(&Toggle { enable: true });
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<TotpKey, ReplyError<EnableTotpRefusal>> {
        match reply.code() {
            200 => reply.json().map(|Wire { secret, qr_image }| TotpKey { secret, qr_image }),
            204 => reply.mismatch("enable"), // the answer to turning it off
            404 => reply.refused(EnableTotpRefusal::NoSuchUser),
            _ => common(reply),
        }
    }
}
