//! The browser's cookie: what names its session, and as secret as a password.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// 32 random bytes.
pub(crate) struct SessionId(String);

impl SessionId {
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random()?)))
    }

    /// The one of a request. Nothing else than what we give out becomes a part of a key.
    pub(crate) fn of(headers: &HeaderMap, secure: bool) -> Option<Self> {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, value) = pairs.find(|(key, _)| *key == name(secure))?;
        let is_ours = URL_SAFE_NO_PAD.decode(value).is_ok_and(|bytes| bytes.len() == 32);
        is_ours.then(|| Self(value.to_owned()))
    }

    /// The cookie: not for scripts, and not sent along with what other sites ask for.
    pub(crate) fn cookie(&self, secure: bool) -> String {
        let flags = if secure { "; Secure" } else { "" };
        format!("{}={}; Path=/; HttpOnly; SameSite=Lax{flags}", name(secure), self.0)
    }

    /// Where Redis keeps this about it.
    pub(crate) fn key(&self, what: &str) -> String {
        format!("{what}:{}", self.0)
    }
}

pub(crate) fn random() -> Result<[u8; 32], getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// With the prefix, a browser takes the cookie from this very host alone, over https.
const fn name(secure: bool) -> &'static str {
    if secure { "__Host-session" } else { "session" }
}
