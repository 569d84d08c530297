#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

extern crate alloc;

pub use authwire_core as core;
pub use authwire_core::http;

pub mod accounts;
mod context;
pub mod flows;
mod ids;
mod provider;
mod qr;
pub mod servers;
pub mod sessions;
pub mod users;
mod wire;

pub use context::{SessionInfo, UserContext};
pub use ids::{AccountId, ApiKey, ApiKeyKind, Nonce, NonceKind, RoleId, RoleIdKind, ServerId, UserId};
pub use provider::NextAuth;
pub use qr::{MAX_QR_BYTES, QrCode, QrFormat, VENDOR_APP_SCHEME, deep_link};

authwire_core::index! {
    NextAuth;
    once accounts::ProvokeLoginOnAccount { server: "serverid", nonce: "x-nonce", account: "accountid", context: "body" }
    repeatable accounts::UpdateAccountUser { server: "serverid", account: "accountid", user: "userid" }
    repeatable servers::GetServerVash { server: "serverid" }
    repeatable sessions::GetQrEnrol { server: "serverid", nonce: "x-nonce", name: "name", user: "userid", format: "img" }
    repeatable sessions::GetQrLogin { server: "serverid", nonce: "x-nonce", format: "img", context: "body" }
    repeatable sessions::GetSession { server: "serverid", nonce: "x-nonce" }
    repeatable sessions::Logout { server: "serverid", nonce: "x-nonce" }
    once sessions::ProvokeLogin { server: "serverid", nonce: "x-nonce", context: "body" }
    repeatable sessions::RegisterUser { server: "serverid", nonce: "x-nonce", user: "userid" }
    once users::ProvokeLoginOnUser { server: "serverid", nonce: "x-nonce", user: "userid", context: "body" }
}
