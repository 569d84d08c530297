#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

extern crate alloc;

pub use authwire_core as core;
pub use authwire_core::http;

mod callback_url;
mod error_body;
mod ids;
pub mod images;
mod otpauth;
mod provider;
pub mod tenants;
pub mod tokens;
pub mod users;
mod verified;
mod wire;

pub use callback_url::CallbackUrl;
pub use error_body::ErrorBody;
pub use ids::{
    AccessToken, AccessTokenKind, CardToken, CardTokenKind, MagicLinkToken, MagicLinkTokenKind, OtpauthUri,
    OtpauthUriKind, QrImageUrl, QrImageUrlKind, TotpCode, TotpCodeKind, TotpSecret, TotpSecretKind, UserId,
};
pub use otpauth::otpauth_uri;
pub use provider::Lagrello;
pub use verified::{AnotherUser, Verified};

authwire_core::index! {
    Lagrello;
    repeatable images::GetTotpImage { tenant_name: "tenantName", user: "userId", secret: "userSecret" }
    once tenants::ActivateTenant { company: "body" }
    once tenants::CreateTenant { name: "tenantName", admin_email: "adminEmail" }
    repeatable tenants::GetCardToken {}
    repeatable tenants::GetTenant {}
    once tenants::RequestTenantDeletion {}
    repeatable tenants::UpdateTenant { callback_url: "callbackUrl" }
    once tokens::CreateToken { name: "tokenName", permissions: "permissions" }
    repeatable tokens::DeleteToken { key: "id" }
    repeatable tokens::ListTokens { size: "size", page: "page" }
    once users::CreateUser { user: "userId", email: "email" }
    repeatable users::DeleteUser { user: "userId" }
    once users::DisableTotp { user: "userId" }
    once users::EnableTotp { user: "userId" }
    repeatable users::GetUser { user: "userId" }
    once users::SendMagicLink { user: "userId" }
    repeatable users::UpdateUser { user: "userId", email: "email" }
    once users::VerifyMagicLink { token: "payload" }
    once users::VerifyTotp { user: "userId", code: "payload" }
}
