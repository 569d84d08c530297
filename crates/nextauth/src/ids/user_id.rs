use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use authwire_core::index::{FromSource, Source};
use authwire_core::{Encoder, InvalidValue, Reason, Value};

/// A user's name in your application, as nextAuth keeps it beside the account: any text.
///
/// Any text can be made one. An operation refuses to send an empty one, one with a NUL or another control character (a
/// program that cuts a text there would take it for somebody else's), and `.` or `..` where it stands in the path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(from = "String", into = "String"))]
pub struct UserId(Box<str>);

impl UserId {
    /// A user id.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into().into_boxed_str())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What no user id may have: here, where one is sent, and in a reply.
pub(crate) fn has_control(text: &str) -> bool {
    // The control characters are in ASCII's or beyond it; most texts have neither and need no decoding. Without a way
    // out in the middle, many bytes are looked at in one step.
    let is_plain = text.bytes().fold(true, |so_far, byte| so_far & matches!(byte, b' '..=b'~'));
    !is_plain && text.contains(char::is_control)
}

impl Value for UserId {
    fn write(&self, encoder: &mut Encoder<'_>) {
        if self.0.is_empty() {
            encoder.refuse(Reason::Empty);
        }
        if has_control(&self.0) {
            encoder.refuse(Reason::Not("free of control characters"));
        }
        encoder.text(&self.0);
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({:?})", self.0)
    }
}

impl From<&str> for UserId {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for UserId {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<UserId> for String {
    fn from(user: UserId) -> Self {
        user.0.into_string()
    }
}

impl AsRef<str> for UserId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromSource for UserId {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Ok(Self::new(source.text(field)))
    }
}
