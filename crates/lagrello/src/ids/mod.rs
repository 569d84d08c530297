//! Identifiers and secrets, a type each.

mod secrets;
mod user_id;

pub use secrets::{
    AccessToken, AccessTokenKind, CardToken, CardTokenKind, MagicLinkToken, MagicLinkTokenKind, OtpauthUri,
    OtpauthUriKind, QrImageUrl, QrImageUrlKind, TotpCode, TotpCodeKind, TotpSecret, TotpSecretKind,
};
pub use user_id::UserId;
