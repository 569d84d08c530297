//! A million people log in at once: flows through the scheduler, against the emulator's nextAuth, in virtual time.
//!
//! `examples/million_logins.rs` runs it in full, a test with a few thousand.

mod cost;
mod events;
mod logins;
mod random;

pub use cost::{Cost, costs};
pub use logins::{Report, logins};

use std::time::Duration;

use authwire_core::Timestamp;
use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};

/// When it begins.
const START: Timestamp = Timestamp::from_secs(1_800_000_000);
/// How often a flow asks.
pub const PACE: Duration = Duration::from_secs(5);
/// How long after its start a flow gives up.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// What is simulated.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many logins at once.
    pub logins: usize,
    /// What chance decides comes from this.
    pub seed: u64,
    /// How many of a thousand owners of a phone approve the login.
    pub approved: u64,
    /// How many of a thousand decline it. The others never look.
    pub declined: u64,
    /// How many of a thousand close the page halfway, upon which somebody else begins a login.
    pub left: u64,
    /// Of a thousand requests, how many get no reply.
    pub lost: u64,
    /// How many get one after they were given up.
    pub late: u64,
    /// How many get one twice.
    pub doubled: u64,
}

impl Plan {
    /// So many logins, with shares that give every kind of end and of fault its part.
    #[must_use]
    pub const fn new(logins: usize, seed: u64) -> Self {
        Self { logins, seed, approved: 700, declined: 100, left: 10, lost: 10, late: 10, doubled: 10 }
    }
}

fn provider(api_key: &str) -> NextAuth {
    let key = ApiKey::new(api_key).expect("a key");
    NextAuth::new("https://auth.example".parse().expect("a base"), &key)
}

fn server(id: &str) -> ServerId {
    ServerId::new(id).expect("a server id")
}

/// The nonce of a browser: of the length that [`Nonce::from_random`] gives.
fn nonce(browser: usize) -> Nonce {
    Nonce::from_text(format!("{browser:043}")).expect("a nonce")
}
