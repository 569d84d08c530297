//! `authwire operations`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use std::io::{self, Write};
use std::process::Command;

use authwire_cli::{Surroundings, run};
use serde_json::{Value, json};

/// Name, method, template, and whether a repeat does no harm.
type Row = (&'static str, &'static str, &'static str, bool);

/// All of nextAuth's that the crate has.
const NEXTAUTH: [Row; 10] = [
    ("accounts.provoke_login", "POST", "/servers/{serverid}/accounts/{accountid}/provokelogin", false),
    ("accounts.update_user", "PUT", "/servers/{serverid}/accounts/{accountid}/user", true),
    ("servers.vash", "GET", "/servers/{serverid}/vash", true),
    ("sessions.qr_enrol", "GET", "/servers/{serverid}/sessions/qr/enrol", true),
    ("sessions.qr_login", "GET", "/servers/{serverid}/sessions/qr/login", true),
    ("sessions.get", "GET", "/servers/{serverid}/sessions/", true),
    ("sessions.logout", "POST", "/servers/{serverid}/sessions/logout", true),
    ("sessions.provoke_login", "POST", "/servers/{serverid}/sessions/provokelogin", false),
    ("sessions.register_user", "POST", "/servers/{serverid}/sessions/registeruser", true),
    ("users.provoke_login", "POST", "/servers/{serverid}/users/{userid}/provokelogin", false),
];

/// All of Lagrello's.
const LAGRELLO: [Row; 19] = [
    ("images.totp", "GET", "/v1/images/totp", true),
    ("tenants.activate", "POST", "/v1/tenant/activate", false),
    ("tenants.card_token", "GET", "/v1/tenant/cardtoken", true),
    ("tenants.create", "POST", "/v1/tenant", false),
    ("tenants.get", "GET", "/v1/tenant", true),
    ("tenants.request_deletion", "DELETE", "/v1/tenant", false),
    ("tenants.update", "PATCH", "/v1/tenant", true),
    ("tokens.create", "POST", "/v1/tokens", false),
    ("tokens.delete", "DELETE", "/v1/tokens/{id}", true),
    ("tokens.list", "GET", "/v1/tokens", true),
    ("users.create", "POST", "/v1/users", false),
    ("users.delete", "DELETE", "/v1/users/{userId}", true),
    ("users.disable_totp", "POST", "/v1/users/{userId}/totp", false),
    ("users.enable_totp", "POST", "/v1/users/{userId}/totp", false),
    ("users.get", "GET", "/v1/users/{userId}", true),
    ("users.send_magic_link", "POST", "/v1/users/{userId}/email", false),
    ("users.update", "PATCH", "/v1/users/{userId}", true),
    ("users.verify_magic_link", "GET", "/v1/users/email", false),
    ("users.verify_totp", "GET", "/v1/users/{userId}/totp", false),
];

/// All of NAP's, and Nexeres's for administrators.
const NAP: [Row; 10] = [
    ("admin.get_config", "GET", "/api/admin/config", true),
    ("admin.login", "POST", "/api/admin/login", false),
    ("admin.verify_login", "POST", "/api/admin/login/verify", false),
    ("sessions.get_user_flow", "GET", "/api/auth/flow/{flowId}", true),
    ("sessions.login", "POST", "/api/auth/login", false),
    ("sessions.logout", "POST", "/api/auth/logout", true),
    ("sessions.refresh", "POST", "/api/auth/refresh", false),
    ("users.send_verification_email", "POST", "/api/auth/verify-email/send", false),
    ("users.sign_up", "POST", "/api/auth/signup", false),
    ("users.verify_email", "POST", "/api/auth/verify-email/verify", true),
];

/// All of Authentiq's.
const AUTHENTIQ: [Row; 15] = [
    ("keys.bind", "PUT", "/key/{PK}", true),
    ("keys.check", "HEAD", "/key/{PK}", true),
    ("keys.confirm_revocation", "DELETE", "/key", true),
    ("keys.register", "POST", "/key", false),
    ("keys.request_revocation", "DELETE", "/key", false),
    ("keys.retrieve", "GET", "/key/{PK}", true),
    ("keys.revoke", "DELETE", "/key/{PK}", true),
    ("keys.update", "POST", "/key/{PK}", true),
    ("login.push", "POST", "/login", false),
    ("scopes.check", "HEAD", "/scope/{job}", true),
    ("scopes.confirm", "POST", "/scope/{job}", true),
    ("scopes.delete", "DELETE", "/scope/{job}", true),
    ("scopes.request", "POST", "/scope", false),
    ("scopes.retrieve", "GET", "/scope/{job}", true),
    ("scopes.sign", "PUT", "/scope/{job}", true),
];

fn operations(args: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_authwire")).arg("operations").args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn the_table_and_the_lines_list_the_same() {
    let providers: [(&str, &[Row]); 4] =
        [("nextauth", &NEXTAUTH), ("lagrello", &LAGRELLO), ("nap", &NAP), ("authentiq", &AUTHENTIQ)];
    for (provider, rows) in providers {
        let table = operations(&["--provider", provider]);
        let lines = operations(&["--provider", provider, "--json"]);
        let lines: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        for (name, method, template, repeatable) in rows {
            let name = format!("{provider}.{name}");
            let word = if *repeatable { "repeatable" } else { "once" };
            let expected = [&name, *method, template, word];
            assert!(table.iter().any(|row| row.split_whitespace().eq(expected)), "{name}");
            let expected = json!({ "name": name, "method": method, "template": template, "repeatable": repeatable });
            assert!(lines.contains(&expected), "{name}");
        }
        assert_eq!((table.len(), lines.len()), (rows.len(), rows.len()));
    }
    let all: usize = providers.iter().map(|(_, rows)| rows.len()).sum();
    assert_eq!(operations(&[]).len(), all);
}

/// An output that breaks.
struct Broken(io::ErrorKind);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_who_has_enough_is_no_failure_and_a_full_disk_is() {
    for (kind, code) in [(io::ErrorKind::BrokenPipe, 0), (io::ErrorKind::StorageFull, 1)] {
        for command in ["operations", "tour"] {
            let args = ["authwire", command].map(Into::into);
            let mut err = Vec::new();
            assert_eq!(run(args, Surroundings::default(), &mut Broken(kind), &mut err), code, "{command}");
            assert_eq!(err.starts_with(b"authwire: the output cannot be written"), code == 1, "{command}");
        }
    }
}
