//! Administrators, in the dialect [`Nexeres`](crate::Dialect::Nexeres) alone: a login by a code that is mailed, and the
//! platform's configuration. In the dialect NAP these operations are a
//! [`BuildFault::Unsupported`].

mod get_config;
mod login;
mod verify_login;

pub use get_config::{ApiKeyInfo, Branding, Config, GetConfig, GetConfigRefusal};
pub use login::{CodeSent, Login, LoginRefusal};
pub use verify_login::{AdminSession, VerifyLogin, VerifyLoginRefusal};

use authwire_core::{BuildFault, Draft, Reply};
use http::HeaderName;

use crate::{Dialect, Nap, Time};

const X_ADMIN_TOKEN: HeaderName = HeaderName::from_static("x-nexeres-admin-token");
static X_ADMIN_TOKEN_EXPIRY: HeaderName = HeaderName::from_static("x-nexeres-admin-token-expiry");

/// Refuses the request where the dialect does not have it.
fn only_nexeres(nap: &Nap, draft: &mut Draft) {
    if nap.speaks() != Dialect::Nexeres {
        draft.refuse(BuildFault::Unsupported("only the dialect Nexeres has operations for administrators"));
    }
}

/// When the administrator's token expires. `None` if nothing readable is said: the token was given all the same.
fn expiry(reply: Reply<'_>) -> Option<Time> {
    Time::parse(reply.headers().get(&X_ADMIN_TOKEN_EXPIRY)?.to_str().ok()?)
}
