use authwire_core::{Auth, Draft, Endpoint, Media, Reply, ReplyError, Route};

use crate::wire::common;
use crate::{Authentiq, PublicKey};

/// Asks whether a key is registered and not revoked, without its details. The answer has no body, whatever it is, so that
/// only its status tells it from somebody else's, such as a proxy's: before you let anybody in for it, ask
/// [`RetrieveKey`](crate::keys::RetrieveKey).
///
/// Documents: Authentiq API 6, `HEAD /key/{PK}`.
#[derive(Clone)]
#[must_use]
pub struct CheckKey {
    pub(crate) key: PublicKey,
}

impl CheckKey {
    /// Asks about `key`.
    pub fn new(key: PublicKey) -> Self {
        Self { key }
    }
}

/// Why the key is not to be relied upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckKeyRefusal {
    /// The key is not registered (404, `unknown-key`).
    #[error("the key is not registered")]
    UnknownKey,
    /// The key is revoked (410, `revoked-key`).
    #[error("the key is revoked")]
    RevokedKey,
}

impl Endpoint for CheckKey {
    type Provider = Authentiq;
    type Output = ();
    type Refusal = CheckKeyRefusal;
    const NAME: &'static str = "authentiq.keys.check";
    const ROUTE: Route = Route::head("/key/{PK}");
    const IDEMPOTENT: bool = true;
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        draft.segment("PK", self.key).accept(Media::JSON);
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<(), ReplyError<CheckKeyRefusal>> {
        match reply.code() {
            200 => reply.done(),
            404 => reply.refused(CheckKeyRefusal::UnknownKey),
            410 => reply.refused(CheckKeyRefusal::RevokedKey),
            _ => common(reply),
        }
    }
}
