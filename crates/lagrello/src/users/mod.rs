//! Users: keeping them, and verifying that a person is one by a magic link or a TOTP code.

mod create;
mod delete;
mod disable_totp;
mod enable_totp;
mod get;
mod send_magic_link;
mod update;
mod user;
mod verify_magic_link;
mod verify_totp;

pub use create::{CreateUser, CreateUserRefusal};
pub use delete::{DeleteUser, DeleteUserRefusal};
pub use disable_totp::{DisableTotp, DisableTotpRefusal};
pub use enable_totp::{EnableTotp, EnableTotpRefusal, TotpKey};
pub use get::{GetUser, GetUserRefusal};
pub use send_magic_link::{SendMagicLink, SendMagicLinkRefusal};
pub use update::{UpdateUser, UpdateUserRefusal};
pub use user::User;
pub use verify_magic_link::{VerifyMagicLink, VerifyMagicLinkRefusal};
pub use verify_totp::{VerifyTotp, VerifyTotpRefusal};
