use alloc::string::String;
use core::convert::Infallible;

use authwire_core::{Auth, BuildFault, Draft, Endpoint, InvalidValue, Media, Reason, Reply, ReplyError, Route};
use serde::Serialize;

use super::Tenant;
use crate::Lagrello;
use crate::wire::has_characters;

/// Makes a new tenant. Takes no access token: a [`Lagrello`] [without one](Lagrello::without_token) will do.
///
/// The answer holds no access token. How the first one reaches the administrator is not documented.
///
/// Documents: Lagrello API 1.0.0, `tenants/create`.
#[derive(Clone)]
#[must_use]
pub struct CreateTenant {
    pub(crate) name: String,
    pub(crate) admin_email: String,
}

impl CreateTenant {
    /// Makes a tenant with this name of 1 to 128 characters, which end users see, and the e-mail address of its
    /// administrator.
    pub fn new(name: impl Into<String>, admin_email: impl Into<String>) -> Self {
        Self { name: name.into(), admin_email: admin_email.into() }
    }
}

/// The body as it is on the wire.
#[derive(Serialize)]
struct Wire<'a> {
    #[serde(rename = "tenantName")]
    name: &'a str,
    #[serde(rename = "adminEmail")]
    admin_email: &'a str,
}

impl Endpoint for CreateTenant {
    type Provider = Lagrello;
    type Output = Tenant;
    type Refusal = Infallible;
    const NAME: &'static str = "lagrello.tenants.create";
    const ROUTE: Route = Route::post("/v1/tenant");
    const IDEMPOTENT: bool = false; // a repeat makes another tenant
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        if !has_characters(&self.name, 128) {
            draft.refuse(BuildFault::Value(InvalidValue::new("tenantName", Reason::Not("1 to 128 characters long"))));
        }
        draft.accept(Media::JSON).json(&Wire { name: &self.name, admin_email: &self.admin_email });
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<Tenant, ReplyError<Infallible>> {
        match reply.code() {
            201 => Tenant::read(reply),
            _ => reply.other(), // there is no token of ours that a 403 could be about
        }
    }
}
