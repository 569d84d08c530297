//! What takes more than one request: state machines without I/O.

mod await_login;

pub use await_login::{AwaitLogin, AwaitLoginError, Login};
