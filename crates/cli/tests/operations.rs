//! `authwire operations`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use std::io::{self, Write};
use std::process::Command;

use authwire_cli::{Surroundings, run};
use serde_json::{Value, json};

/// Name, method, template, and whether a repeat does no harm: all of nextAuth's that the crate has.
const NEXTAUTH: [(&str, &str, &str, bool); 10] = [
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

fn operations(args: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO_BIN_EXE_authwire")).arg("operations").args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn the_table_and_the_lines_list_the_same() {
    let table = operations(&["--provider", "nextauth"]);
    let lines = operations(&["--provider", "nextauth", "--json"]);
    let lines: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (name, method, template, repeatable) in NEXTAUTH {
        let name = format!("nextauth.{name}");
        let word = if repeatable { "repeatable" } else { "once" };
        let expected = [&name, method, template, word];
        assert!(table.iter().any(|row| row.split_whitespace().eq(expected)), "{name}");
        let expected = json!({ "name": name, "method": method, "template": template, "repeatable": repeatable });
        assert!(lines.contains(&expected), "{name}");
    }
    assert_eq!(table.len(), authwire_nextauth::INDEX.len());
    assert_eq!(lines.len(), authwire_nextauth::INDEX.len());
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
