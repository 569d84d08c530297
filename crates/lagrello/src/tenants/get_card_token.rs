use core::convert::Infallible;

use authwire_core::{Draft, Endpoint, Malformed, Media, Reply, ReplyError, Route};

use crate::wire::common;
use crate::{CardToken, Lagrello};

/// Gets the token with which Stripe's script in a browser saves a card for the tenant.
///
/// Documents: Lagrello API 1.0.0, `tenants/cardtoken`.
#[derive(Clone, Default)]
#[must_use]
#[non_exhaustive]
pub struct GetCardToken {}

impl GetCardToken {
    /// Gets a token for our tenant.
    pub fn new() -> Self {
        Self {}
    }
}

impl Endpoint for GetCardToken {
    type Provider = Lagrello;
    type Output = CardToken;
    type Refusal = Infallible;
    const NAME: &'static str = "lagrello.tenants.card_token";
    const ROUTE: Route = Route::get("/v1/tenant/cardtoken");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        draft.accept(Media::JSON);
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<CardToken, ReplyError<Infallible>> {
        match reply.code() {
            200 => match CardToken::new(reply.json_string()?) {
                Ok(token) => Ok(token),
                Err(_) => reply.malformed(Malformed::Field("cardtoken")),
            },
            _ => common(reply),
        }
    }
}
