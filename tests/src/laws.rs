//! The laws. Each function panics when its law is broken.

mod base_url;
mod errors;
mod replies;
mod requests;
mod return_to;
mod secrets;
mod splices;
mod tokens;

pub use base_url::base_url;
pub use errors::error;
pub use replies::{default_variant, mutations, prefixes, reply, unknown_fields};
pub use requests::{request, request_of};
pub use return_to::return_to;
pub use secrets::{echoed, forms, hidden, outputs};
pub use splices::{Splices, spliced, splices, whole};
pub use tokens::{token, token_rules};
