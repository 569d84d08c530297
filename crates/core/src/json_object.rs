use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::{InvalidValue, Reason};

/// A JSON object of any content, as text: checked once, kept and sent as it came.
///
/// For the places where a provider takes or gives "any JSON object". Read it with the JSON library of your choice.
#[derive(Clone)]
pub struct JsonObject(Box<RawValue>);

impl JsonObject {
    /// Checks that a text is one JSON object. White space around it is dropped.
    ///
    /// # Errors
    /// When it is not.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let not_an_object = InvalidValue::new("JSON object", Reason::Not("a JSON object"));
        let value = RawValue::from_string(text.into()).map_err(|_| not_an_object)?;
        if value.get().starts_with('{') { Ok(Self(value)) } else { Err(not_an_object) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for JsonObject {
    /// The same text: `{"a":1}` and `{ "a": 1 }` are two.
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for JsonObject {}

impl fmt::Debug for JsonObject {
    /// Its length only: it is somebody's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonObject({} bytes)", self.as_str().len())
    }
}

impl Serialize for JsonObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for JsonObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text: Box<str> = Box::<RawValue>::deserialize(deserializer)?.into();
        // Checked again: from another reader than `serde_json`'s, a map whose one key is its private name for raw text
        // becomes a `RawValue` of any text.
        Self::new(text).map_err(serde::de::Error::custom)
    }
}
