//! Sessions whose token must be exchanged for a new one from time to time, as state machines without I/O.

use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use crate::transport::ExchangeError;
use crate::{Provider, Reply, Sent, Timestamp};

/// Keeps a session's token fresh: says for each use which token to take, and when to fetch the next one first.
///
/// Drive it so: call [`access`](Self::access); take the token, or send the request and report
/// [`reply`](Self::reply) or [`lost`](Self::lost) with its ticket, or wait. Many callers may share one keeper behind a
/// lock that is not held while a request is under way; the adapters' `keep` does all that.
///
/// What every keeper of ours keeps:
/// - One refresh is in flight at most.
/// - A refresh that may have been carried out is not sent again by itself: on a server that rotates its tokens, the
///   second one would fail or end the session. That is the caller's decision.
/// - News of a request that is not in flight changes nothing, nor does a complaint about a token that is not the newest
///   one: what is late never touches a newer token.
/// - The clock never runs backwards: a keeper keeps the latest time it was told.
/// - After the end it says that it has ended, and why.
///
/// A keeper is not a [`Flow`](crate::Flow): it has no end of its own, and its tokens are the point of it.
pub trait Keeper {
    /// The provider that it speaks to.
    type Provider: Provider;
    /// What it hands out.
    type Token: Clone;
    /// Why it has nothing to hand out any more.
    type Over: Error + Clone + Send + Sync + 'static;

    /// Says what to do in order to have a token now.
    fn access(&mut self, provider: &Self::Provider, now: Timestamp) -> Access<'_, Self::Token, Self::Over>;

    /// Takes the reply to the refresh with this ticket; if that is not in flight, changes nothing.
    fn reply(&mut self, provider: &Self::Provider, now: Timestamp, ticket: Ticket, reply: Reply<'_>);

    /// Says that no whole reply will come to the refresh with this ticket; if that is not in flight, changes nothing.
    fn lost(&mut self, now: Timestamp, ticket: Ticket, sent: Sent);

    /// Says that the token of this generation was not accepted somewhere, though it should have been: if it is the
    /// newest one, the next access refreshes first; else nothing changes.
    fn rejected(&mut self, generation: Generation);
}

/// What to do in order to have a token. A [`Refresh`](Self::Refresh) that is dropped is a refresh that never ends: report
/// it as [`lost`](Keeper::lost) instead.
#[must_use]
pub enum Access<'a, T, O> {
    /// Use this token.
    Use {
        /// The token.
        token: &'a T,
        /// Which one it is, for [`Keeper::rejected`].
        generation: Generation,
    },
    /// Send this request, then report [`Keeper::reply`] or [`Keeper::lost`] with the ticket. Until then it is in flight.
    Refresh {
        /// Which refresh it is.
        ticket: Ticket,
        /// The request.
        request: http::Request<Vec<u8>>,
    },
    /// A refresh is in flight, and there is no good token before it ends: ask again then.
    Busy,
    /// No refresh may be sent before this time, which is later than the time given, and there is no good token: ask
    /// again then.
    Wait(Timestamp),
    /// There is no token any more.
    Over(O),
}

impl<T, O: fmt::Debug> fmt::Debug for Access<'_, T, O> {
    /// Not the token and not the request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Use { generation, .. } => {
                f.debug_struct("Use").field("generation", generation).finish_non_exhaustive()
            }
            Self::Refresh { ticket, .. } => f.debug_struct("Refresh").field("ticket", ticket).finish_non_exhaustive(),
            Self::Busy => f.write_str("Busy"),
            Self::Wait(time) => f.debug_tuple("Wait").field(time).finish(),
            Self::Over(over) => f.debug_tuple("Over").field(over).finish(),
        }
    }
}

/// Which token of a session it is: the first has the number 0, and each refresh counts one up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(u64);

/// Which refresh of a keeper it is: each request that a keeper hands out has a ticket of its own, never used again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(u64);

macro_rules! counter {
    ($name:ident) => {
        impl $name {
            /// The one with this number.
            #[must_use]
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// Its number.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }

            /// The one after it; saturates, which nobody lives to see.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }
    };
}

counter!(Generation);
counter!(Ticket);

/// A copy of a keeper's token, lent to a caller.
#[derive(Clone)]
#[non_exhaustive]
pub struct Lent<T> {
    /// The token.
    pub token: T,
    /// Which one it is: if it is not accepted somewhere, say `rejected` with this.
    pub generation: Generation,
}

impl<T> fmt::Debug for Lent<T> {
    /// Not the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lent").field("generation", &self.generation).finish_non_exhaustive()
    }
}

/// Why a shared keeper lends no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeepError<O> {
    /// The keeper has no token any more, and says why.
    #[error("the session cannot go on")]
    Over(#[source] O),
    /// No token could be had in time. The session may well be good: try again later.
    #[error("no token could be had in time")]
    NotInTime {
        /// Before when no refresh may be sent, if that was the reason.
        until: Option<Timestamp>,
        /// Why the last refresh could not be sent, if that was the reason.
        cause: Option<ExchangeError>,
    },
    /// The keeper was taken out of the handles that shared it.
    #[error("the session is kept elsewhere now")]
    Taken,
}

/// What a handle that shares a keeper has behind its lock: for authors of adapters. Without I/O and without a lock, so
/// that what many callers do to it can be tried in every order.
///
/// A caller asks [`turn`](Self::turn) and does what it says. Whoever is told to refresh ends that with
/// [`settle`](Self::settle), whatever happens, and wakes all others.
#[derive(Clone)]
pub struct Shared<K: Keeper> {
    keeper: Option<K>,
    in_flight: Option<Ticket>,
    cause: Option<ExchangeError>,
}

/// What a caller of a shared keeper does next.
#[must_use]
pub enum Turn<T, O> {
    /// Take this token, or this error.
    Answer(Result<Lent<T>, KeepError<O>>),
    /// Send this request without the lock, then [`settle`](Shared::settle) the ticket.
    Refresh {
        /// Which refresh it is.
        ticket: Ticket,
        /// The request.
        request: http::Request<Vec<u8>>,
    },
    /// Wait until somebody settles a refresh, and until this time at most, if there is one.
    Wait(Option<Timestamp>),
}

impl<T, O: fmt::Debug> fmt::Debug for Turn<T, O> {
    /// Not the token and not the request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(answer) => f.debug_tuple("Answer").field(answer).finish(),
            Self::Refresh { ticket, .. } => f.debug_struct("Refresh").field("ticket", ticket).finish_non_exhaustive(),
            Self::Wait(until) => f.debug_tuple("Wait").field(until).finish(),
        }
    }
}

impl<K: Keeper> Shared<K> {
    /// Shares this keeper.
    pub fn new(keeper: K) -> Self {
        Self { keeper: Some(keeper), in_flight: None, cause: None }
    }

    /// What a caller does now who gives up at `deadline`.
    pub fn turn(&mut self, provider: &K::Provider, now: Timestamp, deadline: Timestamp) -> Turn<K::Token, K::Over> {
        let cause = self.cause;
        let not_in_time = |until| Turn::Answer(Err(KeepError::NotInTime { until, cause }));
        let Some(keeper) = &mut self.keeper else { return Turn::Answer(Err(KeepError::Taken)) };
        match keeper.access(provider, now) {
            Access::Use { token, generation } => Turn::Answer(Ok(Lent { token: token.clone(), generation })),
            Access::Over(over) => Turn::Answer(Err(KeepError::Over(over))),
            Access::Refresh { ticket, request } => {
                self.in_flight = Some(ticket);
                self.cause = None;
                Turn::Refresh { ticket, request }
            }
            Access::Busy if now < deadline => Turn::Wait(None),
            Access::Busy => not_in_time(None),
            Access::Wait(until) if until <= deadline => Turn::Wait(Some(until)),
            Access::Wait(until) => not_in_time(Some(until)),
        }
    }

    /// Ends the refresh with this ticket: with the reply, or with why there is none.
    pub fn settle(
        &mut self,
        provider: &K::Provider,
        now: Timestamp,
        ticket: Ticket,
        outcome: Result<Reply<'_>, ExchangeError>,
    ) {
        if self.in_flight == Some(ticket) {
            self.in_flight = None;
            self.cause = outcome.as_ref().err().copied();
        }
        match (&mut self.keeper, outcome) {
            (Some(keeper), Ok(reply)) => keeper.reply(provider, now, ticket, reply),
            (Some(keeper), Err(error)) => keeper.lost(now, ticket, error.sent),
            (None, _) => {}
        }
    }

    /// The keeper, for a look at it or a decision about it.
    ///
    /// # Errors
    /// [`KeepError::Taken`].
    pub fn keeper(&mut self) -> Result<&mut K, KeepError<K::Over>> {
        self.keeper.as_mut().ok_or(KeepError::Taken)
    }

    /// Takes the keeper out. `None` while a refresh is in flight: then wait until it is settled.
    ///
    /// # Errors
    /// [`KeepError::Taken`], if somebody else was faster.
    pub fn take(&mut self) -> Option<Result<K, KeepError<K::Over>>> {
        match self.in_flight {
            Some(_) => None,
            None => Some(self.keeper.take().ok_or(KeepError::Taken)),
        }
    }
}

impl<K: Keeper + fmt::Debug> fmt::Debug for Shared<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("keeper", &self.keeper)
            .field("in_flight", &self.in_flight)
            .finish_non_exhaustive()
    }
}
