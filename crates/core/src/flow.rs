use alloc::vec::Vec;
use core::fmt;

use crate::{Provider, Reply, Sent, Timestamp};

mod polling;
mod repeat;
mod retry;
#[cfg(feature = "serde")]
mod storable;
#[cfg(feature = "serde")]
mod stored;

pub use polling::{Polling, Turn};
pub use repeat::{Repeat, RepeatError};
pub use retry::{Retry, RetryError, RetryProgress};
#[cfg(feature = "serde")]
pub use storable::{Form, SnapshotError, Storable};

/// What a [`Flow`] wants next. One that is dropped is lost: a request that was not sent, or a login.
#[must_use]
pub enum Step<T> {
    /// Send this request, then report [`Flow::reply`] or [`Flow::lost`].
    Send(http::Request<Vec<u8>>),
    /// Nothing before this time, which is later than the time given: ask again then.
    Wait(Timestamp),
    /// The end. Handed out once.
    Done(T),
}

/// Something that takes more than one request, as a state machine without I/O.
///
/// Drive it so: call [`step`](Self::step); send what it says, or wait; report what became of the request; again, until
/// it is done or fails. The adapters have a `drive` that does it.
///
/// What every flow of ours keeps: at most one request is in flight; `Wait(t)` implies `t > now`; the clock never runs
/// backwards (a flow keeps the latest time it was told); a call that does not fit the moment changes nothing; it ends,
/// whatever comes back and however the clock jumps; after the end it says that it has ended.
///
/// A flow holds no credential of ours and no socket: it can be moved to another machine, and go on there with that
/// machine's provider. Whoever takes one up whose request was in flight calls `lost(now, Sent::Maybe)` first.
pub trait Flow {
    /// The provider that it speaks to.
    type Provider: Provider;
    /// What it ends with.
    type Output;
    /// Why it may end without.
    type Error;

    /// Says what to do now.
    ///
    /// # Errors
    /// When the flow has failed, or has ended before. It stays that way.
    fn step(&mut self, provider: &Self::Provider, now: Timestamp) -> Result<Step<Self::Output>, Self::Error>;

    /// Takes the reply to the request that is in flight; without one, changes nothing.
    fn reply(&mut self, provider: &Self::Provider, now: Timestamp, reply: Reply<'_>);

    /// Says that no whole reply will come to the request in flight; without one, changes nothing.
    fn lost(&mut self, now: Timestamp, sent: Sent);
}

impl<T> fmt::Debug for Step<T> {
    /// Not the request: its URI and headers may hold secrets. Not the output: it may be a credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(_) => f.write_str("Send(..)"),
            Self::Wait(time) => f.debug_tuple("Wait").field(time).finish(),
            Self::Done(_) => f.write_str("Done(..)"),
        }
    }
}
