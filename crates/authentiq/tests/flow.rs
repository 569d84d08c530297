//! Awaiting a signature: what it asks, how long it waits, and that nothing but the right reply moves it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use std::time::Duration;

use authwire_authentiq::flows::{AwaitSignature, AwaitSignatureError};
use authwire_authentiq::jwt::Claims;
use authwire_authentiq::scopes::UnverifiedJwt;
use authwire_authentiq::{Authentiq, JobId};
use authwire_core::{Flow, Reply, Sent, Step, Timestamp};
use common::{RingKey, key};
use http::{Request, Response};
use proptest::prelude::*;

const DEADLINE: u64 = 1_000;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_secs(seconds)
}

fn provider() -> Authentiq {
    Authentiq::new("https://provider.example".parse().unwrap())
}

fn flow() -> AwaitSignature {
    AwaitSignature::new(JobId::new("12345678901234567890").unwrap(), at(DEADLINE))
}

fn token() -> String {
    Claims::about_email(key(), "alice@example.com").sign(&RingKey::issuer()).unwrap().expose().to_owned()
}

fn response(status: u16, body: &str) -> Response<Vec<u8>> {
    Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap()
}

type Stepped = Result<Step<UnverifiedJwt>, AwaitSignatureError>;

fn sent(step: Stepped) -> Request<Vec<u8>> {
    match step {
        Ok(Step::Send(request)) => request,
        other => panic!("{other:?}"),
    }
}

fn waits(step: Stepped) -> u64 {
    match step {
        Ok(Step::Wait(time)) => time.as_secs(),
        other => panic!("{other:?}"),
    }
}

/// Sends, takes this reply at `now`, and says what is next.
fn exchange(flow: &mut AwaitSignature, now: u64, status: u16, body: &str) -> Stepped {
    sent(flow.step(&provider(), at(now)));
    flow.reply(&provider(), at(now), Reply::from(&response(status, body)));
    flow.step(&provider(), at(now))
}

#[test]
fn it_polls_until_the_token_is_there() {
    let mut flow = flow();
    let request = sent(flow.step(&provider(), at(0)));
    assert_eq!((request.method().as_str(), request.uri().path()), ("GET", "/scope/12345678901234567890"));
    assert_eq!(waits(flow.step(&provider(), at(0))), DEADLINE, "in flight");
    flow.reply(&provider(), at(1), Reply::from(&response(204, "")));
    assert_eq!(waits(flow.step(&provider(), at(1))), 6);
    assert_eq!(waits(exchange(&mut flow, 6, 200, r#"{"status":"confirmed"}"#)), 11);
    match exchange(&mut flow, 11, 200, &token()) {
        Ok(Step::Done(done)) => assert_eq!(done.into_jws().expose(), token()),
        other => panic!("{other:?}"),
    }
    assert_eq!(flow.step(&provider(), at(12)).unwrap_err(), AwaitSignatureError::Ended);
}

#[test]
fn it_backs_off_and_comes_back() {
    let mut flow = flow();
    let mut now = 0;
    for pause in [5, 10, 20, 40, 60, 60] {
        assert_eq!(waits(exchange(&mut flow, now, 503, "<html>")), now + pause);
        now += pause;
    }
    sent(flow.step(&provider(), at(now)));
    flow.lost(at(now), Sent::Maybe);
    assert_eq!(waits(flow.step(&provider(), at(now))), now + 60);
    now += 60;
    assert_eq!(waits(exchange(&mut flow, now, 204, "")), now + 5, "as fast as before");
    now += 5;
    sent(flow.step(&provider(), at(now)));
    let mut busy = response(429, "");
    busy.headers_mut().insert("retry-after", "120".parse().unwrap());
    flow.reply(&provider(), at(now), Reply::from(&busy));
    assert_eq!(waits(flow.step(&provider(), at(now))), now + 120);
}

#[test]
fn it_ends_for_a_reason() {
    let table = [
        (404, "", AwaitSignatureError::UnknownJob),
        (200, r#"{"sub":"x","email":"a@example.com"}"#, AwaitSignatureError::NoToken),
        (200, "<html>", AwaitSignatureError::Malformed),
        (204, "a page", AwaitSignatureError::Malformed),
        (302, "", AwaitSignatureError::Unexpected { status: 302 }),
        (403, "", AwaitSignatureError::Unexpected { status: 403 }),
    ];
    for (status, body, error) in table {
        let mut flow = flow();
        assert_eq!(exchange(&mut flow, 0, status, body).unwrap_err(), error);
        assert_eq!(flow.step(&provider(), at(0)).unwrap_err(), AwaitSignatureError::Ended);
    }
    let mut late = flow();
    assert_eq!(late.step(&provider(), at(DEADLINE)).unwrap_err(), AwaitSignatureError::TimedOut);
    let mut late = flow();
    sent(late.step(&provider(), at(DEADLINE - 1)));
    assert_eq!(late.step(&provider(), at(DEADLINE)).unwrap_err(), AwaitSignatureError::TimedOut);
}

#[derive(Clone, Debug)]
enum Event {
    Step,
    Reply(u16, bool),
    Lost,
    Jump(i32),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::Step),
        2 => (prop::sample::select(vec![200_u16, 204, 429, 500, 503]), any::<bool>()).prop_map(|(status, token)| Event::Reply(status, token)),
        1 => Just(Event::Lost),
        2 => (-50..300_i32).prop_map(Event::Jump),
    ]
}

proptest! {
    /// Whatever happens in whatever order: one request at a time, no waiting for the past, one output, nothing shown; and
    /// a copy taken anywhere goes on alike.
    #[test]
    fn every_script_keeps_the_rules(events in proptest::collection::vec(event(), 0..60)) {
        let (mut flow, mut now, mut latest) = (flow(), 0_u64, 0_u64);
        let (mut in_flight, mut over) = (false, false);
        for event in events {
            // The latest time that the flow was told.
            if !matches!(event, Event::Jump(_)) {
                latest = latest.max(now);
            }
            let shown = format!("{flow:?}");
            prop_assert!(!shown.contains("12345678901234567890"));
            let mut copy = flow.clone();
            match event {
                Event::Jump(by) => now = now.saturating_add_signed(i64::from(by)),
                Event::Lost => {
                    flow.lost(at(now), Sent::Maybe);
                    copy.lost(at(now), Sent::Maybe);
                    in_flight = false;
                }
                Event::Reply(status, with_token) => {
                    let response = response(status, &if status == 200 && with_token { token() } else { String::new() });
                    flow.reply(&provider(), at(now), Reply::from(&response));
                    copy.reply(&provider(), at(now), Reply::from(&response));
                    let after = format!("{flow:?}");
                    prop_assert!(in_flight || after == shown, "a reply to nothing changed something");
                    in_flight = false;
                }
                Event::Step => {
                    let step = flow.step(&provider(), at(now));
                    prop_assert_eq!(format!("{:?}", copy.step(&provider(), at(now))), format!("{step:?}"));
                    match step {
                        Ok(Step::Send(_)) => {
                            prop_assert!(!in_flight && !over && latest < DEADLINE);
                            in_flight = true;
                        }
                        Ok(Step::Wait(time)) => prop_assert!(time > at(latest) && !over),
                        Ok(Step::Done(_)) => {
                            prop_assert!(!over);
                            over = true;
                        }
                        Err(AwaitSignatureError::Ended) => prop_assert!(over),
                        Err(_) => {
                            prop_assert!(!over);
                            over = true;
                        }
                    }
                }
            }
        }
        prop_assert!(matches!(flow.step(&provider(), at(u64::MAX / 1_000)), Err(_) | Ok(Step::Done(_))), "it ends");
    }

    #[test]
    fn the_pause_is_never_shorter_than_the_pace(pace in 0_u64..100_000) {
        let mut flow = flow().pace(Duration::from_millis(pace));
        sent(flow.step(&provider(), at(1)));
        flow.reply(&provider(), at(1), Reply::from(&response(204, "")));
        match flow.step(&provider(), at(1)) {
            Ok(Step::Wait(time)) => prop_assert_eq!(time, at(1).saturating_add(Duration::from_millis(pace.max(1)))),
            other => prop_assert!(false, "{:?}", other),
        }
    }
}
