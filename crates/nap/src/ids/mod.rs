//! Identifiers and secrets, a type each.

mod flow_id;
mod names;
mod secrets;
mod session_token;

pub use flow_id::FlowId;
pub use names::{OrganizationId, SessionId, UserId};
pub use secrets::{
    AdminCode, AdminCodeKind, AdminToken, AdminTokenKind, ApiKey, ApiKeyKind, InviteToken, InviteTokenKind, Password,
    PasswordKind, RefreshToken, RefreshTokenKind, VerificationToken, VerificationTokenKind,
};
pub(crate) use session_token::jws;
pub use session_token::{SessionToken, SessionTokenKind};
