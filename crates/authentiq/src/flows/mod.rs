//! What takes more than one request: state machines without I/O.

mod await_signature;
mod await_verified;
#[cfg(feature = "serde")]
mod stored;

pub use await_signature::{AwaitSignature, AwaitSignatureError};
pub use await_verified::AwaitVerified;
