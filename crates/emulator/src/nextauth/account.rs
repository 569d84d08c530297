//! Accounts: an app instance each.

use serde::Serialize;
use std::time::Duration;

/// An app instance that was enrolled at a virtual server. Timestamps are milliseconds since the Unix epoch (the
/// provider does not document their unit).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// The account id; no two virtual servers of an emulator share one.
    pub id: u64,
    /// The virtual server's id.
    pub server: String,
    /// The device's name.
    pub description: String,
    /// The user, once one is coupled.
    pub userid: Option<String>,
    /// Whether it is blocked.
    pub blocked: bool,
    /// The version of the app.
    pub client_version: String,
    /// When it was enrolled.
    pub created: i64,
    /// The last login.
    pub lastlogin: Option<i64>,
    /// The last push.
    pub lastprovoke: Option<i64>,
    /// The app instance's public key, `pk` of a login status.
    pub public_key: [u8; 32],
}

impl Account {
    /// As the API spells it.
    pub(super) fn wire(&self) -> AccountWire<'_> {
        AccountWire {
            id: self.id,
            description: &self.description,
            userid: self.userid.as_deref(),
            blocked: self.blocked,
            client_version: &self.client_version,
            created: self.created,
            lastlogin: self.lastlogin,
            lastprovoke: self.lastprovoke,
        }
    }
}

#[derive(Serialize)]
pub(super) struct AccountWire<'a> {
    id: u64,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    userid: Option<&'a str>,
    blocked: bool,
    #[serde(rename = "clientVersion")]
    client_version: &'a str,
    created: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lastlogin: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lastprovoke: Option<i64>,
}

pub(super) fn millis(now: Duration) -> i64 {
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

/// What the emulator takes for a user name: 1 to 255 characters, no control character. The provider only documents
/// that there are invalid ones.
pub(super) fn is_user_name(name: &str) -> bool {
    !name.is_empty() && name.chars().count() <= 255 && !name.contains(char::is_control)
}
