use alloc::format;
use alloc::string::String;

use authwire_core::{Escaped, InvalidValue, Reason};

use crate::{OtpauthUri, TotpSecret};

/// Makes the URI that an authenticator app scans, to draw the QR code yourself: then the secret goes neither into the URL
/// of a picture nor to the provider's picture service. Draw it where the secret is, not with a service of the web.
///
/// `issuer` is who the app says the codes are for, your company; `account` is whose codes they are, a name that the user
/// knows. The codes are the apps' default kind: HMAC-SHA-1, 6 digits, every 30 seconds.
///
/// ```
/// use authwire_lagrello::{TotpSecret, otpauth_uri};
///
/// let secret = TotpSecret::new("JBSWY3DPEHPK3PXP")?;
/// let uri = otpauth_uri(&secret, "Example Company", "alice@example.com")?;
/// assert_eq!(
///     uri.expose(),
///     "otpauth://totp/Example%20Company:alice%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Example%20Company",
/// );
/// # Ok::<(), authwire_lagrello::core::InvalidValue>(())
/// ```
///
/// # Errors
/// When the secret is not base32 (RFC 4648, section 6; spaces, lower case and padding are put right), when a name is
/// empty or has a colon or a control character, or when the URI would be longer than 4,096 bytes.
pub fn otpauth_uri(secret: &TotpSecret, issuer: &str, account: &str) -> Result<OtpauthUri, InvalidValue> {
    check_name("issuer", issuer)?;
    check_name("account", account)?;
    let secret = base32(secret).ok_or(InvalidValue::new("secretKey", Reason::Not("base32")))?;
    let (issuer, account) = (Escaped::new(issuer), Escaped::new(account));
    let (issuer, account, key) = (issuer.as_str(), account.as_str(), secret.expose());
    OtpauthUri::new(format!("otpauth://totp/{issuer}:{account}?secret={key}&issuer={issuer}"))
}

/// Apps split the label at a colon, escaped or not.
fn check_name(what: &'static str, name: &str) -> Result<(), InvalidValue> {
    let reason = match name {
        "" => Reason::Empty,
        name if name.contains(|character: char| character == ':' || character.is_control()) => {
            Reason::Not("free of colons and control characters")
        }
        _ => return Ok(()),
    };
    Err(InvalidValue::new(what, reason))
}

/// The secret as apps take it: upper case, nothing else. A length that no whole bytes give is refused.
fn base32(secret: &TotpSecret) -> Option<TotpSecret> {
    let mut key = String::with_capacity(secret.expose().len());
    key.extend(secret.expose().trim_end_matches('=').chars().filter(|character| *character != ' '));
    key.make_ascii_uppercase();
    let is_base32 = key.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    // Wiped, whatever comes of it.
    let fits = is_base32 && matches!(key.len() % 8, 0 | 2 | 4 | 5 | 7);
    TotpSecret::new(key).ok().filter(|_| fits)
}
