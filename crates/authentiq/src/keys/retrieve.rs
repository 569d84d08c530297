use alloc::string::String;

use authwire_core::{Auth, Draft, Endpoint, Malformed, Media, Reply, ReplyError, Route, Timestamp};
use serde::Deserialize;

use super::since::Since;
use crate::wire::common;
use crate::{Authentiq, PublicKey};

/// Gets what is publicly known of a key. The answer must be about that key.
///
/// Documents: Authentiq API 6, `key_retrieve`.
#[derive(Clone)]
#[must_use]
pub struct RetrieveKey {
    pub(crate) key: PublicKey,
}

impl RetrieveKey {
    /// Asks about `key`.
    pub fn new(key: PublicKey) -> Self {
        Self { key }
    }
}

/// What is publicly known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyInfo {
    /// The key.
    pub key: PublicKey,
    /// Its status in the provider's words, which are not documented.
    pub status: Option<String>,
    /// Since when; the documents do not say whether the key or its status.
    pub since: Option<Timestamp>,
}

/// Why there is nothing to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RetrieveKeyRefusal {
    /// The key is not registered (404, `unknown-key`).
    #[error("the key is not registered")]
    UnknownKey,
    /// The key is revoked (410, `revoked-key`).
    #[error("the key is revoked")]
    RevokedKey,
}

/// The answer as it is on the wire. Every member may be absent.
#[derive(Deserialize)]
struct Wire {
    sub: Option<String>,
    status: Option<String>,
    since: Option<Since>,
}

impl Endpoint for RetrieveKey {
    type Provider = Authentiq;
    type Output = KeyInfo;
    type Refusal = RetrieveKeyRefusal;
    const NAME: &'static str = "authentiq.keys.retrieve";
    const ROUTE: Route = Route::get("/key/{PK}");
    const IDEMPOTENT: bool = true;
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Authentiq, draft: &mut Draft) {
        draft.segment("PK", self.key).accept(Media::JSON);
    }

    fn read(&self, _: &Authentiq, reply: Reply<'_>) -> Result<KeyInfo, ReplyError<RetrieveKeyRefusal>> {
        match reply.code() {
            200 => self.info(reply, reply.json()?),
            404 => reply.refused(RetrieveKeyRefusal::UnknownKey),
            410 => reply.refused(RetrieveKeyRefusal::RevokedKey),
            _ => common(reply),
        }
    }
}

impl RetrieveKey {
    fn info(&self, reply: Reply<'_>, wire: Wire) -> Result<KeyInfo, ReplyError<RetrieveKeyRefusal>> {
        match wire.sub.as_deref().map(PublicKey::new) {
            Some(Ok(key)) if key == self.key => {}
            Some(_) => return reply.mismatch("sub"),
            None => return reply.malformed(Malformed::Field("sub")),
        }
        Ok(KeyInfo { key: self.key, status: wire.status, since: wire.since.map(|since| since.0) })
    }
}
