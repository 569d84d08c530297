use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use authwire_core::index::{FromSource, Source};
use authwire_core::{Encoder, InvalidValue, Reason, Value};

use crate::wire::{Segment, has_characters};

/// A user's name in your application, under which Lagrello keeps the user: 1 to 128 characters, no control character.
///
/// Compared as it is written: to us `Alice` and `alice` are two users, whatever the provider thinks of it.
///
/// Where it stands in the path, an operation refuses to send some that a router on the way may take for another path:
/// `.` and `..`, also between slashes or further escaped, a slash or semicolon that begins it, a slash that ends it, and,
/// where it would be the magic link's route, `email`.
///
/// Documents: Lagrello API 1.0.0, schema `User`, `userId`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Box<str>);

impl UserId {
    /// A user id.
    ///
    /// # Errors
    /// When the text is empty, longer than 128 characters, or has a control character.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = text.into();
        let reason = match text.as_str() {
            "" => Reason::Empty,
            // Most are plain ASCII, where a byte is a character.
            plain if plain.len() <= 128 && plain.bytes().all(|byte| matches!(byte, b' '..=b'~')) => {
                return Ok(Self(text.into_boxed_str()));
            }
            text if text.contains(char::is_control) => Reason::Not("free of control characters"),
            text if !has_characters(text, 128) => Reason::Not("1 to 128 characters long"),
            _ => return Ok(Self(text.into_boxed_str())),
        };
        Err(InvalidValue::new("userId", reason))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for UserId {
    fn write(&self, encoder: &mut Encoder<'_>) {
        Segment(&self.0).write(encoder);
    }
}

impl FromStr for UserId {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::new(text)
    }
}

impl TryFrom<String> for UserId {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, InvalidValue> {
        Self::new(text)
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

impl FromSource for UserId {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Self::new(source.text(field))
    }
}
