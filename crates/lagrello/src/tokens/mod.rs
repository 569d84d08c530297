//! Access tokens: what programs call the API with.

mod create;
mod created_at;
mod delete;
mod list;
mod paging;
mod permissions;
mod token;

pub use create::CreateToken;
pub use created_at::CreatedAt;
pub use delete::{DeleteToken, DeleteTokenRefusal};
pub use list::{ListTokens, TokenPage};
pub use paging::{Cursor, PageLink, PageSize};
pub use permissions::{OtherPermission, Permission, Permissions};
pub use token::Token;
