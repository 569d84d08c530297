#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod body;
#[cfg(feature = "client")]
mod builder;
#[cfg(feature = "client")]
mod client;
mod clock;
#[cfg(feature = "client")]
mod connect;
mod connection;
mod failure;
#[cfg(feature = "client")]
mod interim;
#[cfg(feature = "client")]
mod keep;
mod link;
#[cfg(feature = "client")]
mod pool;
#[cfg(feature = "http2")]
mod shared;
#[cfg(feature = "rustls")]
mod tls;
mod trace;
mod wire;

pub use authwire_core::transport::{ExchangeError, Phase, SetupError, TransportKind};
pub use authwire_core::{CallError, KeepError, Sent, TransportError};
#[cfg(feature = "client")]
pub use builder::Builder;
#[cfg(feature = "client")]
pub use client::Client;
pub use clock::now;
pub use connection::Connection;
#[cfg(feature = "client")]
pub use keep::Kept;
