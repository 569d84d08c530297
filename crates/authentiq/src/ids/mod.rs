//! Identifiers and secrets, a type each.

mod public_key;
mod secrets;

pub use public_key::PublicKey;
pub use secrets::{
    Code, CodeKind, DeviceToken, DeviceTokenKind, JobId, JobIdKind, RevocationSecret, RevocationSecretKind,
};
