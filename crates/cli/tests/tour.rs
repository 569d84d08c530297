//! The tour as a process, and as its parts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use std::collections::BTreeSet;
use std::process::{Command, Output};

use authwire_cli::tour::{Lines, Pace, Report, Text, Via, play};
use authwire_cli::{Surroundings, run};
use authwire_emulator::{Emulator, Fault, FaultPlan, Server};
use serde_json::Value;

/// The requests of nextAuth's story: operation, method and path, status, outcome. Polls apart.
const NEXTAUTH: [(&str, &str, u64, &str); 22] = [
    ("servers.vash", "GET /servers/{serverid}/vash", 200, "Ok"),
    ("sessions.qr_enrol", "GET /servers/{serverid}/sessions/qr/enrol", 200, "Ok"),
    ("sessions.get", "GET /servers/{serverid}/sessions/", 200, "Ok"),
    ("sessions.get", "GET /servers/{serverid}/sessions/", 200, "Ok"),
    ("sessions.register_user", "POST /servers/{serverid}/sessions/registeruser", 200, "Ok"),
    ("sessions.get", "GET /servers/{serverid}/sessions/", 200, "Ok"),
    ("sessions.logout", "POST /servers/{serverid}/sessions/logout", 200, "Ok"),
    ("sessions.get", "GET /servers/{serverid}/sessions/", 200, "Ok"),
    ("sessions.qr_login", "GET /servers/{serverid}/sessions/qr/login", 200, "Ok"),
    ("sessions.logout", "POST /servers/{serverid}/sessions/logout", 200, "Ok"),
    ("sessions.get", "GET /servers/{serverid}/sessions/", 200, "Ok"),
    ("sessions.provoke_login", "POST /servers/{serverid}/sessions/provokelogin", 200, "Ok"),
    ("sessions.get", "GET /servers/{serverid}/sessions/", 200, "Ok"),
    ("sessions.provoke_login", "POST /servers/{serverid}/sessions/provokelogin", 200, "Ok"),
    ("accounts.update_user", "PUT /servers/{serverid}/accounts/{accountid}/user", 404, "Refused(NoSuchAccount)"),
    ("sessions.get", "GET /servers/{serverid}/sessions/", 401, "OurCredential"),
    ("accounts.update_user", "PUT /servers/{serverid}/accounts/{accountid}/user", 403, "Unattributed"),
    ("sessions.get", "GET /servers/{serverid}/sessions/", 503, "Unavailable"),
    ("sessions.get", "GET /servers/{serverid}/sessions/", 200, "Ok"),
    ("sessions.get", "GET /servers/{serverid}/sessions/", 200, "Malformed(MediaType)"),
    ("sessions.logout", "POST /servers/{serverid}/sessions/logout", 200, "Ok"),
    ("sessions.get", "GET /servers/{serverid}/sessions/", 200, "Ok"),
];

fn authwire(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_authwire")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn json_lines(output: &[u8]) -> Vec<Value> {
    text(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn json_tells_the_whole_story_through_both_adapters() {
    let output = authwire(&["tour", "--json", "--provider", "nextauth"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(output.stderr.is_empty());
    let lines = json_lines(&output.stdout);
    let (summary, records) = lines.split_last().unwrap();

    for adapter in ["ureq", "hyper"] {
        let records: Vec<_> = records.iter().filter(|record| record["adapter"] == adapter).collect();
        let requests: Vec<_> =
            records.iter().filter(|record| record["kind"] == "request" && !record["status"].is_null()).collect();
        assert_eq!(requests.len(), NEXTAUTH.len());
        for (record, (operation, route, status, outcome)) in requests.iter().zip(NEXTAUTH) {
            assert_eq!(record["operation"], format!("nextauth.{operation}"));
            assert_eq!(record["route"], route);
            assert_eq!(record["status"], status);
            assert_eq!(record["outcome"], outcome);
        }
        // Two requests without a reply: one that was never sent, one whose reply was lost.
        let silent: Vec<_> = records
            .iter()
            .filter(|record| record["kind"] == "request" && record["status"].is_null())
            .map(|record| (record["operation"].as_str().unwrap(), record["outcome"].as_str().unwrap()))
            .collect();
        assert_eq!(
            silent,
            [
                ("nextauth.users.provoke_login", "Build"),
                ("nextauth.sessions.logout", "Transport(Sent::Maybe, Truncated)")
            ]
        );
        // Two logins: each ends with Ada's, after at least one poll that came too early and two that agree.
        let flows: Vec<_> = records.iter().filter(|record| record["kind"] == "flow").collect();
        assert_eq!(flows.len(), 2);
        for flow in flows {
            assert_eq!(flow["outcome"], "Ok");
            assert!(flow["said"].as_str().unwrap().starts_with("the user ada is logged in"));
            let of_flow = |kind: &str| {
                let fits = |record: &&&Value| record["step"] == flow["step"] && record["kind"] == kind;
                records.iter().filter(fits).count()
            };
            assert!(of_flow("poll") >= 3, "{flow}");
            assert_eq!(of_flow("person"), 1);
        }
        assert!(records.iter().any(|record| record["kind"] == "poll" && record["status"] == 503));
        assert!(records.iter().all(|record| record["should_be"].is_null() && record["provider"] == "nextauth"));
    }

    assert_eq!(summary["kind"], "summary");
    assert_eq!(summary["ok"], true);
    assert_eq!(summary["stories"], 2);
    assert_eq!(summary["differences"], Value::Array(Vec::new()));
    assert!(summary["milliseconds"].as_u64().unwrap() < 5_000);
    let sent = records.iter().filter(|r| r["kind"] == "poll" || (r["kind"] == "request" && r["outcome"] != "Build"));
    assert_eq!(summary["requests"], sent.count());
}

#[test]
fn text_is_plain_where_nobody_watches() {
    let output = authwire(&["tour"]);
    assert_eq!(output.status.code(), Some(0));
    let shown = text(&output.stdout);
    assert!(shown.is_ascii(), "no QR code, no colours");
    assert!(!shown.contains('\u{1b}'));
    for via in ["ureq", "hyper"] {
        assert!(shown.contains(&format!("nextauth through {via}, on the emulator at http://127.0.0.1:")));
    }
    for (operation, route, _, _) in NEXTAUTH {
        assert!(shown.contains(&format!("     nextauth.{operation}  {route}\n")), "{operation}");
    }
    assert!(shown.contains("\n     404 Refused(NoSuchAccount): there is no such account\n"));
    assert!(shown.contains("it may be asked again after 30 s"));
    assert!(shown.ends_with("Each step was as it should be.\n"));
}

#[test]
fn a_part_can_be_chosen() {
    for via in ["ureq", "hyper"] {
        let output = authwire(&["tour", "--json", "--adapter", via]);
        assert_eq!(output.status.code(), Some(0));
        let lines = json_lines(&output.stdout);
        let (summary, records) = lines.split_last().unwrap();
        assert_eq!(summary["stories"], 1);
        assert!(records.iter().all(|record| record["adapter"] == via));
    }
    for wrong in
        [&["tour", "--adapter", "curl"][..], &["tour", "--provider", "nobody"], &["tour", "--json", "--qr"], &[]]
    {
        let output = authwire(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
    for asked in ["--help", "--version"] {
        let output = authwire(&[asked]);
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stdout.ends_with(b"\n") && output.stderr.is_empty());
    }
}

/// Runs the tool as a library, as if on a terminal or not.
fn shown_to(is_terminal: bool, no_colour: bool, args: &[&str]) -> String {
    let mut surroundings = Surroundings::default();
    (surroundings.is_terminal, surroundings.no_colour) = (is_terminal, no_colour);
    let args = ["authwire"].iter().chain(args).map(Into::into);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    assert_eq!(run(args, surroundings, &mut out, &mut err), 0);
    assert!(err.is_empty());
    text(&out)
}

#[test]
fn colours_and_qr_codes_are_for_terminals_and_for_who_asks() {
    let tour = ["tour", "--adapter", "ureq"];
    let asked = ["tour", "--adapter", "ureq", "--qr"];
    let green = |shown: &str| shown.contains("\u{1b}[32m");
    let codes = |shown: &str| shown.contains('\u{2580}');
    for (is_terminal, no_colour, args, with_green, with_codes) in [
        (true, false, &tour[..], true, true),
        (true, true, &tour, false, false),
        (false, false, &tour, false, false),
        (false, true, &tour, false, false),
        (true, true, &asked, false, true),
        (false, false, &asked, false, true),
    ] {
        let shown = shown_to(is_terminal, no_colour, args);
        assert_eq!(green(&shown), with_green, "{is_terminal} {no_colour} {args:?}");
        assert_eq!(codes(&shown), with_codes, "{is_terminal} {no_colour} {args:?}");
    }
}

/// Every operation of the story, by the provider's own id, and by our name.
const OPERATIONS: [(&str, &str); 8] = [
    ("getServerVash", "nextauth.servers.vash"),
    ("getQrEnrol", "nextauth.sessions.qr_enrol"),
    ("getSession", "nextauth.sessions.get"),
    ("registerUser", "nextauth.sessions.register_user"),
    ("logout", "nextauth.sessions.logout"),
    ("getQrLogin", "nextauth.sessions.qr_login"),
    ("provokeLogin", "nextauth.sessions.provoke_login"),
    ("updateAccountUser", "nextauth.accounts.update_user"),
];

#[test]
fn a_sabotaged_tour_fails_and_names_the_step() {
    for (id, name) in OPERATIONS {
        for via in ["ureq", "hyper"] {
            let output = authwire(&["tour", "--sabotage", id, "--adapter", via]);
            assert_eq!(output.status.code(), Some(1), "{id}");
            let shown = text(&output.stdout);
            let last = shown.lines().last().unwrap();
            assert!(last.starts_with(&format!("Not as it should be: nextauth through {via}, step ")), "{last}");
            assert!(last.contains(name), "{last}");
            assert!(!shown.contains("Each step was as it should be"));
        }
        let output = authwire(&["tour", "--sabotage", id, "--json"]);
        assert_eq!(output.status.code(), Some(1), "{id}");
        let lines = json_lines(&output.stdout);
        let summary = lines.last().unwrap();
        assert_eq!(summary["ok"], false);
        for difference in summary["differences"].as_array().unwrap() {
            assert_eq!(difference["operation"], name);
        }
        assert_eq!(summary["differences"].as_array().unwrap().len(), 2, "each adapter tells");
        assert_eq!(lines.iter().filter(|line| line["should_be"].is_string()).count(), 2);
    }
}

/// A report that shows nothing.
struct Silent;

impl Report for Silent {
    fn event(&mut self, _: &authwire_cli::tour::Event<'_>) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn whatever_is_wrong_with_a_reply_the_tour_notices() {
    let faults = [
        Fault::DropBefore,
        Fault::Truncated,
        Fault::status(authwire_core::http::StatusCode::NO_CONTENT),
        Fault::status(authwire_core::http::StatusCode::IM_A_TEAPOT),
        Fault::MediaType(authwire_core::http::HeaderValue::from_static("text/html")),
    ];
    for via in Via::ALL {
        for (id, name) in OPERATIONS {
            for fault in &faults {
                // What has no body has no media type to be wrong.
                let bodyless = ["registerUser", "logout", "provokeLogin", "updateAccountUser"].contains(&id);
                if bodyless && matches!(fault, Fault::MediaType(_)) {
                    continue;
                }
                let mut emulator = Emulator::new(3);
                emulator.fault(FaultPlan::new(fault.clone()).operation(id));
                let server = Server::with(emulator).unwrap();
                let played = play(&server, via, "nextauth", Pace::Quick, &mut Silent).unwrap();
                let difference = played.difference.unwrap_or_else(|| panic!("{id} {fault:?}: not noticed"));
                assert_eq!(difference.operation, Some(name), "{fault:?}");
                assert_eq!(difference.step, played.steps);
            }
        }
        // Somebody else's name, where Ada is logged in.
        let mut emulator = Emulator::new(3);
        emulator.fault(FaultPlan::new(Fault::WrongUser).operation("getSession").times(3));
        let server = Server::with(emulator).unwrap();
        let played = play(&server, via, "nextauth", Pace::Quick, &mut Silent).unwrap();
        assert_eq!(played.difference.unwrap().should_be, "a login of the user ada");
    }
}

/// Everything of these requests that must not be shown.
fn secrets_of(server: &Server) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    for request in server.log() {
        for name in ["x-apikey", "x-nonce", "x-su"] {
            let values = request.headers.get_all(name);
            secrets.extend(values.iter().map(|value| value.to_str().unwrap().to_owned()));
        }
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        secrets.insert(request.target.clone());
        secrets.extend(query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned));
        // The server's id, as it is escaped.
        secrets.insert(path.split('/').nth(3).unwrap().to_owned());
        if let Ok(body) = serde_json::from_slice::<Value>(&request.body) {
            secrets.insert(body.to_string());
            secrets.extend(leaves(&body));
        }
    }
    server.with_emulator(|emulator, _| {
        let nextauth = &emulator.nextauth;
        secrets.extend([nextauth.api_key(), nextauth.role_id(), nextauth.server_id()].map(str::to_owned));
    });
    secrets
}

fn leaves(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members.values().flat_map(leaves).collect(),
        Value::Array(items) => items.iter().flat_map(leaves).collect(),
        Value::String(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

#[test]
fn no_secret_is_shown() {
    let mut terminal = Surroundings::default();
    terminal.is_terminal = true;
    for via in Via::ALL {
        let (mut for_people, mut for_machines) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        let mut tell = |report: &mut dyn Report| {
            let server = Server::with(Emulator::new(90_210)).unwrap();
            let played = play(&server, via, "nextauth", Pace::Quick, report).unwrap();
            assert_eq!(played.difference, None);
            seen.extend(secrets_of(&server));
        };
        tell(&mut Text::new(&mut for_people, terminal, true));
        tell(&mut Lines::new(&mut for_machines));

        // That of the login code's context, for one, and a nonce for each browser of each story.
        assert!(seen.contains("192.0.2.7") && seen.contains("Firefox on Linux"), "{seen:?}");
        assert!(seen.contains("not-the-key") && seen.contains("userid=ada"));
        assert!(seen.len() > 20, "{}", seen.len());
        for shown in [for_people, for_machines].map(|shown| text(&shown)) {
            assert!(shown.contains("nextauth.sessions.get"));
            for secret in &seen {
                assert!(!shown.contains(secret), "{secret} is shown");
            }
        }
    }
}

#[test]
fn the_process_shows_no_credential_of_the_emulator() {
    let emulator = Emulator::new(4_711);
    let nextauth = &emulator.nextauth;
    for mode in
        [&["tour", "--seed", "4711"][..], &["tour", "--seed", "4711", "--json"], &["tour", "--seed", "4711", "--qr"]]
    {
        let output = authwire(mode);
        assert_eq!(output.status.code(), Some(0));
        let shown = text(&output.stdout) + &text(&output.stderr);
        for secret in [nextauth.api_key(), nextauth.server_id(), nextauth.role_id()] {
            assert!(!shown.contains(secret), "{mode:?}");
        }
    }
    // A tour that fails shows none either.
    let output = authwire(&["tour", "--seed", "4711", "--sabotage", "getSession"]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout) + &text(&output.stderr);
    assert!(!shown.contains(nextauth.api_key()) && !shown.contains(nextauth.server_id()));
}
