//! Identifiers and secrets, a type each.

mod account_id;
mod nonce;
mod secrets;
mod server_id;
mod user_id;

pub use account_id::AccountId;
pub use nonce::{Nonce, NonceKind};
pub use secrets::{ApiKey, ApiKeyKind, RoleId, RoleIdKind};
pub use server_id::ServerId;
pub use user_id::UserId;
pub(crate) use user_id::has_control;
