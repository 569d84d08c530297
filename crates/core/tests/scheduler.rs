//! The scheduler on flows that do what a test tells them, also what no flow should. `authwire-tests` holds it to a plain
//! list of real flows.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

mod toy;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use authwire_core::http::{Request, Response};
use authwire_core::scheduler::{Key, Ticket};
use authwire_core::{Flow, Next, Reply, Scheduler, Sent, Step, Timestamp};
use toy::Toy;

/// What a flow says, one a step; at the end of the list it ends.
#[derive(Clone, Debug)]
enum Say {
    Send,
    Wait(u64),
    Done,
    Fail,
}

/// A flow with a name, that says what it was told to say and writes down what it hears.
#[derive(Clone, Debug)]
struct Puppet {
    name: &'static str,
    says: VecDeque<Say>,
    heard: Rc<RefCell<Vec<(&'static str, &'static str)>>>,
}

impl Flow for Puppet {
    type Provider = Toy;
    type Output = &'static str;
    type Error = &'static str;

    fn step(&mut self, _: &Toy, _: Timestamp) -> Result<Step<&'static str>, &'static str> {
        self.heard.borrow_mut().push((self.name, "step"));
        match self.says.pop_front() {
            Some(Say::Send) => Ok(Step::Send(Request::get("/SENTINEL").body(Vec::new()).unwrap())),
            Some(Say::Wait(until)) => Ok(Step::Wait(Timestamp::from_millis(until))),
            Some(Say::Fail) => Err("SENTINEL failed"),
            Some(Say::Done) | None => Ok(Step::Done("SENTINEL done")),
        }
    }

    fn reply(&mut self, _: &Toy, _: Timestamp, _: Reply<'_>) {
        self.heard.borrow_mut().push((self.name, "reply"));
    }

    fn lost(&mut self, _: Timestamp, _: Sent) {
        self.heard.borrow_mut().push((self.name, "lost"));
    }
}

#[derive(Default)]
struct Stage {
    scheduler: Scheduler<Puppet>,
    heard: Rc<RefCell<Vec<(&'static str, &'static str)>>>,
}

impl Stage {
    fn insert(&mut self, name: &'static str, says: &[Say]) -> Key {
        self.scheduler.insert(Puppet { name, says: says.iter().cloned().collect(), heard: Rc::clone(&self.heard) })
    }

    fn next(&mut self, now: u64) -> Next<Puppet> {
        let next = self.scheduler.next(&Toy::new(), Timestamp::from_millis(now));
        assert!(!format!("{next:?} {:?}", self.scheduler).contains("SENTINEL"));
        next
    }

    fn send(&mut self, now: u64) -> Ticket {
        match self.next(now) {
            Next::Send(ticket, _) => ticket,
            other => panic!("{other:?}"),
        }
    }

    fn reply(&mut self, ticket: Ticket, now: u64) -> bool {
        let response = Response::new(Vec::new());
        self.scheduler.reply(ticket, &Toy::new(), Timestamp::from_millis(now), Reply::from(&response))
    }

    fn heard(&mut self) -> Vec<(&'static str, &'static str)> {
        self.heard.take()
    }
}

#[test]
fn an_empty_one_is_idle() {
    let mut stage = Stage::default();
    assert!(matches!(stage.next(0), Next::Idle));
    assert!(stage.scheduler.is_empty());
    assert_eq!(format!("{:?}", stage.scheduler), "Scheduler { flows: 0, now: Timestamp(0), .. }");
}

#[test]
fn its_debug_shows_when_and_whose_and_not_what() {
    let mut stage = Stage::default();
    let key = stage.insert("a", &[Say::Send, Say::Wait(9), Say::Done]);
    assert!(format!("{key:?}").ends_with("slot: 0, serial: 1 }"));
    assert_eq!(format!("{:?}", stage.next(1)), format!("Send(Ticket {{ key: {key:?}, number: 1 }}, ..)"));
    assert_eq!(format!("{:?}", stage.next(1)), "Wait(Timestamp(9))");
    assert_eq!(format!("{:?}", stage.next(9)), format!("Ended({key:?}, Ok(..))"));
    assert_eq!(format!("{:?}", stage.next(9)), "Idle");
    let second = stage.insert("b", &[Say::Fail]);
    assert_eq!(format!("{:?}", stage.next(9)), format!("Ended({second:?}, Err(..))"));
}

/// Who always has something to do does not keep the others from it.
#[test]
fn a_flow_that_is_always_due_starves_nobody() {
    let mut stage = Stage::default();
    stage.insert("busy", &vec![Say::Send; 100]);
    let late: Vec<Key> =
        ["x", "y", "z"].iter().map(|name| stage.insert(name, &[Say::Wait(50), Say::Send, Say::Wait(99)])).collect();
    let mut turns = Vec::new();
    for now in 40..60 {
        let ticket = stage.send(now);
        turns.push(late.iter().position(|key| *key == ticket.key()));
        if turns.last() == Some(&None) {
            assert!(stage.reply(ticket, now));
        }
    }
    let [busy, x, y, z] = [None, Some(0), Some(1), Some(2)];
    assert_eq!(turns.get(..10), Some(&[busy; 10][..]));
    assert_eq!(turns.get(10..16), Some(&[busy, x, y, z, busy, busy][..]), "within one turn of each, in their order");
}

#[test]
fn a_late_or_doubled_reply_is_heard_by_nobody() {
    let mut stage = Stage::default();
    let a = stage.insert("a", &[Say::Send, Say::Wait(10), Say::Send, Say::Wait(20)]);
    let first = stage.send(0);
    assert_eq!(first.key(), a);
    assert!(stage.scheduler.is_in_flight(a));
    assert!(stage.scheduler.lost(first, Timestamp::EPOCH, Sent::Maybe));
    assert!(!stage.scheduler.is_in_flight(a));
    assert!(!stage.reply(first, 5), "after its loss");
    assert!(matches!(stage.next(5), Next::Wait(until) if until == Timestamp::from_millis(10)));
    let second = stage.send(10);
    assert!(!stage.reply(first, 11), "while another is in flight");
    assert!(stage.reply(second, 12));
    assert!(!stage.reply(second, 13), "a second time");
    assert!(!stage.scheduler.lost(second, Timestamp::from_millis(13), Sent::No), "after its reply");
    assert_eq!(stage.heard().iter().filter(|(_, what)| *what != "step").count(), 2);
}

#[test]
fn a_reply_for_a_slot_that_is_another_flows_is_heard_by_nobody() {
    let mut stage = Stage::default();
    let a = stage.insert("a", &[Say::Send]);
    let to_a = stage.send(0);
    assert_eq!(stage.scheduler.remove(a).unwrap().name, "a");
    let b = stage.insert("b", &[Say::Send]);
    assert_eq!((b.slot(), b == a), (a.slot(), false));
    let to_b = stage.send(0);
    stage.heard();
    assert!(!stage.reply(to_a, 1));
    assert!(!stage.scheduler.lost(to_a, Timestamp::from_millis(1), Sent::Maybe));
    assert!(stage.scheduler.remove(a).is_none());
    assert!(stage.scheduler.get(a).is_none() && !stage.scheduler.is_in_flight(a));
    assert!(stage.heard().is_empty());
    assert!(stage.reply(to_b, 1));
    assert_eq!(stage.heard(), [("b", "reply")]);
}

/// What no flow should say: it costs the others no turn, and `next` comes back.
#[test]
fn a_flow_that_breaks_its_word_holds_nobody_up() {
    let mut stage = Stage::default();
    stage.insert("waits for the past", &vec![Say::Wait(0); 1_000]);
    stage.insert("sends before the reply", &[Say::Send, Say::Send, Say::Wait(u64::MAX)]);
    stage.insert("fails", &[Say::Fail]);
    let first = stage.send(100);
    assert!(matches!(stage.next(100), Next::Ended(_, Err("SENTINEL failed"))));
    let second = stage.send(100);
    assert!(!stage.reply(first, 100), "the second request takes the place of the first");
    assert!(matches!(stage.next(100), Next::Wait(until) if until == Timestamp::from_millis(101)));
    assert!(stage.reply(second, 100));
}

#[test]
fn the_last_moment_never_comes() {
    let mut stage = Stage::default();
    let key = stage.insert("a", &[Say::Send, Say::Wait(u64::MAX), Say::Wait(u64::MAX)]);
    let ticket = stage.send(u64::MAX);
    assert!(matches!(stage.next(u64::MAX), Next::Idle));
    assert_eq!(stage.scheduler.len(), 1);
    assert!(stage.reply(ticket, 0));
    assert!(matches!(stage.next(0), Next::Idle));
    stage.insert("b", &[]);
    assert!(matches!(stage.next(u64::MAX), Next::Ended(_, Ok(_))), "who comes then has its turn all the same");
    assert!(stage.scheduler.remove(key).is_some());
}

/// The clock goes back, and the waits stay where they are.
#[test]
fn a_clock_that_goes_back_is_not_believed() {
    let mut stage = Stage::default();
    stage.insert("a", &[Say::Wait(2_000)]);
    assert!(matches!(stage.next(1_000), Next::Wait(until) if until == Timestamp::from_millis(2_000)));
    stage.insert("b", &[Say::Wait(1_500)]);
    assert!(matches!(stage.next(0), Next::Wait(until) if until == Timestamp::from_millis(1_500)));
    assert!(matches!(stage.next(1_500), Next::Ended(..)));
}

/// Two of one process, as after one was made anew: what belongs to the first is nothing to the second.
#[test]
fn another_schedulers_keys_and_tickets_mean_nothing() {
    let toy = Toy::new();
    let heard = Rc::default();
    let puppet = |name| Puppet { name, says: [Say::Send].into(), heard: Rc::clone(&heard) };
    let (mut one, mut other) = (Scheduler::new(), Scheduler::new());
    let (key, other_key) = (one.insert(puppet("one")), other.insert(puppet("other")));
    assert_ne!(key, other_key);
    let Next::Send(ticket, _) = one.next(&toy, Timestamp::EPOCH) else { panic!("no request") };
    let Next::Send(_, _) = other.next(&toy, Timestamp::EPOCH) else { panic!("no request") };
    let reply = Response::new(Vec::new());
    assert!(!other.reply(ticket, &toy, Timestamp::EPOCH, Reply::from(&reply)));
    assert!(!other.lost(ticket, Timestamp::EPOCH, Sent::Maybe));
    assert!(other.get(key).is_none() && other.remove(key).is_none() && !other.is_in_flight(key));
    assert_eq!(*heard.borrow(), [("one", "step"), ("other", "step")]);
    assert!(one.reply(ticket, &toy, Timestamp::EPOCH, Reply::from(&reply)));
}
