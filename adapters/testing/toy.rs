//! A provider with one operation and a flow of two steps, to see `call` and `drive` work.

use std::convert::Infallible;

use authwire_core::{
    BaseUrl, CallError, Draft, Endpoint, Flow, Media, Provider, Reply, ReplyError, Route, Sent, Step, Timestamp,
};

pub struct Toy(pub BaseUrl);

impl Provider for Toy {
    fn base(&self) -> &BaseUrl {
        &self.0
    }

    fn authenticate(&self, _: &mut Draft) {}
}

pub struct Echo(pub u32);

pub type Error = CallError<Infallible>;

impl Endpoint for Echo {
    type Provider = Toy;
    type Output = u32;
    type Refusal = Infallible;
    const NAME: &'static str = "toy.echo";
    const ROUTE: Route = Route::get("/echo/{value}");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &Toy, draft: &mut Draft) {
        draft.segment("value", self.0);
    }

    fn read(&self, _: &Toy, reply: Reply<'_>) -> Result<u32, ReplyError<Infallible>> {
        match reply.code() {
            200 => match reply.text(Media::JSON)?.parse() {
                Ok(value) if value == self.0 => Ok(value),
                _ => reply.mismatch("value"),
            },
            _ => reply.other(),
        }
    }
}

/// Succeeds with 200 and a JSON string.
pub struct Hello;

impl Endpoint for Hello {
    type Provider = Toy;
    type Output = String;
    type Refusal = Infallible;
    const NAME: &'static str = "toy.hello";
    const ROUTE: Route = Route::get("/hello");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &Toy, _: &mut Draft) {}

    fn read(&self, _: &Toy, reply: Reply<'_>) -> Result<String, ReplyError<Infallible>> {
        match reply.code() {
            200 => reply.json_string(),
            _ => reply.other(),
        }
    }
}

/// Asks for 1, waits, asks for 2; gives up at the second loss.
#[derive(Default)]
pub struct Steps {
    pub got: u32,
    pub lost: u32,
    pub last_sent: Option<Sent>,
    pub wait_until: Option<Timestamp>,
    pub waited: bool,
    in_flight: bool,
}

#[derive(Debug, PartialEq)]
pub struct Failed;

impl Flow for Steps {
    type Provider = Toy;
    type Output = u32;
    type Error = Failed;

    fn step(&mut self, toy: &Toy, now: Timestamp) -> Result<Step<u32>, Failed> {
        if self.lost > 1 {
            return Err(Failed);
        }
        match (self.got, self.wait_until) {
            (0, _) => self.send(toy),
            (1, None) => {
                let until = now.saturating_add(std::time::Duration::from_millis(150));
                self.wait_until = Some(until);
                Ok(Step::Wait(until))
            }
            (1, Some(until)) if now < until => Ok(Step::Wait(until)),
            (1, Some(_)) => {
                self.waited = true;
                self.send(toy)
            }
            (got, _) => Ok(Step::Done(got)),
        }
    }

    fn reply(&mut self, toy: &Toy, _: Timestamp, reply: Reply<'_>) {
        self.in_flight = false;
        if let Ok(got) = Echo(self.got + 1).read(toy, reply) {
            self.got = got;
        } else {
            self.lost += 1;
        }
    }

    fn lost(&mut self, _: Timestamp, sent: Sent) {
        // A driver says so before the first step, too.
        if std::mem::take(&mut self.in_flight) {
            self.lost += 1;
            self.last_sent = Some(sent);
        }
    }
}

impl Steps {
    fn send(&mut self, toy: &Toy) -> Result<Step<u32>, Failed> {
        self.in_flight = true;
        Ok(Step::Send(Echo(self.got + 1).request(toy).map_err(|_| Failed)?))
    }
}
