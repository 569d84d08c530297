//! The authenticator app on a person's phone.

use super::totp;
use crate::incoming::{decode, query_pairs};
use data_encoding::BASE32_NOPAD;
use std::fmt;
use std::time::Duration;

/// An authenticator app with one entry: what a person does with a TOTP secret.
#[derive(Clone)]
pub struct Authenticator {
    key: Vec<u8>,
    label: String,
    issuer: Option<String>,
}

impl Authenticator {
    /// Scans what a QR code holds: `otpauth://totp/LABEL?secret=BASE32&issuer=NAME`. `None` when it is something else, or
    /// asks for another kind of code than SHA-1, 6 digits, 30 seconds.
    #[must_use]
    pub fn scan(text: &str) -> Option<Self> {
        let (label, query) = text.strip_prefix("otpauth://totp/")?.split_once('?')?;
        let pairs = query_pairs(Some(query))?;
        let value = |name: &str| pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
        let usual = |name: &str, usual: &str| value(name).is_none_or(|value| value == usual);
        if !usual("algorithm", "SHA1") || !usual("digits", "6") || !usual("period", "30") {
            return None;
        }
        let issuer = value("issuer").map(str::to_owned);
        Some(Self { label: decode(label)?, issuer, ..Self::enter(value("secret")?)? })
    }

    /// Types the secret in by hand. `None` when it is not base32.
    #[must_use]
    pub fn enter(secret: &str) -> Option<Self> {
        let key = BASE32_NOPAD.decode(secret.as_bytes()).ok().filter(|key| !key.is_empty())?;
        Some(Self { key, label: String::new(), issuer: None })
    }

    /// The code that is shown at a time since the Unix epoch.
    #[must_use]
    pub fn code(&self, now: Duration) -> String {
        totp::code(&self.key, totp::step(now))
    }

    /// What the entry is called.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whom the entry is for.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator").field("label", &self.label).finish_non_exhaustive()
    }
}
