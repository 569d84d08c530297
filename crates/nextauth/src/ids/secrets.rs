use authwire_core::Secret;
use authwire_core::secret::Kind;

/// Marks an [`ApiKey`].
#[derive(Clone, Copy, Debug)]
pub enum ApiKeyKind {}

/// The API key of a virtual server (header `X-apikey`): 1 to 4,096 bytes of visible ASCII.
pub type ApiKey = Secret<ApiKeyKind>;

impl Kind for ApiKeyKind {
    const NAME: &'static str = "ApiKey";
}

/// Marks a [`RoleId`].
#[derive(Clone, Copy, Debug)]
pub enum RoleIdKind {}

/// The id of a role to act as (header `X-su`): 1 to 4,096 bytes of visible ASCII. Whoever may set it may act as anybody,
/// so it is kept like a secret.
pub type RoleId = Secret<RoleIdKind>;

impl Kind for RoleIdKind {
    const NAME: &'static str = "RoleId";
}
