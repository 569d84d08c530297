use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use authwire_core::index::{FromSource, Source};
use authwire_core::{Encoder, InvalidValue, Reason, Value};

/// The id of something begun and not finished: a login that waits for an organisation, or an administrator's login that
/// waits for a code.
///
/// Whoever has it and an API key can read whose login it is, so that its `Debug` does not show it and it has no
/// `Display`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FlowId(Box<str>);

impl FlowId {
    /// A flow's id, as the provider gave it.
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

impl Value for FlowId {
    fn write(&self, encoder: &mut Encoder<'_>) {
        if self.0.is_empty() {
            encoder.refuse(Reason::Empty);
        }
        encoder.text(&self.0);
    }
}

impl fmt::Debug for FlowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlowId([redacted])")
    }
}

impl From<&str> for FlowId {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for FlowId {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl FromSource for FlowId {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Ok(Self::new(source.text(field)))
    }
}
