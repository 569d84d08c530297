//! What leaves, against requests written by hand from the documents and from what generated clients send.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use authwire_nap::core::index::Entry;
use authwire_nap::core::{BuildFault, Endpoint, Reason};
use authwire_nap::{Dialect, INDEX, Password, sessions, users};
use common::{DIALECTS, REFRESH_TOKEN, Values, entry, nap, session_token};
use http::Request;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Its length follows from the body.
fn json_headers() -> Vec<(&'static str, String)> {
    vec![("content-type", "application/json".into())]
}

type Golden = (&'static str, &'static str, Vec<(&'static str, String)>, Value);

/// Operation, request line, headers but the API key, and the body as JSON.
fn goldens(dialect: Dialect) -> Vec<Golden> {
    let prefix = if dialect == Dialect::Nap { "nap" } else { "nexeres" };
    let token_header = if prefix == "nap" { "x-nap-refresh-token" } else { "x-nexeres-refresh-token" };
    let empty = |name, value: &str| vec![(name, value.into()), ("content-length", "0".into())];
    let mut all = vec![
        (
            "nap.users.sign_up",
            "POST /base/api/auth/signup",
            json_headers(),
            json!({"email": "u1@ex.test", "password": "abcd1234", "confirmPassword": "abcd1234", "firstName": "F", "lastName": "L"}),
        ),
        (
            "nap.users.send_verification_email",
            "POST /base/api/auth/verify-email/send",
            json_headers(),
            json!({"email": "u1@ex.test"}),
        ),
        (
            "nap.users.verify_email",
            "POST /base/api/auth/verify-email/verify",
            json_headers(),
            json!({"token": "a-verification-token"}),
        ),
        (
            "nap.sessions.login",
            "POST /base/api/auth/login",
            json_headers(),
            json!({"email": "u1@ex.test", "password": "abcd1234"}),
        ),
        ("nap.sessions.refresh", "POST /base/api/auth/refresh", empty(token_header, REFRESH_TOKEN), Value::Null),
        ("nap.sessions.logout", "POST /base/api/auth/logout", empty(token_header, REFRESH_TOKEN), Value::Null),
        (
            "nap.sessions.get_user_flow",
            "GET /base/api/auth/flow/01a20009-0000-7000-8000-000000000001",
            vec![],
            Value::Null,
        ),
    ];
    if dialect == Dialect::Nexeres {
        all.extend([
            ("nap.admin.login", "POST /base/api/admin/login", json_headers(), json!({"email": "u1@ex.test"})),
            (
                "nap.admin.verify_login",
                "POST /base/api/admin/login/verify",
                json_headers(),
                json!({"flowId": "01a20009-0000-7000-8000-000000000001", "code": "A1b2C3d4"}),
            ),
            (
                "nap.admin.get_config",
                "GET /base/api/admin/config",
                vec![("x-nexeres-admin-token", "an-admin-token".into())],
                Value::Null,
            ),
        ]);
    }
    all
}

#[test]
fn what_is_sent() {
    for dialect in DIALECTS {
        let goldens = goldens(dialect);
        assert_eq!(goldens.len(), if dialect == Dialect::Nap { 7 } else { 10 });
        let key = if dialect == Dialect::Nap { "x-nap-api-key" } else { "x-nexeres-api-key" };
        for (operation, line, mut headers, body) in goldens {
            let request = entry(operation).make(&mut Values::usual()).unwrap().request(&nap(dialect)).unwrap();
            headers.extend([(key, "nap_test_key".into()), ("accept", "application/json".into())]);
            if !body.is_null() {
                headers.push(("content-length", body.to_string().len().to_string()));
            }
            assert_request(&request, line, &headers, &body);
        }
    }
}

#[track_caller]
fn assert_request(request: &Request<Vec<u8>>, line: &str, headers: &[(&str, String)], body: &Value) {
    let uri = request.uri();
    assert_eq!((uri.scheme_str(), uri.host(), uri.port()), (Some("https"), Some("auth.example.test"), None));
    assert_eq!(format!("{} {}", request.method(), uri.path_and_query().unwrap()), line);
    let mut expected: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut found: Vec<_> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected, "{line}");
    match body {
        Value::Null => assert!(request.body().is_empty()),
        body => assert_eq!(serde_json::from_slice::<Value>(request.body()).unwrap(), *body),
    }
}

/// What a client generated from the `OpenAPI` document sends for these arguments; its missing API key, its media type on
/// requests without a body and its logout with both tokens aside.
#[test]
fn what_generated_clients_send() {
    let nap = nap(Dialect::Nap);
    let body = |request: Request<Vec<u8>>| serde_json::from_slice::<Value>(request.body()).unwrap();
    let login =
        sessions::Login::new("alice@example.com", Password::new("pass word\"\\").unwrap()).return_to("https://a/b?c=d");
    assert_eq!(
        body(login.request(&nap).unwrap()),
        json!({"email": "alice@example.com", "flowReturnTo": "https://a/b?c=d", "password": "pass word\"\\"})
    );
    let sign_up = users::SignUp::new("alice@example.com", Password::new("pässword1").unwrap(), "alice", "L");
    assert_eq!(
        body(sign_up.request(&nap).unwrap()),
        json!({"confirmPassword": "pässword1", "email": "alice@example.com", "firstName": "alice", "lastName": "L", "password": "pässword1"})
    );
    let flow = sessions::GetUserFlow::new("alice".into()).request(&nap).unwrap();
    assert_eq!(flow.uri().path(), "/base/api/auth/flow/alice");
    let invited = sign_up.invite(authwire_nap::InviteToken::new("inv").unwrap());
    assert_eq!(body(invited.request(&nap).unwrap())["inviteToken"], "inv");
}

#[test]
fn logout_sends_one_token() {
    let token = session_token("{}");
    let make = |values: Values| entry("nap.sessions.logout").make(&mut { values }).unwrap();
    for (dialect, refresh, session) in [
        (Dialect::Nap, "x-nap-refresh-token", "x-nap-session-token"),
        (Dialect::Nexeres, "x-nexeres-refresh-token", "x-nexeres-session-token"),
    ] {
        let both = make(Values::usual().with("x-nap-session-token", &token)).request(&nap(dialect)).unwrap();
        assert_eq!(both.headers()[refresh], REFRESH_TOKEN);
        assert!(!both.headers().contains_key(session));
        assert!(both.headers()[refresh].is_sensitive());

        let alone = Values::usual().without("x-nap-refresh-token").with("x-nap-session-token", &token);
        let alone = make(alone).request(&nap(dialect)).unwrap();
        assert_eq!(alone.headers()[session], token);
        assert!(!alone.headers().contains_key(refresh));
    }
    let none = make(Values::usual().without("x-nap-refresh-token")).request(&nap(Dialect::Nap)).unwrap_err();
    assert!(matches!(none.fault(), BuildFault::Value(value) if value.reason() == Reason::Empty));
}

#[test]
fn administrators_are_nexeres_only() {
    for entry in INDEX {
        let built = entry.make(&mut Values::usual()).unwrap().request(&nap(Dialect::Nap));
        let refused = matches!(built.map_err(|error| error.fault()), Err(BuildFault::Unsupported(_)));
        assert_eq!(refused, entry.name().starts_with("nap.admin."), "{}", entry.name());
    }
}

#[test]
fn the_passwords_limits() {
    let fault = |password: &str| {
        let sign_up = users::SignUp::new("a@ex.test", Password::new(password).unwrap(), "F", "L");
        sign_up.request(&nap(Dialect::Nap)).err().map(|error| error.to_string())
    };
    let says = |what: &str| Some(format!("nap.users.sign_up: not sent: password is {what}"));
    assert_eq!(fault("1234567"), says("not at least 8 characters long"));
    assert_eq!(fault("ééééééé"), says("not at least 8 characters long")); // 14 bytes
    assert_eq!(fault("12345678"), None);
    assert_eq!(fault("        "), None);
    assert_eq!(fault(&"é".repeat(32)), None); // 64 bytes
    assert_eq!(fault(&"漢".repeat(24)), None); // 72 bytes
    assert_eq!(fault(&"漢".repeat(25)), says("longer than 72 bytes"));
    assert_eq!(fault(&"a".repeat(32)), None);
    assert_eq!(fault(&"a".repeat(33)), says("not at most 32 characters long"));
    assert_eq!(fault(&"漢".repeat(33)), says("not at most 32 characters long"));
    // A login takes what was once accepted elsewhere.
    assert!(sessions::Login::new("a@ex.test", Password::new("x").unwrap()).request(&nap(Dialect::Nap)).is_ok());
    assert!(Password::new("").is_err());
}

#[test]
fn which_may_be_repeated() {
    let repeatable: Vec<_> = INDEX.iter().filter(|entry| entry.is_idempotent()).map(Entry::name).collect();
    assert_eq!(
        repeatable,
        ["nap.admin.get_config", "nap.sessions.get_user_flow", "nap.sessions.logout", "nap.users.verify_email"]
    );
}

proptest! {
    /// Any texts arrive as they were given, and nothing leaves the route.
    #[test]
    fn texts_arrive(
        email: String,
        password in "\\PC{8,18}",
        first in any::<String>(),
        back in prop::option::of(any::<String>()),
        flow: String,
    ) {
        let nap = nap(Dialect::Nap);
        let body = |request: Request<Vec<u8>>| serde_json::from_slice::<Value>(request.body()).unwrap();
        let sign_up = users::SignUp::new(email.as_str(), Password::new(password.as_str()).unwrap(), first.as_str(), "L");
        if let Ok(request) = sign_up.request(&nap) {
            let body = body(request);
            prop_assert_eq!(&body["email"], &email);
            prop_assert_eq!(&body["password"], &password);
            prop_assert_eq!(&body["confirmPassword"], &password);
            prop_assert_eq!(&body["firstName"], &first);
            prop_assert!(body.get("inviteToken").is_none());
        } else {
            prop_assert!(password.len() > 72);
        }
        let mut login = sessions::Login::new(email, Password::new(password).unwrap());
        if let Some(back) = &back {
            login = login.return_to(back.as_str());
        }
        let sent = body(login.request(&nap).unwrap());
        prop_assert_eq!(sent.get("flowReturnTo").and_then(Value::as_str), back.as_deref());
        match sessions::GetUserFlow::new(flow.as_str().into()).request(&nap) {
            Ok(request) => {
                let path = request.uri().path();
                prop_assert!(request.uri().query().is_none());
                let value = path.strip_prefix("/base/api/auth/flow/").unwrap();
                prop_assert!(!value.contains('/'));
                let decoded = percent_decode(value);
                prop_assert_eq!(decoded, flow);
            }
            Err(_) => prop_assert!(flow.is_empty() || flow == "." || flow == ".."),
        }
    }
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let hex = [rest.next().unwrap(), rest.next().unwrap()];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The table in the README, and the index that the laws are fed from, have every operation that there is.
#[test]
fn the_lists_are_complete() {
    let readme = include_str!("../README.md");
    for entry in INDEX {
        let repeat = if entry.is_idempotent() { "yes" } else { "no" };
        let line = |line: &&str| {
            line.starts_with(&format!("| `{}` |", entry.name()))
                && line.ends_with(&format!("| `{}` | {repeat} |", entry.route()))
        };
        assert_eq!(readme.lines().filter(line).count(), 1, "{entry:?}");
    }
    assert_eq!(readme.lines().filter(|line| line.starts_with("| `nap.")).count(), INDEX.len());
    assert_eq!(implementations(concat!(env!("CARGO_MANIFEST_DIR"), "/src").as_ref()), INDEX.len());
}

#[expect(clippy::disallowed_methods, reason = "counts in our own sources")]
fn implementations(folder: &std::path::Path) -> usize {
    let count = |entry: std::fs::DirEntry| match entry.path() {
        path if path.is_dir() => implementations(&path),
        path => std::fs::read_to_string(path).unwrap().matches("impl Endpoint for ").count(),
    };
    std::fs::read_dir(folder).unwrap().map(|entry| count(entry.unwrap())).sum()
}
