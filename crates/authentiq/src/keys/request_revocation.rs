use alloc::string::String;

use authwire_core::{Auth, Draft, Endpoint, Media, Reply, ReplyError, Route};

use crate::Authentiq;
use crate::wire::{NotEmpty, Slug, common, word_alone};

/// Asks to revoke the key that an e-mail address and a phone number are bound to: the way out when the device is lost and
/// the revocation secret too.
///
/// `Ok` means that a code is on its way by e-mail, or was sent before and is still good; nothing is revoked yet. Go on
/// with [`ConfirmRevocation`](crate::keys::ConfirmRevocation).
///
/// E-mail address and phone number stand in the URI, where the provider wants them: do not log it.
///
/// Documents: Authentiq API 6, `key_revoke_nosecret` without `code`.
#[derive(Clone)]
#[must_use]
pub struct RequestRevocation {
    pub(crate) email: String,
    pub(crate) phone: String,
}

impl RequestRevocation {
    /// Asks to revoke the key of this e-mail address and this phone number in its international form (`+31…`).
    pub fn new(email: impl Into<String>, phone: impl Into<String>) -> Self {
        Self { email: email.into(), phone: phone.into() }
    }
}

/// Why no code was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestRevocationRefusal {
    /// The request is not authentic (401, `auth-error`). Documented for the operation; what it means without a code is
    /// not.
    #[error("the request is not authentic")]
    NotAuthentic,
    /// No key is bound to this pair of e-mail address and phone number (404, `unknown-key`).
    #[error("no key is bound to this e-mail address and phone number")]
    UnknownKey,
}

impl Endpoint for RequestRevocation {
    type Provider = Authentiq;
    type Output = ();
    type Refusal = RequestRevocationRefusal;
    const NAME: &'static str = "authentiq.keys.request_revocation";
    const ROUTE: Route = Route::delete("/key");
    const IDEMPOTENT: bool = false; // a repeat may send another e-mail
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        draft.query("email", NotEmpty(&self.email)).query("phone", NotEmpty(&self.phone)).accept(Media::JSON);
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<(), ReplyError<RequestRevocationRefusal>> {
        match reply.code() {
            // The other documented word is "done", which would be a revocation that nobody confirmed.
            200 => word_alone(reply, "pending"),
            401 => reply.refused(RequestRevocationRefusal::NotAuthentic),
            404 => reply.refused(RequestRevocationRefusal::UnknownKey),
            // A code was sent before. As a success it must be the provider's own word, and not a proxy's page.
            409 if Media::JSON.fits(reply.headers()) && Slug::ConfirmFirst.is_in(reply) => Ok(()),
            _ => common(reply),
        }
    }
}
