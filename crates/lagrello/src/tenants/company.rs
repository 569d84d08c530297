use alloc::string::String;

use authwire_core::InvalidValue;
use authwire_core::index::{FromSource, Source};
use serde::Deserialize;

/// What the provider knows of the company behind a tenant.
///
/// ```
/// use authwire_lagrello::tenants::{ActivateTenant, Company};
///
/// let company = Company::new("Example AB")
///     .address("Storgatan 1")
///     .city("Stockholm")
///     .postal_code("111 22")
///     .country("SE")
///     .org_number("556000-0000")
///     .vat_number("SE556000000001");
/// let operation = ActivateTenant::new(company);
/// ```
///
/// Documents: Lagrello API 1.0.0, schemas `TenantCompanyInfo` and `ActivateTenantRequest`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Company {
    /// Its full name.
    pub name: String,
    /// The first line of its address.
    pub address: String,
    /// The city of that address.
    pub city: String,
    /// The postal code of that address.
    pub postal_code: String,
    /// The country of that address: two letters, ISO 3166-1 alpha-2.
    pub country: String,
    /// Its number in the register of companies.
    pub org_number: String,
    /// Its number for value added tax.
    pub vat_number: String,
}

/// A company as it is on the wire of an answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Wire {
    name: String,
    address: String,
    city: String,
    postal_code: String,
    country: String,
    org_number: String,
    #[serde(rename = "VATNumber")]
    vat_number: String,
}

impl From<Wire> for Company {
    fn from(wire: Wire) -> Self {
        let Wire { name, address, city, postal_code, country, org_number, vat_number } = wire;
        Self { name, address, city, postal_code, country, org_number, vat_number }
    }
}

impl Company {
    /// A company of this name; all else is empty.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Sets the first line of its address.
    #[must_use]
    pub fn address(self, address: impl Into<String>) -> Self {
        Self { address: address.into(), ..self }
    }

    /// Sets the city.
    #[must_use]
    pub fn city(self, city: impl Into<String>) -> Self {
        Self { city: city.into(), ..self }
    }

    /// Sets the postal code.
    #[must_use]
    pub fn postal_code(self, postal_code: impl Into<String>) -> Self {
        Self { postal_code: postal_code.into(), ..self }
    }

    /// Sets the country, two capital letters of ISO 3166-1 alpha-2.
    #[must_use]
    pub fn country(self, country: impl Into<String>) -> Self {
        Self { country: country.into(), ..self }
    }

    /// Sets its number in the register of companies.
    #[must_use]
    pub fn org_number(self, org_number: impl Into<String>) -> Self {
        Self { org_number: org_number.into(), ..self }
    }

    /// Sets its number for value added tax.
    #[must_use]
    pub fn vat_number(self, vat_number: impl Into<String>) -> Self {
        Self { vat_number: vat_number.into(), ..self }
    }
}

impl FromSource for Company {
    fn from_source(_: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Ok(Self {
            name: source.text("companyName"),
            address: source.text("companyAddress"),
            city: source.text("companyCity"),
            postal_code: source.text("companyPostalCode"),
            country: source.text("companyCountry"),
            org_number: source.text("companyOrgNumber"),
            vat_number: source.text("companyVATNumber"),
        })
    }
}
