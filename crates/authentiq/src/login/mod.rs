//! Logins that are pushed to a person's device.

mod push;

pub use push::{PushLogin, PushLoginRefusal};
