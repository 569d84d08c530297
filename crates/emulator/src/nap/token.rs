//! Session tokens: how they are made, and what a presented one is taken for.

use super::Nap;
use super::database::User;
use super::json::{Object, list, quote};
use super::settings::Dialect;
use super::time::rfc3339;
use crate::seed::hex;
use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// base64url as Go reads it: without padding, and with whatever in the last character's stray bits.
const LAX: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, NO_PAD.with_decode_allow_trailing_bits(true));

/// How far clocks may differ.
const LEEWAY: f64 = 300.0;

/// A fresh pair of tokens, and what is stored of it.
pub(super) struct Pair {
    pub(super) session_hash: String,
    pub(super) refresh_hash: String,
    pub(super) refresh_expires: Duration,
    /// The `tokens` object of an answer.
    pub(super) json: String,
}

/// For which organisation a token is made, in which role.
pub(super) struct Membership<'a> {
    pub(super) id: &'a str,
    pub(super) slug: &'a str,
    pub(super) name: &'a str,
    pub(super) role: &'a str,
}

/// What a presented session token is.
pub(super) enum Presented {
    /// Not there, or not worth a look.
    Nothing,
    /// Signed by us and not expired.
    Valid,
    /// base64url without three parts inside: the real server's handler crashes.
    Crash,
}

impl Nap {
    /// `None` when it cannot be signed.
    pub(super) fn pair(&mut self, now: Duration, session: &str, user: &User, org: &Membership<'_>) -> Option<Pair> {
        let payload = self.claims(now, session, user, org);
        let session_token = self.session_token(HEADER, &payload)?;
        let refresh_token = random_token(&self.seed.bytes::<32>());
        let session_expires = rfc3339(now.saturating_add(self.settings.session_lifetime), 0);
        let refresh_expires = now.saturating_add(self.settings.refresh_lifetime);
        let key = |snake: &'static str, camel: &'static str| match self.settings.dialect {
            Dialect::Nap => snake,
            Dialect::Nexeres => camel,
        };
        let json = Object::new()
            .text(key("session_id", "sessionId"), session)
            .text(key("session_token", "sessionToken"), &session_token)
            .text(key("session_token_expiry", "sessionTokenExpiry"), &session_expires)
            .text(key("refresh_token", "refreshToken"), &refresh_token)
            .text(key("refresh_token_expiry", "refreshTokenExpiry"), &rfc3339(refresh_expires, 0))
            .finish();
        Some(Pair {
            session_hash: sha256_hex(&session_token),
            refresh_hash: sha256_hex(&refresh_token),
            refresh_expires,
            json,
        })
    }

    fn claims(&self, now: Duration, session: &str, user: &User, org: &Membership<'_>) -> String {
        let settings = &self.settings;
        let issued = now.as_secs();
        let host = format!("{}.{}", settings.sub_domain, settings.domain);
        let key = |snake: &'static str, camel: &'static str| match settings.dialect {
            Dialect::Nap => snake,
            Dialect::Nexeres => camel,
        };
        Object::new()
            .text("iss", &settings.base_url())
            .text("sub", &user.id)
            .raw("aud", &list([quote(&settings.domain), quote(&host)]))
            .number("exp", issued.saturating_add(settings.session_lifetime.as_secs()))
            .number("nbf", issued.saturating_sub(300))
            .number("iat", issued)
            .text("jti", session)
            .text(key("org_slug", "orgSlug"), org.slug)
            .text(key("org_name", "orgName"), org.name)
            .text(key("org_id", "orgId"), org.id)
            .text("email", &user.email)
            .flag("email_verified", user.verified)
            .text(key("user_fname", "userFname"), &user.first_name)
            .text(key("user_lname", "userLname"), &user.last_name)
            .text_opt(key("user_avatar_url", "userAvatarUrl"), user.avatar_url.as_deref())
            .text(key("user_org_role", "userOrgRole"), org.role)
            .finish()
    }

    /// A JWS in its second layer of base64url.
    pub(super) fn session_token(&self, header: &str, payload: &str) -> Option<String> {
        self.key.sign(header, payload).map(|jws| URL_SAFE_NO_PAD.encode(jws))
    }

    /// Looks at a presented token as the server does before anything else. Its row in the database is not looked at.
    pub(super) fn presented(&self, now: Duration, token: &str) -> Presented {
        let Ok(decoded) = LAX.decode(token) else { return Presented::Nothing };
        let decoded = String::from_utf8_lossy(&decoded);
        let parts: Vec<&str> = decoded.split('.').collect();
        let [header, payload, signature] = parts.as_slice() else { return Presented::Crash };
        if self.is_valid(now, header, payload, signature).is_some() { Presented::Valid } else { Presented::Nothing }
    }

    fn is_valid(&self, now: Duration, header: &str, payload: &str, signature: &str) -> Option<()> {
        #[derive(Deserialize)]
        struct Header {
            alg: String,
        }
        #[derive(Deserialize)]
        struct Times {
            exp: f64,
            nbf: Option<f64>,
            iat: Option<f64>,
        }
        let parsed: Header = serde_json::from_slice(&LAX.decode(header).ok()?).ok()?;
        let signed = self.key.verifies(&format!("{header}.{payload}"), &LAX.decode(signature).ok()?);
        let times: Times = serde_json::from_slice(&LAX.decode(payload).ok()?).ok()?;
        let now = now.as_secs_f64();
        let begun = |time: Option<f64>| time.is_none_or(|time| now >= time - LEEWAY);
        let good = now < times.exp + LEEWAY && begun(times.nbf) && begun(times.iat);
        (parsed.alg == "RS256" && signed && good).then_some(())
    }
}

pub(super) const HEADER: &str = r#"{"alg":"RS256","typ":"JWT"}"#;

/// An opaque token: base64url without padding.
pub(super) fn random_token(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// How tokens are stored: of the text as it is sent.
pub(super) fn sha256_hex(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}
