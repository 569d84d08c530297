use authwire_core::secret::{Kind, MAX_HEADER_SECRET};
use authwire_core::{Reason, Secret};

/// Marks an [`AccessToken`].
#[derive(Clone, Copy, Debug)]
pub enum AccessTokenKind {}

/// An access token of a tenant (`Authorization: Bearer`, and `tokenKey` in answers): 1 to 4,096 bytes of visible ASCII.
/// The service's own are UUIDs; no format is checked.
pub type AccessToken = Secret<AccessTokenKind>;

impl Kind for AccessTokenKind {
    const NAME: &'static str = "AccessToken";
}

/// Marks a [`MagicLinkToken`].
#[derive(Clone, Copy, Debug)]
pub enum MagicLinkTokenKind {}

/// What a clicked magic link holds in the place of the template's `{}`: 1 to 4,096 bytes of visible ASCII. See
/// [`CallbackUrl::token_from`](crate::CallbackUrl::token_from).
pub type MagicLinkToken = Secret<MagicLinkTokenKind>;

impl Kind for MagicLinkTokenKind {
    const NAME: &'static str = "MagicLinkToken";
}

/// Marks a [`TotpCode`].
#[derive(Clone, Copy, Debug)]
pub enum TotpCodeKind {}

/// What an authenticator app shows and a user types: 6 to 8 ASCII digits. Nothing else leaves for the provider.
///
/// ```
/// use authwire_lagrello::TotpCode;
///
/// assert!(TotpCode::new("492039").is_ok());
/// assert!(TotpCode::new("492 039").is_err()); // strip what people type around the digits
/// assert!(TotpCode::new("12345").is_err());
/// ```
pub type TotpCode = Secret<TotpCodeKind>;

impl Kind for TotpCodeKind {
    const NAME: &'static str = "TotpCode";

    fn check(text: &str) -> Result<(), Reason> {
        let is_code = (6..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_code { Ok(()) } else { Err(Reason::Not("6 to 8 digits")) }
    }
}

/// Marks a [`TotpSecret`].
#[derive(Clone, Copy, Debug)]
pub enum TotpSecretKind {}

/// The secret that a user's codes are made from (`secretKey`). It *is* the second factor: show it to its user once,
/// while enrolling, and keep it nowhere. Any text of 1 to 4,096 bytes without control characters.
pub type TotpSecret = Secret<TotpSecretKind>;

impl Kind for TotpSecretKind {
    const NAME: &'static str = "TotpSecret";

    fn check(text: &str) -> Result<(), Reason> {
        match text.len() {
            0 => Err(Reason::Empty),
            1..=MAX_HEADER_SECRET if !text.contains(char::is_control) => Ok(()),
            1..=MAX_HEADER_SECRET => Err(Reason::Not("free of control characters")),
            _ => Err(Reason::TooLong { max: MAX_HEADER_SECRET }),
        }
    }
}

/// Marks a [`QrImageUrl`].
#[derive(Clone, Copy, Debug)]
pub enum QrImageUrlKind {}

/// Where the provider draws a user's QR code (`qrImage`): an absolute http or https URL of at most 4,096 bytes. Its query
/// holds the TOTP secret, so it is as secret as that: every log and history it reaches holds the second factor.
pub type QrImageUrl = Secret<QrImageUrlKind>;

impl Kind for QrImageUrlKind {
    const NAME: &'static str = "QrImageUrl";

    fn check(text: &str) -> Result<(), Reason> {
        authwire_core::secret::visible_ascii(text)?;
        // Not by `http::Uri`, which keeps a copy that nobody wipes.
        let is_url = text.split_once("://").is_some_and(|(scheme, rest)| {
            let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
            is_web && !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':', '@'])
        });
        // RFC 3986 has no place for these, and a page that shows the picture may take them for its own.
        let is_clean = !text.contains(['"', '<', '>', '\\', '^', '`', '{', '|', '}']);
        if is_url && is_clean { Ok(()) } else { Err(Reason::Not("an http or https URL")) }
    }
}

/// Marks an [`OtpauthUri`].
#[derive(Clone, Copy, Debug)]
pub enum OtpauthUriKind {}

/// What a TOTP QR code holds, made by [`otpauth_uri`](crate::otpauth_uri). It holds the TOTP secret.
pub type OtpauthUri = Secret<OtpauthUriKind>;

impl Kind for OtpauthUriKind {
    const NAME: &'static str = "OtpauthUri";
}

/// Marks a [`CardToken`].
#[derive(Clone, Copy, Debug)]
pub enum CardTokenKind {}

/// With what Stripe's script in a browser saves a card for the tenant: 1 to 4,096 bytes of visible ASCII.
pub type CardToken = Secret<CardTokenKind>;

impl Kind for CardTokenKind {
    const NAME: &'static str = "CardToken";
}
