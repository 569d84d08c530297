use alloc::string::String;
use alloc::vec;

use authwire_core::secret::{Kind, Layered, MAX_HEADER_SECRET, visible_ascii};
use authwire_core::{Reason, Secret};
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::{Engine, decoded_len_estimate};
use memchr::{memchr, memrchr};
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
        let seen = if is_short { look_inside(text, look) } else { None };
        // All of base64url is visible ASCII: what is not is seen here, to say so.
        let reason = || visible_ascii(text).err().unwrap_or(Reason::Not("a JWT in base64url without padding"));
        seen.ok_or_else(reason)
    }
}

/// Looks at the claims, decoded from both layers; `None` unless the whole token is as it should be.
fn look_inside<T>(text: &str, look: impl FnOnce(&[u8]) -> T) -> Option<T> {
    let outer = decoded_len_estimate(text.len());
    let inner = decoded_len_estimate(outer);
    // Room for the JWT, and before it for each of its parts in turn: no more than that, for all of it is wiped.
    with_room(inner.checked_add(outer)?, |room| {
        let (inner, outer) = room.split_at_mut_checked(inner)?;
        let [header, claims, signature] = parts(decode(text.as_bytes(), outer)?)?;
        decode(header, inner)?;
        decode(signature, inner)?;
        decode(claims, inner).map(look)
    })
}

/// Three parts between dots. One more dot is in the middle one, and does not decode.
fn parts(jws: &[u8]) -> Option<[&[u8]; 3]> {
    let (header, rest) = jws.split_at_checked(memchr(b'.', jws)?)?;
    let (claims, signature) = rest.split_at_checked(memrchr(b'.', rest)?)?;
    Some([header, claims.strip_prefix(b".")?, signature.strip_prefix(b".")?])
}

/// Decodes base64url strictly: without padding, other alphabets, white space or stray bits. `None` if it is anything
/// else, or nothing.
fn decode<'a>(text: &[u8], room: &'a mut [u8]) -> Option<&'a [u8]> {
    let length = URL_SAFE_NO_PAD.decode_slice(text, room).ok()?;
    room.get(..length).filter(|decoded| !decoded.is_empty())
}

/// Lends room for so many bytes: on the stack, unless they are many. It is wiped afterwards.
fn with_room<T>(length: usize, task: impl FnOnce(&mut [u8]) -> Option<T>) -> Option<T> {
    match length {
        0..=512 => wiped([0; 512].get_mut(..length)?, task),
        513..=4_096 => wiped([0; 4_096].get_mut(..length)?, task),
        _ => wiped(&mut vec![0; length], task),
    }
}

fn wiped<T>(room: &mut [u8], task: impl FnOnce(&mut [u8]) -> Option<T>) -> Option<T> {
    let outcome = task(room);
    room.zeroize();
    outcome
}

/// The JWT inside a session token.
pub(crate) fn jws(token: &SessionToken) -> Zeroizing<String> {
    // The token was checked when it was made, its parts included; an empty text is no JWT to whoever reads it.
    let text = token.expose().as_bytes();
    let jws = with_room(decoded_len_estimate(text.len()), |room| {
        core::str::from_utf8(decode(text, room)?).ok().map(|jws| Zeroizing::new(String::from(jws)))
    });
    jws.unwrap_or_default()
}
