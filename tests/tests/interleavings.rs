//! Callers who share a session, in every order there is, against an emulator that ends a session whose refresh token
//! comes twice.

use std::collections::BTreeSet;
use std::time::Duration;

use authwire_core::keeper::Ticket;
use authwire_core::keeper::{Shared, Turn};
use authwire_core::transport::{ExchangeError, TransportKind};
use authwire_core::{Endpoint, Generation, KeepError, Reply, Sent, Timestamp};
use authwire_emulator::nap::Nap as Emulated;
use authwire_nap::keeper::{SessionKeeper, SessionOver};
use authwire_nap::sessions::Login;
use authwire_nap::users::SignUp;
use authwire_nap::{ApiKey, Dialect, Nap, Password};
use http::{Request, Response};

const START: Duration = Duration::from_secs(1_800_000_000);
const ADA: &str = "ada@one.test";

/// Where a caller is.
#[derive(Clone)]
enum At {
    /// About to ask, with so many tokens still to get.
    Asking(u32),
    /// Waits until something changes.
    Waiting(u32),
    /// Has a refresh to send.
    Sending(u32, Ticket, Box<Request<Vec<u8>>>),
    /// Has the answer to a refresh, and has not told anybody.
    Answered(u32, Ticket, Box<Response<Vec<u8>>>),
    /// Was told that the session cannot go on.
    Over(SessionOver),
    /// Has all the tokens it wanted, or none in time.
    Done,
}

/// What else may happen.
#[derive(Clone, Copy)]
struct Events {
    /// How often a token's time may run out.
    expiries: u32,
    /// How often somebody may say that the newest token, or the first one, was not accepted.
    complaints: u32,
    /// How often a request may get lost before it is sent.
    unsent: u32,
    /// How often a reply may get lost, and a request that may have been sent.
    lost: u32,
}

#[derive(Clone)]
struct World {
    shared: Shared<SessionKeeper>,
    emulator: Emulated,
    now: Duration,
    callers: Vec<At>,
    events: Events,
    losses: u32,
    in_flight: Option<Ticket>,
}

/// What a walk through all orders saw.
#[derive(Default, Debug)]
struct Seen {
    /// Those that were played from already.
    states: BTreeSet<String>,
    visited: usize,
    ends: u32,
    lost: u32,
    refreshes: u64,
    waits: u32,
}

fn emulated(nap: &Nap, emulator: &mut Emulated) -> SessionKeeper {
    let password = || Password::new("correct horse battery").unwrap();
    let sign_up = SignUp::new(ADA, password(), "Ada", "Lovelace").request(nap).unwrap();
    assert_eq!(emulator.handle(START, &sign_up).status(), 200);
    assert!(emulator.set_verified(ADA, true));
    let login = Login::new(ADA, password());
    let answer = emulator.handle(START, &login.request(nap).unwrap());
    let tokens = login.response(nap, &answer).unwrap().tokens;
    SessionKeeper::new(tokens, now(START))
}

fn now(time: Duration) -> Timestamp {
    Timestamp::from_unix(time)
}

/// Plays every order of what `callers` callers do who want `tokens` tokens each.
fn walk(callers: usize, tokens: u32, events: Events) -> Seen {
    let mut seen = Seen::default();
    for dialect in [Dialect::Nap, Dialect::Nexeres] {
        let mut emulator = Emulated::new(7);
        emulator.settings.reuse_ends_session = true;
        emulator.settings.dialect = match dialect {
            Dialect::Nexeres => authwire_emulator::nap::Dialect::Nexeres,
            _ => authwire_emulator::nap::Dialect::Nap,
        };
        let key = ApiKey::new(emulator.api_key()).unwrap();
        let nap = Nap::new("http://localhost".parse().unwrap(), &key).dialect(dialect);
        let shared = Shared::new(emulated(&nap, &mut emulator));
        // The first token is about to expire.
        let now = START + Duration::from_secs(3_600);
        let callers = vec![At::Asking(tokens); callers];
        World { shared, emulator, now, callers, events, losses: 0, in_flight: None }.explore(&nap, &mut seen);
        seen.visited += seen.states.len();
        seen.states.clear();
    }
    println!("{callers} callers, {tokens} tokens each: {seen:?}");
    seen
}

impl World {
    fn explore(&self, nap: &Nap, seen: &mut Seen) {
        if !seen.states.insert(self.key()) {
            return;
        }
        let refreshes = self.emulator.refreshes();
        assert_eq!(refreshes.reused, 0, "a refresh token was used twice");
        seen.refreshes = seen.refreshes.max(refreshes.done);
        let mut ended = true;
        for caller in 0..self.callers.len() {
            if matches!(self.callers[caller], At::Asking(_) | At::Sending(..) | At::Answered(..)) {
                ended = false;
                let mut next = self.clone();
                next.step(caller, nap, seen);
                next.explore(nap, seen);
            }
        }
        for event in [World::expire, World::complain_of_the_first, World::complain, World::lose] {
            let mut next = self.clone();
            if event(&mut next, nap) {
                next.explore(nap, seen);
            }
        }
        if let Some(unsent) = self.unsent(nap) {
            unsent.explore(nap, seen);
        }
        if ended {
            self.end(seen);
        }
    }

    /// All that decides what can happen from here.
    fn key(&self) -> String {
        let Events { expiries, complaints, unsent, lost } = self.events;
        let callers = self.callers.iter().map(|caller| match caller {
            At::Asking(left) => format!("ask{left} "),
            At::Waiting(left) => format!("wait{left} "),
            At::Sending(left, ticket, _) => format!("send{left},{ticket:?} "),
            At::Answered(left, ticket, _) => format!("answered{left},{ticket:?} "),
            At::Over(_) => "over ".to_owned(),
            At::Done => "done ".to_owned(),
        });
        let callers: String = callers.collect();
        let keeper = format!("{:?}", self.shared);
        format!("{callers}{keeper}{expiries}{complaints}{unsent}{lost}{:?}{:?}", self.now, self.emulator.refreshes())
    }

    fn step(&mut self, caller: usize, nap: &Nap, seen: &mut Seen) {
        let at = std::mem::replace(&mut self.callers[caller], At::Done);
        self.callers[caller] = match at {
            At::Asking(left) => {
                let time = now(self.now);
                match self.shared.turn(nap, time, time.saturating_add(Duration::from_secs(30))) {
                    Turn::Answer(Ok(lent)) => {
                        let newest = Generation::new(self.emulator.refreshes().done);
                        // Between the platform's answer and its arrival, the token before is handed out.
                        let arriving = self.callers.iter().any(|caller| matches!(caller, At::Answered(..)));
                        assert!(lent.generation == newest || (arriving && lent.generation.next() == newest));
                        if left == 1 { At::Done } else { At::Asking(left - 1) }
                    }
                    Turn::Answer(Err(KeepError::Over(over))) => At::Over(over),
                    Turn::Answer(Err(error)) => panic!("{error}"),
                    Turn::Wait(None) => {
                        assert!(self.in_flight.is_some(), "nobody will wake this caller");
                        seen.waits += 1;
                        At::Waiting(left)
                    }
                    Turn::Wait(Some(until)) => {
                        assert!(until > time);
                        // It sleeps: the others are no faster than that here.
                        self.now = Duration::from_millis(until.as_millis());
                        At::Asking(left)
                    }
                    Turn::Refresh { ticket, request } => {
                        assert!(self.in_flight.is_none(), "two refreshes in flight");
                        self.in_flight = Some(ticket);
                        At::Sending(left, ticket, Box::new(request))
                    }
                }
            }
            At::Sending(left, ticket, request) => {
                let answer = self.emulator.handle(self.now, &request);
                At::Answered(left, ticket, Box::new(answer))
            }
            At::Answered(left, ticket, answer) => {
                self.settle(nap, ticket, Ok(Reply::from(&*answer)));
                At::Asking(left)
            }
            other => other,
        };
    }

    fn settle(&mut self, nap: &Nap, ticket: Ticket, outcome: Result<Reply<'_>, ExchangeError>) {
        self.shared.settle(nap, now(self.now), ticket, outcome);
        assert_eq!(self.in_flight.take(), Some(ticket));
        for caller in &mut self.callers {
            if let At::Waiting(left) = caller {
                *caller = At::Asking(*left);
            }
        }
    }

    fn expire(&mut self, _: &Nap) -> bool {
        self.now += Duration::from_secs(3_600);
        spend(&mut self.events.expiries)
    }

    fn complain(&mut self, _: &Nap) -> bool {
        let keeper = self.shared.keeper().unwrap();
        let newest = keeper.generation();
        authwire_core::Keeper::rejected(keeper, newest);
        spend(&mut self.events.complaints)
    }

    fn complain_of_the_first(&mut self, _: &Nap) -> bool {
        authwire_core::Keeper::rejected(self.shared.keeper().unwrap(), Generation::default());
        spend(&mut self.events.complaints)
    }

    /// The answer that is on its way does not arrive.
    fn lose(&mut self, nap: &Nap) -> bool {
        let on_its_way = self.callers.iter().position(|caller| matches!(caller, At::Answered(..)));
        let Some(caller) = on_its_way else { return false };
        let At::Answered(left, ticket, _) = self.callers[caller].clone() else { return false };
        self.settle(nap, ticket, Err(ExchangeError::maybe_sent(TransportKind::Truncated)));
        self.callers[caller] = At::Asking(left);
        self.losses += 1;
        spend(&mut self.events.lost)
    }

    /// The request does not leave.
    fn unsent(&self, nap: &Nap) -> Option<Self> {
        let mut next = self.clone();
        let caller = next.callers.iter().position(|caller| matches!(caller, At::Sending(..)))?;
        let At::Sending(left, ticket, _) = next.callers[caller].clone() else { return None };
        let error = ExchangeError::not_sent(TransportKind::Connect);
        assert_eq!(error.sent, Sent::No);
        next.settle(nap, ticket, Err(error));
        next.callers[caller] = At::Asking(left);
        spend(&mut next.events.unsent).then_some(next)
    }

    /// Nobody has anything left to do: nobody waits in vain, and nobody was told that the session is over for nothing.
    fn end(&self, seen: &mut Seen) {
        seen.ends += 1;
        seen.lost += self.losses.min(1);
        assert!(!self.callers.iter().any(|caller| matches!(caller, At::Waiting(_))), "a caller waits in vain");
        for caller in &self.callers {
            if let At::Over(over) = caller {
                assert_eq!((*over, self.losses), (SessionOver::Uncertain { status: None }, 1));
            }
        }
        assert_eq!(self.emulator.sessions().len(), 1, "the session is lost");
    }
}

fn spend(left: &mut u32) -> bool {
    let had = *left > 0;
    *left = left.saturating_sub(1);
    had
}

#[test]
fn two_callers() {
    let seen = walk(2, 2, Events { expiries: 1, complaints: 1, unsent: 1, lost: 1 });
    assert!(seen.visited > 5_000 && seen.ends > 300 && seen.lost > 200 && seen.refreshes == 3, "{seen:?}");
}

#[test]
fn three_callers() {
    let seen = walk(3, 2, Events { expiries: 1, complaints: 1, unsent: 0, lost: 1 });
    assert!(seen.visited > 5_000 && seen.ends > 100 && seen.lost > 50 && seen.refreshes == 3, "{seen:?}");
}

#[test]
#[ignore = "takes two minutes"]
fn more_of_both() {
    for (callers, tokens) in [(2, 3), (3, 2)] {
        let seen = walk(callers, tokens, Events { expiries: 2, complaints: 2, unsent: 1, lost: 1 });
        assert!(seen.refreshes >= 4, "{seen:?}");
    }
}
