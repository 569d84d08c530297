use alloc::string::String;
use alloc::vec;

use authwire_core::base64url::{is_whole, letters_at_end, letters_at_start};
use authwire_core::secret::{Kind, Layered, MAX_HEADER_SECRET, visible_ascii};
use authwire_core::{Reason, Secret};
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::{Engine, decoded_len_estimate};
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
        Self::look(text, |_| ())
    }
}

impl Layered for SessionTokenKind {
    /// Shows the JWT's claims, decoded.
    fn look<T>(text: &str, look: impl FnOnce(&[u8]) -> T) -> Result<T, Reason> {
        let is_short = text.len() <= MAX_HEADER_SECRET;
        let seen = if is_short { look_inside(text.as_bytes(), |jws| look_inside(claims_of(jws)?, look)) } else { None };
        // All of base64url is visible ASCII: what is not is seen here, to say so.
        let reason = || visible_ascii(text).err().unwrap_or(Reason::Not("a JWT in base64url without padding"));
        seen.flatten().ok_or_else(reason)
    }
}

/// Decodes base64url without padding strictly, and looks at what is in there; `None` if it is none. Nothing of it is
/// kept: it is on the stack, unless it is long, and is wiped.
fn look_inside<T>(text: &[u8], look: impl FnOnce(&[u8]) -> T) -> Option<T> {
    match decoded_len_estimate(text.len()) {
        0..=256 => look_in(&mut [0; 256], text, look),
        257..=1_024 => look_in(&mut [0; 1_024], text, look),
        length => look_in(&mut vec![0; length], text, look),
    }
}

/// The same, with room enough; what was decoded into it is wiped.
fn look_in<T>(room: &mut [u8], text: &[u8], look: impl FnOnce(&[u8]) -> T) -> Option<T> {
    let decoded = URL_SAFE_NO_PAD.decode_slice(text, room).ok();
    let seen = decoded.and_then(|length| room.get(..length)).map(look);
    room.zeroize();
    seen
}

/// The middle one of three parts between dots, of which the others are base64url; `None` if it is something else.
fn claims_of(jws: &[u8]) -> Option<&[u8]> {
    let (header, rest) = jws.split_at_checked(letters_at_start(jws))?;
    let rest = rest.strip_prefix(b".")?;
    let (rest, signature) = rest.split_at_checked(rest.len().checked_sub(letters_at_end(rest))?)?;
    let claims = rest.strip_suffix(b".")?;
    (is_whole(header) && is_whole(signature) && !claims.is_empty()).then_some(claims)
}

/// The JWT inside a session token.
pub(crate) fn jws(token: &SessionToken) -> Zeroizing<String> {
    // The token was checked when it was made, its parts included; an empty text is no JWT to whoever reads it.
    let text = |jws: &[u8]| core::str::from_utf8(jws).map(String::from).unwrap_or_default();
    Zeroizing::new(look_inside(token.expose().as_bytes(), text).unwrap_or_default())
}
