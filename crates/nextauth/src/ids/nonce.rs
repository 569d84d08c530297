use alloc::string::String;
use core::fmt;

use authwire_core::index::{FromSource, Source};
use authwire_core::secret::Kind;
use authwire_core::{Draft, InvalidValue, Reason, Secret};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::wire::X_NONCE;

/// The session identifier (header `X-nonce`): what ties one browser, or one session of your web server, to its login.
///
/// Whoever knows it can ask who is logged in and can log out: it is as secret as a session cookie. Make one for each
/// browser from 32 bytes of a cryptographic random source, keep it on the server's side of the session, and make a new
/// one after each login and logout, so that a nonce that leaked before a login is worth nothing after it. (A push to the
/// account that last logged in on a session, [`ProvokeLogin`](crate::sessions::ProvokeLogin), needs the old one; a push to
/// an account or a user does not.)
///
/// ```
/// use authwire_nextauth::Nonce;
///
/// let random = [7u8; 31].iter().copied().chain([9]).collect::<Vec<_>>().try_into().unwrap(); // yours: getrandom
/// let nonce = Nonce::from_random(random)?;
/// let stored: String = nonce.expose().into();
/// let restored = Nonce::from_text(stored)?;
/// assert_eq!(format!("{restored:?}"), "Nonce([redacted])");
/// # Ok::<(), authwire_core::InvalidValue>(())
/// ```
///
/// Documents: nextAuth API 2.2, parameter `X-nonce`; nextAuth server documentation, "Session identifier".
#[derive(Clone)]
pub struct Nonce(Secret<NonceKind>);

/// Marks the secret inside a [`Nonce`].
#[derive(Clone, Copy, Debug)]
pub enum NonceKind {}

impl Kind for NonceKind {
    const NAME: &'static str = "Nonce";
}

impl Nonce {
    /// A new nonce from 32 random bytes, which must come from a cryptographic random source.
    ///
    /// # Errors
    /// When all bytes are the same: no random source gave these.
    pub fn from_random(bytes: [u8; 32]) -> Result<Self, InvalidValue> {
        let [first, rest @ ..] = bytes;
        if rest.iter().all(|byte| *byte == first) {
            return Err(InvalidValue::new(NonceKind::NAME, Reason::Not("random")));
        }
        Self::from_text(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// A nonce that was made before and stored: 1 to 4,096 bytes of visible ASCII.
    ///
    /// # Errors
    /// When the text cannot be a header value.
    pub fn from_text(text: impl Into<String>) -> Result<Self, InvalidValue> {
        Secret::new(text).map(Self)
    }

    /// The text, to store it with the browser's session.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// As a plain text, for what is stored and says so at the field.
    #[cfg(feature = "serde")]
    pub(crate) fn exposed<S: serde::Serializer>(nonce: &Self, serializer: S) -> Result<S::Ok, S::Error> {
        authwire_core::secret::exposed(&nonce.0, serializer)
    }

    #[cfg(feature = "serde")]
    pub(crate) fn restored<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        authwire_core::secret::restored(deserializer).map(Self)
    }

    /// Puts it on a request.
    pub(crate) fn write(&self, draft: &mut Draft) {
        draft.secret_header(X_NONCE, &self.0);
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromSource for Nonce {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Self::from_text(source.secret(field))
    }
}
