//! The laws. Each function panics when its law is broken.

mod base_url;
mod errors;
mod head;
mod readers;
mod replies;
mod requests;
mod return_to;
mod secrets;
mod session_tokens;
mod splices;
mod tokens;
mod values;

pub use base_url::base_url;
pub use errors::error;
pub use head::head;
pub use readers::{json_object, png, retry_after};
pub use replies::{default_variant, mutations, prefixes, reply, unknown_fields};
pub use requests::{request, request_of};
pub use return_to::return_to;
pub use secrets::{echoed, forms, hidden, outputs};
pub use session_tokens::session_token;
pub use splices::{Splices, spliced, splices, whole};
pub use tokens::{token, token_rules};
pub use values::{callback, header_secret, id};
