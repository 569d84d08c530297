//! Keys: Authentiq IDs, from their registration to their revocation.

mod bind;
mod check;
mod confirm_revocation;
mod register;
mod request_revocation;
mod retrieve;
mod revoke;
mod since;
mod update;

pub use bind::{BindKey, BindKeyRefusal};
pub use check::{CheckKey, CheckKeyRefusal};
pub use confirm_revocation::{ConfirmRevocation, ConfirmRevocationRefusal};
pub use register::{RegisterKey, RegisterKeyRefusal};
pub use request_revocation::{RequestRevocation, RequestRevocationRefusal};
pub use retrieve::{KeyInfo, RetrieveKey, RetrieveKeyRefusal};
pub use revoke::{RevokeKey, RevokeKeyRefusal};
pub use update::{UpdateKey, UpdateKeyRefusal};
