use authwire_core::{Auth, Draft, Endpoint, Media, Reply, ReplyError, Route};

use crate::jwt::Jws;
use crate::wire::{Slug, common, word, write_token};
use crate::{Authentiq, PublicKey};

/// Replaces what a key's registration says: its device, its encryption key, or the e-mail address and phone number that
/// it is bound to, of which the provider keeps hashes.
///
/// Documents: Authentiq API 6, `key_bind`.
#[derive(Clone)]
#[must_use]
pub struct BindKey {
    pub(crate) key: PublicKey,
    pub(crate) id: Jws,
}

impl BindKey {
    /// Puts this [`AuthentiqId`](crate::jwt::AuthentiqId), signed by `key`, in the place of the old one.
    pub fn new(key: PublicKey, id: Jws) -> Self {
        Self { key, id }
    }
}

/// Why nothing was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BindKeyRefusal {
    /// The key is not registered (404, `unknown-key`).
    #[error("the key is not registered")]
    UnknownKey,
    /// The e-mail address or phone number is bound to another key (409, `duplicate-hash`).
    #[error("the e-mail address or phone number is bound to another key")]
    DuplicateHash,
    /// The key is revoked (410 with `revoked-key`, documented for other operations).
    #[error("the key is revoked")]
    RevokedKey,
}

impl Endpoint for BindKey {
    type Provider = Authentiq;
    type Output = ();
    type Refusal = BindKeyRefusal;
    const NAME: &'static str = "authentiq.keys.bind";
    const ROUTE: Route = Route::put("/key/{PK}");
    const IDEMPOTENT: bool = true;
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        draft.segment("PK", self.key).accept(Media::JSON);
        write_token(draft, &self.id);
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<(), ReplyError<BindKeyRefusal>> {
        match reply.code() {
            200 => word(reply, "confirmed"),
            404 => reply.refused(BindKeyRefusal::UnknownKey),
            409 => reply.refused(BindKeyRefusal::DuplicateHash),
            410 if Slug::RevokedKey.is_in(reply) => reply.refused(BindKeyRefusal::RevokedKey),
            _ => common(reply),
        }
    }
}
