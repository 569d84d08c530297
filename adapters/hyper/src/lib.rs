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
#[cfg(feature = "client")]
mod ended;
mod failure;
mod interim;
#[cfg(feature = "client")]
mod keep;
#[cfg(feature = "rustls")]
mod tls;
mod trace;

pub use authwire_core::transport::{ExchangeError, Phase, SetupError, TransportKind};
pub use authwire_core::{CallError, KeepError, Sent, TransportError};
#[cfg(feature = "client")]
pub use builder::Builder;
#[cfg(feature = "client")]
pub use client::Client;
pub use clock::now;
pub use connection::{Connection, Driver};
#[cfg(feature = "client")]
pub use keep::Kept;
