//! Many flows at once.

mod queue;
mod slots;

use alloc::vec::Vec;
use core::fmt;
use core::num::NonZeroU64;
use core::time::Duration;

use crate::{Flow, Reply, Sent, Step, Timestamp};

use queue::Queue;
use slots::Slots;

/// Drives many flows: holds them, and says which of them is due when. Without I/O and without a clock, like the flows:
/// for a backend that polls tens of thousands of logins from one task, and for simulations.
///
/// Drive it so: call [`next`](Self::next) and do what it says, again and again. Send the request, and when something
/// becomes of it, report that with its [`Ticket`]: [`reply`](Self::reply) or [`lost`](Self::lost), in any order, whenever
/// it is there. To have fewer requests under way at a time, do not call `next` for a while.
///
/// What it keeps:
/// - **A reply reaches the flow that asked for it, or nobody.** A flow is named by a [`Key`], a request by a [`Ticket`],
///   and neither is ever used again. A reply that comes late (the request was reported lost, the flow has ended or was
///   removed, its place is another flow's by now) or twice changes nothing: in an interface that says who is logged
///   in, it would log in the wrong person.
/// - **Nobody starves.** Flows have their turn in the order in which they become due; among equals, in the order in which
///   they came to be. One that always has something to do goes behind those that are due already.
/// - **Each flow ends once**, as [`Next::Ended`], or is [removed](Self::remove).
/// - **The clock never runs backwards**: it keeps the latest time that it was told.
/// - A step takes time that grows with the logarithm of the number of flows, and asks for no memory beyond the request
///   that the flow builds. A flow takes up its own size and at most 56 bytes, in memory that grows as a `Vec` does; the
///   place of one that has ended is used again.
///   (A call of `next` makes as many steps as there are flows that became due and only say until when they wait.)
///
/// The keys and tickets of one scheduler mean nothing to another one of this process: each has a number of its own.
///
/// Its `Debug` shows no flow.
///
/// ```
/// use authwire_core::{Next, Reply, Scheduler, Sent, Timestamp};
/// # use authwire_core::http::{Request, Response};
/// # use authwire_core::{BaseUrl, Draft, Flow, Polling, Provider, Step, Turn};
/// # struct Doors(BaseUrl);
/// # impl Provider for Doors {
/// #     fn base(&self) -> &BaseUrl { &self.0 }
/// #     fn authenticate(&self, _: &mut Draft) {}
/// # }
/// # /// Asks until the answer is 200.
/// # struct AwaitOpen { polling: Polling, open: bool }
/// # impl Flow for AwaitOpen {
/// #     type Provider = Doors;
/// #     type Output = ();
/// #     type Error = &'static str;
/// #     fn step(&mut self, doors: &Doors, now: Timestamp) -> Result<Step<()>, &'static str> {
/// #         self.polling.advance(now);
/// #         if self.open {
/// #             return Ok(Step::Done(()));
/// #         }
/// #         Ok(match self.polling.turn() {
/// #             Turn::Ask => Step::Send(Request::get(doors.0.to_string()).body(Vec::new()).map_err(|_| "not a URL")?),
/// #             Turn::Wait(until) => Step::Wait(until),
/// #             Turn::TimedOut => return Err("timed out"),
/// #         })
/// #     }
/// #     fn reply(&mut self, _: &Doors, _: Timestamp, reply: Reply<'_>) {
/// #         self.open = reply.code() == 200;
/// #         self.polling.told();
/// #     }
/// #     fn lost(&mut self, _: Timestamp, _: Sent) { self.polling.failed(None); }
/// # }
/// # fn await_open() -> AwaitOpen {
/// #     AwaitOpen { polling: Polling::until(Timestamp::from_secs(60)), open: false }
/// # }
/// # let provider = Doors("https://doors.example".parse().unwrap());
/// let mut scheduler = Scheduler::new();
/// let north = scheduler.insert(await_open()); // your flow
/// let south = scheduler.insert(await_open());
///
/// // Time is an argument. Here it goes by in seconds, and nobody waits for it.
/// let mut now = Timestamp::EPOCH;
/// let mut ended = Vec::new();
/// loop {
///     match scheduler.next(&provider, now) {
///         // Yours: send it, maybe in a task of its own, and report what became of it.
///         Next::Send(ticket, _) if ticket.key() == south && now < Timestamp::from_secs(1) => {
///             scheduler.lost(ticket, now, Sent::Maybe);
///             // What comes after that comes too late.
///             let late = Response::new(Vec::new());
///             assert!(!scheduler.reply(ticket, &provider, now, Reply::from(&late)));
///         }
///         Next::Send(ticket, request) => {
///             assert_eq!(request.uri(), "https://doors.example");
///             let response = Response::new(Vec::new());
///             assert!(scheduler.reply(ticket, &provider, now, Reply::from(&response)));
///         }
///         Next::Ended(key, result) => ended.push((key, now.as_secs(), result)),
///         Next::Wait(until) => now = until, // yours: sleep, unless a reply comes first
///         Next::Idle => break,
///     }
/// }
/// assert_eq!(ended, [(north, 0, Ok(())), (south, 5, Ok(()))]);
/// ```
pub struct Scheduler<F: Flow> {
    slots: Slots<F>,
    queue: Queue,
    /// The latest time that was told.
    now: Timestamp,
    /// The number of the last request.
    sends: u64,
}

/// What a [`Scheduler`] wants next.
#[must_use]
pub enum Next<F: Flow> {
    /// Send this request, then report what became of it, with this ticket.
    Send(Ticket, http::Request<Vec<u8>>),
    /// The flow with this key has ended, with what it says; it is not held any more.
    Ended(Key, Result<F::Output, F::Error>),
    /// Nothing before this time, which is later than any that was told: ask again then, or when there is news.
    Wait(Timestamp),
    /// Nothing, unless a flow is inserted or something reported: none is held, or each waits until [`Timestamp::MAX`],
    /// which never comes.
    Idle,
}

/// Names one flow of a [`Scheduler`], for good: no other flow of it ever has the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Which scheduler's it is.
    scheduler: usize,
    slot: usize,
    /// Counted over all flows, so that the next one in a slot has another.
    serial: u64,
}

/// Names one request of one flow of a [`Scheduler`], for good. Keep it with the request, and report with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[must_use]
pub struct Ticket {
    key: Key,
    /// Counted over all requests.
    number: NonZeroU64,
}

impl Key {
    /// The number of the flow's place: small, and no two flows that are held at the same time have the same. For a table
    /// of your own beside the scheduler, that keeps the key with what it holds: a flow that comes later may have the same.
    #[must_use]
    pub const fn slot(self) -> usize {
        self.slot
    }
}

impl Ticket {
    /// The flow whose request it is.
    #[must_use]
    pub const fn key(self) -> Key {
        self.key
    }
}

impl<F: Flow> Scheduler<F> {
    /// A scheduler without flows.
    #[must_use]
    pub fn new() -> Self {
        Self::with_capacity(0)
    }

    /// A scheduler without flows that has the memory for so many.
    #[must_use]
    pub fn with_capacity(flows: usize) -> Self {
        Self { slots: Slots::with_capacity(flows), queue: Queue::with_capacity(flows), now: Timestamp::EPOCH, sends: 0 }
    }

    /// Takes a flow up; it is due at once, after those that are due already. A flow whose request was in flight elsewhere
    /// must be told before that it is [`lost`](Flow::lost).
    pub fn insert(&mut self, flow: F) -> Key {
        let key = self.slots.insert(flow);
        self.due_now(key);
        key
    }

    /// Says what to do now.
    pub fn next(&mut self, provider: &F::Provider, now: Timestamp) -> Next<F> {
        self.now = self.now.max(now);
        // Each turn ends this, or moves a flow behind the present.
        while let Some((due, slot)) = self.queue.first() {
            if due == NEVER {
                break;
            }
            if due > self.now {
                return Next::Wait(due);
            }
            let Some((key, held)) = self.slots.at(slot) else {
                self.queue.remove(slot);
                continue;
            };
            let end = match held.flow.step(provider, self.now) {
                Ok(Step::Send(request)) => {
                    let number = NonZeroU64::MIN.saturating_add(self.sends);
                    self.sends = number.get(); // 64 bits are not spent
                    held.in_flight = Some(number);
                    // Asked again, it says how long it waits for the reply.
                    self.due_now(key);
                    return Next::Send(Ticket { key, number }, request);
                }
                Ok(Step::Wait(until)) => {
                    self.queue.set(slot, until.max(self.now.saturating_add(TICK)));
                    continue;
                }
                Ok(Step::Done(output)) => Ok(output),
                Err(error) => Err(error),
            };
            self.remove(key);
            return Next::Ended(key, end);
        }
        Next::Idle
    }

    /// Hands a reply to the flow that asked for it. Says whether it did: not when the request was reported before, and
    /// not when the flow has ended or was removed.
    pub fn reply(&mut self, ticket: Ticket, provider: &F::Provider, now: Timestamp, reply: Reply<'_>) -> bool {
        self.report(ticket, now, |flow, now| flow.reply(provider, now, reply))
    }

    /// Tells a flow that no whole reply will come to its request; one that comes later is dropped. Says whether it did:
    /// not when the request was reported before, and not when the flow has ended or was removed.
    pub fn lost(&mut self, ticket: Ticket, now: Timestamp, sent: Sent) -> bool {
        self.report(ticket, now, |flow, now| flow.lost(now, sent))
    }

    /// Gives a flow back, `None` when it has ended or was removed before. If its request is in flight
    /// ([`is_in_flight`](Self::is_in_flight)), tell it that it is [`lost`](Flow::lost) before it goes on elsewhere: a
    /// reply to the request is dropped.
    pub fn remove(&mut self, key: Key) -> Option<F> {
        let flow = self.slots.remove(key)?;
        self.queue.remove(key.slot);
        Some(flow)
    }

    /// A flow, to look at or to store; `None` when it has ended or was removed.
    #[must_use]
    pub fn get(&self, key: Key) -> Option<&F> {
        self.slots.get(key).map(|held| &held.flow)
    }

    /// Whether a flow's request is in flight: neither its reply nor its loss was reported.
    #[must_use]
    pub fn is_in_flight(&self, key: Key) -> bool {
        self.slots.get(key).is_some_and(|held| held.in_flight.is_some())
    }

    /// All flows, to look at or to store, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &F)> {
        self.slots.iter()
    }

    /// How many flows it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn report(&mut self, ticket: Ticket, now: Timestamp, tell: impl FnOnce(&mut F, Timestamp)) -> bool {
        let latest = self.now.max(now);
        let Some(held) = self.slots.get_mut(ticket.key).filter(|held| held.in_flight == Some(ticket.number)) else {
            return false;
        };
        held.in_flight = None;
        tell(&mut held.flow, latest);
        self.now = latest;
        self.due_now(ticket.key);
        true
    }

    fn due_now(&mut self, key: Key) {
        // The last moment of all is never, and now is not never.
        let now = self.now.min(LAST);
        self.queue.set(key.slot, now);
    }
}

/// The pause of a flow that asks for none, which it should not.
const TICK: Duration = Duration::from_millis(1);
const NEVER: Timestamp = Timestamp::MAX;
/// The time just before that.
const LAST: Timestamp = Timestamp::from_millis(NEVER.as_millis() - 1);

impl<F: Flow> Default for Scheduler<F> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F: Flow> fmt::Debug for Scheduler<F> {
    /// Not the flows: one may be of somebody else's making, and show what it should not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scheduler").field("flows", &self.len()).field("now", &self.now).finish_non_exhaustive()
    }
}

impl<F: Flow> fmt::Debug for Next<F> {
    /// Not the request: its URI and headers may hold secrets. Not the output: it may be a credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(ticket, _) => write!(f, "Send({ticket:?}, ..)"),
            Self::Ended(key, Ok(_)) => write!(f, "Ended({key:?}, Ok(..))"),
            Self::Ended(key, Err(_)) => write!(f, "Ended({key:?}, Err(..))"),
            Self::Wait(time) => f.debug_tuple("Wait").field(time).finish(),
            Self::Idle => f.write_str("Idle"),
        }
    }
}
