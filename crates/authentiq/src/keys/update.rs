use authwire_core::{Auth, Draft, Endpoint, Media, Reply, ReplyError, Route};

use crate::jwt::Jws;
use crate::wire::{Slug, common, word, write_token};
use crate::{Authentiq, PublicKey};

/// Binds a key to an e-mail address and a phone number that the issuer has verified and signed: their tokens stand inside
/// the one that the key signs ([`AuthentiqId::signed_email`](crate::jwt::AuthentiqId::signed_email)).
///
/// Documents: Authentiq API 6, `key_update`.
#[derive(Clone)]
#[must_use]
pub struct UpdateKey {
    pub(crate) key: PublicKey,
    pub(crate) id: Jws,
}

impl UpdateKey {
    /// Sends this [`AuthentiqId`](crate::jwt::AuthentiqId), signed by `key`, with the issuer's tokens inside.
    pub fn new(key: PublicKey, id: Jws) -> Self {
        Self { key, id }
    }
}

/// Why nothing was bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateKeyRefusal {
    /// The key is not registered (404, `unknown-key`).
    #[error("the key is not registered")]
    UnknownKey,
    /// The e-mail address or phone number is bound to another key (409 with `duplicate-hash`, documented for
    /// [`BindKey`](crate::keys::BindKey)).
    #[error("the e-mail address or phone number is bound to another key")]
    DuplicateHash,
    /// The key is revoked (410 with `revoked-key`, documented for other operations).
    #[error("the key is revoked")]
    RevokedKey,
}

impl Endpoint for UpdateKey {
    type Provider = Authentiq;
    type Output = ();
    type Refusal = UpdateKeyRefusal;
    const NAME: &'static str = "authentiq.keys.update";
    const ROUTE: Route = Route::post("/key/{PK}");
    const IDEMPOTENT: bool = true;
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        draft.segment("PK", self.key).accept(Media::JSON);
        write_token(draft, &self.id);
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<(), ReplyError<UpdateKeyRefusal>> {
        match reply.code() {
            200 => word(reply, "confirmed"),
            404 => reply.refused(UpdateKeyRefusal::UnknownKey),
            409 if Slug::DuplicateHash.is_in(reply) => reply.refused(UpdateKeyRefusal::DuplicateHash),
            410 if Slug::RevokedKey.is_in(reply) => reply.refused(UpdateKeyRefusal::RevokedKey),
            _ => common(reply),
        }
    }
}
