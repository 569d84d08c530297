//! A keeper of another kind than the providers', and a thread that panics while it refreshes.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

#[path = "../../testing/mod.rs"]
mod testing;

use std::thread;

use authwire_core::http::Request;
use authwire_core::keeper::Ticket;
use authwire_core::{Access, Endpoint, Generation, KeepError, Keeper, Reply, Sent, Timestamp};
use authwire_ureq::Client;
use testing::server::{Server, Then, ok};
use testing::toy::{Echo, Toy};
use ureq::middleware::MiddlewareNext;
use ureq::{Agent, SendBody};

/// Fetches one number, for ever good.
#[derive(Debug, Default)]
struct Number {
    got: Option<u32>,
    in_flight: bool,
    lost: Option<Sent>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Lost(Sent);

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("lost")
    }
}

impl std::error::Error for Lost {}

impl Keeper for Number {
    type Provider = Toy;
    type Token = u32;
    type Over = Lost;

    fn access(&mut self, toy: &Toy, _: Timestamp) -> Access<'_, u32, Lost> {
        match (&self.got, self.lost) {
            (Some(token), _) => Access::Use { token, generation: Generation::default() },
            (None, Some(sent)) => Access::Over(Lost(sent)),
            (None, None) if self.in_flight => Access::Busy,
            (None, None) => {
                self.in_flight = true;
                Access::Refresh { ticket: Ticket::default(), request: Echo(7).request(toy).unwrap() }
            }
        }
    }

    fn reply(&mut self, toy: &Toy, _: Timestamp, _: Ticket, reply: Reply<'_>) {
        self.got = Echo(7).read(toy, reply).ok();
    }

    fn lost(&mut self, _: Timestamp, _: Ticket, sent: Sent) {
        self.lost = Some(sent);
    }

    fn rejected(&mut self, _: Generation) {}
}

#[test]
fn any_keeper() {
    let server = Server::always(Then::Keep(ok("7")));
    let toy = Toy(server.url("").parse().unwrap());
    let kept = Client::new().unwrap().keep(toy, Number::default());
    let callers: Vec<_> = (0..4)
        .map(|_| {
            thread::spawn({
                let kept = kept.clone();
                move || kept.token()
            })
        })
        .collect();
    assert!(callers.into_iter().all(|caller| caller.join().unwrap().unwrap().token == 7));
    assert_eq!(server.seen().len(), 1);
    assert_eq!(kept.into_keeper().unwrap().got, Some(7));
}

#[test]
fn a_thread_that_panics_leaves_nobody_waiting() {
    fn panics(
        _: Request<SendBody<'_>>,
        _: MiddlewareNext<'_>,
    ) -> Result<authwire_core::http::Response<ureq::Body>, ureq::Error> {
        panic!("a middleware's own affair")
    }
    let agent: Agent = Agent::config_builder().proxy(None).middleware(panics).build().into();
    let client = Client::builder().agent(agent).build().unwrap();
    let kept = client.keep(Toy("http://localhost".parse().unwrap()), Number::default());
    let panicking = kept.clone();
    assert!(thread::spawn(move || panicking.token()).join().is_err());
    assert!(matches!(kept.token(), Err(KeepError::Over(Lost(Sent::Maybe)))));
}
