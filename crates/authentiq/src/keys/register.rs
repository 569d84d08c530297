use alloc::string::String;

use authwire_core::{Auth, Draft, Endpoint, Malformed, Media, Reply, ReplyError, Route};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::jwt::Jws;
use crate::wire::{common, write_token};
use crate::{Authentiq, RevocationSecret};

/// Registers a new Authentiq ID, and gives the secret that revokes it.
///
/// The secret is shown this once: store it before anything else. When the reply is lost, so is the secret. A repeat then
/// says [`DuplicateKey`](RegisterKeyRefusal::DuplicateKey) if the first one arrived: the key works, but only e-mail and
/// phone can revoke it, once they are [bound](crate::keys::BindKey); or register another key. When the reply came and is
/// not of the documented form ([`Malformed`]), the key is registered just the same.
///
/// Documents: Authentiq API 6, `key_register`.
#[derive(Clone)]
#[must_use]
pub struct RegisterKey {
    pub(crate) id: Jws,
}

impl RegisterKey {
    /// Registers the key that signed this [`AuthentiqId`](crate::jwt::AuthentiqId).
    pub fn new(id: Jws) -> Self {
        Self { id }
    }
}

/// Why a key was not registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterKeyRefusal {
    /// The key is registered already (409, `duplicate-key`).
    #[error("the key is registered already")]
    DuplicateKey,
}

/// The answer; its `status` tells nothing that the status of the reply does not.
#[derive(Deserialize)]
struct Wire {
    secret: Option<String>,
    #[serde(rename = "status")]
    _status: Option<IgnoredAny>,
}

impl Endpoint for RegisterKey {
    type Provider = Authentiq;
    type Output = RevocationSecret;
    type Refusal = RegisterKeyRefusal;
    const NAME: &'static str = "authentiq.keys.register";
    const ROUTE: Route = Route::post("/key");
    const IDEMPOTENT: bool = false; // the secret is shown once
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        draft.accept(Media::JSON);
        write_token(draft, &self.id);
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<RevocationSecret, ReplyError<RegisterKeyRefusal>> {
        match reply.code() {
            201 => match reply.json::<Wire, _>()?.secret.map(RevocationSecret::new) {
                Some(Ok(secret)) => Ok(secret),
                _ => reply.malformed(Malformed::Field("secret")),
            },
            409 => reply.refused(RegisterKeyRefusal::DuplicateKey),
            _ => common(reply),
        }
    }
}
