use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use authwire_core::index::{FromSource, Source};
use authwire_core::{InvalidValue, Reason};
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::{Engine, decoded_len_estimate, encoded_len};
use zeroize::{Zeroize, Zeroizing};

use super::header::{Header, Named};
use super::{TokenError, Verifier};
use crate::PublicKey;

/// The longest token that is read or made, in bytes.
pub const MAX_TOKEN: usize = 65_536;

/// A signed text in its compact form: header, payload and signature, each in base64url, with dots between. Nothing in it
/// is verified until [`verify`](Self::verify) or a [`Verification`](super::Verification) says so.
///
/// A push token is as good as a doorbell to whoever holds it, and other tokens tell who somebody is: `Debug` shows nothing
/// of one, and its text is wiped when it is dropped.
///
/// ```
/// use authwire_authentiq::jwt::Jws;
///
/// let token = Jws::new("eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln")?;
/// assert_eq!(format!("{token:?}"), "Jws([redacted])");
/// assert!(Jws::new("eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.").is_err()); // no signature
/// # Ok::<(), authwire_core::InvalidValue>(())
/// ```
///
/// Documents: RFC 7515, section 3.1.
#[derive(Clone)]
pub struct Jws {
    text: Zeroizing<String>,
    /// Where the payload ends: before the second dot.
    input_end: usize,
    header: Header,
}

/// By which names in a header the one algorithm is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Alg {
    /// `Ed25519` alone: what Authentiq writes (and, much later, RFC 9864).
    #[default]
    Ed25519,
    /// `EdDSA` too, the name in RFC 8037. The key is an Ed25519 key either way.
    Ed25519OrEdDsa,
}

impl Jws {
    /// Reads a token: three parts of canonical base64url without padding, of which the first is a JSON object with no key
    /// twice and the last is not empty; at most [`MAX_TOKEN`] bytes.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = Zeroizing::new(text.into());
        if text.len() > MAX_TOKEN {
            return Err(InvalidValue::new("JWT", Reason::TooLong { max: MAX_TOKEN }));
        }
        let not_three_parts = InvalidValue::new("JWT", Reason::Not("three parts of canonical base64url"));
        let parts = Parts::of(&text).ok_or(not_three_parts)?;
        let no_header = InvalidValue::new("JWT", Reason::Not("a token with a proper header"));
        let header = parts.header().ok_or(not_three_parts)?.ok_or(no_header)?;
        let input_end = parts.input.len();
        Ok(Self { text, input_end, header })
    }

    /// A token of ours, of which the form is known.
    pub(super) fn made(text: &str, input_end: usize, signer: &PublicKey) -> Self {
        let kid = Some(alloc::format!("{signer}").into());
        let header = Header { is_other_type: false, alg: Some(Named::Ed25519), kid, is_critical: false };
        Self { text: Zeroizing::new(text.into()), input_end, header }
    }

    /// The text itself: what travels as a body, and what is stored.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What the signature is over: header and payload as they stand, with the dot.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.text.as_bytes().get(..self.input_end).unwrap_or_default()
    }

    /// The signature, if it is of the length of Ed25519's.
    #[must_use]
    pub fn signature(&self) -> Option<[u8; 64]> {
        let (_, signature) = self.text.rsplit_once('.')?;
        // The engine wants room for the 66 bytes that 86 letters might be.
        let mut room = [0; 66];
        let length = URL_SAFE_NO_PAD.decode_slice(signature, &mut room).ok()?;
        room.first_chunk().filter(|_| length == 64).copied()
    }

    /// Whether the signature is of the length of Ed25519's. All of it is base64url, so that its letters tell.
    pub(crate) fn has_signature(&self) -> bool {
        let signed = self.input_end.saturating_add(1);
        self.text.len().checked_sub(signed) == SIGNATURE_LETTERS
    }

    /// Whom the header names as the signer, if it names a key. Proves nothing.
    #[must_use]
    pub fn unverified_signer(&self) -> Option<PublicKey> {
        PublicKey::new(self.header.kid.as_deref()?).ok()
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    /// Checks that `key` signed this token, and gives its payload: bytes, of which no meaning is assumed.
    ///
    /// A header without `kid` will do here, another key's `kid` will not.
    ///
    /// # Errors
    /// When the header names another algorithm or key, or has something critical, or when the signature is not valid.
    pub fn verify<V: Verifier + ?Sized>(&self, key: &PublicKey, alg: Alg, verifier: &V) -> Result<Vec<u8>, TokenError> {
        let name = self.header.alg;
        let known = name == Some(Named::Ed25519) || (name == Some(Named::EdDsa) && alg == Alg::Ed25519OrEdDsa);
        if !known {
            return Err(TokenError::Algorithm);
        }
        if self.header.is_critical {
            return Err(TokenError::Critical);
        }
        if self.header.kid.as_deref().is_some_and(|kid| PublicKey::new(kid) != Ok(*key)) {
            return Err(TokenError::Signer);
        }
        let parts = Parts::of(&self.text).ok_or(TokenError::Signature)?;
        let signature = self.signature().ok_or(TokenError::Signature)?;
        if verifier.is_valid(key.as_bytes(), parts.input.as_bytes(), &signature) {
            URL_SAFE_NO_PAD.decode(parts.payload).map_err(|_| TokenError::Signature)
        } else {
            Err(TokenError::Signature)
        }
    }
}

/// The number of letters of 64 bytes.
const SIGNATURE_LETTERS: Option<usize> = encoded_len(64, false);

/// A token taken apart at its dots.
struct Parts<'a> {
    input: &'a str,
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (input, signature) = text.rsplit_once('.')?;
        // One more dot is in the payload, and does not decode.
        let (header, payload) = input.split_once('.')?;
        if signature.is_empty() { None } else { Some(Self { input, header, payload, signature }) }
    }

    /// What is read of the header, if all parts are canonical base64url.
    fn header(&self) -> Option<Option<Header>> {
        let header = look_inside(self.header, Header::read)?;
        look_inside(self.payload, |_| ())?;
        look_inside(self.signature, |_| ())?;
        Some(header)
    }
}

/// Decodes a part and looks at what is in there; `None` unless it is canonical base64url: without padding, other alphabets,
/// white space or stray bits. Nothing of it is kept: it is on the stack, unless it is long, and is wiped.
fn look_inside<T>(part: &str, look: impl FnOnce(&[u8]) -> T) -> Option<T> {
    let length = decoded_len_estimate(part.len());
    let (mut short, mut long) = ([0; 512], Vec::new());
    let room = match short.get_mut(..length) {
        Some(room) => room,
        None => {
            long.resize(length, 0);
            &mut long
        }
    };
    let decoded = URL_SAFE_NO_PAD.decode_slice(part, room).ok();
    let seen = decoded.and_then(|length| room.get(..length)).map(look);
    room.zeroize();
    seen
}

impl fmt::Debug for Jws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jws([redacted])")
    }
}

impl FromSource for Jws {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Self::new(source.secret(field))
    }
}
