//! The laws of the scheduler: it does what a plain list of flows does that is searched from end to end, and no reply
//! reaches another flow than the one that asked.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use authwire_core::scheduler::{Key, Ticket};
use authwire_core::{Flow, Next, Reply, Scheduler, Sent, Step, Storable, Timestamp};
use authwire_nextauth::flows::{AwaitLogin, AwaitLoginError, Login};
use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};
use http::Request;

use crate::bytes::Bytes;
use crate::golden::response;
use crate::samples::JUNK;

const START: Timestamp = Timestamp::from_secs(1_800_000_000);
/// How many flows are held at most: few, so that slots are used again and again.
const FLOWS: usize = 9;

/// What happened in one run, so that a test can see that the law was put to work.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Flows that ended with somebody logged in.
    pub logged_in: u32,
    /// Flows that ended otherwise.
    pub failed: u32,
    /// Flows that were taken out.
    pub removed: u32,
    /// Reports that were late or doubled, or about a flow that was gone.
    pub dropped: u32,
    /// Of these, those whose flow's slot held another flow by then.
    pub dropped_in_used_slot: u32,
}

/// Logins under the script that the input decides, each of another person.
pub fn play(input: &[u8]) -> Tally {
    let mut run = Run::new();
    let mut bytes = Bytes::new(input);
    while !bytes.is_empty() {
        match bytes.byte() {
            0..=95 => run.next(),
            96..=151 => run.reply(&mut bytes),
            152..=163 => run.lost(&mut bytes),
            164..=203 => run.insert(&mut bytes),
            204..=211 => run.remove(&mut bytes),
            // The clock goes on, jumps ahead, or back.
            212..=239 => run.now = run.now.saturating_add(Duration::from_millis(u64::from(bytes.u16()) / 32)),
            240 => run.now = run.now.saturating_add(Duration::from_millis(bytes.u64() >> bytes.below(64))),
            241 => run.back(bytes.u64() >> bytes.below(64)),
            _ => run.back(u64::from(bytes.u16())),
        }
        run.check();
    }
    run.finish()
}

struct Run {
    provider: NextAuth,
    scheduler: Scheduler<AwaitLogin>,
    model: Model,
    now: Timestamp,
    /// Every key there was.
    keys: Vec<Key>,
    /// Whose browser the flow is for: the number in its nonce.
    persons: BTreeMap<Key, i64>,
    /// Every ticket there was.
    tickets: Vec<Ticket>,
    /// Those whose end was seen.
    ended: BTreeSet<Key>,
    tally: Tally,
}

impl Run {
    fn new() -> Self {
        let key = ApiKey::new("key").expect("a key");
        Self {
            provider: NextAuth::new("https://auth.example".parse().expect("a base"), &key),
            scheduler: Scheduler::new(),
            model: Model::default(),
            now: START,
            keys: Vec::new(),
            persons: BTreeMap::new(),
            tickets: Vec::new(),
            ended: BTreeSet::new(),
            tally: Tally::default(),
        }
    }

    fn back(&mut self, millis: u64) {
        self.now = Timestamp::from_millis(self.now.as_millis().saturating_sub(millis));
    }

    fn insert(&mut self, bytes: &mut Bytes<'_>) {
        if self.scheduler.len() >= FLOWS {
            return;
        }
        let person = self.keys.len() as i64;
        let deadline = match bytes.byte() {
            0..=7 => Timestamp::MAX,
            _ => self.now.max(self.model.now).saturating_add(Duration::from_millis(u64::from(bytes.u16()))),
        };
        let pace = Duration::from_millis(u64::from(bytes.u16()) / 8);
        let nonce = Nonce::from_text(format!("SENTINEL-{person}")).expect("a nonce");
        self.hold(person, AwaitLogin::new(ServerId::new("AAAA").expect("an id"), nonce, deadline).pace(pace));
    }

    fn hold(&mut self, person: i64, flow: AwaitLogin) {
        let key = self.scheduler.insert(flow.clone());
        assert!(self.persons.insert(key, person).is_none(), "a key is used again");
        self.keys.push(key);
        self.model.insert(key, flow);
    }

    fn next(&mut self) {
        let next = self.scheduler.next(&self.provider, self.now);
        assert!(!format!("{next:?} {:?} {:#?}", self.scheduler, self.scheduler).contains("SENTINEL"), "a secret shows");
        match (next, self.model.next(&self.provider, self.now)) {
            (Next::Send(ticket, request), Said::Send(key, expected)) => {
                assert_eq!(ticket.key(), key, "another flow's turn");
                same(&request, &expected);
                assert!(!self.tickets.contains(&ticket), "a ticket is used again");
                assert!(self.model.ticket(key).is_none(), "two requests of a flow in flight");
                self.model.send(key, ticket);
                self.tickets.push(ticket);
            }
            (Next::Ended(key, end), Said::Ended(expected, expected_end)) => {
                assert_eq!((key, &end), (expected, &expected_end));
                assert!(self.ended.insert(key), "a flow ends twice");
                match end {
                    Ok(login) => {
                        assert_eq!(login.account.get(), self.persons[&key], "the wrong person is logged in");
                        self.tally.logged_in += 1;
                    }
                    Err(_) => self.tally.failed += 1,
                }
            }
            (Next::Wait(until), Said::Wait(expected)) => {
                assert_eq!(until, expected);
                assert!(until > self.now, "a wait for the past");
            }
            (Next::Idle, Said::Idle) => {}
            (next, said) => panic!("{next:?}, where a list of flows says {said:?}"),
        }
    }

    /// One of the tickets so far, the newest more often.
    fn ticket(&self, bytes: &mut Bytes<'_>) -> Option<Ticket> {
        let range = match bytes.byte() {
            0..=199 => self.tickets.len().min(FLOWS),
            _ => self.tickets.len(),
        };
        self.tickets.iter().rev().nth(bytes.below(range)).copied()
    }

    /// A reply to any request there ever was, about the person who made it.
    fn reply(&mut self, bytes: &mut Bytes<'_>) {
        let Some(ticket) = self.ticket(bytes) else { return };
        let person = self.persons[&ticket.key()];
        let (status, body) = match bytes.byte() {
            0..=159 => {
                (200, format!(r#"{{"loggedin":true,"accountid":{person},"userid":"SENTINEL-user-{person}"}}"#).into())
            }
            160..=229 => (200, br#"{"loggedin":false}"#.to_vec()),
            230..=249 => (503, Vec::new()),
            _ => (bytes.choose(&[200, 401, 404]), bytes.choose(JUNK).to_vec()),
        };
        let response = response(status, None, body);
        self.report(
            ticket,
            |scheduler, provider, now| scheduler.reply(ticket, provider, now, Reply::from(&response)),
            |flow, provider, now| flow.reply(provider, now, Reply::from(&response)),
        );
    }

    fn lost(&mut self, bytes: &mut Bytes<'_>) {
        if let Some(ticket) = self.ticket(bytes) {
            self.lose(ticket);
        }
    }

    fn lose(&mut self, ticket: Ticket) {
        self.report(
            ticket,
            |scheduler, _, now| scheduler.lost(ticket, now, Sent::Maybe),
            |flow, _, now| flow.lost(now, Sent::Maybe),
        );
    }

    /// News of a request that was reported before, or of a flow that is gone, must change nothing: the model is not told.
    fn report(
        &mut self,
        ticket: Ticket,
        to_scheduler: impl FnOnce(&mut Scheduler<AwaitLogin>, &NextAuth, Timestamp) -> bool,
        to_flow: impl FnOnce(&mut AwaitLogin, &NextAuth, Timestamp),
    ) {
        let taken = to_scheduler(&mut self.scheduler, &self.provider, self.now);
        let fits = self.model.ticket(ticket.key()) == Some(ticket);
        assert_eq!(taken, fits, "news that nobody asked for is taken, or news that fits is not");
        if fits {
            self.model.report(ticket.key(), self.now, |flow, now| to_flow(flow, &self.provider, now));
        } else {
            self.tally.dropped += 1;
            if self.scheduler.get(ticket.key()).is_none() && self.shares_slot(ticket.key()) {
                self.tally.dropped_in_used_slot += 1;
            }
        }
    }

    /// Whether a flow that is held has the slot that this key's flow had.
    fn shares_slot(&self, key: Key) -> bool {
        self.scheduler.iter().any(|(held, _)| held.slot() == key.slot())
    }

    /// Takes a flow out; every other one is stored, restored and put back in, as on another
    /// machine.
    fn remove(&mut self, bytes: &mut Bytes<'_>) {
        if self.keys.is_empty() {
            return;
        }
        let key = self.keys[bytes.below(self.keys.len())];
        let in_flight = self.scheduler.is_in_flight(key);
        assert_eq!(in_flight, self.model.ticket(key).is_some());
        let flow = self.scheduler.remove(key);
        assert_eq!(flow.is_some(), self.model.remove(key), "a flow that is gone, or is not");
        assert!(self.scheduler.remove(key).is_none(), "a flow is removed twice");
        let Some(flow) = flow else { return };
        self.ended.insert(key);
        self.tally.removed += 1;
        if bytes.byte() % 2 == 0 {
            let mut flow = AwaitLogin::restore(&flow.store().expect("a text")).expect("what was stored");
            // Also where nothing is in flight: then it changes nothing.
            flow.lost(self.now, Sent::Maybe);
            self.hold(self.persons[&key], flow);
        }
    }

    fn check(&self) {
        let held: BTreeSet<Key> = self.scheduler.iter().map(|(key, _)| key).collect();
        let modelled: BTreeSet<Key> = self.model.flows.iter().map(|one| one.key).collect();
        assert_eq!(held, modelled);
        assert_eq!(self.scheduler.len(), held.len(), "the heap holds more or less than the live flows");
        assert_eq!(self.scheduler.is_empty(), held.is_empty());
        for one in &self.model.flows {
            let flow = self.scheduler.get(one.key).map(|flow| flow.store().expect("a text"));
            assert_eq!(flow, Some(one.flow.store().expect("a text")), "a flow was told something else");
        }
        assert!(self.ended.iter().all(|key| self.scheduler.get(*key).is_none()), "a flow is held after its end");
    }

    /// Loses what is in flight, until all have ended.
    fn finish(mut self) -> Tally {
        self.now = self.model.now.max(self.now);
        for _ in 0..20 * FLOWS {
            if self.scheduler.is_empty() {
                break;
            }
            for ticket in self.model.flows.iter().filter_map(|one| one.ticket).collect::<Vec<_>>() {
                self.lose(ticket);
            }
            self.next();
            // A minute at least, so that a pace of a millisecond does not make this long.
            self.now = self.now.saturating_add(Duration::from_secs(60));
        }
        // Who waits for ever is taken out.
        for one in self.model.flows.iter().map(|one| one.key).collect::<Vec<_>>() {
            assert!(self.scheduler.remove(one).is_some());
            self.ended.insert(one);
        }
        assert_eq!(self.ended.len(), self.keys.len(), "a flow was forgotten");
        self.tally
    }
}

fn same(request: &Request<Vec<u8>>, expected: &Request<Vec<u8>>) {
    assert!(
        request.method() == expected.method()
            && request.uri() == expected.uri()
            && request.headers() == expected.headers()
            && request.body() == expected.body(),
        "another request"
    );
}

/// The same in the plainest way: a list, searched from end to end for whoever is due first.
#[derive(Default)]
struct Model {
    flows: Vec<Modelled>,
    now: Timestamp,
    /// How many times a flow was given its turn, or a new one.
    count: u64,
}

struct Modelled {
    key: Key,
    flow: AwaitLogin,
    ticket: Option<Ticket>,
    /// When its turn is, `None` for never, and which came first.
    due: Option<Timestamp>,
    order: u64,
}

#[derive(Debug)]
enum Said {
    Send(Key, Request<Vec<u8>>),
    Ended(Key, Result<Login, AwaitLoginError>),
    Wait(Timestamp),
    Idle,
}

impl Model {
    fn insert(&mut self, key: Key, flow: AwaitLogin) {
        self.count += 1;
        self.flows.push(Modelled { key, flow, ticket: None, due: Some(self.now), order: self.count });
    }

    fn find(&mut self, key: Key) -> Option<&mut Modelled> {
        self.flows.iter_mut().find(|one| one.key == key)
    }

    fn ticket(&self, key: Key) -> Option<Ticket> {
        self.flows.iter().find(|one| one.key == key)?.ticket
    }

    fn next(&mut self, provider: &NextAuth, now: Timestamp) -> Said {
        self.now = self.now.max(now);
        loop {
            let first = self.flows.iter_mut().filter(|one| one.due.is_some()).min_by_key(|one| (one.due, one.order));
            let Some(first) = first else { return Said::Idle };
            if let Some(due) = first.due.filter(|due| *due > self.now) {
                return Said::Wait(due);
            }
            self.count += 1;
            first.order = self.count;
            let key = first.key;
            let end = match first.flow.step(provider, self.now) {
                Ok(Step::Send(request)) => {
                    first.due = Some(self.now);
                    return Said::Send(key, request);
                }
                Ok(Step::Wait(until)) => {
                    assert!(until > self.now, "a flow waits for the past");
                    first.due = Some(until).filter(|until| *until != Timestamp::MAX);
                    continue;
                }
                Ok(Step::Done(login)) => Ok(login),
                Err(error) => Err(error),
            };
            self.remove(key);
            return Said::Ended(key, end);
        }
    }

    fn send(&mut self, key: Key, ticket: Ticket) {
        self.find(key).expect("a flow").ticket = Some(ticket);
    }

    fn report(&mut self, key: Key, now: Timestamp, tell: impl FnOnce(&mut AwaitLogin, Timestamp)) {
        self.now = self.now.max(now);
        self.count += 1;
        let (now, order) = (self.now, self.count);
        let one = self.find(key).expect("a flow");
        tell(&mut one.flow, now);
        (one.ticket, one.due, one.order) = (None, Some(now), order);
    }

    fn remove(&mut self, key: Key) -> bool {
        let before = self.flows.len();
        self.flows.retain(|one| one.key != key);
        self.flows.len() < before
    }
}
