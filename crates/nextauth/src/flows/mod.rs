//! What takes more than one request: state machines without I/O.

mod await_login;
#[cfg(feature = "serde")]
mod stored;

pub use await_login::{AwaitLogin, AwaitLoginError, Login};
