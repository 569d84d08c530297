use authwire_core::{BuildFault, Draft, Endpoint, InvalidValue, Media, Reason, Reply, ReplyError, Route};
use serde::Serialize;

use super::{Company, Tenant};
use crate::Lagrello;
use crate::wire::common;

/// Activates our tenant, for the company behind it. All parts of the company must be given.
///
/// Needs the permission `WRITE`. Documents: Lagrello API 1.0.0, `tenants/activate`.
#[derive(Clone)]
#[must_use]
pub struct ActivateTenant {
    pub(crate) company: Company,
}

impl ActivateTenant {
    /// Activates our tenant for this company.
    pub fn new(company: Company) -> Self {
        Self { company }
    }
}

/// Why the tenant was not activated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActivateTenantRefusal {
    /// Something about the company is missing or not valid (400).
    #[error("the company's details are not valid")]
    Invalid,
}

/// The body as it is on the wire: flat, and with other keys than the answer's.
#[derive(Serialize)]
struct Wire<'a> {
    #[serde(rename = "companyName")]
    name: &'a str,
    #[serde(rename = "companyAddress")]
    address: &'a str,
    #[serde(rename = "companyCity")]
    city: &'a str,
    #[serde(rename = "companyPostalCode")]
    postal_code: &'a str,
    #[serde(rename = "companyCountry")]
    country: &'a str,
    #[serde(rename = "companyOrgNumber")]
    org_number: &'a str,
    #[serde(rename = "companyVATNumber")]
    vat_number: &'a str,
}

impl Endpoint for ActivateTenant {
    type Provider = Lagrello;
    type Output = Tenant;
    type Refusal = ActivateTenantRefusal;
    const NAME: &'static str = "lagrello.tenants.activate";
    const ROUTE: Route = Route::post("/v1/tenant/activate");
    const IDEMPOTENT: bool = false; // whether it can be done twice is not documented

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        let Company { name, address, city, postal_code, country, org_number, vat_number } = &self.company;
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let not_a_country = Reason::Not("two capital letters, a country by ISO 3166-1");
            draft.refuse(BuildFault::Value(InvalidValue::new("companyCountry", not_a_country)));
        }
        draft.accept(Media::JSON).json(&Wire { name, address, city, postal_code, country, org_number, vat_number });
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<Tenant, ReplyError<ActivateTenantRefusal>> {
        match reply.code() {
            200 => Tenant::read(reply),
            400 => reply.refused(ActivateTenantRefusal::Invalid),
            _ => common(reply),
        }
    }
}
