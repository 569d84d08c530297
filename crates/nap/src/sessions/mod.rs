//! Sessions: logging in, choosing an organisation, refreshing tokens, logging out.

mod get_user_flow;
mod login;
mod logout;
mod refresh;

pub use get_user_flow::{FlowKind, GetUserFlow, GetUserFlowRefusal, UserFlow};
pub use login::{LoggedIn, Login, LoginRefusal};
pub use logout::{Logout, LogoutRefusal};
pub use refresh::{Refresh, RefreshRefusal, Refreshed};
