use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use authwire_core::index::{FromSource, Source};
use authwire_core::{InvalidValue, JsonObject};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// What the app shows its user about a login: where it comes from, and what is announced.
///
/// ```
/// use authwire_nextauth::{SessionInfo, UserContext};
///
/// let context = UserContext::new().session(SessionInfo::new().ip("192.0.2.7").user_agent("Firefox on Linux"));
/// ```
///
/// Documents: nextAuth API 2.2, schema `UserContext`.
#[derive(Clone, Default)]
pub struct UserContext {
    session: Option<SessionInfo>,
    announce: Option<SessionInfo>,
}

/// One part of a [`UserContext`]. Every member is optional, and absent unless it is set.
///
/// Documents: nextAuth API 2.2, schema `SessionInfo`.
#[derive(Clone, Default)]
pub struct SessionInfo {
    ip: Option<String>,
    user_agent: Option<String>,
    logo: Option<Vec<u8>>,
    info: Option<JsonObject>,
}

/// A context as it is on the wire.
#[derive(Serialize)]
pub(crate) struct Wire<'a> {
    #[serde(rename = "sessioninfo", skip_serializing_if = "Option::is_none")]
    session: Option<InfoWire<'a>>,
    #[serde(rename = "announceinfo", skip_serializing_if = "Option::is_none")]
    announce: Option<InfoWire<'a>>,
}

/// A part of it as it is on the wire.
#[derive(Serialize)]
struct InfoWire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<&'a str>,
    #[serde(rename = "useragent", skip_serializing_if = "Option::is_none")]
    user_agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    info: Option<&'a JsonObject>,
}

impl UserContext {
    /// An empty context.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what is shown about the browser's session (`sessioninfo`).
    #[must_use]
    pub fn session(self, info: SessionInfo) -> Self {
        Self { session: Some(info), ..self }
    }

    /// Sets what is announced (`announceinfo`).
    #[must_use]
    pub fn announce(self, info: SessionInfo) -> Self {
        Self { announce: Some(info), ..self }
    }

    pub(crate) fn wire(&self) -> Wire<'_> {
        Wire {
            session: self.session.as_ref().map(SessionInfo::wire),
            announce: self.announce.as_ref().map(SessionInfo::wire),
        }
    }
}

impl SessionInfo {
    /// An empty part.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the IP address to show, as text.
    #[must_use]
    pub fn ip(self, ip: impl Into<String>) -> Self {
        Self { ip: Some(ip.into()), ..self }
    }

    /// Sets the browser to show.
    #[must_use]
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        Self { user_agent: Some(user_agent.into()), ..self }
    }

    /// Sets a picture to show, as the bytes of an image file; sent in base64.
    #[must_use]
    pub fn logo(self, image: impl Into<Vec<u8>>) -> Self {
        Self { logo: Some(image.into()), ..self }
    }

    /// Sets more to show: any JSON object.
    #[must_use]
    pub fn info(self, info: JsonObject) -> Self {
        Self { info: Some(info), ..self }
    }

    fn wire(&self) -> InfoWire<'_> {
        InfoWire {
            ip: self.ip.as_deref(),
            user_agent: self.user_agent.as_deref(),
            logo: self.logo.as_ref().map(|image| STANDARD.encode(image)),
            info: self.info.as_ref(),
        }
    }
}

impl fmt::Debug for UserContext {
    /// No field: it is the end user's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserContext").finish_non_exhaustive()
    }
}

impl fmt::Debug for SessionInfo {
    /// No field: it is the end user's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionInfo").finish_non_exhaustive()
    }
}

impl FromSource for UserContext {
    fn from_source(_: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        let mut session = SessionInfo::new();
        if source.is_given("sessioninfo.ip") {
            session = session.ip(source.text("sessioninfo.ip"));
        }
        if source.is_given("sessioninfo.useragent") {
            session = session.user_agent(source.text("sessioninfo.useragent"));
        }
        if source.is_given("sessioninfo.logo") {
            session = session.logo(source.bytes("sessioninfo.logo"));
        }
        if source.is_given("sessioninfo.info") {
            session = session.info(JsonObject::new(source.text("sessioninfo.info"))?);
        }
        let mut context = Self::new().session(session);
        if source.is_given("announceinfo.useragent") {
            context = context.announce(SessionInfo::new().user_agent(source.text("announceinfo.useragent")));
        }
        Ok(context)
    }
}
