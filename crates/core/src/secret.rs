//! Texts that must not be seen: credentials, codes, one-time links.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::marker::PhantomData;

use http::HeaderValue;
use zeroize::{Zeroize, Zeroizing};

use crate::{InvalidValue, Reason};

/// The longest secret that travels as a header, in bytes.
pub const MAX_HEADER_SECRET: usize = 4_096;

/// A secret text. The kind makes an API key another type than a nonce, so that they cannot be swapped.
///
/// Its `Debug` shows the kind alone. It has no `Display`, no serialisation and no `==`. It is stored in one exact-size
/// allocation that is wiped when it is dropped, as is the `String` it was made from. There is one way out,
/// [`expose`](Self::expose), that a reader can search for. What was handed to `http`, a socket or a TLS library is
/// beyond our reach and is not wiped.
///
/// ```
/// use authwire_core::secret::{Kind, Secret};
///
/// enum ApiKeyKind {}
/// impl Kind for ApiKeyKind {
///     const NAME: &'static str = "ApiKey";
/// }
/// type ApiKey = Secret<ApiKeyKind>;
///
/// let key = ApiKey::new("k-12345")?;
/// assert_eq!(format!("{key:?}"), "ApiKey([redacted])");
/// assert_eq!(key.expose(), "k-12345");
/// assert!(ApiKey::new("has a space").is_err());
/// # Ok::<(), authwire_core::InvalidValue>(())
/// ```
///
/// ```compile_fail
/// # use authwire_core::secret::{Kind, Secret};
/// # enum ApiKeyKind {}
/// # impl Kind for ApiKeyKind { const NAME: &'static str = "ApiKey"; }
/// let key = Secret::<ApiKeyKind>::new("k-12345").unwrap();
/// println!("{key}"); // no Display
/// ```
///
/// ```compile_fail
/// # use authwire_core::secret::{Kind, Secret};
/// # enum ApiKeyKind {}
/// # impl Kind for ApiKeyKind { const NAME: &'static str = "ApiKey"; }
/// let key = Secret::<ApiKeyKind>::new("k-12345").unwrap();
/// let same = key == key.clone(); // no comparison
/// ```
pub struct Secret<K: Kind> {
    text: Box<str>,
    kind: PhantomData<fn() -> K>,
}

/// What a [`Secret`] is, and which texts it can hold.
pub trait Kind: 'static {
    /// Its name, as `Debug` and errors show it.
    const NAME: &'static str;

    /// Checks a text before it becomes a secret of this kind. Unless said otherwise: 1 to [`MAX_HEADER_SECRET`] bytes
    /// of visible ASCII, which is what can travel in a header unchanged.
    ///
    /// # Errors
    /// When the text is of another form.
    fn check(text: &str) -> Result<(), Reason> {
        visible_ascii(text)
    }
}

/// A [`Kind`] that must take a text apart to check it, and can show what is inside on the way.
pub trait Layered: Kind {
    /// Checks a text just as [`Kind::check`] does, and then lets `look` see what is inside: which part of it, the kind
    /// says. Not kept anywhere.
    ///
    /// # Errors
    /// As [`Kind::check`].
    fn look<T>(text: &str, look: impl FnOnce(&[u8]) -> T) -> Result<T, Reason>;
}

/// Checks that a text is 1 to [`MAX_HEADER_SECRET`] bytes of visible ASCII (0x21 to 0x7E): header values may hold more,
/// but what lies outside is trimmed, folded or read differently by somebody on the way.
///
/// # Errors
/// When it is not.
pub fn visible_ascii(text: &str) -> Result<(), Reason> {
    if text.is_empty() {
        return Err(Reason::Empty);
    }
    if text.len() > MAX_HEADER_SECRET {
        return Err(Reason::TooLong { max: MAX_HEADER_SECRET });
    }
    // Without a way out in the middle, many bytes are looked at in one step.
    if text.bytes().fold(true, |so_far, byte| so_far & byte.is_ascii_graphic()) {
        return Ok(());
    }
    let position = text.bytes().position(|byte| !byte.is_ascii_graphic()).unwrap_or_default();
    Err(Reason::NotVisibleAscii { position })
}

impl<K: Kind> Secret<K> {
    /// Makes a secret of a text. A `String` that is given is taken over or wiped, and wiped also when it is refused; of a
    /// `&str`, the caller keeps a text that is the caller's to wipe.
    ///
    /// # Errors
    /// When the text is not of the form that its [`Kind`] asks for. The error says where, not what.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        Self::checked(text.into(), K::check).map(|(secret, ())| secret)
    }

    /// Makes a secret of a text as [`new`](Self::new) does, and gives with it what `look` says of what is inside.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn new_and_look<T>(text: impl Into<String>, look: impl FnOnce(&[u8]) -> T) -> Result<(Self, T), InvalidValue>
    where
        K: Layered,
    {
        Self::checked(text.into(), |text| K::look(text, look))
    }

    fn checked<T>(text: String, check: impl FnOnce(&str) -> Result<T, Reason>) -> Result<(Self, T), InvalidValue> {
        // Made a secret first: what is refused is wiped as one, too.
        let secret = Self { text: exact(text), kind: PhantomData };
        match check(&secret.text) {
            Ok(seen) => Ok((secret, seen)),
            Err(reason) => Err(InvalidValue::new(K::NAME, reason)),
        }
    }

    /// The text itself: the only way out.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// A header value of this secret, marked sensitive: it prints as `Sensitive`, and HTTP/2 does not index it.
    ///
    /// # Errors
    /// When its kind allows more than [`visible_ascii`] does, and this is such a text.
    pub fn to_header(&self) -> Result<HeaderValue, InvalidValue> {
        self.check_header()?;
        sensitive(K::NAME, &self.text)
    }

    /// The same with `Bearer` before it.
    pub(crate) fn to_bearer(&self) -> Result<HeaderValue, InvalidValue> {
        const SCHEME: &str = "Bearer ";
        self.check_header()?;
        // Made once in its full size: growing would leave a piece behind, unwiped.
        let mut text = Zeroizing::new(String::with_capacity(SCHEME.len() + self.text.len()));
        text.push_str(SCHEME);
        text.push_str(&self.text);
        sensitive(K::NAME, &text)
    }

    /// Not left to `HeaderValue`: it takes an empty text, spaces at either end, tabs and bytes beyond ASCII.
    fn check_header(&self) -> Result<(), InvalidValue> {
        visible_ascii(&self.text).map_err(|reason| InvalidValue::new(K::NAME, reason))
    }
}

/// A text in memory of its exact size: shrinking in place would leave a piece behind, unwiped.
fn exact(mut text: String) -> Box<str> {
    if text.capacity() == text.len() {
        return text.into_boxed_str();
    }
    let copy = Box::from(text.as_str());
    text.zeroize();
    copy
}

fn sensitive(name: &'static str, text: &str) -> Result<HeaderValue, InvalidValue> {
    let not_a_header = InvalidValue::new(name, Reason::Not("a header value"));
    let mut value = HeaderValue::from_str(text).map_err(|_| not_a_header)?;
    value.set_sensitive(true);
    Ok(value)
}

impl<K: Kind> Drop for Secret<K> {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

impl<K: Kind> Clone for Secret<K> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), kind: PhantomData }
    }
}

impl<K: Kind> fmt::Debug for Secret<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}([redacted])", K::NAME)
    }
}

/// Writes a secret as a plain text, for `#[serde(serialize_with = "secret::exposed")]` at a field that must be stored: a
/// secret has no serialisation of its own, so that each place where one is written can be searched for.
///
/// # Errors
/// Those of the serialiser.
#[cfg(feature = "serde")]
pub fn exposed<K: Kind, S: serde::Serializer>(secret: &Secret<K>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

/// Reads what [`exposed`] wrote, for `#[serde(deserialize_with = "secret::restored")]`.
///
/// # Errors
/// When it is not a text, or not of the form of this kind.
#[cfg(feature = "serde")]
pub fn restored<'de, K: Kind, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Secret<K>, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(deserializer)?;
    Secret::new(text).map_err(serde::de::Error::custom)
}
