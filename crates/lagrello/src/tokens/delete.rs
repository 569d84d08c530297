use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};

use crate::wire::{Segment, common};
use crate::{AccessToken, Lagrello};

/// Deletes an access token of the tenant: whoever has it can do nothing any more.
///
/// The token travels in the path: this request's URI is a credential and must never reach a log. Delete a token that
/// leaked all the same: it is worth nothing afterwards.
///
/// Documents: Lagrello API 1.0.0, `tokens/delete`.
#[derive(Clone)]
#[must_use]
pub struct DeleteToken {
    pub(crate) key: AccessToken,
}

impl DeleteToken {
    /// Deletes this token.
    pub fn new(key: AccessToken) -> Self {
        Self { key }
    }
}

/// Why a token was not deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeleteTokenRefusal {
    /// The tenant has no such token (404): after a repeat, it is done.
    #[error("there is no such token")]
    NoSuchToken,
}

impl Endpoint for DeleteToken {
    type Provider = Lagrello;
    type Output = ();
    type Refusal = DeleteTokenRefusal;
    const NAME: &'static str = "lagrello.tokens.delete";
    const ROUTE: Route = Route::delete("/v1/tokens/{id}");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        draft.segment("id", Segment(self.key.expose())).accept(Media::JSON);
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<(), ReplyError<DeleteTokenRefusal>> {
        match reply.code() {
            204 => reply.done(),
            404 => reply.refused(DeleteTokenRefusal::NoSuchToken),
            _ => common(reply),
        }
    }
}
