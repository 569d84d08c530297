use alloc::string::String;

use authwire_core::{Auth, Draft, Endpoint, Media, Reply, ReplyError, Route};

use crate::wire::{NotEmpty, common, word_alone};
use crate::{Authentiq, Code};

/// Revokes the key that an e-mail address and a phone number are bound to, with the code that
/// [`RequestRevocation`](crate::keys::RequestRevocation) had sent by e-mail.
///
/// The code stands in the URI, where the provider wants it, beside the address and the number: do not log it. A repeat
/// after a lost reply may say [`UnknownKey`](ConfirmRevocationRefusal::UnknownKey): then the first one revoked it.
///
/// Documents: Authentiq API 6, `key_revoke_nosecret` with `code`.
#[derive(Clone)]
#[must_use]
pub struct ConfirmRevocation {
    pub(crate) email: String,
    pub(crate) phone: String,
    pub(crate) code: Code,
}

impl ConfirmRevocation {
    /// Revokes the key of this e-mail address and phone number, the same texts as in the request for the code.
    pub fn new(email: impl Into<String>, phone: impl Into<String>, code: Code) -> Self {
        Self { email: email.into(), phone: phone.into(), code }
    }
}

/// Why the key was not revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfirmRevocationRefusal {
    /// The code is wrong (401, `auth-error`).
    #[error("the code is wrong")]
    WrongCode,
    /// No key is bound to this pair of e-mail address and phone number, perhaps no longer (404, `unknown-key`).
    #[error("no key is bound to this e-mail address and phone number")]
    UnknownKey,
    /// A code must be confirmed first (409, `confirm-first`): this one counts no longer, or another one was sent since.
    #[error("the code that was sent must be confirmed first")]
    ConfirmFirst,
}

impl Endpoint for ConfirmRevocation {
    type Provider = Authentiq;
    type Output = ();
    type Refusal = ConfirmRevocationRefusal;
    const NAME: &'static str = "authentiq.keys.confirm_revocation";
    const ROUTE: Route = Route::delete("/key");
    const IDEMPOTENT: bool = true;
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        draft.query("email", NotEmpty(&self.email)).query("phone", NotEmpty(&self.phone));
        draft.query("code", self.code.expose()).accept(Media::JSON);
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<(), ReplyError<ConfirmRevocationRefusal>> {
        match reply.code() {
            // The other documented word is "pending": then nothing is revoked. Without a word nobody knows.
            200 => word_alone(reply, "done"),
            401 => reply.refused(ConfirmRevocationRefusal::WrongCode),
            404 => reply.refused(ConfirmRevocationRefusal::UnknownKey),
            409 => reply.refused(ConfirmRevocationRefusal::ConfirmFirst),
            _ => common(reply),
        }
    }
}
