//! Checking that the platform itself made a session token, and that it is good now: for a service that gets the token
//! from a browser and does not want to ask the platform.
//!
//! The platform publishes no key: take its RSA public key from whoever runs it. A token that passes may still belong to a
//! session that was ended: only its expiry ends it here.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use authwire_core::{InvalidValue, Reason, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject;
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use thiserror::Error;

use crate::ids::jws;
use crate::{Claims, SessionToken};

/// How far clocks may differ, unless told otherwise.
pub const DEFAULT_LEEWAY: Duration = Duration::from_secs(60);

/// How far clocks may differ at most. It is what the platform itself allows.
pub const MAX_LEEWAY: Duration = Duration::from_secs(300);

/// Checks session tokens with the platform's public key: signature RS256 and nothing else, `exp` and `nbf`.
///
/// The token's `alg` is compared, never followed. A token without `exp` is refused. Issuer and audience are in the
/// claims and are not checked, as the platform does not.
///
/// ```
/// use authwire_nap::verify::TokenVerifier;
///
/// # let pem = include_str!("../tests/data/public-key.pem");
/// let verifier = TokenVerifier::new(pem)?; // -----BEGIN PUBLIC KEY-----
/// # Ok::<(), authwire_core::InvalidValue>(())
/// ```
#[derive(Clone)]
pub struct TokenVerifier {
    key: UnparsedPublicKey<Vec<u8>>,
    leeway: Duration,
}

/// Claims that the platform made and that are good at the time that was asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedClaims(Claims);

impl VerifiedClaims {
    /// The claims.
    #[must_use]
    pub fn claims(&self) -> &Claims {
        &self.0
    }
}

/// Why a session token was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TokenFault {
    /// Its header is not a JSON object in which every key stands once.
    #[error("the token's header is not readable")]
    Header,
    /// Its algorithm is not RS256.
    #[error("the token's algorithm is not RS256")]
    Algorithm,
    /// It asks for an extension (`crit`). We know none.
    #[error("the token asks for an extension")]
    Critical,
    /// Its signature is not that of this key.
    #[error("the token's signature is wrong")]
    Signature,
    /// Its claims are not a JSON object of the expected types, each once, with an `exp`.
    #[error("the token's claims are not readable")]
    Claims,
    /// It has expired.
    #[error("the token has expired")]
    Expired,
    /// It is not good yet.
    #[error("the token is not good yet")]
    NotYetValid,
}

impl TokenVerifier {
    /// Reads an RSA public key of 2,048 to 8,192 bits in PEM (`BEGIN PUBLIC KEY`).
    ///
    /// # Errors
    /// When the text holds no such key.
    pub fn new(public_key_pem: &str) -> Result<Self, InvalidValue> {
        let invalid = InvalidValue::new("public key", Reason::Not("an RSA public key in PEM"));
        let info = SubjectPublicKeyInfoDer::from_pem_slice(public_key_pem.as_bytes()).map_err(|_| invalid)?;
        let key = rsa_public_key(&info).ok_or(invalid)?;
        Ok(Self { key: UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.to_vec()), leeway: DEFAULT_LEEWAY })
    }

    /// The same, where clocks may differ by this much.
    ///
    /// # Errors
    /// When it is more than [`MAX_LEEWAY`].
    pub fn leeway(self, leeway: Duration) -> Result<Self, InvalidValue> {
        if leeway > MAX_LEEWAY {
            return Err(InvalidValue::new("leeway", Reason::Not("at most 300 seconds")));
        }
        Ok(Self { leeway, ..self })
    }

    /// Checks a token at a time.
    ///
    /// # Errors
    /// When the platform did not make it, or it is not good at that time.
    pub fn verify(&self, token: &SessionToken, now: Timestamp) -> Result<VerifiedClaims, TokenFault> {
        let jws = jws(token);
        let (signed, signature) = jws.rsplit_once('.').ok_or(TokenFault::Header)?;
        let (header, claims) = signed.split_once('.').ok_or(TokenFault::Header)?;
        check_header(header)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| TokenFault::Signature)?;
        self.key.verify(signed.as_bytes(), &signature).map_err(|_| TokenFault::Signature)?;
        let claims = Claims::parse(claims).ok_or(TokenFault::Claims)?;
        let expires = claims.expires.ok_or(TokenFault::Claims)?;
        if now >= expires.saturating_add(self.leeway) {
            return Err(TokenFault::Expired);
        }
        if claims.not_before.is_some_and(|not_before| now.saturating_add(self.leeway) < not_before) {
            return Err(TokenFault::NotYetValid);
        }
        Ok(VerifiedClaims(claims))
    }
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenVerifier").field("leeway", &self.leeway).finish_non_exhaustive()
    }
}

fn check_header(part: &str) -> Result<(), TokenFault> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenFault::Header)?;
    // As a text first: the reader skips what nobody asks for without a look at its bytes.
    let json = core::str::from_utf8(&json).map_err(|_| TokenFault::Header)?;
    let header: Header = serde_json::from_str(json).map_err(|_| TokenFault::Header)?;
    if header.critical {
        return Err(TokenFault::Critical);
    }
    if header.algorithm.as_deref() != Some("RS256") {
        return Err(TokenFault::Algorithm);
    }
    Ok(())
}

/// The header of a JWT. Not derived, for a key that stands twice is refused whichever it is.
struct Header {
    algorithm: Option<String>,
    critical: bool,
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeaderVisitor)
    }
}

struct HeaderVisitor;

impl<'de> Visitor<'de> for HeaderVisitor {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let mut seen: Vec<String> = Vec::new();
        let mut algorithm = None;
        while let Some(key) = map.next_key::<String>()? {
            if seen.contains(&key) || seen.len() == MAX_HEADER_KEYS {
                return Err(A::Error::custom("a key stands twice, or there are too many"));
            }
            if key == "alg" {
                algorithm = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
            seen.push(key);
        }
        Ok(Header { algorithm, critical: seen.iter().any(|key| key == "crit") })
    }
}

/// More keys than all registered ones: a header is read before anybody's signature is checked.
const MAX_HEADER_KEYS: usize = 32;

/// The algorithm `rsaEncryption` with its parameter NULL (RFC 3279, section 2.3.1), in DER.
const RSA_ENCRYPTION: [u8; 15] =
    [0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00];

/// Takes the RSA key out of a `SubjectPublicKeyInfo`, and checks its numbers as far as they can be wrong by mistake: a
/// key that cannot verify anything would otherwise be found out with the first token.
fn rsa_public_key(info: &[u8]) -> Option<&[u8]> {
    let key_in_bits = whole(info, 0x30)?.strip_prefix(&RSA_ENCRYPTION)?;
    let key = whole(key_in_bits, 0x03)?.strip_prefix(&[0])?;
    let (modulus, rest) = element(whole(key, 0x30)?, 0x02)?;
    let exponent = whole(rest, 0x02)?;
    let bytes = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    let bits = bytes.len().checked_mul(8)?.checked_sub(usize::try_from(bytes.first()?.leading_zeros()).ok()?)?;
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    let fits = (2_048..=8_192).contains(&bits) && odd(modulus) && odd(exponent) && !matches!(exponent, [1]);
    if fits && exponent.len() <= 5 { Some(key) } else { None }
}

/// The content of a DER element that fills its input.
fn whole(input: &[u8], tag: u8) -> Option<&[u8]> {
    match element(input, tag)? {
        (content, []) => Some(content),
        _ => None,
    }
}

/// The content of a DER element, and what follows it.
fn element(input: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match input.strip_prefix(&[tag])? {
        [length @ ..=0x7F, rest @ ..] => (usize::from(*length), rest),
        [0x81, length @ 0x80..=0xFF, rest @ ..] => (usize::from(*length), rest),
        [0x82, high @ 1..=0xFF, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        _ => return None,
    };
    rest.split_at_checked(length)
}
