//! Keeping a session alive: when to refresh, one refresh at a time, and what to do when that goes wrong.

mod export;
mod lifetime;
mod over;
mod session_keeper;

pub use export::{RestoreError, SessionExport};
pub use over::SessionOver;
pub use session_keeper::SessionKeeper;
