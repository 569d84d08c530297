#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
#![allow(clippy::doc_markdown, reason = "the README's table has the names of the provider's documents as they are")]

extern crate alloc;

pub use authwire_core as core;
pub use authwire_core::http;

pub mod flows;
mod ids;
pub mod jwt;
pub mod keys;
pub mod login;
mod provider;
pub mod scopes;
mod wire;

pub use ids::{
    Code, CodeKind, DeviceToken, DeviceTokenKind, JobId, JobIdKind, PublicKey, RevocationSecret, RevocationSecretKind,
};
pub use provider::Authentiq;

authwire_core::index! {
    Authentiq;
    repeatable keys::BindKey { key: "PK", id: "body" }
    repeatable keys::CheckKey { key: "PK" }
    repeatable keys::ConfirmRevocation { email: "email", phone: "phone", code: "code" }
    once keys::RegisterKey { id: "body" }
    once keys::RequestRevocation { email: "email", phone: "phone" }
    repeatable keys::RetrieveKey { key: "PK" }
    repeatable keys::RevokeKey { key: "PK", secret: "secret" }
    repeatable keys::UpdateKey { key: "PK", id: "body" }
    once login::PushLogin { callback: "callback", token: "body" }
    repeatable scopes::CheckScope { job: "job" }
    repeatable scopes::ConfirmScope { job: "job", code: "code" }
    repeatable scopes::DeleteScope { job: "job" }
    once scopes::RequestScope { claims: "body", issuer: "test" }
    repeatable scopes::RetrieveScope { job: "job" }
    repeatable scopes::SignScope { job: "job", token: "body" }
}
