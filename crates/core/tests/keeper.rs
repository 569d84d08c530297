//! What many callers do to one keeper, and that nothing of it shows a token.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

mod toy;

use std::time::Duration;

use authwire_core::http::{Request, Response};
use authwire_core::keeper::Ticket;
use authwire_core::keeper::{Shared, Turn};
use authwire_core::transport::{ExchangeError, TransportKind};
use authwire_core::{Access, Generation, KeepError, Keeper, Reply, Sent, Timestamp};
use toy::Toy;

const NOW: Timestamp = Timestamp::from_secs(1_000);
const LATER: Timestamp = Timestamp::from_secs(1_010);

/// What is next: a token, an end, or a time before which nothing is.
#[derive(Clone, Debug)]
enum Next {
    Token(&'static str),
    Refresh,
    Busy,
    Wait(Timestamp),
    Over,
}

#[derive(Clone, Debug)]
struct Script {
    next: Next,
    told: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("the script says so")]
struct End;

impl Keeper for Script {
    type Provider = Toy;
    type Token = &'static str;
    type Over = End;

    fn access(&mut self, _: &Toy, _: Timestamp) -> Access<'_, &'static str, End> {
        if matches!(self.next, Next::Refresh) {
            self.next = Next::Busy;
            let request = Request::get("http://localhost/SENTINEL").body(b"SENTINEL".to_vec()).unwrap();
            return Access::Refresh { ticket: Ticket::new(7), request };
        }
        match &self.next {
            Next::Token(token) => Access::Use { token, generation: Generation::new(3) },
            Next::Refresh | Next::Busy => Access::Busy,
            Next::Wait(until) => Access::Wait(*until),
            Next::Over => Access::Over(End),
        }
    }

    fn reply(&mut self, _: &Toy, _: Timestamp, ticket: Ticket, reply: Reply<'_>) {
        self.told.push(format!("{} {}", ticket.get(), reply.code()));
    }

    fn lost(&mut self, _: Timestamp, ticket: Ticket, sent: Sent) {
        self.told.push(format!("{} {sent:?}", ticket.get()));
    }

    fn rejected(&mut self, generation: Generation) {
        self.told.push(format!("rejected {}", generation.get()));
    }
}

fn shared(next: Next) -> Shared<Script> {
    Shared::new(Script { next, told: Vec::new() })
}

fn turn(shared: &mut Shared<Script>, deadline: Timestamp) -> String {
    format!("{:?}", shared.turn(&Toy::new(), NOW, deadline))
}

#[test]
fn each_turn() {
    let not_in_time = |until: &str| format!("Answer(Err(NotInTime {{ until: {until}, cause: None }}))");
    let rows = [
        (Next::Token("SENTINEL"), LATER, "Answer(Ok(Lent { generation: Generation(3), .. }))".to_owned()),
        (Next::Token("SENTINEL"), NOW, "Answer(Ok(Lent { generation: Generation(3), .. }))".to_owned()),
        (Next::Refresh, NOW, "Refresh { ticket: Ticket(7), .. }".to_owned()),
        (Next::Busy, LATER, "Wait(None)".to_owned()),
        (Next::Busy, NOW, not_in_time("None")),
        (Next::Wait(LATER), LATER, format!("Wait(Some({LATER:?}))")),
        (Next::Wait(LATER), NOW, not_in_time(&format!("Some({LATER:?})"))),
        (Next::Over, LATER, "Answer(Err(Over(End)))".to_owned()),
    ];
    for (next, deadline, shown) in rows {
        assert_eq!(turn(&mut shared(next.clone()), deadline), shown, "{next:?}");
    }
    let refresh = shared(Next::Refresh).keeper().unwrap().access(&Toy::new(), NOW).shown();
    let token = shared(Next::Token("SENTINEL")).keeper().unwrap().access(&Toy::new(), NOW).shown();
    assert_eq!(
        [refresh.as_str(), token.as_str()],
        ["Refresh { ticket: Ticket(7), .. }", "Use { generation: Generation(3), .. }"]
    );
}

trait Shown {
    fn shown(&self) -> String;
}

impl Shown for Access<'_, &'static str, End> {
    fn shown(&self) -> String {
        format!("{self:?}")
    }
}

#[test]
fn a_keeper_is_taken_when_nothing_is_in_flight() {
    let toy = Toy::new();
    let mut shared = shared(Next::Refresh);
    let Turn::Refresh { ticket, .. } = shared.turn(&toy, NOW, LATER) else { panic!("a refresh") };
    assert!(shared.take().is_none());
    // News of another refresh does not end this one.
    shared.settle(&toy, NOW, ticket.next(), Err(ExchangeError::not_sent(TransportKind::Tls)));
    assert!(shared.take().is_none());
    let cause = ExchangeError::not_sent(TransportKind::Connect);
    shared.settle(&toy, NOW, ticket, Err(cause));
    shared.keeper().unwrap().next = Next::Wait(LATER);
    let Turn::Answer(Err(error)) = shared.turn(&toy, NOW, NOW) else { panic!("not in time") };
    assert_eq!(error, KeepError::NotInTime { until: Some(LATER), cause: Some(cause) });
    shared.settle(&toy, NOW, ticket, Ok(Reply::from(&Response::new(""))));
    assert_eq!(shared.take().unwrap().unwrap().told, ["8 No", "7 No", "7 200"]);
    assert!(matches!(shared.take(), Some(Err(KeepError::Taken))));
    assert!(matches!(shared.keeper(), Err(KeepError::Taken)));
    shared.settle(&toy, NOW, ticket, Err(cause));
    assert_eq!(turn(&mut shared, NOW.saturating_add(Duration::from_secs(1))), "Answer(Err(Taken))");
}
