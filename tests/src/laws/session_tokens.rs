//! R41 and R46 for NAP: whatever a text is, nothing panics, and nothing verifies but what was signed.

use std::sync::LazyLock;

use authwire_core::Timestamp;
use authwire_nap::verify::TokenVerifier;
use authwire_nap::{SessionToken, UnverifiedClaims};
use data_encoding::BASE64URL_NOPAD;

use super::tokens::near;
use crate::bytes::Bytes;

/// Signed once with the test key of `authwire-nap`, by another program.
const TOKEN: &str = "ZXlKaGJHY2lPaUpTVXpJMU5pSXNJblI1Y0NJNklrcFhWQ0o5LmV5SnpkV0lpT2lKMUlpd2lZWFZrSWpwYkltRWlYU3dpWlhod0lqb3hOemsxTXpBd05USXlMQ0p1WW1ZaU9qRTNPVFV5T1RZMk1qSXNJbWxoZENJNk1UYzVOVEk1TmpreU1pd2lhblJwSWpvaWN5SXNJbVZ0WVdsc0lqb2lZVUJsZUM1MFpYTjBJbjAuejl6SERDblhvRVdXUEdKUTF5ODBjSDN5THhHbjRCaVVPZnc2cVdqdmRrdHM0ZjNFWmpTWWkwc01rRW9MbUM5a2lwd1JnTVNXMDlWSTJWZDVyTmxFTl9xMHZrN2RJb2dnM3laOWZuQnlpMWJjZnFPM0lqWGxWX2ppQnNfclVTbU5QSkZMdFItUmZVa1ZXTVZhcXRZTVlNXzZ0cE5MamJtMjV3Q01Ub01ySWtiTUhKWF9idXRONXhGSkFwMDNtYXFUS2JhVGNDVWxmYVNjbXgzdTJ5aUVJSFhYb0VwUWJRWDZlSENFWXZNUDh2bWpHUWFBQ1ZVMlcyU1B0SzVMSk1ITEZmTWFpYmtTT29pVHBjTzlLbTdoUmlDVFpUT19lYUYwOTBjNjdWRHV4V0VSWnExQmtjOTB0UXBKdUY4Vk1HelZ6MHhqb0FaT2Z4eVJLbWFGVUVPd3pR";

/// A second in which it is valid.
const NOW: u64 = 1_795_296_922;

static VERIFIER: LazyLock<TokenVerifier> =
    LazyLock::new(|| TokenVerifier::new(include_str!("../../../crates/nap/tests/data/public-key.pem")).expect("a key"));

/// Any text, the token or one near it, at any time. Says whether it was verified.
pub fn session_token(input: &[u8]) -> bool {
    let mut bytes = Bytes::new(input);
    let now = match bytes.byte() {
        0..=191 => Timestamp::from_secs(NOW),
        _ => Timestamp::from_millis(bytes.u64()),
    };
    let text = match bytes.byte() {
        0..=15 => TOKEN.to_owned(),
        16..=127 => String::from_utf8_lossy(&near(TOKEN.as_bytes(), &mut bytes)).into_owned(),
        128..=191 => {
            // Its inner layer changed.
            let inner = BASE64URL_NOPAD.decode(TOKEN.as_bytes()).expect("base64url");
            BASE64URL_NOPAD.encode(&near(&inner, &mut bytes))
        }
        192..=223 => {
            // Any header and any claims, and the signature of others.
            let inner = BASE64URL_NOPAD.decode(TOKEN.as_bytes()).expect("base64url");
            let signature = inner.rsplit(|byte| *byte == b'.').next().expect("three parts");
            let parts = [(); 2].map(|()| BASE64URL_NOPAD.encode(bytes.take(80)));
            let inner = [parts[0].as_bytes(), b".", parts[1].as_bytes(), b".", signature].concat();
            BASE64URL_NOPAD.encode(&inner)
        }
        _ => String::from_utf8_lossy(bytes.rest()).into_owned(),
    };
    let token = SessionToken::new(&*text);
    assert_eq!(token.is_ok(), is_session_token(&text), "{text:?}");
    let Ok(token) = token else { return false };
    assert_eq!((token.expose(), &*format!("{token:?}")), (&*text, "SessionToken([redacted])"));
    let claims = UnverifiedClaims::read(&token);
    assert!(!format!("{claims:?}").contains("ex.test"), "claims are shown");
    let Ok(verified) = VERIFIER.verify(&token, now) else {
        assert!(text != TOKEN || now != Timestamp::from_secs(NOW), "the token itself");
        return false;
    };
    assert_eq!(text, TOKEN, "taken for a token");
    let claims = verified.claims();
    let leeway = 60_000;
    let expires = claims.expires.expect("an expiry").as_millis();
    assert!(now.as_millis() < expires + leeway, "expired");
    assert!(claims.not_before.is_none_or(|from| now.as_millis() + leeway >= from.as_millis()), "not yet");
    true
}

/// By a second decoder: base64url of three parts of base64url, none of them empty.
fn is_session_token(text: &str) -> bool {
    let Ok(inner) = BASE64URL_NOPAD.decode(text.as_bytes()) else { return false };
    let parts: Vec<_> = inner.split(|byte| *byte == b'.').collect();
    text.len() <= 4_096
        && parts.len() == 3
        && parts.iter().all(|part| !part.is_empty() && BASE64URL_NOPAD.decode(part).is_ok())
}
