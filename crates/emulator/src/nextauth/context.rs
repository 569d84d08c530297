//! `UserContext`: what the application wants the phone to show.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// What an application sent along with a login code or a push.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserContext {
    /// `sessioninfo`: about the session that would be logged in.
    pub sessioninfo: Option<SessionInfo>,
    /// `announceinfo`: about the announcement.
    pub announceinfo: Option<SessionInfo>,
}

/// Details for the user to judge a login by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionInfo {
    /// `ip`.
    pub ip: Option<String>,
    /// `useragent`.
    pub useragent: Option<String>,
    /// `logo`, decoded.
    pub logo: Option<Vec<u8>>,
    /// `info`: a JSON object, the text as it came.
    pub info: Option<String>,
}

impl UserContext {
    /// Reads a body strictly: a field that the provider does not document, a `null` or a value of another type is a
    /// client's fault that a test should find.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let wire: ContextWire = object(std::str::from_utf8(body).ok()?)?;
        Some(Self { sessioninfo: session_info(wire.sessioninfo)?, announceinfo: session_info(wire.announceinfo)? })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContextWire {
    #[serde(default, deserialize_with = "present")]
    sessioninfo: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "present")]
    announceinfo: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionInfoWire {
    #[serde(default, deserialize_with = "present")]
    ip: Option<String>,
    #[serde(default, deserialize_with = "present")]
    useragent: Option<String>,
    #[serde(default, deserialize_with = "present")]
    logo: Option<String>,
    #[serde(default, deserialize_with = "present")]
    info: Option<Box<RawValue>>,
}

/// The outer `None` is a fault, the inner one an absent field.
fn session_info(raw: Option<Box<RawValue>>) -> Option<Option<SessionInfo>> {
    let Some(raw) = raw else {
        return Some(None);
    };
    let wire: SessionInfoWire = object(raw.get())?;
    let logo = match wire.logo {
        Some(text) => Some(STANDARD.decode(text).ok()?),
        None => None,
    };
    let info = wire.info.map(|raw| raw.get().to_owned());
    if info.as_deref().is_some_and(|text| !text.starts_with('{')) {
        return None;
    }
    Some(Some(SessionInfo { ip: wire.ip, useragent: wire.useragent, logo, info }))
}

/// A JSON object: serde's derive would take an array for a struct too.
fn object<T: DeserializeOwned>(text: &str) -> Option<T> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// A field that is there has a value: serde alone would take `null` for an absence.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::UserContext;

    #[test]
    fn reads_what_is_documented_and_nothing_else() {
        let body = br#" {"sessioninfo":{"ip":"1.2.3.4","logo":"AAE=","info":{"b":1,"a":1.50}}}"#;
        let info = UserContext::parse(body).and_then(|context| context.sessioninfo);
        let info = info.unwrap_or_default();
        assert_eq!(info.logo.as_deref(), Some(&[0, 1][..]));
        assert_eq!(info.info.as_deref(), Some(r#"{"b":1,"a":1.50}"#));
        assert_eq!(UserContext::parse(b"{}"), Some(UserContext::default()));
        for bad in [
            "",
            "[]",
            "null",
            "{",
            r#"{"sessionInfo":{}}"#,
            r#"{"sessioninfo":null}"#,
            r#"{"sessioninfo":["1.2.3.4"]}"#,
            r#"{"sessioninfo":{"ip":null}}"#,
            r#"{"sessioninfo":{"logo":"?"}}"#,
            r#"{"sessioninfo":{"info":[]}}"#,
            r#"{"sessioninfo":{},"sessioninfo":{}}"#,
        ] {
            assert_eq!(UserContext::parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
