//! Errors: what they tell, and what they do not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]
#![allow(clippy::redundant_closure_for_method_calls, reason = "a row of a table reads alike")]

mod toy;

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use authwire_core::http::HeaderValue;
use authwire_core::http::header::{HeaderMap, RETRY_AFTER};
use authwire_core::transport::TransportKind;
use authwire_core::{
    BuildError, BuildFault, CallError, InvalidValue, Kind, Malformed, Reason, Reply, ReplyError, RetryAfter, Sent,
    Timestamp, TransportError,
};
use proptest::prelude::*;
use toy::response;

#[derive(Clone, Copy, Debug, PartialEq)]
struct No;

impl fmt::Display for No {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the door stays shut")
    }
}

impl Error for No {}

type Verdict<R> = fn(&Reply<'_>) -> Result<(), ReplyError<R>>;

/// The error of a reply with this status, whose body and headers hold what must not be shown.
fn error<R>(status: u16, verdict: Verdict<R>) -> ReplyError<R> {
    let response = response(status, &[("x-secret", "SENTINEL"), ("location", "/SENTINEL")], "SENTINEL");
    verdict(&Reply::new("toy.ask", &response)).unwrap_err()
}

/// The texts of an error and of what lies beneath it.
fn chain(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut texts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        texts.push(error.to_string());
        next = error.source();
    }
    texts
}

#[test]
fn a_value_that_cannot_be_sent() {
    let table = [
        (Reason::Empty, "id is empty"),
        (Reason::DotSegment, "id is a dot segment, which would change the route"),
        (Reason::Reserved, "id is a word of another route"),
        (Reason::TooLong { max: 64 }, "id is longer than 64 bytes"),
        (Reason::NotVisibleAscii { position: 3 }, "id has a byte that is not visible ASCII at position 3"),
        (Reason::Not("a number"), "id is not a number"),
    ];
    for (reason, text) in table {
        let invalid = InvalidValue::new("id", reason);
        assert_eq!((invalid.what(), invalid.reason()), ("id", reason));
        assert_eq!(chain(&invalid), [text]);
        let error = BuildError::new("toy.ask", invalid.into());
        assert_eq!(error.fault(), BuildFault::Value(invalid));
        assert_eq!(chain(&error), [format!("toy.ask: not sent: {text}")]);
    }
}

#[test]
fn a_request_that_could_not_be_built() {
    let table = [
        (BuildFault::TargetTooLong, "the request target is longer than 16384 bytes"),
        (BuildFault::Unsupported("this server has no such thing"), "this server has no such thing"),
        (BuildFault::Json, "the body cannot be written as JSON"),
        (BuildFault::Segment("id"), "the path value id does not fit the route"),
    ];
    for (fault, text) in table {
        let error = BuildError::new("toy.ask", fault);
        assert_eq!((error.operation(), error.fault()), ("toy.ask", fault));
        assert_eq!(chain(&error), [format!("toy.ask: not sent: {text}")]);
    }
}

#[test]
fn the_texts_of_a_replys_error() {
    let table: [(ReplyError<No>, &[&str]); 14] = [
        (error(403, |reply| reply.refused(No)), &["toy.ask: status 403: refused", "the door stays shut"]),
        (error(401, |reply| reply.our_credential()), &["toy.ask: status 401: our own credential is not accepted"]),
        (
            error(403, |reply| reply.unattributed()),
            &["toy.ask: status 403: not authorised, and the reply does not say whose credential is meant"],
        ),
        (error(429, |reply| reply.other()), &["toy.ask: status 429: too many requests"]),
        (error(503, |reply| reply.other()), &["toy.ask: status 503: the provider is out of order"]),
        (error(302, |reply| reply.other()), &["toy.ask: status 302: not a documented status"]),
        (error(200, |reply| reply.malformed(Malformed::Empty)), &["toy.ask: status 200: the body is empty"]),
        (error(200, |reply| reply.done()), &["toy.ask: status 200: there is a body where none is documented"]),
        (
            error(200, |reply| reply.malformed(Malformed::MediaType)),
            &["toy.ask: status 200: the media type is not the documented one"],
        ),
        (error(200, |reply| reply.malformed(Malformed::Encoding)), &["toy.ask: status 200: the body is not UTF-8"]),
        (
            error(200, |reply| reply.json_string().map(drop)),
            &["toy.ask: status 200: the body is not the documented JSON, line 1 column 1"],
        ),
        (error(200, |reply| reply.png().map(drop)), &["toy.ask: status 200: the body is not a whole picture"]),
        (
            error(200, |reply| reply.malformed(Malformed::Field("id"))),
            &["toy.ask: status 200: the field id is missing or makes no sense"],
        ),
        (
            error(200, |reply| reply.mismatch("id")),
            &["toy.ask: status 200: the field id is about something else than was asked for"],
        ),
    ];
    for (error, texts) in table {
        assert_eq!(chain(&error), texts);
        assert!(!format!("{error:?} {error:#?}").contains("SENTINEL"));
        // The same through an adapter, which says nothing of its own.
        let call: CallError<No> = error.into();
        assert_eq!(chain(&call), texts);
    }
}

#[test]
fn a_replys_error_tells_what_came() {
    let refused = error(403, |reply| reply.refused(No));
    assert_eq!((refused.operation(), refused.status(), refused.kind()), ("toy.ask", 403, &Kind::Refused(No)));
    assert_eq!((refused.refusal(), refused.is_transient(), refused.retry_after()), (Some(&No), false, None));
    assert_eq!(refused.excerpt_may_hold_secrets(), b"SENTINEL");
    assert_eq!(
        format!("{refused:?}"),
        "ReplyError { operation: \"toy.ask\", status: 403, kind: Refused(No), retry_after: None, .. }"
    );
    assert_eq!(refused.into_kind(), Kind::Refused(No));
    let ours: ReplyError<No> = error(403, |reply| reply.our_credential());
    assert_eq!((ours.refusal(), ours.is_transient()), (None, false));
}

#[test]
fn an_excerpt_is_the_start_of_the_body() {
    for length in [0, 1, 511, 512, 513, 100_000] {
        let body: Vec<u8> = (0..length).map(|at: usize| u8::try_from(at % 251).unwrap()).collect();
        let error = Reply::from(&response(500, &[], body.clone())).other::<(), Infallible>().unwrap_err();
        let kept = error.excerpt_may_hold_secrets();
        assert_eq!(kept.len(), length.min(512));
        assert!(body.starts_with(kept));
    }
}

#[test]
fn a_refusal_can_change_its_type_and_nothing_else_changes() {
    let verdicts: [Verdict<No>; 7] = [
        |reply| reply.refused(No),
        |reply| reply.our_credential(),
        |reply| reply.unattributed(),
        |reply| reply.malformed(Malformed::Image),
        |reply| reply.to_operation("toy.other").other(),
        |reply| reply.mismatch("id"),
        |reply| reply.done(),
    ];
    for status in [403, 429, 503, 999] {
        for verdict in verdicts {
            let told = |error: &ReplyError<No>| {
                let excerpt = error.excerpt_may_hold_secrets().to_vec();
                (error.operation(), error.status(), *error.kind(), error.retry_after(), excerpt)
            };
            let after = |error: ReplyError<No>| error.with_retry_after(Some(RetryAfter::At(Timestamp::MAX)));
            let before = told(&after(error(status, verdict)));
            let there = after(error(status, verdict)).map_refusal(|No| 7);
            assert_eq!(there.refusal(), matches!(before.2, Kind::Refused(No)).then_some(&7));
            assert_eq!(told(&there.map_refusal(|_| No)), before);
        }
    }
    let wide: ReplyError<No> = error::<Infallible>(503, |reply| reply.other()).widen();
    assert_eq!((wide.status(), wide.kind()), (503, &Kind::Unavailable));
}

#[test]
fn a_call_that_gave_no_success() {
    let build: CallError<No> = BuildError::new("toy.ask", BuildFault::Json).into();
    assert!(matches!(build, CallError::Build(_)));
    assert_eq!(chain(&build), ["toy.ask: not sent: the body cannot be written as JSON"]);
    assert_eq!((build.refusal(), build.kind(), build.is_uncertain()), (None, None, false));

    let transport = |sent| CallError::<No>::Transport { sent, source: TransportError::new(TransportKind::Truncated) };
    assert_eq!(chain(&transport(Sent::No)), ["the request was not sent", "the reply was cut off"]);
    assert_eq!(
        chain(&transport(Sent::Maybe)),
        ["no whole reply came; the request may have been carried out", "the reply was cut off"]
    );
    assert_eq!([transport(Sent::No).is_uncertain(), transport(Sent::Maybe).is_uncertain()], [false, true]);
    assert!(transport(Sent::Maybe).reply().is_none() && transport(Sent::Maybe).kind().is_none());

    let reply: CallError<No> = error(403, |reply| reply.refused(No)).into();
    assert_eq!((reply.refusal(), reply.kind(), reply.is_uncertain()), (Some(&No), Some(&Kind::Refused(No)), false));
    assert_eq!(reply.reply().map(ReplyError::status), Some(403));
    let malformed: CallError<No> = error(200, |reply| reply.done()).into();
    assert_eq!((malformed.refusal(), malformed.is_uncertain()), (None, false));
}

/// They cross threads and can be boxed, whatever runtime carries them.
#[test]
fn errors_are_send_sync_and_static() {
    fn is_error<E: Error + Send + Sync + 'static>() {}
    is_error::<InvalidValue>();
    is_error::<Reason>();
    is_error::<BuildError>();
    is_error::<BuildFault>();
    is_error::<Malformed>();
    is_error::<ReplyError<No>>();
    is_error::<ReplyError<Infallible>>();
    is_error::<CallError<No>>();
    is_error::<CallError<Infallible, std::io::Error>>();
}

fn retry_after(value: &[u8]) -> Option<RetryAfter> {
    let mut headers = HeaderMap::new();
    headers.insert(RETRY_AFTER, HeaderValue::from_bytes(value).unwrap());
    RetryAfter::from_headers(&headers)
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let after = |seconds| Some(RetryAfter::After(Duration::from_secs(seconds)));
    let at = |seconds| Some(RetryAfter::At(Timestamp::from_secs(seconds)));
    let table: &[(&str, Option<RetryAfter>)] = &[
        ("0", after(0)),
        ("1", after(1)),
        ("007", after(7)),
        (" 120 ", after(120)),
        ("1000000000000000000", after(1_000_000_000_000_000_000)),
        ("18446744073709551615", after(u64::MAX)),
        ("18446744073709551616", after(u64::MAX)),
        ("1000000000000000000000000000000", after(u64::MAX)),
        // RFC 9110, section 5.6.7: its three forms of one moment.
        ("Sun, 06 Nov 1994 08:49:37 GMT", at(784_111_777)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", at(784_111_777)),
        ("Sun Nov  6 08:49:37 1994", at(784_111_777)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", at(0)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", at(253_402_300_799)),
        ("Tue, 29 Feb 2028 12:00:00 GMT", at(1_835_438_400)),
        ("", None),
        (" ", None),
        ("-1", None),
        ("+1", None),
        ("1.5", None),
        ("1e3", None),
        ("0x10", None),
        ("1 2", None),
        ("120, 240", None),
        ("soon", None),
        ("Wed, 31 Dec 1969 23:59:59 GMT", None),
        ("Sat, 01 Jan 10000 00:00:00 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37", None),
        ("Sun, 06 Nov 1994 08:49:37 CET", None),
        ("Mon, 06 Nov 1994 08:49:37 GMT", None),
        ("Wed, 30 Feb 2028 12:00:00 GMT", None),
        ("Sun, 06 Nov 1994 24:00:00 GMT", None),
        ("Sun, 06 Nov 0000 08:49:37 GMT", None),
    ];
    for (value, expected) in table {
        assert_eq!(retry_after(value.as_bytes()), *expected, "{value:?}");
    }
    for bytes in [&b"\xff"[..], b"1\xff", "１".as_bytes(), "٣".as_bytes()] {
        assert_eq!(retry_after(bytes), None);
    }
    assert_eq!(RetryAfter::from_headers(&HeaderMap::new()), None);
    // The first of several, and every error has it.
    let response = response(503, &[("retry-after", "5"), ("retry-after", "9")], "");
    let error = Reply::from(&response).other::<(), Infallible>().unwrap_err();
    assert_eq!(error.retry_after(), after(5));
    assert_eq!(error.with_retry_after(None).retry_after(), None);
}

#[test]
fn retry_after_as_a_time_saturates() {
    let now = Timestamp::from_secs(1_000);
    let after = |seconds| RetryAfter::After(Duration::from_secs(seconds)).at(now);
    assert_eq!([after(0), after(5), after(u64::MAX)], [now, Timestamp::from_secs(1_005), Timestamp::MAX]);
    assert_eq!(RetryAfter::At(Timestamp::EPOCH).at(now), Timestamp::EPOCH);
}

proptest! {
    #[test]
    fn any_retry_after_gives_an_answer(
        near in "(Mon|Sun|Fri|Sunday|Friday|Wednesday)(, | |,)[0-9]{1,2}[ -](Jan|Feb|Dec|Foo)[ -][0-9]{1,5} [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT|UTC)?",
        any in prop::collection::vec(any::<u8>().prop_filter("a header's", |byte| *byte >= 32 && *byte != 127), 0..40),
    ) {
        if let Some(RetryAfter::At(time)) = retry_after(near.as_bytes()) {
            prop_assert!(time.as_secs() <= 253_402_300_799);
        }
        let is_number = !any.trim_ascii().is_empty() && any.trim_ascii().iter().all(u8::is_ascii_digit);
        prop_assert_eq!(matches!(retry_after(&any), Some(RetryAfter::After(_))), is_number);
    }
}
