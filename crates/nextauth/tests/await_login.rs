//! The flow that waits for a login, as stories. Its laws (it ends, whatever comes) are the workspace's own.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use std::time::Duration;

use authwire_nextauth::core::{Endpoint, Flow, Reply, Sent, Step, Timestamp};
use authwire_nextauth::flows::{AwaitLogin, AwaitLoginError};
use authwire_nextauth::http::Response;
use authwire_nextauth::sessions::GetSession;
use authwire_nextauth::{AccountId, ApiKey, NextAuth, Nonce, ServerId};

const NOBODY: &str = r#"{"loggedin":false}"#;
const ALICE: &str = r#"{"loggedin":true,"accountid":7,"userid":"alice"}"#;
/// The same account, before it was coupled to a user.
const NO_USER: &str = r#"{"loggedin":true,"accountid":7}"#;
const BOB: &str = r#"{"loggedin":true,"accountid":8,"userid":"bob"}"#;
/// Another phone of Alice's.
const ALICE_2: &str = r#"{"loggedin":true,"accountid":9,"userid":"alice"}"#;

/// A flow that is told a story. Times are in milliseconds since it began; it has until 600,000.
struct Story {
    flow: AwaitLogin,
    provider: NextAuth,
    now: u64,
}

const START: Timestamp = Timestamp::from_secs(1_800_000_000);

fn at(millis: u64) -> Timestamp {
    START.saturating_add(Duration::from_millis(millis))
}

impl Story {
    fn new() -> Self {
        Self::until(at(600_000))
    }

    fn until(deadline: Timestamp) -> Self {
        let flow = AwaitLogin::new(ServerId::new("AAAA").unwrap(), Nonce::from_text("SENTINEL").unwrap(), deadline);
        let provider = NextAuth::new("https://auth.example".parse().unwrap(), &ApiKey::new("key").unwrap());
        Self { flow, provider, now: 0 }
    }

    fn at_pace(mut self, pace: Duration) -> Self {
        self.flow = self.flow.pace(pace);
        self
    }

    /// One step now: `send`, `wait <until>`, `done <account> <user>`, or the error.
    fn step(&mut self) -> String {
        match self.flow.step(&self.provider, at(self.now)) {
            Ok(Step::Send(request)) => {
                let ours = GetSession::new(ServerId::new("AAAA").unwrap(), Nonce::from_text("SENTINEL").unwrap());
                let ours = ours.request(&self.provider).unwrap();
                assert_eq!((request.method(), request.uri()), (ours.method(), ours.uri()));
                assert_eq!(request.headers(), ours.headers());
                "send".to_owned()
            }
            Ok(Step::Wait(until)) => format!("wait {}", until.since(START).as_millis()),
            Ok(Step::Done(login)) => {
                format!("done {} {}", login.account, login.user.map_or("-".to_owned(), |user| user.to_string()))
            }
            Err(error) => error.to_string(),
        }
    }

    #[track_caller]
    fn expect(&mut self, expected: &str) -> &mut Self {
        assert_eq!(self.step(), expected, "at {}", self.now);
        self
    }

    fn go_to(&mut self, millis: u64) -> &mut Self {
        self.now = millis;
        self
    }

    fn reply(&mut self, status: u16, headers: &[(&str, &str)], body: &str) -> &mut Self {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let response = response.body(body).unwrap();
        self.flow.reply(&self.provider, at(self.now), Reply::from(&response));
        self
    }

    fn says(&mut self, body: &str) -> &mut Self {
        self.reply(200, &[("content-type", "application/json")], body)
    }

    fn lost(&mut self) -> &mut Self {
        self.flow.lost(at(self.now), Sent::Maybe);
        self
    }
}

#[test]
fn somebody_logs_in_and_a_second_answer_says_the_same() {
    let mut story = Story::new();
    story.expect("send").says(NOBODY).expect("wait 5000");
    story.go_to(4_999).expect("wait 5000");
    story.go_to(5_000).expect("send").go_to(5_100).says(NOBODY).expect("wait 10100");
    story.go_to(11_000).expect("send").says(ALICE);
    // At once, with no pause.
    story.expect("send").go_to(11_050).says(ALICE).expect("done 7 alice");
    // Handed out once.
    story.expect("the flow has ended before").go_to(700_000).expect("the flow has ended before");
}

#[test]
fn a_session_that_is_logged_in_already_ends_at_once() {
    Story::new().expect("send").says(ALICE).expect("send").says(ALICE).expect("done 7 alice");
    Story::new().expect("send").says(NO_USER).expect("send").says(NO_USER).expect("done 7 -");
}

/// A reply that strayed from another request must not let anybody in.
#[test]
fn two_answers_that_differ_let_nobody_in() {
    for other in [BOB, ALICE_2, NO_USER, NOBODY] {
        let mut story = Story::new();
        story.expect("send").says(ALICE).expect("send").says(other).expect("wait 5000");
        // Neither of them counts from here on.
        story.go_to(5_000).expect("send").says(other);
        if other == NOBODY {
            story.expect("wait 10000");
        } else {
            story.expect("send").says(ALICE).expect("wait 10000");
            story.go_to(10_000).expect("send").says(ALICE).expect("send").says(ALICE).expect("done 7 alice");
        }
    }
}

/// What was heard before a failure has to be heard twice again.
#[test]
fn a_failure_between_two_answers_forgets_the_first() {
    let mut story = Story::new();
    story.expect("send").says(ALICE).expect("send").lost().expect("wait 5000");
    story.go_to(5_000).expect("send").says(ALICE).expect("send").reply(503, &[], "").expect("wait 10000");
    story.go_to(10_000).expect("send").says(ALICE).expect("send").says(ALICE).expect("done 7 alice");
}

#[test]
fn pauses_double_after_failures_up_to_a_minute() {
    let mut story = Story::new();
    let mut now = 0;
    for pause in [5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000, 60_000] {
        story.go_to(now).expect("send").lost();
        now += pause;
        story.expect(&format!("wait {now}"));
    }
    // An answer, and the pace is as before.
    story.go_to(now).expect("send").says(NOBODY).expect(&format!("wait {}", now + 5_000));
    story.go_to(now + 5_000).expect("send").lost().expect(&format!("wait {}", now + 10_000));
}

/// The seventh doubling is the last, also where a minute is not reached.
#[test]
fn a_fast_pace_stays_fast() {
    let mut story = Story::new().at_pace(Duration::from_millis(10));
    let mut now = 0;
    for pause in [10, 20, 40, 80, 160, 320, 640, 640, 640] {
        story.go_to(now).expect("send").reply(500, &[], "");
        now += pause;
        story.expect(&format!("wait {now}"));
    }
}

#[test]
fn a_pace_of_your_own() {
    for (pace, pause) in [(Duration::ZERO, 1), (Duration::from_nanos(1), 1), (Duration::from_millis(250), 250)] {
        Story::new().at_pace(pace).expect("send").says(NOBODY).expect(&format!("wait {pause}"));
    }
    // Slower than the longest pause: failures do not make it faster.
    let mut slow = Story::new().at_pace(Duration::from_secs(100));
    slow.expect("send").lost().expect("wait 100000").go_to(100_000).expect("send").lost().expect("wait 200000");
    let mut never = Story::new().at_pace(Duration::MAX);
    never.expect("send").says(NOBODY).expect("wait 600000").go_to(600_000).expect("nobody logged in in time");
}

#[test]
fn the_provider_may_ask_for_a_longer_pause() {
    let table = [
        (503, "30", 30_000),
        (429, "30", 30_000),
        // Not for a shorter one.
        (503, "0", 5_000),
        (503, "4", 5_000),
        (503, "soon", 5_000),
        (503, "-1", 5_000),
        (503, "Sun, 06 Nov 1994 08:49:37 GMT", 5_000),
        // By date: 20 seconds after the start.
        (503, "Fri, 15 Jan 2027 08:00:20 GMT", 20_000),
        // For longer than there is.
        (503, "1000000000000000000", 600_000),
        (503, "Fri, 31 Dec 9999 23:59:59 GMT", 600_000),
    ];
    for (status, value, until) in table {
        let mut story = Story::new();
        story.expect("send").reply(status, &[("retry-after", value)], "").expect(&format!("wait {until}"));
        story.go_to(until - 1).expect(&format!("wait {until}"));
        story.go_to(until).expect(if until == 600_000 { "nobody logged in in time" } else { "send" });
    }
    // An answer that is none of the transient ones is not asked again, whatever it asks for.
    let mut unexpected = Story::new();
    unexpected.expect("send").reply(404, &[("retry-after", "30")], "");
    unexpected.expect("the provider answered with the undocumented status 404");
}

#[test]
fn after_the_deadline_nothing_is_sent() {
    Story::until(at(0)).expect("nobody logged in in time").expect("the flow has ended before");
    Story::until(Timestamp::EPOCH).expect("nobody logged in in time");
    // While it waits.
    Story::until(at(3_000)).expect("send").says(NOBODY).expect("wait 3000").go_to(2_999).expect("wait 3000");
    Story::until(at(3_000)).expect("send").says(NOBODY).go_to(3_000).expect("nobody logged in in time");
    // While a request is under way: its reply comes too late.
    let mut late = Story::until(at(3_000));
    late.expect("send").expect("wait 3000").go_to(3_000).expect("nobody logged in in time");
    late.says(ALICE).says(ALICE).expect("the flow has ended before");
    // Between the two answers: one is not enough.
    Story::until(at(3_000)).expect("send").go_to(3_000).says(ALICE).expect("nobody logged in in time");
    // Both were heard before anybody looked at the clock again.
    let mut just = Story::until(at(3_000));
    just.expect("send").says(ALICE).expect("send").go_to(2_999).says(ALICE).go_to(9_000).expect("done 7 alice");
    // A deadline that never comes.
    Story::until(Timestamp::MAX).expect("send").says(NOBODY).expect("wait 5000");
}

#[test]
fn an_answer_that_no_waiting_changes_ends_it() {
    let table: [(u16, &str, AwaitLoginError); 10] = [
        (401, "", AwaitLoginError::OurCredential),
        (403, "", AwaitLoginError::OurCredential),
        (404, "", AwaitLoginError::Unexpected { status: 404 }),
        (302, "", AwaitLoginError::Unexpected { status: 302 }),
        (202, ALICE, AwaitLoginError::Unexpected { status: 202 }),
        (999, ALICE, AwaitLoginError::Unexpected { status: 999 }),
        (200, "", AwaitLoginError::Malformed),
        (200, "<html>", AwaitLoginError::Malformed),
        (200, r#"{"loggedin":true}"#, AwaitLoginError::Malformed),
        (200, r#"[true,"alice",7]"#, AwaitLoginError::Malformed),
    ];
    for (status, body, expected) in table {
        let mut story = Story::new();
        story.expect("send").reply(status, &[], body);
        let error = story.flow.step(&story.provider, at(0)).unwrap_err();
        assert_eq!(error, expected, "{status} {body}");
        story.expect("the flow has ended before");
        // Also as the second answer, after one that let somebody in.
        let mut second = Story::new();
        second.expect("send").says(ALICE).expect("send").reply(status, &[], body);
        assert_eq!(second.flow.step(&second.provider, at(0)).unwrap_err(), expected);
    }
}

#[test]
fn the_errors_texts() {
    let table = [
        (AwaitLoginError::TimedOut, "nobody logged in in time"),
        (AwaitLoginError::OurCredential, "our own credential is not accepted"),
        (AwaitLoginError::Unexpected { status: 302 }, "the provider answered with the undocumented status 302"),
        (AwaitLoginError::Malformed, "the provider's answer is not of the documented form"),
        (AwaitLoginError::Ended, "the flow has ended before"),
    ];
    for (error, text) in table {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn a_call_that_does_not_fit_the_moment_changes_nothing() {
    // Before anything was sent.
    let mut story = Story::new();
    story.says(ALICE).says(ALICE).lost().expect("send");
    // Twice the same step: one request at a time.
    story.expect("wait 600000").expect("wait 600000");
    // A reply, and then news of a request that is no more.
    story.says(NOBODY).says(ALICE).says(ALICE).lost().reply(401, &[], "").expect("wait 5000");
    // A reply to what was reported lost is dropped.
    story.go_to(5_000).expect("send").lost().says(ALICE).says(ALICE).expect("wait 10000");
    // So is a doubled one.
    story.go_to(10_000).expect("send").says(ALICE).says(ALICE).expect("send").says(NOBODY).expect("wait 15000");
}

#[test]
fn the_clock_never_runs_backwards() {
    let mut story = Story::new();
    story.go_to(100_000).expect("send").go_to(50_000).says(NOBODY);
    // It counts from the latest time it was told.
    story.go_to(0).expect("wait 105000").go_to(104_999).expect("wait 105000").go_to(105_000).expect("send");
    story.go_to(0).lost().expect("wait 110000");
    // A reply and a loss tell the time, too.
    let mut told = Story::new();
    told.expect("send").go_to(20_000).says(NOBODY).go_to(0).expect("wait 25000");
    told.go_to(25_000).expect("send").go_to(30_000).lost().go_to(0).expect("wait 35000");
    told.go_to(700_000).says(NOBODY).go_to(0).expect("nobody logged in in time");
    // A jump to the end of time.
    let mut jump = Story::new();
    jump.expect("send").says(NOBODY);
    let error = jump.flow.step(&jump.provider, Timestamp::MAX).unwrap_err();
    assert_eq!(error, AwaitLoginError::TimedOut);
}

/// Moved to another machine: taken up where it stood, the request in flight counts as lost.
#[test]
fn a_copy_goes_on_by_itself() {
    let mut story = Story::new();
    story.expect("send").says(ALICE).expect("send");
    let mut there = Story { flow: story.flow.clone(), ..Story::new() };
    story.says(ALICE).expect("done 7 alice");
    there.lost().expect("wait 5000").go_to(5_000).expect("send").says(ALICE).expect("send").says(ALICE);
    there.expect("done 7 alice");
}

#[test]
fn its_debug_says_where_it_stands_and_no_nonce() {
    let mut story = Story::new();
    let shown = |story: &Story, state: &str| {
        let expected =
            format!("AwaitLogin {{ repeat: Repeat {{ state: \"{state}\", deadline: {:?}, .. }}, .. }}", at(600_000));
        assert_eq!(format!("{:?}", story.flow), expected);
    };
    shown(&story, "due");
    story.expect("send");
    shown(&story, "in flight");
    story.says(ALICE).expect("send").says(ALICE);
    shown(&story, "done");
    story.expect("done 7 alice");
    shown(&story, "ended");
    let mut failed = Story::new();
    failed.expect("send").reply(401, &[], "");
    shown(&failed, "failed");
}

#[test]
fn a_login_says_who() {
    let mut story = Story::new();
    story.expect("send").says(ALICE).expect("send").says(ALICE);
    match story.flow.step(&story.provider, at(0)) {
        Ok(Step::Done(login)) => {
            assert_eq!(login.account, AccountId::new(7));
            assert_eq!(login.user.unwrap().as_str(), "alice");
        }
        other => panic!("{other:?}"),
    }
}

/// Many flows that failed together do not come back together; none comes back early.
#[test]
fn jitter_spreads_the_pauses_after_failures() {
    let mut dues = std::collections::BTreeSet::new();
    for random in 0..1_000 {
        let mut story = Story::new();
        story.flow = story.flow.jitter(random);
        story.expect("send").reply(503, &[("retry-after", "60")], "");
        let wait = story.step();
        let due: u64 = wait.strip_prefix("wait ").unwrap().parse().unwrap();
        assert!((60_000..=62_500).contains(&due), "{due}");
        dues.insert(due);
        // Where nothing fails there is nothing to spread.
        story.go_to(due).expect("send").says(NOBODY).expect(&format!("wait {}", due + 5_000));
    }
    assert!(dues.len() > 700, "{}", dues.len());
}
