use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;
use core::str::FromStr;

use authwire_core::index::{FromSource, Source};
use authwire_core::{Encoder, Escaped, InvalidValue, Reason, Value};

use crate::wire::base64;

/// The longest id that is accepted, in bytes.
const MAX: usize = 1_024;

/// The id of a virtual server: random bytes in base64, sent as you give it.
///
/// Either alphabet is accepted, with or without padding, but not a mixture. The standard alphabet has `/`, `+` and `=`,
/// which are escaped in the path. Cloning it copies no text.
///
/// ```
/// use authwire_nextauth::ServerId;
///
/// assert_eq!(ServerId::new("rN6hUJbbB5V0M5Yb1lIA0Q==")?.as_str(), "rN6hUJbbB5V0M5Yb1lIA0Q==");
/// assert!(ServerId::new("not base64!").is_err());
/// # Ok::<(), authwire_core::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub struct ServerId {
    text: Arc<str>,
    /// Goes into every request: escaped once.
    escaped: Escaped,
}

impl ServerId {
    /// A server id from its base64 text, at most 1,024 bytes.
    ///
    /// # Errors
    /// When the text is empty, too long or not base64.
    pub fn new(text: &str) -> Result<Self, InvalidValue> {
        let reason = match text.len() {
            0 => Reason::Empty,
            1..=MAX if base64(text).is_some() => return Ok(Self { text: text.into(), escaped: Escaped::new(text) }),
            1..=MAX => Reason::Not("base64 in one alphabet"),
            _ => Reason::TooLong { max: MAX },
        };
        Err(InvalidValue::new("serverid", reason))
    }

    /// The text, as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Value for ServerId {
    fn write(&self, encoder: &mut Encoder<'_>) {
        encoder.escaped(&self.escaped);
    }
}

impl FromStr for ServerId {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::new(text)
    }
}

impl TryFrom<String> for ServerId {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, InvalidValue> {
        Self::new(&text)
    }
}

impl From<ServerId> for String {
    fn from(server: ServerId) -> Self {
        Self::from(server.as_str())
    }
}

impl AsRef<str> for ServerId {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for ServerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerId({})", self.text)
    }
}

impl FromSource for ServerId {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Self::new(&source.text(field))
    }
}
