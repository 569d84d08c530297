use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;
use core::ops::Deref;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// A text of an answer that is compared, decoded or dropped more often than kept: borrowed from the reply unless it has
/// escapes, and made a `String` where it is kept. (serde's derive would copy the one in an `Option<Cow<str>>`.)
///
/// ```
/// use authwire_core::Text;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Answer<'a> {
///     #[serde(borrow)]
///     status: Option<Text<'a>>,
/// }
/// let Answer { status } = serde_json::from_str(r#"{"status":"done"}"#).unwrap();
/// assert_eq!(status.as_deref(), Some("done"));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text<'a>(Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<Text<'_>> for String {
    fn from(text: Text<'_>) -> Self {
        text.0.into_owned()
    }
}

impl fmt::Debug for Text<'_> {
    /// Its length only: nobody has said what it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.0.len())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(OnlyText)
    }
}

struct OnlyText;

impl<'de> Visitor<'de> for OnlyText {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(String::from(text))))
    }
}
