//! R03, R07 and R44: values that are checked once, when they are made.

use authwire_authentiq::PublicKey;
use authwire_core::secret::MAX_HEADER_SECRET;
use authwire_core::{Reason, Secret};
use authwire_lagrello::{AccessToken, CallbackUrl, MagicLinkToken, TotpCode, UserId};
use authwire_nextauth::{ApiKey, ServerId};
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};

use crate::bytes::Bytes;

/// Any text as a credential of ours that travels in a header: 1 to 4,096 bytes of visible ASCII or an error that says
/// where, not what.
pub fn header_secret(text: &str) -> bool {
    let bad = text.bytes().position(|byte| !(0x21..=0x7e).contains(&byte));
    let expected = match (text.len(), bad) {
        (0, _) => Some(Reason::Empty),
        (length, _) if length > MAX_HEADER_SECRET => Some(Reason::TooLong { max: MAX_HEADER_SECRET }),
        (_, Some(position)) => Some(Reason::NotVisibleAscii { position }),
        _ => None,
    };
    same(ApiKey::new(text), text, expected, "ApiKey([redacted])");
    same(AccessToken::new(text), text, expected, "AccessToken([redacted])");
    let is_code = (6..=8).contains(&text.chars().count()) && text.chars().all(|digit| digit.is_ascii_digit());
    assert_eq!(TotpCode::new(text).is_ok(), is_code, "{text:?}");
    expected.is_none()
}

fn same<K: authwire_core::secret::Kind>(
    made: Result<Secret<K>, authwire_core::InvalidValue>,
    text: &str,
    expected: Option<Reason>,
    debug: &str,
) {
    match made {
        Err(error) => assert_eq!(Some(error.reason()), expected, "{text:?}"),
        Ok(secret) => {
            assert_eq!(expected, None, "{text:?}");
            assert_eq!((secret.expose(), &*format!("{secret:?}")), (text, debug));
            let header = secret.to_header().expect("a header");
            assert!(header.is_sensitive() && header.as_bytes() == text.as_bytes());
        }
    }
}

/// Any text as an id: read by a second decoder, and written as it came.
pub fn id(text: &str) -> bool {
    let key = PublicKey::new(text).ok();
    let decoded = BASE64URL_NOPAD.decode(text.as_bytes()).ok().filter(|bytes| bytes.len() == 32);
    assert_eq!(key.map(|key| key.as_bytes().to_vec()), decoded, "{text:?}");
    assert!(key.is_none_or(|key| key.to_string() == text), "two spellings of a key");

    let server = ServerId::new(text).ok();
    // This decoder takes several padded texts one behind another; only one is written so again.
    let is_base64 = [BASE64, BASE64URL, BASE64_NOPAD, BASE64URL_NOPAD]
        .iter()
        .any(|alphabet| alphabet.decode(text.as_bytes()).is_ok_and(|bytes| alphabet.encode(&bytes) == text));
    assert_eq!(server.is_some(), is_base64 && (1..=1_024).contains(&text.len()), "{text:?}");
    assert!(server.is_none_or(|server| server.as_str() == text));

    let user = UserId::new(text).ok();
    let is_plain = (1..=128).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    assert_eq!(user.is_some(), is_plain, "{text:?}");
    key.is_some()
}

/// Any template and any clicked URL: nothing panics, a token that was put in comes out, and what comes out stood there.
pub fn callback(input: &[u8]) -> bool {
    const TEMPLATES: &[&str] = &[
        "https://app.example/login/{}",
        "https://app.example/login?token={}",
        "https://app.example/#{}",
        "app://login/{}.html",
        "https://app.example/a?b={}&c=d",
        "{}",
        "https://app.example?t={}",
    ];
    let mut bytes = Bytes::new(input);
    let template = if bytes.byte() < 192 { bytes.choose(TEMPLATES).to_owned() } else { bytes.text() };
    let Ok(callback) = CallbackUrl::new(template.clone()) else { return false };
    assert_eq!(template.matches("{}").count(), 1, "{template:?}");
    let token = String::from_utf8_lossy(bytes.take(40)).into_owned();
    if let (Ok(token), true) = (MagicLinkToken::new(&*token), TEMPLATES.contains(&&*template)) {
        let escaped = percent_encoding::utf8_percent_encode(token.expose(), percent_encoding::NON_ALPHANUMERIC);
        let clicked = template.replace("{}", &escaped.to_string());
        let found = callback.token_from(&clicked).unwrap_or_else(|error| panic!("{template} {clicked}: {error}"));
        assert_eq!(found.expose(), token.expose());
    }
    let clicked = String::from_utf8_lossy(bytes.rest());
    match callback.token_from(&clicked) {
        Ok(token) => {
            let decoded = percent_encoding::percent_decode_str(&clicked).decode_utf8_lossy();
            assert!(decoded.contains(token.expose()), "{template} {clicked:?}");
            true
        }
        Err(_) => false,
    }
}
