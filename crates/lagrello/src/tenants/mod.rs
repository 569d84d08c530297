//! The tenant: your account with the provider, which the users and access tokens belong to.

mod activate;
mod company;
mod create;
mod get;
mod get_card_token;
mod request_deletion;
mod tenant;
mod update;

pub use activate::{ActivateTenant, ActivateTenantRefusal};
pub use company::Company;
pub use create::CreateTenant;
pub use get::GetTenant;
pub use get_card_token::GetCardToken;
pub use request_deletion::RequestTenantDeletion;
pub use tenant::Tenant;
pub use update::UpdateTenant;
