//! Faults, the log, and the transport in memory.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod common;

use authwire_emulator::nextauth::Phone;
use authwire_emulator::{Emulator, Fault, FaultPlan, Lost, Memory, Served};
use common::{NOW, request};
use http::{HeaderValue, Request, Response, StatusCode};
use std::time::Duration;

fn asked(emulator: &Emulator, line: &str) -> Request<Vec<u8>> {
    request(&emulator.nextauth, &line.replace(" /", " /nextauth/"))
}

/// With one account, id 1, user ada, logged in.
fn ready() -> Emulator {
    let mut emulator = Emulator::new(1);
    let enrol = asked(&emulator, "GET /servers/{s}/sessions/qr/enrol?name=A&userid=ada");
    let code = emulator.handle(NOW, &enrol);
    Phone::new(1).scan_and_approve(&mut emulator.nextauth, NOW, code.body()).unwrap();
    emulator.clear_log();
    emulator
}

const SESSION: &str = "GET /servers/{s}/sessions/";
const LOGOUT: &str = "POST /servers/{s}/sessions/logout";

fn text(response: &Response<Vec<u8>>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

#[test]
fn drops_before_and_after() {
    let mut emulator = ready();
    let logout = asked(&emulator, LOGOUT);
    emulator.fault(Fault::DropBefore);
    emulator.fault(Fault::DropAfter);
    assert!(matches!(emulator.serve(NOW, &logout), Served::Dropped));
    assert!(emulator.nextauth.logged_in(common::NONCE).is_some());
    let answer = emulator.handle(NOW, &logout);
    common::assert_empty(&answer, 502);
    assert!(emulator.nextauth.logged_in(common::NONCE).is_none());
    assert_eq!(emulator.log().iter().filter(|entry| entry.status.is_none()).count(), 2);
    assert_eq!(emulator.handle(NOW, &logout).status(), 200);
}

#[test]
fn statuses_and_pages_execute_nothing() {
    let mut emulator = ready();
    let logout = asked(&emulator, LOGOUT);
    emulator.fault(Fault::status(StatusCode::INTERNAL_SERVER_ERROR));
    emulator.fault(Fault::unavailable(Duration::from_secs(7)));
    emulator.fault(Fault::throttled(Duration::from_secs(8)));
    emulator.fault(Fault::Html);
    let answer = emulator.handle(NOW, &logout);
    assert_eq!(answer.status(), 500);
    assert!(!answer.headers().contains_key("retry-after"));
    let answer = emulator.handle(NOW, &logout);
    assert_eq!((answer.status().as_u16(), &answer.headers()["retry-after"]), (503, &HeaderValue::from(7)));
    let answer = emulator.handle(NOW, &logout);
    assert_eq!((answer.status().as_u16(), &answer.headers()["retry-after"]), (429, &HeaderValue::from(8)));
    let answer = emulator.handle(NOW, &logout);
    assert_eq!(answer.status(), 200);
    assert!(text(&answer).starts_with("<!DOCTYPE html>"));
    assert!(emulator.nextauth.logged_in(common::NONCE).is_some());
}

#[test]
fn truncated_and_wrongly_labelled() {
    let mut emulator = ready();
    let session = asked(&emulator, SESSION);
    let whole = emulator.handle(NOW, &session);
    emulator.fault(Fault::Truncated);
    let served = emulator.serve(NOW, &session);
    let answer = if let Served::Answered(answer) = served { Some(answer) } else { None }.unwrap();
    assert_eq!(answer.cut, Some(whole.body().len() / 2));
    let half = answer.into_response();
    assert_eq!(half.headers()["content-length"], HeaderValue::from(whole.body().len()));
    assert!(whole.body().starts_with(half.body()));
    // No body to break off: one is announced.
    emulator.fault(Fault::Truncated);
    let nothing = emulator.handle(NOW, &asked(&emulator, LOGOUT));
    assert_eq!((nothing.body().len(), &nothing.headers()["content-length"]), (0, &HeaderValue::from(1)));
    emulator.fault(Fault::MediaType(HeaderValue::from_static("text/html")));
    let answer = emulator.handle(NOW, &session);
    assert_eq!(answer.headers()["content-type"], "text/html");
    assert!(text(&answer).starts_with('{'));
}

#[test]
fn somebody_else() {
    let mut emulator = ready();
    let update = asked(&emulator, "PUT /servers/{s}/accounts/1/user?userid=ada");
    let session = asked(&emulator, SESSION);
    emulator.fault(FaultPlan::new(Fault::WrongUser).times(2));
    let account = common::json(&emulator.handle(NOW, &update));
    assert_eq!(account["id"], 2);
    assert_ne!(account["userid"], "ada");
    assert_eq!(account["description"], "Phone");
    let status = common::json(&emulator.handle(NOW, &session));
    assert_eq!((&status["accountid"], &status["loggedin"]), (&2.into(), &true.into()));
    let status = common::json(&emulator.handle(NOW, &session));
    assert_eq!((&status["accountid"], &status["userid"]), (&1.into(), &"ada".into()));
}

#[test]
fn stale_and_arbitrary() {
    let mut emulator = ready();
    let (session, logout) = (asked(&emulator, SESSION), asked(&emulator, LOGOUT));
    emulator.fault(Fault::Stale);
    let before = emulator.handle(NOW, &session); // no earlier one: the real answer
    emulator.handle(NOW, &logout);
    emulator.fault(Fault::Stale);
    assert_eq!(emulator.handle(NOW, &session).body(), before.body());
    assert!(text(&emulator.handle(NOW, &session)).contains(r#""loggedin":false"#));
    let mut odd = Response::new(b"tea".to_vec());
    *odd.status_mut() = StatusCode::IM_A_TEAPOT;
    emulator.fault(Fault::Reply(odd));
    let answer = emulator.handle(NOW, &session);
    assert_eq!((answer.status().as_u16(), answer.body().as_slice()), (418, b"tea".as_slice()));
}

#[test]
fn plans_strike_what_they_name() {
    let mut emulator = ready();
    let (session, logout) = (asked(&emulator, SESSION), asked(&emulator, LOGOUT));
    emulator.fault(FaultPlan::new(Fault::Html).operation("logout").times(2));
    emulator.fault(FaultPlan::new(Fault::Html).provider("another"));
    emulator.fault(FaultPlan::new(Fault::Html).times(0));
    assert_eq!(emulator.pending_faults(), 3);
    assert!(text(&emulator.handle(NOW, &session)).starts_with('{'));
    assert!(text(&emulator.handle(NOW, &logout)).starts_with('<'));
    assert!(text(&emulator.handle(NOW, &logout)).starts_with('<'));
    assert!(text(&emulator.handle(NOW, &logout)).is_empty());
    assert_eq!(emulator.pending_faults(), 1);
    emulator.clear_faults();
    assert_eq!(emulator.pending_faults(), 0);
}

#[test]
fn the_log_tells_and_its_debug_does_not() {
    let mut emulator = ready();
    let mut login = asked(&emulator, "GET /servers/{s}/sessions/qr/login?img=png&s=50");
    *login.body_mut() = b"secret-body".to_vec();
    emulator.handle(NOW, &login);
    emulator.handle(NOW, &Request::get("/elsewhere?q").body(Vec::new()).unwrap());
    let entry = emulator.log().iter().next().unwrap();
    assert_eq!((entry.provider, entry.operation), (Some("nextauth"), Some("getQrLogin")));
    assert_eq!(entry.status, Some(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    assert_eq!(entry.target, login.uri().to_string());
    assert_eq!(entry.headers["x-nonce"], common::NONCE);
    assert_eq!((entry.body.as_slice(), entry.at), (b"secret-body".as_slice(), NOW));
    let last = emulator.log().last().unwrap();
    assert_eq!((last.provider, last.operation, last.target.as_str()), (None, None, "/elsewhere?q"));
    assert_eq!(emulator.log().operations(), ["getQrLogin"]);

    let printed = format!("{:?} {:?} {emulator:?}", emulator.log(), emulator.log().last());
    assert!(printed.contains("getQrLogin") && printed.contains("415") && printed.contains("GET"));
    for secret in [common::NONCE, emulator.nextauth.api_key(), "secret-body", "img=png", "/servers/"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}

#[test]
fn the_log_is_bounded() {
    let mut emulator = Emulator::new(1);
    let request = Request::get("/").body(Vec::new()).unwrap();
    for _ in 0..10_050 {
        emulator.handle(NOW, &request);
    }
    assert_eq!(emulator.log().len(), 10_000);
    let large = Request::get("/").body(vec![0; 8 << 20]).unwrap();
    for _ in 0..9 {
        emulator.handle(NOW, &large);
    }
    assert_eq!(emulator.log().len(), 8);
}

#[test]
fn in_memory() {
    let memory = Memory::with(ready(), NOW);
    let session = memory.with_emulator(|emulator, now| {
        assert_eq!(now, NOW);
        emulator.fault(Fault::Delay(Duration::from_secs(5)));
        emulator.fault(Fault::Truncated);
        emulator.fault(Fault::DropBefore);
        asked(emulator, SESSION)
    });
    let other = memory.clone();
    assert_eq!(other.send(&session).unwrap().status(), 200);
    assert_eq!(memory.now(), NOW + Duration::from_secs(5));
    assert_eq!(memory.send(&session).unwrap_err(), Lost::Truncated);
    assert_eq!(memory.send(&session).unwrap_err(), Lost::Dropped);
    memory.advance(Duration::MAX);
    assert_eq!(memory.now(), Duration::MAX);
    assert_eq!(memory.send(&session).unwrap().status(), 200);
    memory.set_now(NOW);
    assert_eq!(memory.now(), NOW);
}
