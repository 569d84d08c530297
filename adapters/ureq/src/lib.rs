#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod builder;
mod client;
mod clock;
mod connect;
mod failure;
mod keep;
mod resolve;
#[cfg(feature = "rustls")]
mod tls;
mod trace;

pub use authwire_core::transport::{ExchangeError, Phase, SetupError, TransportKind};
pub use authwire_core::{CallError, KeepError, Sent, TransportError};
pub use builder::Builder;
pub use client::Client;
pub use clock::now;
pub use keep::Kept;
