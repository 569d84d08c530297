use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use authwire_core::{Auth, BuildFault, Draft, Endpoint, InvalidValue, Media, Reason, Reply, ReplyError, Route};

use crate::wire::has_characters;
use crate::{Lagrello, TotpSecret, UserId};

/// Draws the QR code of a TOTP secret, as a PNG picture. The provider looks nothing up: it draws what it is given.
///
/// The secret travels in the query: this request's URI is the second factor and must never reach a log. Better draw the
/// code yourself, from [`otpauth_uri`](crate::otpauth_uri).
///
/// Takes no access token. All three parts are optional by the documents; without the secret the picture is of no use.
/// Documents: Lagrello API 1.0.0, `images/totp`.
#[derive(Clone, Default)]
#[must_use]
pub struct GetTotpImage {
    pub(crate) tenant_name: Option<String>,
    pub(crate) user: Option<UserId>,
    pub(crate) secret: Option<TotpSecret>,
}

impl GetTotpImage {
    /// Draws a code of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Of this company, as the user's app shows it: 1 to 40 characters.
    pub fn tenant_name(self, name: impl Into<String>) -> Self {
        Self { tenant_name: Some(name.into()), ..self }
    }

    /// Of this user.
    pub fn user(self, user: UserId) -> Self {
        Self { user: Some(user), ..self }
    }

    /// Of this secret of at most 128 characters.
    pub fn secret(self, secret: TotpSecret) -> Self {
        Self { secret: Some(secret), ..self }
    }
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GetTotpImageRefusal {
    /// The provider cannot draw this (400).
    #[error("the provider cannot draw this")]
    Invalid,
}

/// A PNG picture of a QR code that holds a TOTP secret. Its `Debug` shows no bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct QrPicture(Vec<u8>);

impl QrPicture {
    /// The PNG file.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The same, by value.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl fmt::Debug for QrPicture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QrPicture({} bytes)", self.0.len())
    }
}

impl Endpoint for GetTotpImage {
    type Provider = Lagrello;
    type Output = QrPicture;
    type Refusal = GetTotpImageRefusal;
    const NAME: &'static str = "lagrello.images.totp";
    const ROUTE: Route = Route::get("/v1/images/totp");
    const IDEMPOTENT: bool = true;
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        let secret = self.secret.as_ref().map(TotpSecret::expose);
        draft.query_opt("tenantName", self.tenant_name.as_ref());
        draft.query_opt("userId", self.user.as_ref().map(UserId::as_str));
        draft.query_opt("userSecret", secret).accept(Media::PNG);
        for (what, text, max, form) in [
            ("tenantName", self.tenant_name.as_deref(), 40, "1 to 40 characters long"),
            ("userSecret", secret, 128, "1 to 128 characters long"),
        ] {
            if text.is_some_and(|text| !has_characters(text, max)) {
                draft.refuse(BuildFault::Value(InvalidValue::new(what, Reason::Not(form))));
            }
        }
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<QrPicture, ReplyError<GetTotpImageRefusal>> {
        match reply.code() {
            200 => Ok(QrPicture(reply.png()?.into())),
            400 => reply.refused(GetTotpImageRefusal::Invalid),
            _ => reply.other(), // there is no token of ours that a 403 could be about
        }
    }
}
