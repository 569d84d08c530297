use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;
use core::ops::Deref;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// Whom a session token says that it is about: what an answer with a token is held against, each time. The whole of
/// [`Claims`](crate::Claims) is read when somebody asks.
#[derive(Deserialize)]
pub(crate) struct Subject<'a> {
    #[serde(rename = "jti", borrow)]
    pub(crate) session: Option<Said<'a>>,
    pub(crate) email: Option<Said<'a>>,
}

impl<'a> Subject<'a> {
    /// Reads a token's claims, with nobody having checked who wrote them; `None` if they are not readable.
    pub(crate) fn read(claims: &'a [u8]) -> Option<Self> {
        let json = core::str::from_utf8(claims).ok()?;
        // serde's derive would take an array, too.
        if json.trim_ascii_start().starts_with('{') { serde_json::from_str(json).ok() } else { None }
    }
}

/// A text that is borrowed unless it has escapes. (serde's derive would copy the one in an `Option<Cow<str>>`.)
pub(crate) struct Said<'a>(Cow<'a, str>);

impl Deref for Said<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Said<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(OnlyText).map(Self)
    }
}

struct OnlyText;

impl<'de> Visitor<'de> for OnlyText {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(String::from(text)))
    }
}
