//! Accounts: one app instance of one user on a virtual server.

mod account;
mod provoke_login;
mod update_user;

pub use account::Account;
pub use provoke_login::ProvokeLoginOnAccount;
pub use update_user::{UpdateAccountUser, UpdateAccountUserRefusal};
