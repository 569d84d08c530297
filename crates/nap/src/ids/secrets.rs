use authwire_core::secret::Kind;
use authwire_core::{Reason, Secret};

/// Marks an [`ApiKey`].
#[derive(Clone, Copy, Debug)]
pub enum ApiKeyKind {}

/// An API key of the platform, our own credential (header `X-NAP-API-Key`): 1 to 4,096 bytes of visible ASCII.
pub type ApiKey = Secret<ApiKeyKind>;

impl Kind for ApiKeyKind {
    const NAME: &'static str = "ApiKey";
}

/// Marks a [`RefreshToken`].
#[derive(Clone, Copy, Debug)]
pub enum RefreshTokenKind {}

/// A refresh token (header `X-NAP-Refresh-Token`): opaque, 1 to 4,096 bytes of visible ASCII.
///
/// Worth a login until it is used or its session ends: the server does not look at its expiry.
pub type RefreshToken = Secret<RefreshTokenKind>;

impl Kind for RefreshTokenKind {
    const NAME: &'static str = "RefreshToken";
}

/// Marks a [`VerificationToken`].
#[derive(Clone, Copy, Debug)]
pub enum VerificationTokenKind {}

/// What the link in a verification mail carries: opaque, 1 to 4,096 bytes of visible ASCII.
pub type VerificationToken = Secret<VerificationTokenKind>;

impl Kind for VerificationTokenKind {
    const NAME: &'static str = "VerificationToken";
}

/// Marks an [`InviteToken`].
#[derive(Clone, Copy, Debug)]
pub enum InviteTokenKind {}

/// An invitation into an organisation: opaque, 1 to 4,096 bytes of visible ASCII.
pub type InviteToken = Secret<InviteTokenKind>;

impl Kind for InviteTokenKind {
    const NAME: &'static str = "InviteToken";
}

/// Marks a [`Password`].
#[derive(Clone, Copy, Debug)]
pub enum PasswordKind {}

/// A user's password: any text that is not empty. Its length is checked by [sign-up](crate::users::SignUp) alone.
pub type Password = Secret<PasswordKind>;

impl Kind for PasswordKind {
    const NAME: &'static str = "Password";

    fn check(text: &str) -> Result<(), Reason> {
        if text.is_empty() { Err(Reason::Empty) } else { Ok(()) }
    }
}

/// Marks an [`AdminCode`].
#[derive(Clone, Copy, Debug)]
pub enum AdminCodeKind {}

/// The one-time code from an administrator's mail: 1 to 4,096 bytes of visible ASCII.
pub type AdminCode = Secret<AdminCodeKind>;

impl Kind for AdminCodeKind {
    const NAME: &'static str = "AdminCode";
}

/// Marks an [`AdminToken`].
#[derive(Clone, Copy, Debug)]
pub enum AdminTokenKind {}

/// An administrator's token (header `X-NEXERES-Admin-Token`): opaque, 1 to 4,096 bytes of visible ASCII.
pub type AdminToken = Secret<AdminTokenKind>;

impl Kind for AdminTokenKind {
    const NAME: &'static str = "AdminToken";
}
