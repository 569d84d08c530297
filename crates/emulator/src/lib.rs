#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

pub mod authentiq;
mod bounded;
mod emulator;
mod fault;
mod incoming;
pub mod lagrello;
mod log;
mod memory;
pub mod nap;
pub mod nextauth;
mod picture;
mod provider;
mod reply;
mod route;
mod seed;
#[cfg(feature = "server")]
mod server;
mod stale;

pub use emulator::{Emulator, route};
pub use fault::{Answer, Fault, FaultPlan, Served};
pub use log::{LoggedRequest, RequestLog};
pub use memory::{Lost, Memory};
pub use route::{Route, Routed};
#[cfg(feature = "server")]
pub use server::Server;
