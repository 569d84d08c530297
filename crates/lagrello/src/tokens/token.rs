use alloc::string::String;

use serde::Deserialize;

use super::{CreatedAt, Permissions};
use crate::AccessToken;
use crate::wire::secret;

/// An access token of the tenant. Its key is a credential: whoever has it can do what its permissions say.
///
/// Documents: Lagrello API 1.0.0, schema `Token`.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Token {
    /// The token itself, which is also the name to delete it by.
    #[serde(rename = "tokenKey", deserialize_with = "secret")]
    pub key: AccessToken,
    /// What it is called.
    #[serde(rename = "tokenName")]
    pub name: String,
    /// Who made it, as the provider says it.
    #[serde(rename = "createdBy")]
    pub created_by: String,
    /// When it was made.
    #[serde(rename = "createdAt")]
    pub created_at: CreatedAt,
    /// What it may do.
    pub permissions: Permissions,
}
