use alloc::string::String;

use authwire_core::secret::{Kind, visible_ascii};
use authwire_core::{Reason, Secret};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::{Zeroize, Zeroizing};

/// Marks a [`SessionToken`].
#[derive(Clone, Copy, Debug)]
pub enum SessionTokenKind {}

/// A session token (header `X-NAP-Session-Token`), as received: a signed JWT in another layer of base64url.
///
/// Accepted only if it decodes strictly (base64url without padding, no stray bits) to three parts between dots, each of
/// which is base64url and not empty. Anything else makes the server's handler crash, or is ignored as if nothing had been
/// sent. At most 4,096 bytes.
///
/// That says nothing about who made it: read [`UnverifiedClaims`](crate::UnverifiedClaims), or check the signature with
/// the feature `verify`.
///
/// ```
/// use authwire_nap::SessionToken;
///
/// assert!(SessionToken::new("ZTMwLmUzMC5YMTg").is_ok()); // e30.e30.X18
/// assert!(SessionToken::new("e30.e30.X18").is_err()); // the JWT itself: the layer around it is missing
/// assert!(SessionToken::new("abcd").is_err()); // base64url, and no JWT in it
/// ```
pub type SessionToken = Secret<SessionTokenKind>;

impl Kind for SessionTokenKind {
    const NAME: &'static str = "SessionToken";

    fn check(text: &str) -> Result<(), Reason> {
        visible_ascii(text)?;
        match decode(text) {
            Some(_) => Ok(()),
            None => Err(Reason::Not("a JWT in base64url without padding")),
        }
    }
}

/// The JWT inside a session token, `None` if the text is no session token.
fn decode(text: &str) -> Option<Zeroizing<String>> {
    let jws = unwrap(text)?;
    let mut parts = jws.split('.');
    let fits = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && URL_SAFE_NO_PAD.decode(part).map(Zeroizing::new).is_ok())
    };
    let three = fits(parts.next()) && fits(parts.next()) && fits(parts.next()) && parts.next().is_none();
    three.then_some(jws)
}

/// What is inside the outer layer of base64url, whatever it is.
fn unwrap(text: &str) -> Option<Zeroizing<String>> {
    match String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?) {
        Ok(text) => Some(Zeroizing::new(text)),
        Err(error) => {
            error.into_bytes().zeroize();
            None
        }
    }
}

/// The JWT inside a session token.
pub(crate) fn jws(token: &SessionToken) -> Zeroizing<String> {
    // The token was checked when it was made, its parts included; an empty text is no JWT to whoever reads it.
    unwrap(token.expose()).unwrap_or_default()
}
