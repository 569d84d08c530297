use alloc::string::String;

use authwire_core::{Reply, ReplyError};
use serde::Deserialize;

use crate::wire::user_id;
use crate::{AccountId, UserId};

/// An account: one app instance of one user on a virtual server.
///
/// The three times are as they came: nextAuth's documents do not say in which unit.
///
/// Documents: nextAuth API 2.2, schema `Account`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// What it is called, such as the device's name.
    pub description: String,
    /// The user that it is coupled to.
    pub user: Option<UserId>,
    /// Whether it is blocked, if that was said.
    pub blocked: Option<bool>,
    /// The version of the nextAuth client inside the app.
    pub client_version: Option<String>,
    /// When it was made; unit unspecified.
    pub created: Option<i64>,
    /// When it last logged in; unit unspecified.
    pub last_login: Option<i64>,
    /// When a login was last pushed to it; unit unspecified.
    pub last_provoke: Option<i64>,
}

/// An account as it is on the wire.
#[derive(Deserialize)]
struct Wire {
    id: i64,
    description: String,
    userid: Option<String>,
    blocked: Option<bool>,
    #[serde(rename = "clientVersion")]
    client_version: Option<String>,
    created: Option<i64>,
    lastlogin: Option<i64>,
    lastprovoke: Option<i64>,
}

impl Account {
    /// Reads the account that was coupled to this user: that account and, where the answer names a user, that user. An
    /// empty name is one too: nobody's.
    pub(super) fn read_coupled<R>(reply: Reply<'_>, account: AccountId, user: &UserId) -> Result<Self, ReplyError<R>> {
        let wire: Wire = reply.json()?;
        if AccountId::new(wire.id) != account {
            return reply.mismatch("id");
        }
        if wire.userid.as_ref().is_some_and(|named| named != user.as_str()) {
            return reply.mismatch("userid");
        }
        Ok(Self {
            id: AccountId::new(wire.id),
            description: wire.description,
            user: user_id(reply, wire.userid)?,
            blocked: wire.blocked,
            client_version: wire.client_version,
            created: wire.created,
            last_login: wire.lastlogin,
            last_provoke: wire.lastprovoke,
        })
    }
}
