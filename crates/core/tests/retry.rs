//! Retrying, as stories. Its laws (it ends, whatever comes) are the workspace's own.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod toy;

use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use authwire_core::{
    BuildError, Draft, Endpoint, Flow, Idempotent, Kind, Reply, ReplyError, Retry, RetryError, Route, Sent, Step,
    Timestamp,
};
use toy::{Toy, response};

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

/// Asks whether a number is taken.
struct Ask(&'static str);

impl Endpoint for Ask {
    type Provider = Toy;
    type Output = String;
    type Refusal = Infallible;
    const NAME: &'static str = "toy.ask";
    const ROUTE: Route = Route::get("/ask/{id}");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &Toy, draft: &mut Draft) {
        draft.segment("id", self.0);
    }

    fn read(&self, _: &Toy, reply: Reply<'_>) -> Result<String, ReplyError<Infallible>> {
        match reply.code() {
            200 => reply.json_string(),
            _ => reply.other(),
        }
    }
}

impl Idempotent for Ask {}

struct Story {
    flow: Retry<Ask>,
    toy: Toy,
    now: Timestamp,
}

type End = Result<Step<String>, RetryError<Infallible>>;

impl Story {
    fn new(seconds: u64, random: u64) -> Self {
        let flow = Retry::new(Ask("7"), NOW.saturating_add(Duration::from_secs(seconds)), random);
        Self { flow, toy: Toy::new(), now: NOW }
    }

    fn step(&mut self) -> End {
        self.flow.step(&self.toy, self.now)
    }

    #[track_caller]
    fn sends(&mut self) -> &mut Self {
        assert!(matches!(self.step(), Ok(Step::Send(request)) if request.uri().path() == "/ask/7"));
        self
    }

    fn hears(&mut self, status: u16, headers: &[(&str, &str)], body: &str) -> &mut Self {
        self.flow.reply(&self.toy, self.now, Reply::from(&response(status, headers, body.as_bytes())));
        self
    }

    fn loses(&mut self) -> &mut Self {
        self.flow.lost(self.now, Sent::Maybe);
        self
    }

    /// Waits as long as it wants to, and says how long that was, in milliseconds.
    #[track_caller]
    fn waits(&mut self) -> u128 {
        let Ok(Step::Wait(until)) = self.step() else { panic!("it does not wait") };
        let pause = until.since(self.now);
        self.now = until;
        pause.as_millis()
    }
}

fn gave_up(end: &End) -> Option<Option<u16>> {
    match end {
        Err(RetryError::GaveUp { last }) => Some(last.as_ref().map(ReplyError::status)),
        _ => None,
    }
}

#[test]
fn what_time_mends_is_sent_again_and_the_answer_handed_out_once() {
    let mut story = Story::new(60, 1);
    story.sends().hears(503, &[], "").waits();
    story.sends().loses().waits();
    story.sends().hears(429, &[("content-type", "text/html")], "slow down").waits();
    let end = story.sends().hears(200, &[], "\"free\"").step();
    assert!(matches!(end, Ok(Step::Done(answer)) if answer == "free"));
    assert!(matches!(story.step(), Err(RetryError::Ended)));
}

/// Half a second, doubled six times, each longer by a random part of at most a half.
#[test]
fn the_pauses_double_and_are_spread() {
    let mut first = std::collections::BTreeSet::new();
    for random in 0..500 {
        let mut story = Story::new(100_000, random);
        for nominal in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000] {
            let pause = story.sends().hears(500, &[], "").waits();
            assert!((nominal..=nominal * 3 / 2).contains(&pause), "{pause} of {nominal}");
            if nominal == 500 {
                first.insert(pause);
            }
        }
    }
    assert!(first.len() > 150, "{}", first.len());
}

/// What the provider asks for is the least, and the budget the most.
#[test]
fn the_provider_says_how_long_at_least() {
    let mut story = Story::new(100, 9);
    let pause = story.sends().hears(429, &[("retry-after", "20")], "").waits();
    assert!((20_000..=20_250).contains(&pause), "{pause}");
    // 2027-01-15T08:01:00Z, a minute after the story began.
    let pause = story.sends().hears(503, &[("retry-after", "Fri, 15 Jan 2027 08:01:00 GMT")], "").waits();
    assert!(story.now >= NOW.saturating_add(Duration::from_secs(60)) && pause > 30_000, "{pause}");
    for far in ["41", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let mut story = Story::new(100, 9);
        story.now = story.now.saturating_add(Duration::from_secs(60));
        // No use in waiting for a time that is not ours any more.
        let end = story.sends().hears(429, &[("retry-after", far)], "").step();
        assert_eq!(gave_up(&end), Some(Some(429)), "{far}");
    }
}

#[test]
fn an_answer_that_time_does_not_mend_ends_it() {
    for (status, body) in [(401, ""), (404, ""), (302, ""), (202, ""), (200, ""), (200, "{}")] {
        let end = Story::new(60, 1).sends().hears(status, &[], body).step();
        let Err(error @ RetryError::Reply(_)) = end else { panic!("{status}") };
        assert_eq!(error.reply().unwrap().status(), status);
        assert!(!matches!(error.reply().unwrap().kind(), Kind::Throttled | Kind::Unavailable));
    }
}

#[test]
fn it_gives_up_in_time() {
    for replies in [None, Some(503)] {
        let mut story = Story::new(10, 3);
        let mut sends = 0;
        let end = loop {
            match story.step() {
                Ok(Step::Send(_)) => {
                    sends += 1;
                    match replies {
                        Some(status) => story.hears(status, &[], ""),
                        None => story.loses(),
                    };
                }
                Ok(Step::Wait(until)) => story.now = until,
                end => break end,
            }
        };
        assert_eq!(gave_up(&end), Some(replies));
        assert!((3..=6).contains(&sends), "{sends}");
        assert!(story.now < NOW.saturating_add(Duration::from_secs(10)));
    }
    // A reply that never comes.
    let mut story = Story::new(10, 3);
    story.sends();
    assert_eq!(story.waits(), 10_000);
    assert_eq!(gave_up(&story.step()), Some(None));
}

#[test]
fn no_more_requests_than_were_allowed() {
    for most in [0, 1, 2, 5] {
        let mut story = Story::new(600, 3);
        story.flow = story.flow.max_requests(most).first_pause(Duration::from_millis(10));
        for _ in 1..most.max(1) {
            story.sends().loses().waits();
        }
        assert_eq!(gave_up(&story.sends().loses().step()), Some(None), "{most}");
    }
}

#[test]
fn settings() {
    let mut story = Story::new(600, 3);
    story.flow = story.flow.first_pause(Duration::from_secs(2)).max_pause(Duration::from_secs(3));
    for nominal in [2_000, 3_000, 3_000] {
        let pause = story.sends().loses().waits();
        assert!((nominal..=nominal * 3 / 2).contains(&pause), "{pause}");
    }
}

/// Elsewhere, with the operation made anew: the pauses and the budget go on.
#[test]
fn it_goes_on_elsewhere() {
    let mut here = Story::new(60, 5);
    here.flow = here.flow.max_requests(3);
    here.sends().loses().waits();
    here.sends();
    let mut there = Story { flow: Retry::resume(Ask("7"), here.flow.progress()), ..Story::new(1, 0) };
    there.now = here.now;
    assert!((1_000..=1_500).contains(&there.loses().waits()));
    assert_eq!(gave_up(&there.sends().loses().step()), Some(None));
    // All that were allowed are spent: not one more.
    let mut last = Story { flow: Retry::resume(Ask("7"), there.flow.progress()), ..Story::new(1, 0) };
    last.now = there.now;
    assert_eq!(gave_up(&last.step()), Some(None));
}

#[test]
fn what_cannot_be_built_is_not_sent() {
    let mut story = Story { flow: Retry::new(Ask(".."), Timestamp::MAX, 1), ..Story::new(60, 1) };
    let Err(error @ RetryError::Build(_)) = story.step() else { panic!() };
    assert!(error.reply().is_none() && error.source().is_none());
    assert!(matches!(story.step(), Err(RetryError::Ended)));
}

#[test]
fn the_texts() {
    let error = |end: End| end.map(|_| ()).unwrap_err().to_string();
    let late = |story: &mut Story| {
        story.now = Timestamp::MAX;
        story.step()
    };
    assert_eq!(error(late(&mut Story::new(60, 1))), "no answer came in time");
    let mut story = Story::new(60, 1);
    story.sends().hears(503, &[], "SENTINEL");
    assert_eq!(format!("{:?}", story.flow).matches("toy.ask").count(), 1);
    let gave_up = late(&mut story);
    assert!(!format!("{gave_up:?}").contains("SENTINEL"));
    assert_eq!(error(gave_up), "no answer came in time: toy.ask: status 503: the provider is out of order");
    assert_eq!(error(story.step()), "the flow has ended before");
    let refused = Story::new(60, 1).sends().hears(404, &[], "").step();
    assert_eq!(error(refused), "toy.ask: status 404: not a documented status");
    let unbuilt: RetryError<Infallible> = BuildError::new("toy.ask", authwire_core::BuildFault::Json).into();
    assert_eq!(unbuilt.to_string(), "toy.ask: not sent: the body cannot be written as JSON");
}
