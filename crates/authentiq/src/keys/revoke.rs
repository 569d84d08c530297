use authwire_core::{Auth, Draft, Endpoint, Media, Reply, ReplyError, Route};

use crate::wire::{Slug, common, word_alone};
use crate::{Authentiq, PublicKey, RevocationSecret};

/// Revokes a key with the secret that its registration gave.
///
/// The secret stands in the URI, where the provider wants it: do not log it. A repeat after a lost reply may say that the
/// key is unknown or revoked: then the first one revoked it.
///
/// Documents: Authentiq API 6, `key_revoke`.
#[derive(Clone)]
#[must_use]
pub struct RevokeKey {
    pub(crate) key: PublicKey,
    pub(crate) secret: RevocationSecret,
}

impl RevokeKey {
    /// Revokes `key`.
    pub fn new(key: PublicKey, secret: RevocationSecret) -> Self {
        Self { key, secret }
    }
}

/// Why the key was not revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevokeKeyRefusal {
    /// The secret is wrong, or the key not found (401, `auth-error`; the documents say both of it).
    #[error("the secret is wrong, or the key not found")]
    WrongSecret,
    /// The key is not registered (404, `unknown-key`).
    #[error("the key is not registered")]
    UnknownKey,
    /// The key is revoked already (410 with `revoked-key`, documented for other operations).
    #[error("the key is revoked already")]
    RevokedKey,
}

impl Endpoint for RevokeKey {
    type Provider = Authentiq;
    type Output = ();
    type Refusal = RevokeKeyRefusal;
    const NAME: &'static str = "authentiq.keys.revoke";
    const ROUTE: Route = Route::delete("/key/{PK}");
    const IDEMPOTENT: bool = true;
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        draft.segment("PK", self.key).query("secret", self.secret.expose()).accept(Media::JSON);
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<(), ReplyError<RevokeKeyRefusal>> {
        match reply.code() {
            200 => word_alone(reply, "done"),
            401 => reply.refused(RevokeKeyRefusal::WrongSecret),
            404 => reply.refused(RevokeKeyRefusal::UnknownKey),
            410 if Slug::RevokedKey.is_in(reply) => reply.refused(RevokeKeyRefusal::RevokedKey),
            _ => common(reply),
        }
    }
}
