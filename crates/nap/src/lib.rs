#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

extern crate alloc;

pub use authwire_core as core;
pub use authwire_core::http;

pub mod admin;
mod claims;
mod dialect;
mod ids;
pub mod keeper;
mod organization;
mod provider;
mod rate_limit;
mod return_to;
pub mod sessions;
mod subject;
mod time;
mod tokens;
pub mod users;
#[cfg(feature = "verify")]
#[cfg_attr(docsrs, doc(cfg(feature = "verify")))]
pub mod verify;
mod wire;

pub use claims::{Claims, UnverifiedClaims};
pub use dialect::Dialect;
pub use ids::{
    AdminCode, AdminCodeKind, AdminToken, AdminTokenKind, ApiKey, ApiKeyKind, FlowId, InviteToken, InviteTokenKind,
    OrganizationId, Password, PasswordKind, RefreshToken, RefreshTokenKind, SessionId, SessionToken, SessionTokenKind,
    UserId, VerificationToken, VerificationTokenKind,
};
pub use organization::Organization;
pub use provider::Nap;
pub use rate_limit::RateLimit;
pub use return_to::UntrustedReturnTo;
pub use time::Time;
pub use tokens::Tokens;
pub use wire::Done;

authwire_core::index! {
    Nap;
    repeatable admin::GetConfig { token: "x-nexeres-admin-token" }
    once admin::Login { email: "email" }
    once admin::VerifyLogin { flow: "flowId", code: "code" }
    repeatable sessions::GetUserFlow { flow: "flowId" }
    once sessions::Login { email: "email", password: "password", return_to: "flowReturnTo" }
    repeatable sessions::Logout { refresh: "x-nap-refresh-token", session: "x-nap-session-token" }
    once sessions::Refresh { token: "x-nap-refresh-token", session: "session_id" }
    once users::SendVerificationEmail { email: "email" }
    once users::SignUp {
        email: "email",
        password: "password",
        first_name: "firstName",
        last_name: "lastName",
        invite: "inviteToken",
    }
    repeatable users::VerifyEmail { token: "token" }
}
