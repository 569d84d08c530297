//! The platform's server side against recorded exchanges with the real one, and the rules that those do not show.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

#[path = "nap/exchanges.rs"]
mod exchanges;
#[path = "nap/rules.rs"]
mod rules;
#[path = "nap/wire.rs"]
mod wire;
