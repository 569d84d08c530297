use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use authwire_core::index::{FromSource, Source};
use authwire_core::{Encoder, InvalidValue, Reason, Value};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The length of the text, in bytes.
const LENGTH: usize = 43;

/// An Authentiq ID: the public Ed25519 key of a person, which is the name of the person too. `PK` in a path, `sub` and
/// `kid` in a token. Also the key of whoever signs tokens about persons.
///
/// Its text is 43 characters of base64url. They have room for two bits more than the key has, so that a lax reader takes
/// four texts for one key; of these, one is accepted here, and two keys are the same if and only if their texts are.
///
/// ```
/// use authwire_authentiq::PublicKey;
///
/// let key = PublicKey::new("dR1cZzYf-uC6r5L1VOmnKj22AvDCTQR2FYJ6qpGip6U")?;
/// assert_eq!(PublicKey::from_bytes(*key.as_bytes()), key);
/// assert!(PublicKey::new("dR1cZzYf-uC6r5L1VOmnKj22AvDCTQR2FYJ6qpGip6V").is_err()); // the same bits and a half
/// # Ok::<(), authwire_core::InvalidValue>(())
/// ```
///
/// Documents: Authentiq API 6, parameter `PK`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads the text of a key.
    ///
    /// # Errors
    /// When it is not 43 characters of canonical base64url without padding.
    pub fn new(text: &str) -> Result<Self, InvalidValue> {
        let mut bytes = [0; 32];
        // The engine refuses padding and set bits beyond the last byte. It wants room for the 33 bytes that 43 characters
        // might be, and gives 32.
        let mut room = [0; 33];
        let decoded = if text.len() == LENGTH { URL_SAFE_NO_PAD.decode_slice(text, &mut room).ok() } else { None };
        match room.first_chunk::<32>() {
            Some(key) if decoded == Some(32) => bytes.copy_from_slice(key),
            _ => return Err(InvalidValue::new("PK", Reason::Not("43 characters of canonical base64url"))),
        }
        Ok(Self(bytes))
    }

    /// A key from its 32 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its text, in memory of the caller's.
    fn text<'a>(&self, room: &'a mut [u8; LENGTH]) -> &'a str {
        // The room is as long as the text, which is ASCII.
        let written = URL_SAFE_NO_PAD.encode_slice(self.0, room).ok();
        written.and_then(|_| core::str::from_utf8(room).ok()).unwrap_or_default()
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(&mut [0; LENGTH]))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl Value for PublicKey {
    fn write(&self, encoder: &mut Encoder<'_>) {
        encoder.text(self.text(&mut [0; LENGTH]));
    }
}

impl FromStr for PublicKey {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::new(text)
    }
}

impl TryFrom<String> for PublicKey {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, InvalidValue> {
        Self::new(&text)
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}

impl From<[u8; 32]> for PublicKey {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl FromSource for PublicKey {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Self::new(&source.text(field))
    }
}
