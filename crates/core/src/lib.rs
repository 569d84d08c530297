#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

extern crate alloc;

pub use http;

mod base_url;
mod build_error;
mod call_error;
#[cfg(doctest)]
mod compile_fail;
mod credential;
mod draft;
mod endpoint;
mod flow;
pub mod index;
mod invalid;
mod json_object;
pub mod keeper;
mod media;
mod object;
mod png;
mod reply;
mod reply_error;
mod retry_after;
mod route;
pub mod scheduler;
pub mod secret;
mod target;
mod text;
mod timestamp;
pub mod transport;
mod value;

pub use base_url::BaseUrl;
pub use build_error::{BuildError, BuildFault};
pub use call_error::{CallError, Sent};
pub use credential::Credential;
pub use draft::{Draft, MAX_TARGET};
pub use endpoint::{Auth, Endpoint, Idempotent, Provider};
pub use flow::{Flow, Polling, Repeat, RepeatError, Retry, RetryError, RetryProgress, Step, Turn};
#[cfg(feature = "serde")]
pub use flow::{Form, SnapshotError, Storable};
pub use invalid::{InvalidValue, Reason};
pub use json_object::JsonObject;
pub use keeper::{Access, Generation, KeepError, Keeper, Lent};
pub use media::Media;
pub use object::Object;
pub use png::MAX_PNG_SIDE;
pub use reply::Reply;
pub use reply_error::{Kind, Malformed, ReplyError};
pub use retry_after::RetryAfter;
pub use route::{Method, Route};
pub use scheduler::{Next, Scheduler};
pub use secret::Secret;
pub use text::Text;
pub use timestamp::Timestamp;
pub use transport::TransportError;
pub use value::{Encoder, Escaped, Value};
