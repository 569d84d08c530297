use alloc::string::String;

use authwire_core::{Malformed, Object, Reply, ReplyError};
use serde::Deserialize;

use super::{Company, company};

/// A tenant, as the provider knows it.
///
/// Documents: Lagrello API 1.0.0, schema `Tenant`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tenant {
    /// The tenant's id, a UUID.
    pub id: String,
    /// The name that end users see.
    pub name: String,
    /// The template of magic links as it came; empty before one is set. See [`CallbackUrl`](crate::CallbackUrl).
    pub callback_url: String,
    /// The company behind it; its texts are empty before the tenant is activated.
    pub company: Company,
    /// Whether it is activated.
    pub activated: bool,
}

/// A tenant as it is on the wire.
#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "tenantId")]
    id: String,
    #[serde(rename = "tenantName")]
    name: String,
    #[serde(rename = "callbackUrl")]
    callback_url: String,
    #[serde(rename = "companyInfo")]
    company: Object<company::Wire>,
    activated: bool,
}

impl Tenant {
    pub(super) fn read<R>(reply: Reply<'_>) -> Result<Self, ReplyError<R>> {
        let Wire { id, name, callback_url, company: Object(company), activated } = reply.json()?;
        if id.is_empty() || id.contains(char::is_control) {
            return reply.malformed(Malformed::Field("tenantId"));
        }
        Ok(Self { id, name, callback_url, company: company.into(), activated })
    }
}
