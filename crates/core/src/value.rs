use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use percent_encoding::percent_encode_byte;

use crate::target::Target;
use crate::{BuildFault, InvalidValue, MAX_TARGET, Reason};

/// Which bytes are RFC 3986's unreserved characters. All others are escaped, `%` included: the encoding is total and can
/// be undone.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const UNRESERVED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte: u8 = 0;
    // Nothing beyond ASCII is.
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        byte += 1;
    }
    table
};

fn is_unreserved(byte: u8) -> bool {
    UNRESERVED.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Hands on a text in pieces: what is unreserved as it is, each other byte as `%XX`.
#[inline]
fn escape(text: &str, mut push: impl FnMut(&[u8])) {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| !is_unreserved(*byte)).unwrap_or(rest.len());
        let (plain, tail) = rest.split_at(end);
        push(plain);
        rest = match tail.split_first() {
            Some((byte, tail)) => {
                push(percent_encode_byte(*byte).as_bytes());
                tail
            }
            None => tail,
        };
    }
}

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
    target: &'a mut Target,
    name: &'static str,
    fault: Option<BuildFault>,
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(target: &'a mut Target, name: &'static str) -> Self {
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
            escape(text, |piece| self.target.push(piece));
        }
    }

    /// Appends a text that was escaped before.
    pub fn escaped(&mut self, escaped: &Escaped) {
        if self.has_room(escaped.0.len()) {
            self.target.push(escaped.0.as_bytes());
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
        let mut escaped = String::with_capacity(text.len());
        escape(text, |piece| escaped.extend(piece.iter().copied().map(char::from)));
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
            self.target.push(digits.as_bytes());
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
