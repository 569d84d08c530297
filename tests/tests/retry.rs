//! Why a retried operation gave no success, and how long it waits. What a retry does is a law of flows.

use std::error::Error;
use std::time::Duration;

use authwire_core::{BaseUrl, Flow, Kind, Reply, Retry, RetryError, Sent, Step, Timestamp};
use authwire_nextauth::servers::{GetServerVash, GetServerVashRefusal};
use authwire_nextauth::sessions::GetQrLogin;
use authwire_nextauth::{ApiKey, NextAuth, Nonce, QrFormat, ServerId};
use authwire_tests::golden::response;

type Failed = RetryError<GetServerVashRefusal>;

fn provider() -> NextAuth {
    NextAuth::new(BaseUrl::new("https://auth.example").unwrap(), &ApiKey::new("key").unwrap())
}

fn operation() -> GetServerVash {
    GetServerVash::new(ServerId::new("AAAA").unwrap())
}

/// How a retry ends that is answered with these statuses, one after the other, as soon as it asks.
fn ends(mut flow: Retry<GetServerVash>, statuses: &[u16]) -> Failed {
    let mut now = Timestamp::EPOCH;
    for status in statuses {
        assert!(matches!(flow.step(&provider(), now), Ok(Step::Send(_))), "before {status}");
        flow.reply(&provider(), now, Reply::from(&response(*status, None, Vec::new())));
        now = now.saturating_add(Duration::from_secs(60));
    }
    flow.step(&provider(), now).unwrap_err()
}

fn within(seconds: u64) -> Retry<GetServerVash> {
    Retry::new(operation(), Timestamp::from_secs(seconds), 4)
}

#[test]
fn an_error_says_what_the_last_reply_said() {
    let refused = ends(within(600), &[503, 404]);
    assert_eq!(refused.refusal(), Some(&GetServerVashRefusal::NoSuchServer));
    assert_eq!(refused.reply().map(|error| error.status()), Some(404));
    assert_eq!(refused.to_string(), "nextauth.servers.vash: status 404: refused");
    assert_eq!(refused.source().map(ToString::to_string).as_deref(), Some("there is no such virtual server"));

    let ours = ends(within(600), &[401]);
    assert!(matches!(ours.reply().map(|error| error.kind()), Some(Kind::OurCredential)));
    assert!(ours.refusal().is_none() && ours.source().is_none());

    let gave_up = ends(within(600).max_requests(2), &[503, 503]);
    assert!(matches!(&gave_up, RetryError::GaveUp { last: Some(last) } if last.status() == 503), "{gave_up:?}");
    assert_eq!((gave_up.reply().map(|error| error.status()), gave_up.refusal()), (Some(503), None));
    assert!(gave_up.to_string().starts_with("no answer came in time: nextauth.servers.vash: "), "{gave_up}");

    let nobody = ends(within(0), &[]);
    assert!(matches!(nobody, RetryError::GaveUp { last: None }), "{nobody:?}");
    assert!(nobody.reply().is_none() && nobody.source().is_none());
    assert_eq!(nobody.to_string(), "no answer came in time");
}

#[test]
fn after_the_end_it_says_that_it_has_ended() {
    let mut flow = within(0);
    flow.step(&provider(), Timestamp::EPOCH).unwrap_err();
    let ended = flow.step(&provider(), Timestamp::EPOCH).unwrap_err();
    assert!(matches!(ended, RetryError::Ended) && ended.reply().is_none() && ended.source().is_none());
    assert_eq!(ended.to_string(), "the flow has ended before");
}

#[test]
fn what_cannot_be_built_is_not_sent() {
    let nothing = QrFormat::Png { side: Some(0) };
    let login = GetQrLogin::new(ServerId::new("AAAA").unwrap(), Nonce::from_text("n").unwrap()).format(nothing);
    let mut flow = Retry::new(login, Timestamp::from_secs(600), 4);
    let error = flow.step(&provider(), Timestamp::EPOCH).unwrap_err();
    let RetryError::Build(build) = &error else { panic!("{error:?}") };
    assert_eq!(build.operation(), "nextauth.sessions.qr_login");
    assert_eq!(error.to_string(), build.to_string());
    assert_eq!(error.source().map(ToString::to_string), build.source().map(ToString::to_string));
    assert!(error.reply().is_none() && error.refusal().is_none());
}

/// Doubled with each loss, at most the longest pause and a random half of it.
#[test]
fn a_pause_is_no_longer_than_was_said() {
    let mut flow = within(3_600).first_pause(Duration::from_secs(1)).max_pause(Duration::from_secs(3));
    let mut now = Timestamp::EPOCH;
    let mut pauses = Vec::new();
    for _ in 0..6 {
        assert!(matches!(flow.step(&provider(), now), Ok(Step::Send(_))));
        flow.lost(now, Sent::Maybe);
        let Ok(Step::Wait(until)) = flow.step(&provider(), now) else { panic!("no pause after a loss") };
        pauses.push(until.as_millis() - now.as_millis());
        now = until;
    }
    let longest = [1_000, 2_000, 3_000, 3_000, 3_000, 3_000];
    for (pause, least) in pauses.iter().zip(longest) {
        assert!((least..=least + least / 2).contains(pause), "{pauses:?}");
    }
}
