//! The cases. Each takes how to make a client, and whether the adapter has a time limit for each phase.

#![allow(unused_imports)]

mod calls;
mod limits;
mod pool;
mod proxies;
mod redirects;
mod requests;
mod resending;
mod setup;
mod statuses;
mod texts;
mod tls;

pub use calls::*;
pub use limits::*;
pub use pool::*;
pub use proxies::*;
pub use redirects::*;
pub use requests::*;
pub use resending::*;
pub use setup::*;
pub use statuses::*;
pub use texts::*;
pub use tls::*;
