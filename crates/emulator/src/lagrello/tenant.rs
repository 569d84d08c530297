//! What the provider's database holds: tenants, their users and their access tokens.

use super::totp::Totp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// A tenant.
#[derive(Clone)]
pub(super) struct Tenant {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) admin_email: String,
    pub(super) callback_url: String,
    pub(super) company: Company,
    pub(super) activated: bool,
    pub(super) users: BTreeMap<String, User>,
    /// What confirms the deletion that was asked for last.
    pub(super) deletion_code: Option<String>,
}

impl Tenant {
    pub(super) fn new(id: String, name: &str, admin_email: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            admin_email: admin_email.to_owned(),
            callback_url: String::new(),
            company: Company::default(),
            activated: false,
            users: BTreeMap::new(),
            deletion_code: None,
        }
    }

    /// As the API spells it.
    pub(super) fn wire(&self) -> TenantWire<'_> {
        TenantWire {
            tenant_id: &self.id,
            tenant_name: &self.name,
            callback_url: &self.callback_url,
            company_info: &self.company,
            activated: self.activated,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TenantWire<'a> {
    tenant_id: &'a str,
    tenant_name: &'a str,
    callback_url: &'a str,
    company_info: &'a Company,
    activated: bool,
}

/// The company behind a tenant; all empty before it is activated.
#[derive(Clone, Default, Serialize)]
pub(super) struct Company {
    #[serde(rename = "Name")]
    pub(super) name: String,
    #[serde(rename = "Address")]
    pub(super) address: String,
    #[serde(rename = "City")]
    pub(super) city: String,
    #[serde(rename = "PostalCode")]
    pub(super) postal_code: String,
    #[serde(rename = "Country")]
    pub(super) country: String,
    #[serde(rename = "OrgNumber")]
    pub(super) org_number: String,
    #[serde(rename = "VATNumber")]
    pub(super) vat_number: String,
}

/// A user of a tenant.
#[derive(Clone)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) email: Option<String>,
    pub(super) totp: Option<Totp>,
}

impl User {
    pub(super) fn new(id: &str, email: Option<&str>) -> Self {
        Self { id: id.to_owned(), email: email.map(str::to_owned), totp: None }
    }

    /// As the API spells it.
    pub(super) fn wire(&self) -> UserWire<'_> {
        UserWire { user_id: &self.id, email: self.email.as_deref() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct UserWire<'a> {
    user_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

/// An access token of a tenant.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) tenant: String,
    pub(super) key: String,
    pub(super) name: String,
    pub(super) created_by: String,
    pub(super) created_at: Duration,
    /// In the order they were asked for, READ first; one that the server does not know is kept, and allows nothing.
    pub(super) permissions: Vec<String>,
    /// Lists have the oldest first.
    pub(super) serial: u64,
}

impl Token {
    pub(super) fn wire(&self) -> TokenWire<'_> {
        TokenWire {
            token_key: &self.key,
            token_name: &self.name,
            created_by: &self.created_by,
            created_at: rfc3339(self.created_at),
            permissions: &self.permissions,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenWire<'a> {
    token_key: &'a str,
    token_name: &'a str,
    created_by: &'a str,
    created_at: String,
    permissions: &'a [String],
}

/// In the form of the documents' example: milliseconds, and the offset as numbers.
fn rfc3339(at: Duration) -> String {
    let time = i64::try_from(at.as_millis()).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    time.unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S%.3f+00:00").to_string()
}

/// A magic link that was sent.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) tenant: String,
    pub(super) user: String,
    pub(super) expires: Duration,
}

/// Whether a text has 1 to `max` characters and none that controls.
pub(super) fn is_text(text: &str, max: usize) -> bool {
    !text.is_empty() && text.chars().count() <= max && !text.contains(char::is_control)
}
