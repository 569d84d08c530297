//! Pictures.

mod totp;

pub use totp::{GetTotpImage, GetTotpImageRefusal, QrPicture};
