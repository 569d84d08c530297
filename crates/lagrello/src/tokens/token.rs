use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use authwire_core::Text;
use serde::Deserialize;

use super::{CreatedAt, Permission, Permissions};
use crate::AccessToken;
use crate::wire::secret;

/// An access token of the tenant. Its key is a credential: whoever has it can do what its permissions say.
///
/// Documents: Lagrello API 1.0.0, schema `Token`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Token {
    /// The token itself, which is also the name to delete it by.
    pub key: AccessToken,
    /// What it is called.
    pub name: String,
    /// Who made it, as the provider says it.
    pub created_by: String,
    /// When it was made.
    pub created_at: CreatedAt,
    /// What it may do.
    pub permissions: Permissions,
}

/// A token as it is on the wire.
#[derive(Deserialize)]
pub(super) struct Wire<'a> {
    #[serde(rename = "tokenKey", deserialize_with = "secret")]
    key: AccessToken,
    #[serde(rename = "tokenName")]
    name: String,
    #[serde(rename = "createdBy")]
    created_by: String,
    #[serde(rename = "createdAt")]
    created_at: Box<str>,
    #[serde(borrow)]
    permissions: Vec<Text<'a>>,
}

impl From<Wire<'_>> for Token {
    fn from(wire: Wire<'_>) -> Self {
        Self {
            key: wire.key,
            name: wire.name,
            created_by: wire.created_by,
            created_at: CreatedAt(wire.created_at),
            permissions: wire.permissions.into_iter().map(|name| Permission::new(&name)).collect(),
        }
    }
}
