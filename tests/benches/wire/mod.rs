//! Calls over a socket, by our adapters and by hand-written code on what they stand on, for the benches to run.

mod blocking;
mod calls;
pub(crate) mod emulated;
#[path = "../yardstick/hand.rs"]
#[allow(dead_code, reason = "not every call goes over the socket")]
mod hand;
mod pooled;
pub(crate) mod server;
mod single;
pub(crate) mod step;

use std::net::SocketAddr;

use calls::{Call, GetQrLogin, GetSession, RegisterKey, UpdateAccountUser, VerifyTotp};

/// Makes so many requests, one after another or as many at once as it was made for, and reads the replies.
pub(crate) type Run = Box<dyn FnMut(u32)>;

/// What moves the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// ureq.
    Ureq,
    /// hyper-util's client.
    HyperUtil,
    /// One connection of hyper's.
    Hyper,
}

/// Who writes the request and reads the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Our operation, through our adapter.
    Ours,
    /// Code written by hand for this call.
    Bare,
}

/// One call, whoever makes it.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    /// The whole reply, head and body.
    pub(crate) reply: fn() -> Vec<u8>,
    start: fn(Transport, Side, SocketAddr, usize) -> Run,
}

impl Entry {
    const fn of<C: Call>() -> Self {
        Self { name: C::NAME, reply: calls::reply::<C>, start: start::<C> }
    }

    /// Makes a client of its own. Only hyper-util's has more than one request in flight.
    pub(crate) fn start(&self, transport: Transport, side: Side, address: SocketAddr, in_flight: usize) -> Run {
        (self.start)(transport, side, address, in_flight)
    }
}

/// The calls.
pub(crate) const CALLS: [Entry; 5] = [
    Entry::of::<GetSession>(),
    Entry::of::<GetQrLogin>(),
    Entry::of::<UpdateAccountUser>(),
    Entry::of::<RegisterKey>(),
    Entry::of::<VerifyTotp>(),
];

/// The call of this name.
pub(crate) fn find(name: &str) -> Option<&'static Entry> {
    CALLS.iter().find(|call| call.name == name)
}

fn start<C: Call>(transport: Transport, side: Side, address: SocketAddr, in_flight: usize) -> Run {
    match (transport, side) {
        (Transport::Ureq, Side::Ours) => blocking::ours::<C>(address),
        (Transport::Ureq, Side::Bare) => blocking::bare::<C>(address),
        (Transport::HyperUtil, Side::Ours) => pooled::ours::<C>(address, in_flight),
        (Transport::HyperUtil, Side::Bare) => pooled::bare::<C>(address, in_flight),
        (Transport::Hyper, Side::Ours) => single::ours::<C>(address),
        (Transport::Hyper, Side::Bare) => single::bare::<C>(address),
    }
}

/// A runtime on the calling thread alone, so that the thread's CPU time is the client's.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}
