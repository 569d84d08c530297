use core::convert::Infallible;

use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};
use serde::Serialize;

use super::Tenant;
use crate::wire::common;
use crate::{CallbackUrl, Lagrello};

/// Changes where the tenant's magic links lead. Whoever may call this can take over every login by mail: keep tokens with
/// `WRITE` few. An answer with another callback than the one that was sent is an error.
///
/// Needs the permission `WRITE`. Documents: Lagrello API 1.0.0, `tenant/update`.
#[derive(Clone, Default)]
#[must_use]
pub struct UpdateTenant {
    pub(crate) callback_url: Option<CallbackUrl>,
}

impl UpdateTenant {
    /// Changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Magic links lead here.
    pub fn callback_url(self, callback_url: CallbackUrl) -> Self {
        Self { callback_url: Some(callback_url) }
    }
}

/// The body as it is on the wire.
#[derive(Serialize)]
struct Wire<'a> {
    #[serde(rename = "callbackUrl", skip_serializing_if = "Option::is_none")]
    callback_url: Option<&'a str>,
}

impl Endpoint for UpdateTenant {
    type Provider = Lagrello;
    type Output = Tenant;
    type Refusal = Infallible;
    const NAME: &'static str = "lagrello.tenants.update";
    const ROUTE: Route = Route::patch("/v1/tenant");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        let callback_url = self.callback_url.as_ref().map(CallbackUrl::as_str);
        draft.accept(Media::JSON).json(&Wire { callback_url });
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<Tenant, ReplyError<Infallible>> {
        match reply.code() {
            200 => match (Tenant::read(reply)?, &self.callback_url) {
                (tenant, Some(asked)) if tenant.callback_url != asked.as_str() => reply.mismatch("callbackUrl"),
                (tenant, _) => Ok(tenant),
            },
            _ => common(reply),
        }
    }
}
