//! Sources of field values that remember what they gave.

use std::collections::BTreeMap;

use authwire_core::InvalidValue;
use authwire_core::index::Source;

use crate::bytes::Bytes;

/// What was given for a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// A text, or a secret one.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An optional field was asked about: whether it is there.
    Present(bool),
}

/// Makes a valid value for the field with this wire name, of the operation with this `NAME`; `None` where any text or
/// number is one.
pub type Plausible = fn(operation: &str, field: &str, bytes: &mut Bytes<'_>) -> Option<String>;

/// Values by the decisions in a byte string: mostly valid ones, some that break things.
pub struct Decided<'a, 'b> {
    bytes: &'b mut Bytes<'a>,
    plausible: Plausible,
    operation: &'static str,
    /// All that was given, by field, in the order of asking.
    pub given: Vec<(&'static str, Given)>,
}

impl<'a, 'b> Decided<'a, 'b> {
    /// Values for this operation by these decisions.
    pub fn new(bytes: &'b mut Bytes<'a>, plausible: Plausible, operation: &'static str) -> Self {
        Self { bytes, plausible, operation, given: Vec::new() }
    }

    fn plausible(&mut self, field: &'static str) -> Option<String> {
        if self.bytes.byte() < 224 { (self.plausible)(self.operation, field, self.bytes) } else { None }
    }
}

impl Source for Decided<'_, '_> {
    fn text(&mut self, field: &'static str) -> String {
        let text = self.plausible(field).unwrap_or_else(|| self.bytes.text());
        self.given.push((field, Given::Text(text.clone())));
        text
    }

    fn is_given(&mut self, field: &'static str) -> bool {
        let present = self.bytes.byte() % 2 == 1;
        self.given.push((field, Given::Present(present)));
        present
    }

    fn number(&mut self, field: &'static str) -> Result<i64, InvalidValue> {
        let plausible = self.plausible(field).map(|text| text.parse().expect("a plausible number"));
        let number = plausible.unwrap_or_else(|| match self.bytes.byte() {
            0..=63 => self.bytes.choose(&[0, 1, -1, 7, 56, 300, 4_096, 4_097, 65_535, 65_536, i64::MAX, i64::MIN]),
            64..=159 => i64::from(self.bytes.u16()),
            _ => self.bytes.u64() as i64,
        });
        self.given.push((field, Given::Number(number)));
        Ok(number)
    }

    fn bytes(&mut self, field: &'static str) -> Vec<u8> {
        let bytes = self.bytes.take(64).to_vec();
        self.given.push((field, Given::Bytes(bytes.clone())));
        bytes
    }
}

/// Values from a table: what is not in it is not given.
#[derive(Clone, Debug, Default)]
pub struct Table(pub BTreeMap<String, String>);

impl Table {
    /// Reads `name=value` words, separated by spaces; `%20` in a value is a space.
    pub fn parse(words: &str) -> Self {
        let pairs = words.split_whitespace().map(|word| {
            let (name, value) = word.split_once('=').unwrap_or_else(|| panic!("not name=value: {word}"));
            (name.to_owned(), value.replace("%20", " "))
        });
        Self(pairs.collect())
    }
}

impl Source for Table {
    fn text(&mut self, field: &'static str) -> String {
        self.0.get(field).unwrap_or_else(|| panic!("the golden gives no {field}")).clone()
    }

    fn is_given(&mut self, field: &'static str) -> bool {
        // A nested object is given when one of its members is.
        let nested = format!("{field}.");
        self.0.contains_key(field)
            || self.0.keys().any(|key| key.starts_with(&nested))
            || (field == "body" && self.0.keys().any(|key| key.contains('.')))
    }
}

/// A marker that must not be seen, planted in every field.
#[derive(Debug)]
pub struct Sentinels {
    plausible: Plausible,
    operation: &'static str,
    /// What was planted.
    pub planted: Vec<String>,
}

impl Sentinels {
    /// Plants sentinels; where a field has a format, `plausible` gives a value of it, and that is the sentinel.
    pub fn new(plausible: Plausible, operation: &'static str) -> Self {
        Self { plausible, operation, planted: Vec::new() }
    }
}

impl Source for Sentinels {
    fn text(&mut self, field: &'static str) -> String {
        // Bytes that differ from field to field, so that formatted values differ too.
        let start = (self.planted.len() as u8).wrapping_mul(57).wrapping_add(101);
        let seed: Vec<u8> = (0..64u8).map(|at| at.wrapping_mul(31).wrapping_add(start) | 1).collect();
        let formatted = (self.plausible)(self.operation, field, &mut Bytes::new(&seed));
        let text = formatted.unwrap_or_else(|| format!("SENTINEL{:02}c0ffee0ddba11", self.planted.len()));
        // A text of a few letters, such as a country's, stands in others by chance.
        if text.len() >= 6 {
            self.planted.push(text.clone());
        }
        text
    }

    fn is_given(&mut self, _: &'static str) -> bool {
        true
    }

    fn number(&mut self, field: &'static str) -> Result<i64, InvalidValue> {
        let plausible = (self.plausible)(self.operation, field, &mut Bytes::new(&[]));
        Ok(plausible.map_or(300, |text| text.parse().expect("a plausible number")))
    }
}
