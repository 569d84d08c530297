//! What the tests of this crate share.

// Each test file uses its own part of this.
#![allow(dead_code)]

use authwire_nap::core::index::{Entry, Source};
use authwire_nap::{ApiKey, Dialect, INDEX, Nap};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Response;
use std::collections::BTreeMap;

pub(crate) const DIALECTS: [Dialect; 2] = [Dialect::Nap, Dialect::Nexeres];

pub(crate) const REFRESH_TOKEN: &str = "oKkpqpmsedoiyvNDNnobEnsnm1g_udYsP-8_G1IMzl8";
pub(crate) const SESSION: &str = "01a20009-0a4a-75f8-863c-9347147ceee2";

pub(crate) fn nap(dialect: Dialect) -> Nap {
    let base = "https://auth.example.test/base".parse().unwrap();
    Nap::new(base, &ApiKey::new("nap_test_key").unwrap()).dialect(dialect)
}

pub(crate) fn entry(name: &str) -> &'static Entry<Nap> {
    INDEX.iter().find(|entry| entry.name() == name).unwrap_or_else(|| panic!("{name}"))
}

/// Values by wire name; an optional one is given if it is here.
pub(crate) struct Values(pub(crate) BTreeMap<&'static str, String>);

impl Values {
    /// Those that the replies are about.
    pub(crate) fn usual() -> Self {
        Self(
            [
                ("email", "u1@ex.test"),
                ("password", "abcd1234"),
                ("firstName", "F"),
                ("lastName", "L"),
                ("token", "a-verification-token"),
                ("flowId", "01a20009-0000-7000-8000-000000000001"),
                ("code", "A1b2C3d4"),
                ("x-nap-refresh-token", REFRESH_TOKEN),
                ("x-nexeres-admin-token", "an-admin-token"),
            ]
            .map(|(name, value)| (name, value.to_owned()))
            .into(),
        )
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.insert(name, value.into());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }
}

impl Source for Values {
    fn text(&mut self, field: &'static str) -> String {
        self.0.get(field).unwrap_or_else(|| panic!("no value for {field}")).clone()
    }

    fn is_given(&mut self, field: &'static str) -> bool {
        self.0.contains_key(field)
    }
}

/// A session token with these claims, and a signature that nobody made.
pub(crate) fn session_token(claims: impl AsRef<[u8]>) -> String {
    let part = |text: &[u8]| URL_SAFE_NO_PAD.encode(text);
    let header = part(br#"{"alg":"RS256","typ":"JWT"}"#);
    let jws = format!("{header}.{}.{}", part(claims.as_ref()), part(b"not a signature"));
    part(jws.as_bytes())
}

/// The `tokens` object of an answer about `email`, whose session token is of the session `jti`.
pub(crate) fn tokens(dialect: Dialect, email: &str, jti: &str) -> String {
    let token = session_token(format!(r#"{{"jti":"{jti}","email":"{email}","exp":1795300522}}"#));
    let [id, session, session_expiry, refresh, refresh_expiry] = match dialect {
        Dialect::Nexeres => ["sessionId", "sessionToken", "sessionTokenExpiry", "refreshToken", "refreshTokenExpiry"],
        _ => ["session_id", "session_token", "session_token_expiry", "refresh_token", "refresh_token_expiry"],
    };
    format!(
        r#"{{"{id}":"{SESSION}","{session}":"{token}","{session_expiry}":"2026-11-21T22:35:22.186385564Z","{refresh}":"{REFRESH_TOKEN}","{refresh_expiry}":"2026-12-21T21:35:22.186385564Z"}}"#
    )
}

/// A reply of the media type that such a body has.
pub(crate) fn reply(status: u16, body: impl Into<Vec<u8>>) -> Response<Vec<u8>> {
    let body = body.into();
    let mut response = Response::builder().status(status);
    if body.starts_with(b"{") || body.starts_with(b"\"") {
        response = response.header("content-type", "application/json; charset=utf-8");
    } else if !body.is_empty() {
        response = response.header("content-type", "text/plain");
    }
    response.body(body).unwrap()
}
