//! E-mail addresses and phone numbers, which the server keeps as hashes alone.

use crate::seed::digest;

/// The hash of an address or a number; its spelling does not matter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ContactHash([u8; 32]);

impl ContactHash {
    /// Without white space around it, in lower case.
    pub(super) fn email(address: &str) -> Self {
        Self(digest(&[b"email", address.trim().to_lowercase().as_bytes()]))
    }

    /// A plus sign and the digits. A space in front is a plus sign that nobody escaped.
    pub(super) fn phone(number: &str) -> Self {
        let plus = if number.starts_with(['+', ' ']) { "+" } else { "" };
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        Self(digest(&[b"phone", plus.as_bytes(), digits.as_bytes()]))
    }
}
