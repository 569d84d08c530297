//! Operations, flows and keepers that note what comes back, so that the adapters' own `call`, `drive` and `keep` are what
//! is shown.

use std::cell::Cell;
use std::sync::mpsc::{Receiver, Sender};

use authwire_core::keeper::Ticket;
use authwire_core::{
    Access, Auth, Draft, Endpoint, Flow, Generation, Keeper, Reply, ReplyError, Route, Sent, Step, Timestamp,
};

use super::stage::{Deed, Polls, Stop};

/// An operation that notes the status of its reply.
pub(super) struct Noted<'a, E> {
    endpoint: &'a E,
    status: Cell<Option<u16>>,
}

impl<'a, E> Noted<'a, E> {
    pub(super) const fn new(endpoint: &'a E) -> Self {
        Self { endpoint, status: Cell::new(None) }
    }

    pub(super) fn status(&self) -> Option<u16> {
        self.status.get()
    }
}

impl<E: Endpoint> Endpoint for Noted<'_, E> {
    type Provider = E::Provider;
    type Output = E::Output;
    type Refusal = E::Refusal;
    const NAME: &'static str = E::NAME;
    const ROUTE: Route = E::ROUTE;
    const IDEMPOTENT: bool = E::IDEMPOTENT;
    const AUTH: Auth = E::AUTH;

    fn write(&self, provider: &E::Provider, draft: &mut Draft) {
        self.endpoint.write(provider, draft);
    }

    fn read(&self, provider: &E::Provider, reply: Reply<'_>) -> Result<E::Output, ReplyError<E::Refusal>> {
        self.status.set(Some(reply.code()));
        self.endpoint.read(provider, reply)
    }
}

/// A flow that shows each of its polls, and what a person did meanwhile.
pub(super) struct NotedFlow<'f, 'p, F> {
    pub(super) flow: &'f mut F,
    pub(super) polls: Polls<'f, 'p>,
    pub(super) deeds: &'f Receiver<Deed>,
    /// Whether a request is under way: an adapter also says so of one that another program may have sent.
    pub(super) asked: bool,
    /// Dropped when the first poll is over: then the person begins to act.
    pub(super) cue: Option<Sender<Never>>,
    /// Why the story cannot go on.
    pub(super) stop: Option<Stop>,
}

/// What is never sent.
pub(super) enum Never {}

/// Why a noted flow ended without an output.
pub(super) enum Halt<E> {
    /// The flow says so.
    Flow(E),
    /// The story does.
    Stop(Stop),
}

impl<F> NotedFlow<'_, '_, F> {
    fn note(&mut self, shown: Result<(), Stop>) {
        if let Err(stop) = shown {
            self.stop.get_or_insert(stop);
        }
    }

    fn note_deeds(&mut self) {
        while let Ok(deed) = self.deeds.try_recv() {
            let shown = self.polls.deed(deed);
            self.note(shown);
        }
    }
}

impl<F: Flow> Flow for NotedFlow<'_, '_, F> {
    type Provider = F::Provider;
    type Output = F::Output;
    type Error = Halt<F::Error>;

    fn step(&mut self, provider: &F::Provider, now: Timestamp) -> Result<Step<F::Output>, Self::Error> {
        self.note_deeds();
        match self.stop.take() {
            Some(stop) => Err(Halt::Stop(stop)),
            None => {
                let step = self.flow.step(provider, now).map_err(Halt::Flow)?;
                self.asked |= matches!(step, Step::Send(_));
                Ok(step)
            }
        }
    }

    fn reply(&mut self, provider: &F::Provider, now: Timestamp, reply: Reply<'_>) {
        // What a person did before the reply came is shown before it.
        self.note_deeds();
        let shown = self.polls.poll(Some(reply.code()));
        self.note(shown);
        self.asked = false;
        self.flow.reply(provider, now, reply);
        self.cue = None;
    }

    fn lost(&mut self, now: Timestamp, sent: Sent) {
        if std::mem::take(&mut self.asked) {
            self.note_deeds();
            let shown = self.polls.poll(None);
            self.note(shown);
            self.cue = None;
        }
        self.flow.lost(now, sent);
    }
}

/// A flow that is left after one request.
pub(super) struct Once<'f, F> {
    pub(super) flow: &'f mut F,
    pub(super) left: bool,
}

impl<F: Flow> Flow for Once<'_, F> {
    type Provider = F::Provider;
    type Output = ();
    type Error = F::Error;

    fn step(&mut self, provider: &F::Provider, now: Timestamp) -> Result<Step<()>, F::Error> {
        if self.left {
            return Ok(Step::Done(()));
        }
        Ok(match self.flow.step(provider, now)? {
            Step::Send(request) => Step::Send(request),
            Step::Wait(until) => Step::Wait(until),
            Step::Done(_) => Step::Done(()),
        })
    }

    fn reply(&mut self, provider: &F::Provider, now: Timestamp, reply: Reply<'_>) {
        self.flow.reply(provider, now, reply);
        self.left = true;
    }

    fn lost(&mut self, now: Timestamp, sent: Sent) {
        self.flow.lost(now, sent);
    }
}

/// A keeper that notes the statuses of its refreshes; `None` for one that was lost.
pub(super) struct NotedKeeper<K> {
    pub(super) keeper: K,
    pub(super) statuses: Vec<Option<u16>>,
}

impl<K: Keeper> Keeper for NotedKeeper<K> {
    type Provider = K::Provider;
    type Token = K::Token;
    type Over = K::Over;

    fn access(&mut self, provider: &K::Provider, now: Timestamp) -> Access<'_, K::Token, K::Over> {
        self.keeper.access(provider, now)
    }

    fn reply(&mut self, provider: &K::Provider, now: Timestamp, ticket: Ticket, reply: Reply<'_>) {
        self.statuses.push(Some(reply.code()));
        self.keeper.reply(provider, now, ticket, reply);
    }

    fn lost(&mut self, now: Timestamp, ticket: Ticket, sent: Sent) {
        self.statuses.push(None);
        self.keeper.lost(now, ticket, sent);
    }

    fn rejected(&mut self, generation: Generation) {
        self.keeper.rejected(generation);
    }
}
