use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use authwire_core::{Draft, Endpoint, Media, Object, Reply, ReplyError, Route};
use serde::Deserialize;

use crate::admin::{X_ADMIN_TOKEN, expiry, only_nexeres};
use crate::wire::{common, message};
use crate::{AdminToken, Nap, RateLimit, Time};

/// Reads the platform's configuration. Each call prolongs the administrator's token.
///
/// Documents: Nexeres API of September 2025, "Get current configuration".
#[derive(Clone)]
#[must_use]
pub struct GetConfig {
    pub(crate) token: AdminToken,
}

impl GetConfig {
    /// With this administrator's token.
    pub fn new(token: AdminToken) -> Self {
        Self { token }
    }
}

/// How the platform is set up.
///
/// Documents: Nexeres API of September 2025, definition `config.CompleteConfig`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// Whether errors carry technical texts.
    pub debug: bool,
    /// Whether there is more than one organisation.
    pub multitenancy: bool,
    /// The scheme of its public URLs.
    pub scheme: String,
    /// Its domain.
    pub domain: String,
    /// The part before the domain.
    pub sub_domain: String,
    /// Where its pages are while it is debugged.
    pub debug_base_url: Option<String>,
    /// How long a session token is good.
    pub session_token_lifetime: Duration,
    /// How long a refresh token is said to be good.
    pub refresh_token_lifetime: Duration,
    /// Who sends its mails.
    pub email_provider: String,
    /// Your page that a verification mail leads to.
    pub verification_email_url: String,
    /// Your page that a mail about a forgotten password leads to.
    pub password_reset_url: String,
    /// Who sends its text messages, if anybody does.
    pub sms_provider: Option<String>,
    /// What it is called.
    pub branding: Branding,
    /// Whether it keeps audit logs.
    pub audit_logs: bool,
    /// Its API keys, without the keys.
    pub api_keys: Vec<ApiKeyInfo>,
    /// Its rate limit, such as `120-s`.
    pub rate: String,
    /// When the administrator's token expires now, if that was said.
    pub token_expires: Option<Time>,
    /// What the rate limiter says.
    pub rate_limit: Option<RateLimit>,
}

/// What the platform is called, and by whom it is run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Branding {
    /// The application's name.
    pub app_name: String,
    /// The company's name.
    pub company_name: String,
    /// The company's short name.
    pub company_name_short: String,
    /// Where to ask for help.
    pub support_url: String,
}

/// What is said about an API key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiKeyInfo {
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// Why the configuration was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GetConfigRefusal {
    /// The administrator's token is unknown or expired (401).
    #[error("the administrator's token is not valid any more")]
    TokenNotAccepted,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    debug: bool,
    multitenancy: bool,
    public: Object<Public>,
    jwt: Object<Jwt>,
    notifications: Object<Notifications>,
    branding: Object<BrandingWire>,
    security: Object<Security>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Public {
    scheme: String,
    domain: String,
    sub_domain: String,
    #[serde(rename = "debugBaseURL")]
    debug_base_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Jwt {
    session_token_expiration: u64,
    refresh_token_expiration: u64,
}

#[derive(Deserialize)]
struct Notifications {
    email: Object<Email>,
    sms: Option<Object<Sms>>,
}

#[derive(Deserialize)]
struct Email {
    provider: String,
    endpoints: Object<Endpoints>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Endpoints {
    verification_email: String,
    password_reset: String,
}

#[derive(Deserialize)]
struct Sms {
    provider: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BrandingWire {
    app_name: String,
    company_name: String,
    company_name_short: String,
    #[serde(rename = "supportURL")]
    support_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Security {
    audit_logs: Object<AuditLogs>,
    api_keys: Vec<Object<Key>>,
    rate_limit: Object<Rate>,
}

#[derive(Deserialize)]
struct AuditLogs {
    #[serde(default)]
    enable: bool,
}

#[derive(Deserialize)]
struct Key {
    name: String,
    description: String,
}

#[derive(Deserialize)]
struct Rate {
    rate: String,
}

impl Endpoint for GetConfig {
    type Provider = Nap;
    type Output = Config;
    type Refusal = GetConfigRefusal;
    const NAME: &'static str = "nap.admin.get_config";
    const ROUTE: Route = Route::get("/api/admin/config");
    const IDEMPOTENT: bool = true;

    fn write(&self, nap: &Nap, draft: &mut Draft) {
        only_nexeres(nap, draft);
        draft.accept(Media::JSON).secret_header(X_ADMIN_TOKEN, &self.token);
    }

    fn read(&self, nap: &Nap, reply: Reply<'_>) -> Result<Config, ReplyError<GetConfigRefusal>> {
        match (reply.code(), message(reply).as_deref()) {
            (200, _) => Ok(config(reply, reply.json()?)),
            (401, Some("No admin token provided")) => reply.refused(GetConfigRefusal::TokenNotAccepted),
            _ => common(nap, reply),
        }
    }
}

fn config(reply: Reply<'_>, wire: Wire) -> Config {
    let Wire { debug, multitenancy, public: Object(public), jwt: Object(jwt), .. } = wire;
    let Notifications { email: Object(email), sms } = wire.notifications.0;
    let Endpoints { verification_email, password_reset } = email.endpoints.0;
    let Object(branding) = wire.branding;
    let Security { audit_logs: Object(audit_logs), api_keys, rate_limit: Object(limit) } = wire.security.0;
    Config {
        debug,
        multitenancy,
        scheme: public.scheme,
        domain: public.domain,
        sub_domain: public.sub_domain,
        debug_base_url: public.debug_base_url,
        session_token_lifetime: Duration::from_secs(jwt.session_token_expiration),
        refresh_token_lifetime: Duration::from_secs(jwt.refresh_token_expiration),
        email_provider: email.provider,
        verification_email_url: verification_email,
        password_reset_url: password_reset,
        sms_provider: sms.map(|Object(sms)| sms.provider),
        branding: Branding {
            app_name: branding.app_name,
            company_name: branding.company_name,
            company_name_short: branding.company_name_short,
            support_url: branding.support_url,
        },
        audit_logs: audit_logs.enable,
        api_keys: api_keys
            .into_iter()
            .map(|Object(key)| ApiKeyInfo { name: key.name, description: key.description })
            .collect(),
        rate: limit.rate,
        token_expires: expiry(reply),
        rate_limit: RateLimit::from_headers(reply.headers()),
    }
}
