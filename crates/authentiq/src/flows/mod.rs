//! What takes more than one request: state machines without I/O.

mod await_signature;

pub use await_signature::{AwaitSignature, AwaitSignatureError};
