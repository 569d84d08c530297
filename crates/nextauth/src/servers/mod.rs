//! Virtual servers.

mod get_vash;

pub use get_vash::{GetServerVash, GetServerVashRefusal};
