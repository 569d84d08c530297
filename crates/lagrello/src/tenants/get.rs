use core::convert::Infallible;

use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};

use super::Tenant;
use crate::Lagrello;
use crate::wire::common;

/// Gets the tenant that our access token belongs to. Also the simplest way to see whether the token is accepted.
///
/// Needs the permission `READ`. Documents: Lagrello API 1.0.0, `tenants/get`.
#[derive(Clone, Default)]
#[must_use]
#[non_exhaustive]
pub struct GetTenant {}

impl GetTenant {
    /// Gets our tenant.
    pub fn new() -> Self {
        Self {}
    }
}

impl Endpoint for GetTenant {
    type Provider = Lagrello;
    type Output = Tenant;
    type Refusal = Infallible;
    const NAME: &'static str = "lagrello.tenants.get";
    const ROUTE: Route = Route::get("/v1/tenant");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        draft.accept(Media::JSON);
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<Tenant, ReplyError<Infallible>> {
        match reply.code() {
            200 => Tenant::read(reply),
            _ => common(reply),
        }
    }
}
