//! The example `login` as a process, with somebody before the terminal.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::exit)]

#[path = "../examples/login.rs"]
mod login;
#[path = "../../testing/phone.rs"]
mod phone;
#[path = "../../testing/process.rs"]
mod process;

use std::cell::RefCell;
use std::process::ExitCode;

use authwire_core::http::{HeaderValue, StatusCode};
use authwire_emulator::nextauth::Phone;
use authwire_emulator::{Fault, FaultPlan, Server};
use process::Process;

/// The example's own `main`, in a process of its own.
#[test]
#[ignore = "a process that the tests start"]
fn the_login_as_a_process() {
    let end = login::main();
    std::process::exit((0..3).find(|code| end == ExitCode::from(*code)).unwrap().into())
}

fn start(emulator: &Server, more: &[(&str, &str)]) -> Process {
    let known = phone::environment(emulator);
    let known = known.iter().map(|(name, value)| (*name, value.as_str()));
    Process::of_test("the_login_as_a_process", &known.chain(more.iter().copied()).collect::<Vec<_>>())
}

/// Reads the code from the terminal.
fn seen(process: &mut Process) -> Vec<u8> {
    let rows = RefCell::new(Vec::new());
    process.find(|line| {
        if let Some(blocks) = line.strip_prefix("\u{1b}[38;5;16;48;5;231m") {
            let blocks = blocks.strip_suffix("\u{1b}[0m").unwrap();
            assert!(blocks.chars().all(|block| " ▀▄█".contains(block)));
            let half = |dark: &str| blocks.chars().map(|block| dark.contains(block)).collect::<Vec<_>>();
            rows.borrow_mut().extend([half("▀█"), half("▄█")]);
        }
        line.starts_with("Scan it with your phone, and approve within").then_some(())
    });
    let rows = rows.into_inner();
    let side = rows[0].len();
    phone::read_code(side * 3, |x, y| if rows[y / 3][x / 3] { 0 } else { 255 })
}

fn scan(emulator: &Server, phone: &mut Phone, code: &[u8]) {
    emulator.with_emulator(|emulator, now| phone.scan_and_approve(&mut emulator.nextauth, now, code)).unwrap();
}

#[test]
fn a_person_scans_approves_and_is_logged_in() {
    let (emulator, mut phone) = phone::emulator(Some("alice"));
    let mut process = start(&emulator, &[]);
    let code = seen(&mut process);
    // The reply to the first logout is lost, and a second one is not accepted.
    let plans = [Fault::DropAfter, Fault::status(StatusCode::BAD_GATEWAY)].map(FaultPlan::new);
    emulator.with_emulator(|emulator, _| plans.map(|plan| emulator.fault(plan.operation("logout"))));
    scan(&emulator, &mut phone, &code);
    assert_eq!(process.wait().code(), Some(0));
    let shown = process.output();
    assert!(shown.contains("alice is logged in, with the account "), "{shown}");
    assert!(!shown.contains("stays open"), "{shown}");
    assert_eq!(phone::count(&emulator, "logout"), 3);
    let mut secrets = vec![phone::environment(&emulator)[2].1.clone()];
    for request in emulator.log() {
        secrets.push(request.headers["x-nonce"].to_str().unwrap().to_owned());
    }
    assert!(secrets.iter().all(|secret| !shown.contains(secret)));
    let nonce = secrets.pop().unwrap();
    assert_eq!(emulator.with_emulator(|emulator, _| emulator.nextauth.logged_in(&nonce)), None);
}

#[test]
fn whoever_is_not_logged_in_is_told_why() {
    let (emulator, mut phone) = phone::emulator(None);
    let mut process = start(&emulator, &[]);
    let code = seen(&mut process);
    scan(&emulator, &mut phone, &code);
    assert_eq!(process.wait().code(), Some(1));
    assert!(process.output().contains("belongs to no user yet: nobody is logged in."));

    let mut process = start(&emulator, &[("LOGIN_SECONDS", "1")]);
    assert_eq!(process.wait().code(), Some(1));
    assert!(process.output().contains("Nobody approved in time."), "{}", process.output());

    // Stopped by the person: what comes later lets nobody in, for nobody asks.
    let mut process = start(&emulator, &[]);
    let code = seen(&mut process);
    process.kill();
    let before = phone::count(&emulator, "getSession");
    scan(&emulator, &mut phone, &code);
    assert_eq!(phone::count(&emulator, "getSession"), before);
}

#[test]
fn each_fault_has_words_of_its_own() {
    let (emulator, _) = phone::emulator(Some("alice"));
    let key = phone::environment(&emulator)[2].1.clone();
    let nobody = "http://127.0.0.1:9/nextauth";
    let at = HeaderValue::from_static("Fri, 31 Dec 2100 23:59:00 GMT");
    let until = Fault::Status { status: StatusCode::SERVICE_UNAVAILABLE, retry_after: Some(at) };
    let table: [(&str, &str, Option<Fault>, &str); 9] = [
        ("AUTHWIRE_API_KEY", "", None, "AUTHWIRE_API_KEY is not set"),
        ("AUTHWIRE_API_KEY", "not-the-key", None, "does not accept our API key"),
        ("AUTHWIRE_BASE_URL", "http://nextauth.example", None, "https"),
        ("AUTHWIRE_BASE_URL", nobody, None, "cannot be reached: "),
        ("LOGIN_SECONDS", "soon", None, "invalid digit"),
        ("", "", Some(Fault::DropAfter), "cannot be reached: "),
        ("", "", Some(Fault::status(StatusCode::TOO_MANY_REQUESTS)), "out of order: try again later"),
        ("", "", Some(until), "out of order: try again after 23:59:00 UTC."),
        ("", "", Some(Fault::Html), "not what it should be: nextauth.sessions.qr_login"),
    ];
    for (name, value, fault, expected) in table {
        if let Some(fault) = fault {
            emulator.with_emulator(|emulator, _| emulator.fault(fault));
        }
        let more = [(name, value)];
        let mut process = start(&emulator, if name.is_empty() { &[] } else { &more });
        assert_eq!(process.wait().code(), Some(2), "{expected}");
        let shown = process.output();
        assert!(shown.contains(expected), "{expected}: {shown}");
        assert!(!shown.contains(&key) && !shown.contains("not-the-key"), "{shown}");
    }
}
