//! When a session is refreshed, what a reply means to it, and what it is stored as.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may"
)]

mod common;

use std::time::Duration;

use authwire_nap::core::keeper::Ticket;
use authwire_nap::core::{Access, Endpoint, Generation, Keeper, Sent, Timestamp};
use authwire_nap::keeper::{RestoreError, SessionKeeper, SessionOver};
use authwire_nap::sessions::{Refresh, RefreshRefusal};
use authwire_nap::{Dialect, RefreshToken, Tokens};
use common::{DIALECTS, SESSION, nap, reply, session_token, tokens};
use http::Response;

const NOW: Timestamp = Timestamp::from_secs(1_795_296_922);

fn at(seconds: u64) -> Timestamp {
    NOW.saturating_add(Duration::from_secs(seconds))
}

/// An answer to a refresh, with this refresh token and these claims and expiry.
fn pair(dialect: Dialect, refresh: &str, claims: &str, expiry: &str) -> Response<Vec<u8>> {
    let usual = tokens(dialect, "u1@ex.test", SESSION);
    let usual = usual.replace(
        &session_token(format!(r#"{{"jti":"{SESSION}","email":"u1@ex.test","exp":1795300522}}"#)),
        &session_token(claims),
    );
    let body = usual.replace(common::REFRESH_TOKEN, refresh).replace("2026-11-21T22:35:22.186385564Z", expiry);
    reply(200, format!(r#"{{"tokens":{body}}}"#))
}

fn kept(claims: &str, expiry: &str) -> SessionKeeper {
    let refresh = Refresh::new(RefreshToken::new("before").unwrap());
    let tokens = refresh.response(&nap(Dialect::Nap), &pair(Dialect::Nap, "first", claims, expiry)).unwrap().tokens;
    SessionKeeper::new(tokens, NOW)
}

/// Good for an hour from now.
fn usual() -> SessionKeeper {
    kept(r#"{"iat":1795296922,"exp":1795300522}"#, "2026-11-21T22:35:22Z")
}

/// What an access leads to: `use 0`, `refresh`, `busy`, `wait 7` (seconds from [`NOW`]) or the end.
fn look(keeper: &mut SessionKeeper, now: Timestamp) -> String {
    match keeper.access(&nap(Dialect::Nap), now) {
        Access::Use { generation, .. } => format!("use {}", generation.get()),
        Access::Refresh { .. } => "refresh".to_owned(),
        Access::Busy => "busy".to_owned(),
        Access::Wait(until) => format!("wait {}", until.since(NOW).as_secs()),
        Access::Over(over) => format!("{over:?}"),
    }
}

#[test]
fn a_refresh_is_due_before_the_end() {
    let hour = r#"{"iat":1795296922,"exp":1795300522}"#;
    let rows: [(&str, &str, u64, u64); 9] = [
        // claims, expiry, leeway, due after so many seconds
        (hour, "2026-11-21T22:35:22Z", 60, 3_540),
        (hour, "2026-11-21T22:35:22Z", 0, 3_600),
        (hour, "2026-11-21T22:35:22Z", u64::MAX, 1_800),
        // Whichever ends first.
        (hour, "2026-11-21T21:45:22Z", 60, 540),
        (r#"{"iat":1795296922,"exp":1795297522}"#, "2026-11-21T22:35:22Z", 60, 540),
        // Our clock is an hour late, or two hours early: the token is good for an hour all the same.
        (r#"{"iat":1795300522,"exp":1795304122}"#, "2026-11-21T23:35:22Z", 60, 3_540),
        (r#"{"iat":1795289722,"exp":1795293322}"#, "2026-11-21T20:35:22Z", 60, 3_540),
        // It does not say when it was made, or is no JSON.
        (r#"{"exp":1795300522}"#, "2026-11-21T22:35:22Z", 60, 3_540),
        ("no JSON", "2026-11-21T22:35:22Z", 60, 3_540),
    ];
    for (claims, expiry, leeway, due) in rows {
        let mut keeper = kept(claims, expiry).leeway(Duration::from_secs(leeway));
        let before = at(due).as_millis() - 1;
        assert_eq!(look(&mut keeper, Timestamp::from_millis(before)), "use 0", "{claims} {expiry} {leeway}");
        assert_eq!(look(&mut keeper, at(due)), "refresh", "{claims} {expiry} {leeway}");
        // While it is in flight, the old one is good to its end.
        assert_eq!(look(&mut keeper, at(due)), if leeway == 0 { "busy" } else { "use 0" });
    }
    // Born expired: used for a second all the same, and not refreshed more often.
    for (claims, expiry) in [(r#"{"iat":1795296922,"exp":5}"#, "2026-11-21T22:35:22Z"), ("{}", "2020-01-01T00:00:00Z")]
    {
        let mut keeper = kept(claims, expiry);
        assert_eq!(look(&mut keeper, NOW), "use 0");
        assert_eq!(look(&mut keeper, at(1)), "refresh");
    }
}

#[test]
fn what_a_reply_means() {
    let refused = |refusal| format!("{:?}", SessionOver::Refused(refusal));
    let uncertain = |status| format!("{:?}", SessionOver::Uncertain { status });
    let error = |message: &str| format!(r#"{{"message":"{message}","debug":"","code":401}}"#);
    let rows = [
        (400, String::new(), refused(RefreshRefusal::InvalidRequest)),
        (401, error("Invalid refresh token! Please login again."), refused(RefreshRefusal::InvalidToken)),
        (401, error("User or organization not found! Please login again."), refused(RefreshRefusal::NoMembership)),
        (401, error("No refresh token provided"), refused(RefreshRefusal::TokenNotReceived)),
        (401, r#"{"error":"Invalid API key"}"#.to_owned(), "OurCredential".to_owned()),
        (401, error("something new"), uncertain(Some(401))),
        (403, String::new(), uncertain(Some(403))),
        (404, "404 page not found".to_owned(), uncertain(Some(404))),
        (307, String::new(), uncertain(Some(307))),
        (500, String::new(), uncertain(Some(500))),
        (500, error("An error occurred while processing your request."), uncertain(Some(500))),
        (503, "<html>".to_owned(), uncertain(Some(503))),
        (200, String::new(), uncertain(Some(200))),
        (200, r#"{"tokens":{"session_id":"x"}}"#.to_owned(), uncertain(Some(200))),
        (200, r#"{"tokens"#.to_owned(), uncertain(Some(200))),
    ];
    for (status, body, over) in rows {
        let mut keeper = usual();
        assert_eq!(look(&mut keeper, at(3_600)), "refresh");
        keeper.reply(&nap(Dialect::Nap), at(3_600), Ticket::default(), (&reply(status, body.clone())).into());
        assert_eq!(look(&mut keeper, at(3_700)), over, "{status} {body}");
        assert_eq!(keeper.tokens().refresh_token.expose(), "first", "the old tokens are kept");
        let expected = keeper.over().unwrap();
        let goes_on = if expected.is_uncertain() { keeper.refresh_at_risk() } else { keeper.resume() };
        assert_eq!(goes_on, !expected.is_final(), "{status} {body}");
        assert_eq!(look(&mut keeper, at(3_700)), if goes_on { "refresh".to_owned() } else { over });
    }
}

#[test]
fn new_tokens_in_both_dialects() {
    for dialect in DIALECTS {
        let nap = nap(dialect);
        let mut keeper = usual();
        let Access::Refresh { ticket, request } = keeper.access(&nap, at(3_600)) else { panic!("due") };
        let name = if dialect == Dialect::Nexeres { "x-nexeres-refresh-token" } else { "x-nap-refresh-token" };
        assert_eq!(request.headers()[name], "first");
        // Eleven seconds on its way: the token is as much older.
        let answer = pair(dialect, "second", r#"{"iat":1795300522,"exp":1795304122}"#, "2026-11-21T23:35:22Z");
        keeper.reply(&nap, at(3_611), ticket, (&answer).into());
        assert_eq!(look(&mut keeper, at(3_611)), "use 1");
        assert_eq!(keeper.tokens().refresh_token.expose(), "second");
        assert_eq!(look(&mut keeper, Timestamp::from_millis(at(7_140).as_millis() - 1)), "use 1");
        assert_eq!(look(&mut keeper, at(7_140)), "refresh");
        // The same answer once more, out of somebody's cache: that is no rotation.
        keeper.reply(&nap, at(7_140), ticket.next(), (&answer).into());
        assert_eq!(keeper.over(), Some(SessionOver::Uncertain { status: Some(200) }));
    }
}

#[test]
fn what_was_not_carried_out_waits() {
    let throttled = |name: &'static str, value: String| {
        let mut answer = reply(429, "Limit exceeded");
        answer.headers_mut().insert(name, value.parse().unwrap());
        answer
    };
    let nap = nap(Dialect::Nap);
    let reset = (at(3_600).as_secs() + 42).to_string();
    let rows = [
        (throttled("x-ratelimit-reset", reset), 3_642),
        (throttled("retry-after", "7".into()), 3_607),
        (throttled("retry-after", "0".into()), 3_601),
        (throttled("x-ratelimit-reset", "5".into()), 3_601),
        (throttled("x-ratelimit-reset", u64::MAX.to_string()), 7_200),
        (reply(429, ""), 3_601),
    ];
    for (answer, until) in rows {
        let mut keeper = usual();
        assert_eq!(look(&mut keeper, at(3_600)), "refresh");
        keeper.reply(&nap, at(3_600), Ticket::default(), (&answer).into());
        assert_eq!(look(&mut keeper, at(3_600)), format!("wait {until}"));
        assert_eq!(look(&mut keeper, at(until)), "refresh");
    }
    // One second, and twice as long each time, up to a minute.
    let mut keeper = usual();
    let (mut now, mut ticket) = (3_600, Ticket::default());
    for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert_eq!(look(&mut keeper, at(now)), "refresh");
        keeper.lost(at(now), ticket, Sent::No);
        assert_eq!(look(&mut keeper, at(now)), format!("wait {}", now + pause));
        (now, ticket) = (now + pause, ticket.next());
    }
    // Before its end, the token is used meanwhile.
    let mut keeper = usual();
    assert_eq!(look(&mut keeper, at(3_550)), "refresh");
    keeper.lost(at(3_550), Ticket::default(), Sent::No);
    assert_eq!(look(&mut keeper, at(3_550)), "use 0");
    assert_eq!(look(&mut keeper, at(3_551)), "refresh");
    // Lost on the way.
    keeper.lost(at(3_560), Ticket::default().next(), Sent::Maybe);
    assert_eq!(keeper.over(), Some(SessionOver::Uncertain { status: None }));
}

#[test]
fn a_token_that_is_rejected_is_refreshed_once() {
    let nap = nap(Dialect::Nap);
    let mut keeper = usual();
    keeper.rejected(Generation::new(1));
    assert_eq!(look(&mut keeper, at(10)), "use 0");
    keeper.rejected(Generation::default());
    assert_eq!(look(&mut keeper, at(10)), "refresh");
    let answer = pair(Dialect::Nap, "second", r#"{"iat":1795296932,"exp":1795300532}"#, "2026-11-21T22:35:32Z");
    assert_eq!(look(&mut keeper, at(10)), "busy");
    keeper.reply(&nap, at(10), Ticket::default(), (&answer).into());
    keeper.rejected(Generation::default());
    assert_eq!(look(&mut keeper, at(10)), "use 1");
    keeper.rejected(Generation::new(1));
    // Within a second of its birth, another one would be the same.
    assert_eq!(look(&mut keeper, at(10)), "wait 11");
    assert_eq!(look(&mut keeper, at(11)), "refresh");
}

#[test]
fn the_clock_never_runs_backwards() {
    let mut keeper = usual();
    keeper.lost(at(3_600), Ticket::default(), Sent::No);
    assert_eq!(look(&mut keeper, NOW), "refresh");
    assert_eq!(look(&mut keeper, Timestamp::EPOCH), "busy");
}

#[test]
fn logging_out() {
    let mut keeper = usual();
    assert_eq!(look(&mut keeper, at(3_600)), "refresh");
    assert!(keeper.logout().is_none(), "the newest token is not known");
    keeper.lost(at(3_600), Ticket::default(), Sent::No);
    for _ in 0..2 {
        let logout = keeper.logout().unwrap().request(&nap(Dialect::Nap)).unwrap();
        assert_eq!(logout.headers()["x-nap-refresh-token"], "first");
        assert_eq!(look(&mut keeper, at(3_700)), "LoggedOut");
    }
    assert!(!keeper.resume() && !keeper.refresh_at_risk());
}

#[test]
fn what_is_restored() {
    let text = usual().export_secrets().expose().to_owned();
    assert!(text.starts_with(r#"{"format":"authwire-nap-session","version":1,"#), "{text}");
    let restored = SessionKeeper::restore(&text).unwrap();
    let same = |one: &Tokens, other: &Tokens| {
        one.session_id == other.session_id
            && one.session_token.expose() == other.session_token.expose()
            && one.session_token_expiry == other.session_token_expiry
            && one.refresh_token.expose() == other.refresh_token.expose()
            && one.refresh_token_expiry == other.refresh_token_expiry
    };
    assert!(same(restored.tokens(), usual().tokens()));
    // Another order and white space are the same text to JSON.
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let fields = value.as_object().unwrap().clone();
    assert!(SessionKeeper::restore(&serde_json::to_string_pretty(&fields).unwrap()).is_ok());
    assert_eq!(fields.len(), 17);

    let restore = |fields: &serde_json::Map<String, serde_json::Value>| {
        SessionKeeper::restore(&serde_json::to_string(fields).unwrap()).map(drop)
    };
    // Each field must be there, once, and of its type.
    for (name, value) in &fields {
        let mut without = fields.clone();
        without.remove(name);
        assert_eq!(restore(&without), Err(RestoreError::Malformed), "without {name}");
        let mut other = fields.clone();
        other.insert(name.clone(), if value.is_string() { 1.into() } else { "1".into() });
        assert_eq!(restore(&other), Err(RestoreError::Malformed), "{name} of another type");
        let twice = text.replacen('{', &format!("{{\"{name}\":{value},"), 1);
        assert_eq!(SessionKeeper::restore(&twice).map(drop), Err(RestoreError::Malformed), "{name} twice");
    }
    let mut more = fields.clone();
    more.insert("more".into(), 1.into());
    assert_eq!(restore(&more), Err(RestoreError::Malformed));
    let rows = [
        ("format", "\"other\"", RestoreError::Malformed),
        ("version", "2", RestoreError::UnknownVersion),
        ("version", "0", RestoreError::UnknownVersion),
        ("version", "-1", RestoreError::Malformed),
        ("session_id", "\"\"", RestoreError::Field("session_id")),
        ("session_token", "\"e30.e30.X18\"", RestoreError::Field("session_token")),
        ("session_token_expiry", "\"tomorrow\"", RestoreError::Field("session_token_expiry")),
        ("refresh_token", "\"\"", RestoreError::Field("refresh_token")),
        ("refresh_token", "\"a b\"", RestoreError::Field("refresh_token")),
        ("refresh_token_expiry", "\"\"", RestoreError::Field("refresh_token_expiry")),
        ("generation", "9007199254740993", RestoreError::Field("generation")),
        ("refreshes", "18446744073709551615", RestoreError::Field("refreshes")),
        ("begins", "18446744073709551615", RestoreError::Field("begins")),
        ("ends", "0", RestoreError::Field("begins")),
        ("not_before", "18446744073709551615", RestoreError::Field("not_before")),
        ("over", r#"{"uncertain":{"status":99}}"#, RestoreError::Field("status")),
        ("over", r#"{"uncertain":{}}"#, RestoreError::Malformed),
        ("over", r#"{"uncertain":{"status":null,"more":1}}"#, RestoreError::Malformed),
        ("over", "\"banned\"", RestoreError::Malformed),
    ];
    for (name, value, error) in rows {
        let mut other = fields.clone();
        other.insert(name.into(), serde_json::from_str(value).unwrap());
        assert_eq!(restore(&other), Err(error), "{name} {value}");
    }
    // Another session's token.
    let mut other = fields.clone();
    other.insert("session_token".into(), session_token(r#"{"jti":"another"}"#).into());
    assert_eq!(restore(&other), Err(RestoreError::Field("session_id")));
    for text in ["", "null", "[]", "{}", "x", &format!("{text}x"), &format!(" {text}"), &text[..text.len() - 1]] {
        assert_eq!(SessionKeeper::restore(text).map(drop), Err(RestoreError::Malformed), "{text}");
    }
}

/// Every way in which a session can be over comes back.
#[test]
fn ends_are_stored() {
    let mut keeper = usual();
    assert_eq!(look(&mut keeper, at(3_600)), "refresh");
    let mut ends = vec![(keeper.clone(), SessionOver::Uncertain { status: None })];
    for (status, body, over) in [
        (400, "", SessionOver::Refused(RefreshRefusal::InvalidRequest)),
        (401, "Invalid refresh token! Please login again.", SessionOver::Refused(RefreshRefusal::InvalidToken)),
        (
            401,
            "User or organization not found! Please login again.",
            SessionOver::Refused(RefreshRefusal::NoMembership),
        ),
        (401, "No refresh token provided", SessionOver::Refused(RefreshRefusal::TokenNotReceived)),
        (599, "", SessionOver::Uncertain { status: Some(599) }),
    ] {
        let mut keeper = keeper.clone();
        let answer = reply(status, format!(r#"{{"message":"{body}"}}"#));
        keeper.reply(&nap(Dialect::Nap), at(3_600), Ticket::default(), (&answer).into());
        ends.push((keeper, over));
    }
    let mut keyless = keeper.clone();
    let answer = reply(401, r#"{"error":"Missing API key"}"#);
    keyless.reply(&nap(Dialect::Nap), at(3_600), Ticket::default(), (&answer).into());
    ends.push((keyless, SessionOver::OurCredential));
    let mut out = usual();
    assert!(out.logout().is_some());
    ends.push((out, SessionOver::LoggedOut));
    for (keeper, over) in ends {
        let restored = SessionKeeper::restore(keeper.export_secrets().expose()).unwrap();
        assert_eq!(restored.over(), Some(over));
    }
}
