//! The tour as a process, and as its parts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use std::collections::BTreeSet;
use std::process::{Command, Output};

use authwire_cli::tour::{Difference, Lines, Pace, Report, Text, Via, play};
use authwire_cli::{Surroundings, run};
use authwire_core::http::{HeaderValue, Request, StatusCode};
use authwire_emulator::{Emulator, Fault, FaultPlan, Server};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// What is to be true of a provider's story.
struct Story {
    provider: &'static str,
    /// Its requests that are answered: operation, method and path, status, outcome. Polls apart.
    requests: &'static [(&'static str, &'static str, u64, &'static str)],
    /// Those without a reply: never sent, or the reply was lost.
    silent: &'static [(&'static str, &'static str)],
    /// Every operation that is sent in it, by the provider's own id and by our name; and whether the media type of its reply matters to nobody.
    operations: &'static [(&'static str, &'static str, bool)],
    /// An operation whose reply about somebody else changes who is logged in, how often it has to, and what it should be.
    wrong_user: (&'static str, u32, &'static str),
    /// What is surely among what is not to be shown.
    hidden: &'static [&'static str],
}

const STORIES: [Story; 4] = [
    Story {
        provider: "nextauth",
        requests: &NEXTAUTH,
        silent: &[("users.provoke_login", "Build"), ("sessions.logout", "Transport(Sent::Maybe, Truncated)")],
        operations: &[
            ("getServerVash", "servers.vash", false),
            ("getQrEnrol", "sessions.qr_enrol", false),
            ("getSession", "sessions.get", false),
            ("registerUser", "sessions.register_user", true),
            ("logout", "sessions.logout", true),
            ("getQrLogin", "sessions.qr_login", false),
            ("provokeLogin", "sessions.provoke_login", true),
            ("updateAccountUser", "accounts.update_user", true),
        ],
        wrong_user: ("getSession", 3, "a login of the user ada"),
        // Those of the login code's context, for two.
        hidden: &["192.0.2.7", "Firefox on Linux", "not-the-key", "userid=ada"],
    },
    Story {
        provider: "lagrello",
        requests: &LAGRELLO,
        silent: &[("users.delete", "Build"), ("users.verify_totp", "Transport(Sent::Maybe, Truncated)")],
        operations: &[
            ("tenants/get", "tenants.get", false),
            ("users/create", "users.create", false),
            ("users/email/send", "users.send_magic_link", true),
            ("users/email/auth", "users.verify_magic_link", false),
            ("users/totp/toggle", "users.enable_totp", false),
            ("users/totp/auth", "users.verify_totp", false),
            ("users/delete", "users.delete", true),
            ("users/get", "users.get", false),
        ],
        wrong_user: ("users/email/auth", 1, "the user ada"),
        hidden: &["not-the-token", "ada@example.com", "payload=made-up"],
    },
    Story {
        provider: "nap",
        requests: &NAP,
        silent: &[
            ("users.sign_up", "Build"),
            ("admin.login", "Build"),
            ("sessions.refresh", "Transport(Sent::Maybe, Truncated)"),
        ],
        operations: &[
            ("signup", "users.sign_up", false),
            ("login", "sessions.login", true),
            ("verifyEmailSend", "users.send_verification_email", false),
            ("verifyEmailVerify", "users.verify_email", false),
            ("refresh", "sessions.refresh", false),
            ("getFlow", "sessions.get_user_flow", true),
            ("logout", "sessions.logout", false),
            ("adminLogin", "admin.login", false),
            ("adminLoginVerify", "admin.verify_login", true),
            ("adminConfig", "admin.get_config", false),
        ],
        wrong_user: ("signup", 1, "a session of Ada's"),
        hidden: &["not-the-key", "ada@example.com", "correct horse battery", "Augusta", "not-the-code"],
    },
    Story {
        provider: "authentiq",
        requests: &AUTHENTIQ,
        silent: &[("login.push", "Build"), ("keys.register", "Transport(Sent::Maybe, Truncated)")],
        operations: &[
            ("key_register", "keys.register", false),
            ("sign_request", "scopes.request", false),
            ("sign_update", "scopes.sign", true),
            ("sign_confirm", "scopes.confirm", true),
            ("sign_retrieve", "scopes.retrieve", false),
            ("sign_delete", "scopes.delete", false),
            ("key_update", "keys.update", false),
            ("key_retrieve", "keys.retrieve", false),
            ("push_login_request", "login.push", false),
            ("key_bind", "keys.bind", true),
            ("key_revoke", "keys.revoke", true),
            ("key_revoke_nosecret", "keys.request_revocation", false),
        ],
        wrong_user: ("key_retrieve", 1, "Ok"),
        hidden: &["email=ada%40example.com", "phone=%2B46701234567", "secret=made-up", "999999", "phone-1"],
    },
];

const LAGRELLO: [(&str, &str, u64, &str); 26] = [
    ("tenants.get", "GET /v1/tenant", 200, "Ok"),
    ("users.create", "POST /v1/users", 201, "Ok"),
    ("users.create", "POST /v1/users", 409, "Refused(AlreadyExists)"),
    ("users.send_magic_link", "POST /v1/users/{userId}/email", 204, "Ok"),
    ("users.verify_magic_link", "GET /v1/users/email", 200, "Ok"),
    ("users.verify_magic_link", "GET /v1/users/email", 401, "Refused(WrongLink)"),
    ("users.verify_magic_link", "GET /v1/users/email", 401, "Refused(WrongLink)"),
    ("users.send_magic_link", "POST /v1/users/{userId}/email", 404, "Refused(NoSuchUser)"),
    ("users.enable_totp", "POST /v1/users/{userId}/totp", 200, "Ok"),
    ("users.verify_totp", "GET /v1/users/{userId}/totp", 200, "Ok"),
    ("users.verify_totp", "GET /v1/users/{userId}/totp", 401, "Refused(WrongCode)"),
    ("users.verify_totp", "GET /v1/users/{userId}/totp", 401, "Refused(WrongCode)"),
    ("users.verify_totp", "GET /v1/users/{userId}/totp", 403, "OurCredential"),
    ("users.verify_totp", "GET /v1/users/{userId}/totp", 404, "Refused(NoSuchUser)"),
    ("users.get", "GET /v1/users/{userId}", 401, "Unattributed"),
    ("users.verify_totp", "GET /v1/users/{userId}/totp", 429, "Throttled"),
    ("users.verify_totp", "GET /v1/users/{userId}/totp", 503, "Unavailable"),
    ("users.verify_totp", "GET /v1/users/{userId}/totp", 302, "Unexpected"),
    ("users.verify_totp", "GET /v1/users/{userId}/totp", 200, "Malformed(MediaType)"),
    ("users.verify_totp", "GET /v1/users/{userId}/totp", 200, "Malformed(Mismatch(\"userId\"))"),
    ("users.verify_totp", "GET /v1/users/{userId}/totp", 401, "Refused(WrongCode)"),
    ("users.verify_totp", "GET /v1/users/{userId}/totp", 200, "Ok"),
    ("users.disable_totp", "POST /v1/users/{userId}/totp", 204, "Ok"),
    ("users.verify_totp", "GET /v1/users/{userId}/totp", 401, "Refused(WrongCode)"),
    ("users.delete", "DELETE /v1/users/{userId}", 204, "Ok"),
    ("users.get", "GET /v1/users/{userId}", 404, "Refused(NoSuchUser)"),
];

const NAP: [(&str, &str, u64, &str); 29] = [
    ("users.sign_up", "POST /api/auth/signup", 200, "Ok"),
    ("users.sign_up", "POST /api/auth/signup", 400, "Refused(EmailTaken)"),
    ("sessions.login", "POST /api/auth/login", 403, "Refused(VerifyEmailFirst)"),
    ("users.send_verification_email", "POST /api/auth/verify-email/send", 200, "Ok"),
    ("users.verify_email", "POST /api/auth/verify-email/verify", 200, "Ok"),
    ("users.send_verification_email", "POST /api/auth/verify-email/send", 400, "Refused(AlreadyVerified)"),
    ("sessions.login", "POST /api/auth/login", 401, "Refused(BadCredentials)"),
    ("sessions.login", "POST /api/auth/login", 401, "Refused(BadCredentials)"),
    ("sessions.login", "POST /api/auth/login", 200, "Ok"),
    ("sessions.refresh", "POST /api/auth/refresh", 200, "Ok"),
    ("sessions.refresh", "POST /api/auth/refresh", 401, "Refused(InvalidToken)"),
    ("sessions.refresh", "POST /api/auth/refresh", 200, "Ok"),
    ("sessions.login", "POST /api/auth/login", 401, "OurCredential"),
    ("sessions.login", "POST /api/auth/login", 401, "Unattributed"),
    ("sessions.get_user_flow", "GET /api/auth/flow/{flowId}", 404, "Refused(NotServed)"),
    ("sessions.login", "POST /api/auth/login", 429, "Throttled"),
    ("sessions.login", "POST /api/auth/login", 500, "Unavailable"),
    ("sessions.login", "POST /api/auth/login", 302, "Unexpected"),
    ("sessions.login", "POST /api/auth/login", 200, "Malformed(MediaType)"),
    ("sessions.refresh", "POST /api/auth/refresh", 401, "Refused(InvalidToken)"),
    ("sessions.login", "POST /api/auth/login", 200, "Ok"),
    ("sessions.logout", "POST /api/auth/logout", 200, "Ok"),
    ("sessions.refresh", "POST /api/auth/refresh", 401, "Refused(InvalidToken)"),
    ("admin.login", "POST /api/admin/login", 200, "Ok"),
    ("admin.verify_login", "POST /api/admin/login/verify", 401, "Refused(WrongCode)"),
    ("admin.verify_login", "POST /api/admin/login/verify", 200, "Ok"),
    ("admin.verify_login", "POST /api/admin/login/verify", 401, "Refused(NoSuchFlow)"),
    ("admin.get_config", "GET /api/admin/config", 200, "Ok"),
    ("admin.get_config", "GET /api/admin/config", 401, "Refused(TokenNotAccepted)"),
];

const AUTHENTIQ: [(&str, &str, u64, &str); 35] = [
    ("keys.register", "POST /key", 201, "Ok"),
    ("keys.register", "POST /key", 409, "Refused(DuplicateKey)"),
    ("scopes.request", "POST /scope", 201, "Ok"),
    ("scopes.request", "POST /scope", 429, "Refused(RateLimit)"),
    ("scopes.sign", "PUT /scope/{job}", 409, "Refused(ConfirmFirst)"),
    ("scopes.confirm", "POST /scope/{job}", 401, "Refused(WrongCode)"),
    ("scopes.confirm", "POST /scope/{job}", 202, "Ok"),
    ("scopes.sign", "PUT /scope/{job}", 200, "Ok"),
    ("scopes.retrieve", "GET /scope/{job}", 200, "Ok"),
    ("scopes.delete", "DELETE /scope/{job}", 200, "Ok"),
    ("scopes.delete", "DELETE /scope/{job}", 404, "Refused(UnknownJob)"),
    ("scopes.request", "POST /scope", 201, "Ok"),
    ("scopes.confirm", "POST /scope/{job}", 202, "Ok"),
    ("keys.update", "POST /key/{PK}", 200, "Ok"),
    ("keys.retrieve", "GET /key/{PK}", 200, "Ok"),
    ("login.push", "POST /login", 200, "Ok"),
    ("login.push", "POST /login", 401, "Refused(Audience)"),
    ("keys.retrieve", "GET /key/{PK}", 401, "Unattributed"),
    ("keys.retrieve", "GET /key/{PK}", 429, "Throttled"),
    ("keys.retrieve", "GET /key/{PK}", 500, "Unavailable"),
    ("keys.retrieve", "GET /key/{PK}", 302, "Unexpected"),
    ("keys.retrieve", "GET /key/{PK}", 200, "Malformed(MediaType)"),
    ("keys.retrieve", "GET /key/{PK}", 200, "Malformed(Mismatch(\"sub\"))"),
    ("keys.register", "POST /key", 409, "Refused(DuplicateKey)"),
    ("keys.bind", "PUT /key/{PK}", 409, "Refused(DuplicateHash)"),
    ("keys.revoke", "DELETE /key/{PK}", 401, "Refused(WrongSecret)"),
    ("keys.revoke", "DELETE /key/{PK}", 200, "Ok"),
    ("keys.retrieve", "GET /key/{PK}", 410, "Refused(RevokedKey)"),
    ("login.push", "POST /login", 410, "Refused(RevokedKey)"),
    ("keys.bind", "PUT /key/{PK}", 200, "Ok"),
    ("keys.request_revocation", "DELETE /key", 200, "Ok"),
    ("keys.confirm_revocation", "DELETE /key", 401, "Refused(WrongCode)"),
    ("keys.confirm_revocation", "DELETE /key", 200, "Ok"),
    ("keys.confirm_revocation", "DELETE /key", 404, "Refused(UnknownKey)"),
    ("keys.retrieve", "GET /key/{PK}", 410, "Refused(RevokedKey)"),
];

const NEXTAUTH: [(&str, &str, u64, &str); 25] = [
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
    for Story { provider, requests, silent, .. } in STORIES {
        let output = authwire(&["tour", "--json", "--provider", provider]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
        assert!(output.stderr.is_empty());
        let lines = json_lines(&output.stdout);
        let (summary, records) = lines.split_last().unwrap();
        assert!(records.iter().all(|record| record["should_be"].is_null() && record["provider"] == provider));

        for adapter in ["ureq", "hyper"] {
            let (answered, unanswered): (Vec<_>, Vec<_>) = records
                .iter()
                .filter(|record| record["adapter"] == adapter && record["kind"] == "request")
                .partition(|record| !record["status"].is_null());
            assert_eq!(answered.len(), requests.len());
            for (record, (operation, route, status, outcome)) in answered.iter().zip(requests) {
                assert_eq!(record["operation"], format!("{provider}.{operation}"));
                assert_eq!(record["route"], *route);
                assert_eq!(record["status"], *status);
                assert_eq!(record["outcome"], *outcome);
            }
            assert_eq!(unanswered.len(), silent.len());
            for (record, (operation, outcome)) in unanswered.iter().zip(silent) {
                assert_eq!(record["operation"], format!("{provider}.{operation}"));
                assert_eq!(record["outcome"], *outcome);
            }
        }

        assert_eq!(summary["kind"], "summary");
        assert_eq!(summary["ok"], true);
        assert_eq!(summary["stories"], 2);
        assert_eq!(summary["differences"], Value::Array(Vec::new()));
        let is_sent = |r: &&Value| r["kind"] == "poll" || (r["kind"] == "request" && r["outcome"] != "Build");
        assert_eq!(summary["requests"], records.iter().filter(is_sent).count());
    }
}

/// Three logins: each ends with Ada's, after at least one poll that came too early and two that agree. One of them was
/// begun by another program, through the other adapter.
#[test]
fn each_flow_of_nextauth_shows_its_polls() {
    let lines = json_lines(&authwire(&["tour", "--json", "--provider", "nextauth"]).stdout);
    for (adapter, other) in [("ureq", "hyper"), ("hyper", "ureq")] {
        let records: Vec<_> = lines.iter().filter(|record| record["adapter"] == adapter).collect();
        let flows = records.iter().filter(|record| record["kind"] == "flow");
        let is_stored = |flow: &&Value| flow["said"].as_str().unwrap().contains("it is stored");
        let (stored, flows): (Vec<&Value>, Vec<&Value>) = flows.copied().partition(is_stored);
        assert_eq!((stored.len(), flows.len()), (1, 3));
        let of_step = |step: &Value, kind: &str, adapter: &str| {
            let fits =
                |record: &&Value| record["step"] == *step && record["kind"] == kind && record["adapter"] == adapter;
            lines.iter().filter(fits).count()
        };
        for flow in flows {
            assert_eq!(flow["outcome"], "Ok");
            assert!(flow["said"].as_str().unwrap().starts_with("the user ada is logged in"));
            assert!(of_step(&flow["step"], "poll", adapter) >= 3, "{flow}");
            assert_eq!(of_step(&flow["step"], "person", adapter), 1);
        }
        assert_eq!(stored[0]["outcome"], "Ok");
        assert!(stored[0]["said"].as_str().unwrap().contains(&format!("one request through {other}")));
        assert_eq!(of_step(&stored[0]["step"], "poll", other), 1);
        assert!(records.iter().any(|record| record["kind"] == "poll" && record["status"] == 503));
    }
    assert!(lines.iter().all(|record| record["outcome"] != "Lost"), "a poll that nobody sent");
}

#[test]
fn the_summary_says_what_ran_and_how_long() {
    let lines = json_lines(&authwire(&["tour", "--json"]).stdout);
    let summary = lines.last().unwrap();
    assert_eq!(summary["ok"], true);
    assert_eq!(summary["stories"], 2 * STORIES.len());
    assert!(summary["milliseconds"].as_u64().unwrap() > 0);
}

#[test]
fn text_is_plain_where_nobody_watches() {
    let output = authwire(&["tour"]);
    assert_eq!(output.status.code(), Some(0));
    let shown = text(&output.stdout);
    assert!(shown.is_ascii(), "no QR code, no colours");
    assert!(!shown.contains('\u{1b}'));
    for Story { provider, requests, .. } in STORIES {
        for via in ["ureq", "hyper"] {
            assert!(shown.contains(&format!("{provider} through {via}, on the emulator at http://127.0.0.1:")));
        }
        for (operation, route, _, _) in requests {
            assert!(shown.contains(&format!("     {provider}.{operation}  {route}\n")), "{operation}");
        }
    }
    assert!(shown.contains("\n     404 Refused(NoSuchAccount): there is no such account\n"));
    assert!(shown.contains("\n     403 OurCredential: our own credential is not accepted\n"));
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
        assert_eq!(summary["stories"], STORIES.len());
        // A flow that moves has begun through the other one.
        let others = records.iter().filter(|record| record["adapter"] != via).map(|record| &record["kind"]);
        assert_eq!(others.collect::<Vec<_>>(), ["poll"]);
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

#[test]
fn a_sabotaged_tour_fails_and_names_the_step() {
    for Story { provider, operations, .. } in STORIES {
        for (id, name, _) in operations {
            let name = format!("{provider}.{name}");
            for via in ["ureq", "hyper"] {
                let output = authwire(&["tour", "--sabotage", id, "--provider", provider, "--adapter", via]);
                assert_eq!(output.status.code(), Some(1), "{id}");
                let shown = text(&output.stdout);
                let last = shown.lines().last().unwrap();
                assert!(last.starts_with(&format!("Not as it should be: {provider} through {via}, step ")), "{last}");
                assert!(last.contains(&name), "{last}");
                assert!(!shown.contains("Each step was as it should be"));
            }
            let output = authwire(&["tour", "--sabotage", id, "--json", "--provider", provider]);
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
        Fault::status(StatusCode::NO_CONTENT),
        Fault::status(StatusCode::IM_A_TEAPOT),
        Fault::MediaType(HeaderValue::from_static("text/html")),
    ];
    for (story, via) in STORIES.iter().flat_map(|story| Via::ALL.map(|via| (story, via))) {
        let provider = story.provider;
        let difference_by = |plan: FaultPlan| {
            let mut emulator = Emulator::new(3);
            emulator.fault(plan);
            let played = play(&Server::with(emulator).unwrap(), via, provider, Pace::Quick, &mut Silent).unwrap();
            let is_last = |difference: &Difference| difference.step == played.steps;
            assert!(played.difference.as_ref().is_none_or(is_last));
            played.difference
        };
        for (id, name, is_untyped) in story.operations {
            let row = story.requests.iter().find(|(operation, ..)| operation == name);
            let is_204 = row.is_some_and(|(_, _, status, _)| *status == 204);
            for fault in &faults {
                // A body that is empty, or an error's, has no media type to be wrong; of a 204 nothing can be cut off.
                let is_nothing = match fault {
                    Fault::MediaType(_) => *is_untyped,
                    Fault::Truncated => is_204,
                    _ => false,
                };
                if is_nothing {
                    continue;
                }
                let plan = FaultPlan::new(fault.clone()).operation(id);
                let difference = difference_by(plan).unwrap_or_else(|| panic!("{id} {fault:?}: not noticed"));
                // Nothing was done, and the usual 204 came all the same: a later step tells.
                let is_usual =
                    is_204 && matches!(fault, Fault::Status { status, .. } if *status == StatusCode::NO_CONTENT);
                let named = difference.operation.map(str::to_owned);
                assert!(is_usual || named == Some(format!("{provider}.{name}")), "{id} {fault:?} {named:?}");
            }
        }
        // Somebody else's name, where Ada is logged in.
        let (id, times, should_be) = story.wrong_user;
        let difference = difference_by(FaultPlan::new(Fault::WrongUser).operation(id).times(times));
        assert_eq!(difference.unwrap().should_be, should_be);
    }
}

/// Headers whose values must not be shown.
const HIDDEN_HEADERS: [&str; 8] = [
    "x-apikey",
    "x-nonce",
    "x-su",
    "authorization",
    "x-nap-api-key",
    "x-nap-refresh-token",
    "x-nexeres-api-key",
    "x-nexeres-admin-token",
];

/// Everything of these requests that must not be shown.
fn secrets_of(server: &Server, seed: u64) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    // The same again, to see what the answers held.
    let mut again = Emulator::new(seed);
    for request in server.log() {
        for name in HIDDEN_HEADERS {
            let values = request.headers.get_all(name).iter().map(|value| value.to_str().unwrap());
            secrets.extend(values.map(|value| value.trim_start_matches("Bearer ").to_owned()));
        }
        let (_, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        secrets.insert(request.target.clone());
        secrets.extend(query.split('&').filter(|pair| !pair.is_empty()).map(str::to_owned));
        secrets.extend(query.strip_prefix("payload=").map(str::to_owned));
        if let Ok(body) = serde_json::from_slice::<Value>(&request.body) {
            secrets.insert(body.to_string());
            secrets.extend(leaves(&body));
        }
        secrets.extend(token_in(&request.body));
        // A job's id is as good as a secret.
        let path = request.target.split('?').next().unwrap_or_default();
        secrets.extend(path.strip_prefix("/authentiq/scope/").map(str::to_owned));
        let mut repeated = Request::new(request.body);
        (*repeated.method_mut(), *repeated.uri_mut()) = (request.method, request.target.parse().unwrap());
        *repeated.headers_mut() = request.headers;
        secrets.extend(tokens_in(again.handle(request.at, &repeated).body()));
        secrets.extend(again.lagrello.totp_secret(again.lagrello.tenant_id(), "ada"));
    }
    server.with_emulator(|emulator, _| {
        secrets.extend(credentials_of(emulator));
        let links = emulator.lagrello.mails().iter().filter_map(|mail| mail.click());
        secrets.extend(links.map(str::to_owned));
        let parts = emulator.nap.mails().flat_map(|mail| [mail.link(), mail.token(), mail.code()]);
        secrets.extend(parts.flatten().map(str::to_owned));
        secrets.extend(emulator.authentiq.messages().map(|message| message.code.clone()));
    });
    // The one who logs in is shown by name.
    secrets.remove("ada");
    secrets
}

/// The tokens that an answer of NAP's gives.
fn tokens_in(body: &[u8]) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    ["session_token", "refresh_token"].iter().flat_map(|name| leaves(&body["tokens"][name])).collect()
}

/// A signed token that is a whole body, its signature alone, and what it says but for the words that are in our names.
fn token_in(body: &[u8]) -> Vec<String> {
    let token = String::from_utf8_lossy(body).into_owned();
    let Some((input, signature)) = token.rsplit_once('.').filter(|_| token.starts_with("eyJ")) else {
        return Vec::new();
    };
    let claims = URL_SAFE_NO_PAD.decode(input.split('.').nth(1).unwrap()).unwrap();
    let mut secrets = leaves(&serde_json::from_slice(&claims).unwrap());
    secrets.retain(|text| !["email", "phone"].contains(&text.as_str()));
    secrets.extend([signature.to_owned(), token.clone()]);
    secrets
}

/// What the emulator says of itself when it is asked.
fn credentials_of(emulator: &Emulator) -> Vec<String> {
    let Emulator { nextauth, lagrello, nap, .. } = emulator;
    let server = nextauth.server_id();
    // Also as it is escaped.
    let escaped = server.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let lagrello = [lagrello.access_token(), lagrello.tenant_id()];
    let all = [nextauth.api_key(), nextauth.role_id(), server, &escaped, nap.api_key()];
    all.into_iter().chain(lagrello).map(str::to_owned).collect()
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
    const SEED: u64 = 90_210;
    let mut terminal = Surroundings::default();
    terminal.is_terminal = true;
    for (story, via) in STORIES.iter().flat_map(|story| Via::ALL.map(|via| (story, via))) {
        let provider = story.provider;
        let (mut for_people, mut for_machines) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        let mut tell = |report: &mut dyn Report| {
            let server = Server::with(Emulator::new(SEED)).unwrap();
            let played = play(&server, via, provider, Pace::Quick, report).unwrap();
            assert_eq!(played.difference, None);
            seen.extend(secrets_of(&server, SEED));
        };
        tell(&mut Text::new(&mut for_people, terminal, true));
        tell(&mut Lines::new(&mut for_machines));

        // The search is for what is there to be found.
        for hidden in story.hidden {
            assert!(seen.contains(*hidden), "{hidden}: {seen:?}");
        }
        let is_totp_secret = |secret: &&String| {
            secret.len() == 32 && secret.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
        };
        assert_eq!(seen.iter().filter(is_totp_secret).count(), usize::from(provider == "lagrello"));
        assert!(seen.len() > 20, "{}", seen.len());
        for shown in [for_people, for_machines].map(|shown| text(&shown)) {
            assert!(shown.contains(&format!("{provider}.{}", story.requests[0].0)));
            for secret in &seen {
                assert!(!shown.contains(secret), "{secret} is shown");
            }
        }
    }
}

#[test]
fn the_process_shows_no_credential_of_the_emulator() {
    let credentials = credentials_of(&Emulator::new(4_711));
    let modes: [(&[&str], i32); 5] = [
        (&[], 0),
        (&["--json"], 0),
        (&["--qr"], 0),
        // A tour that fails shows none either.
        (&["--sabotage", "getSession"], 1),
        (&["--sabotage", "users/totp/auth"], 1),
    ];
    for (mode, code) in modes {
        let output = authwire(&[&["tour", "--seed", "4711"], mode].concat());
        assert_eq!(output.status.code(), Some(code));
        let shown = text(&output.stdout) + &text(&output.stderr);
        for secret in &credentials {
            assert!(!shown.contains(secret), "{mode:?}");
        }
    }
}
