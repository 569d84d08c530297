//! tenants/create, tenants/get, tenant/update, tenants/delete, tenants/activate, tenants/cardtoken.

use super::super::call::{Answered, Call, done, invalid, ok, present};
use super::super::mail::{Mail, MailContent, is_address};
use super::super::tenant::{Company, is_text};
use crate::reply;
use crate::seed::hex;
use http::StatusCode;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CreateTenant {
    tenant_name: String,
    admin_email: String,
}

/// The tenant is not activated, has no callback URL, and its administrator gets the first access token by mail.
pub(super) fn create(call: Call<'_>) -> Answered {
    let body: CreateTenant = call.body()?;
    if !is_text(&body.tenant_name, 128) {
        return Err(invalid("tenantName must have 1 to 128 characters"));
    }
    if !is_address(&body.admin_email) {
        return Err(invalid("adminEmail must be an e-mail address"));
    }
    let id = call.lagrello.put_tenant(call.now, &body.tenant_name, &body.admin_email);
    match call.lagrello.tenants.get(&id) {
        Some(tenant) => Ok(reply::json(StatusCode::CREATED, &tenant.wire())),
        None => Ok(reply::empty(StatusCode::INTERNAL_SERVER_ERROR)),
    }
}

pub(super) fn get(mut call: Call<'_>) -> Answered {
    Ok(ok(&call.tenant()?.wire()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct UpdateTenant {
    #[serde(default, deserialize_with = "present")]
    callback_url: Option<String>,
}

/// A callback URL without a place for the token gets 400, which is not among the documented statuses.
pub(super) fn update(mut call: Call<'_>) -> Answered {
    let body: UpdateTenant = call.body()?;
    if body.callback_url.as_ref().is_some_and(|url| !url.contains("{}")) {
        return Err(invalid("callbackUrl must have {} where the token goes"));
    }
    let tenant = call.tenant()?;
    if let Some(url) = body.callback_url {
        tenant.callback_url = url;
    }
    Ok(ok(&tenant.wire()))
}

/// Nothing is deleted before the administrator confirms it.
pub(super) fn request_deletion(mut call: Call<'_>) -> Answered {
    let code = hex(&call.lagrello.seed.bytes::<16>());
    let tenant = call.tenant()?;
    tenant.deletion_code = Some(code.clone());
    let to = tenant.admin_email.clone();
    call.lagrello.mails.push(Mail { to, at: call.now, content: MailContent::ConfirmDeletion { code } });
    Ok(done())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ActivateTenant {
    company_name: String,
    company_address: String,
    company_city: String,
    company_postal_code: String,
    company_country: String,
    company_org_number: String,
    #[serde(rename = "companyVATNumber")]
    company_vat_number: String,
}

/// Nothing may be empty. Activating again changes the company.
pub(super) fn activate(mut call: Call<'_>) -> Answered {
    let body: ActivateTenant = call.body()?;
    let company = Company {
        name: body.company_name,
        address: body.company_address,
        city: body.company_city,
        postal_code: body.company_postal_code,
        country: body.company_country,
        org_number: body.company_org_number,
        vat_number: body.company_vat_number,
    };
    let Company { name, address, city, postal_code, country, org_number, vat_number } = &company;
    if [name, address, city, postal_code, org_number, vat_number].iter().any(|text| text.is_empty()) {
        return Err(invalid("The company's details must not be empty"));
    }
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(invalid("companyCountry must be two capital letters"));
    }
    let tenant = call.tenant()?;
    tenant.company = company;
    tenant.activated = true;
    Ok(ok(&tenant.wire()))
}

/// A bare JSON string, another one each time.
pub(super) fn card_token(call: Call<'_>) -> Answered {
    Ok(ok(&format!("seti_{}", hex(&call.lagrello.seed.bytes::<16>()))))
}
