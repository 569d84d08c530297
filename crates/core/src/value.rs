use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{BuildFault, InvalidValue, MAX_TARGET, Reason};

/// Everything but RFC 3986's unreserved characters, `%` included: the encoding is total and can be undone.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Something that can stand in a path segment or a query. It writes itself through an [`Encoder`], which escapes.
///
/// There is no implementation for [`Secret`](crate::Secret): where a provider wants a secret in the URI, the operation
/// calls `expose()`, so that a reader sees it.
pub trait Value {
    /// Writes the value.
    fn write(&self, encoder: &mut Encoder<'_>);
}

/// Writes one value into a request target, percent-encoded to unreserved characters.
pub struct Encoder<'a> {
    target: &'a mut Vec<u8>,
    name: &'static str,
    fault: Option<BuildFault>,
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(target: &'a mut Vec<u8>, name: &'static str) -> Self {
        Self { target, name, fault: None }
    }

    pub(crate) fn finish(self) -> Result<(), BuildFault> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }

    /// Appends a text, escaping all but unreserved characters.
    pub fn text(&mut self, text: &str) {
        // Before it is escaped: a huge text must not cost thrice its size first.
        if self.has_room(text.len()) {
            for piece in utf8_percent_encode(text, RESERVED) {
                self.target.extend_from_slice(piece.as_bytes());
            }
        }
    }

    /// Appends a text that was escaped before.
    pub fn escaped(&mut self, escaped: &Escaped) {
        if self.has_room(escaped.0.len()) {
            self.target.extend_from_slice(escaped.0.as_bytes());
        }
    }

    /// Refuses the value: the request will not be built.
    pub fn refuse(&mut self, reason: Reason) {
        self.fault.get_or_insert(InvalidValue::new(self.name, reason).into());
    }

    fn has_room(&mut self, more: usize) -> bool {
        let fits = self.target.len().saturating_add(more) <= MAX_TARGET;
        if !fits {
            self.fault.get_or_insert(BuildFault::TargetTooLong);
        }
        fits
    }
}

impl fmt::Debug for Encoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A text escaped once and shared, for a value that goes into every request. Cloning it copies no text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Escaped(Arc<str>);

impl Escaped {
    /// Escapes a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let escaped: String = utf8_percent_encode(text, RESERVED).collect();
        Self(escaped.into())
    }

    /// The escaped text: unreserved characters and `%XX`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Escaped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Value for str {
    fn write(&self, encoder: &mut Encoder<'_>) {
        encoder.text(self);
    }
}

impl Value for String {
    fn write(&self, encoder: &mut Encoder<'_>) {
        encoder.text(self);
    }
}

impl Value for Escaped {
    fn write(&self, encoder: &mut Encoder<'_>) {
        encoder.escaped(self);
    }
}

impl<V: Value + ?Sized> Value for &V {
    fn write(&self, encoder: &mut Encoder<'_>) {
        (**self).write(encoder);
    }
}

impl Encoder<'_> {
    /// Appends a number. Digits and a sign are unreserved: they need no escaping.
    fn number(&mut self, number: impl itoa::Integer) {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(number);
        if self.has_room(digits.len()) {
            self.target.extend_from_slice(digits.as_bytes());
        }
    }
}

macro_rules! number {
    ($($type:ty)*) => {$(
        impl Value for $type {
            fn write(&self, encoder: &mut Encoder<'_>) {
                encoder.number(*self);
            }
        }
    )*};
}
number!(u16 u32 u64 i32 i64);
