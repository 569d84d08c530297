//! Administrators of Nexeres: a code by mail, and the configuration.

use super::super::Nap;
use super::super::answers::{Answered, ok};
use super::super::database::uuid_v7;
use super::super::email;
use super::super::json::{Fields, Object, list};
use super::super::mail::Mail;
use super::super::time::rfc3339;
use super::super::token::{random_token, sha256_hex};
use super::Call;
use http::{HeaderValue, Response, StatusCode};
use std::time::Duration;

const INVALID: &str = "Invalid request data";
const INVALID_DEBUG: &str = "The provided request data is invalid";

pub(super) fn login(call: Call<'_>) -> Answered {
    let Call { nap, now, body, .. } = call;
    let fields = Fields::parse(body, &["email"]).filter(|fields| email::is_valid(fields.text("email")));
    let fields = fields.ok_or_else(|| nap.bad_request(INVALID, INVALID_DEBUG))?;
    let address = fields.text("email");
    if !nap.settings.admins.iter().any(|admin| admin == address) {
        return Err(nap.unauthorized("Invalid request", "The provided email does not exist"));
    }
    let id = uuid_v7(&mut nap.seed, now);
    let code = code(nap);
    nap.admin_flows.insert(id.clone(), (code.clone(), now.saturating_add(nap.settings.admin_lifetime)));
    if nap.settings.mailer_down {
        let message = "Unable to send admin login email - Internal Server Error";
        return Err(nap.error(StatusCode::INTERNAL_SERVER_ERROR, message, "Failed to send admin login email"));
    }
    nap.mailbox.push(Mail {
        at: now,
        to: address.to_owned(),
        subject: format!("Login OTP for Admin Dashboard - {} | Nexeres", nap.settings.app_name),
        text: format!("Your code for the dashboard is:\n\n{code}\n\nThat is all.\n"),
    });
    ok(Object::new().flag("emailSent", true).text("flowId", &id))
}

/// The flow is used up by the right code alone; wrong ones are not counted.
pub(super) fn verify(call: Call<'_>) -> Answered {
    let Call { nap, now, body, .. } = call;
    let complete = |fields: &Fields| !fields.text("flowId").is_empty() && !fields.text("code").is_empty();
    let fields = Fields::parse(body, &["flowId", "code"]).filter(complete);
    let fields = fields.ok_or_else(|| nap.bad_request(INVALID, INVALID_DEBUG))?;
    let id = fields.text("flowId").to_owned();
    let Some((code, _)) = nap.admin_flows.get(&id).filter(|(_, expires)| now < *expires) else {
        let debug = "The provided flow ID is invalid or has expired";
        return Err(nap.unauthorized("Invalid or expired flow", debug));
    };
    if code != fields.text("code") {
        return Err(nap.unauthorized("Invalid code", "The provided code is incorrect"));
    }
    nap.admin_flows.remove(&id);
    let token = random_token(&nap.seed.bytes::<32>());
    let answer = ok(Object::new().flag("success", true).text("token", &token))?;
    Ok(prolong(nap, now, sha256_hex(&token), answer))
}

pub(super) fn config(call: Call<'_>) -> Answered {
    let Call { nap, now, admin_token, .. } = call;
    let hash = admin_token.map(sha256_hex).filter(|hash| nap.admin_tokens.get(hash).is_some_and(|ends| now < *ends));
    let Some(hash) = hash else {
        return Err(nap.unauthorized("No admin token provided", "Provide an admin token!"));
    };
    let answer = ok(configuration(nap))?;
    Ok(prolong(nap, now, hash, answer))
}

/// Counts the token's time from now, and says so in a header.
fn prolong(nap: &mut Nap, now: Duration, hash: String, mut answer: Response<Vec<u8>>) -> Response<Vec<u8>> {
    let ends = now.saturating_add(nap.settings.admin_lifetime);
    nap.admin_tokens.insert(hash, ends);
    if let Ok(value) = HeaderValue::from_str(&rfc3339(Duration::from_secs(ends.as_secs()), 0)) {
        answer.headers_mut().insert("x-nexeres-admin-token-expiry", value);
    }
    answer
}

fn configuration(nap: &Nap) -> Object {
    let settings = &nap.settings;
    let base = settings.base_url();
    let public = Object::new()
        .text("scheme", "https")
        .text("domain", &settings.domain)
        .text("subDomain", &settings.sub_domain)
        .text_opt("debugBaseURL", Some(settings.debug_base_url.as_str()).filter(|url| !url.is_empty()));
    let jwt = Object::new()
        .number("sessionTokenExpiration", settings.session_lifetime.as_secs())
        .number("refreshTokenExpiration", settings.refresh_lifetime.as_secs());
    let endpoints = Object::new()
        .text("verificationEmail", &format!("{base}/verify-email"))
        .text("passwordReset", &format!("{base}/password-reset"));
    let email = Object::new().text("provider", "smtp").raw("endpoints", &endpoints.finish());
    let branding = Object::new()
        .text("appName", &settings.app_name)
        .text("companyName", "Example Company")
        .text("companyNameShort", "Example")
        .text("supportURL", &format!("https://support.{}", settings.domain));
    let keys = nap.api_keys.iter().enumerate().map(|(number, _)| {
        Object::new().text("name", &format!("key {number}")).text("description", "a key for tests").finish()
    });
    let security = Object::new()
        .raw("auditLogs", &Object::new().flag("enable", false).finish())
        .raw("apiKeys", &list(keys))
        .raw("rateLimit", &Object::new().text("rate", &settings.rate()).finish());
    Object::new()
        .flag("debug", settings.debug)
        .raw("public", &public.finish())
        .flag("multitenancy", settings.multi_tenant)
        .raw("jwt", &jwt.finish())
        .raw("notifications", &Object::new().raw("email", &email.finish()).finish())
        .raw("branding", &branding.finish())
        .raw("security", &security.finish())
}

/// Eight letters and digits.
fn code(nap: &mut Nap) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let random = nap.seed.bytes::<8>();
    random.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 62))).map(|byte| char::from(*byte)).collect()
}
