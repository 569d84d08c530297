use core::convert::Infallible;

use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};

use crate::Lagrello;
use crate::wire::common;

/// Asks to delete our tenant with all that is in it. The provider sends the administrator an e-mail to confirm it first.
///
/// `Ok` means that the mail was sent: the tenant is still there.
///
/// The provider's documents call it by the same id as [`CreateTenant`](crate::tenants::CreateTenant). Documents: Lagrello
/// API 1.0.0, `DELETE /v1/tenant`.
#[derive(Clone, Default)]
#[must_use]
#[non_exhaustive]
pub struct RequestTenantDeletion {}

impl RequestTenantDeletion {
    /// Asks to delete our tenant.
    pub fn new() -> Self {
        Self {}
    }
}

impl Endpoint for RequestTenantDeletion {
    type Provider = Lagrello;
    type Output = ();
    type Refusal = Infallible;
    const NAME: &'static str = "lagrello.tenants.request_deletion";
    const ROUTE: Route = Route::delete("/v1/tenant");
    const IDEMPOTENT: bool = false; // a repeat sends another mail

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        draft.accept(Media::JSON);
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<(), ReplyError<Infallible>> {
        match reply.code() {
            204 => reply.done(),
            _ => common(reply),
        }
    }
}
