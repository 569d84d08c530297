//! `authwire emulator` as a process: serves what it says, and goes when it is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use authwire_emulator::Emulator;
use authwire_nextauth::sessions::GetSession;
use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};

/// A running emulator. Killed if the test fails.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    /// What it printed when it began.
    printed: String,
}

impl Running {
    fn start(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_authwire"))
            .arg("emulator")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut printed = String::new();
        // What is to be tried is the last line.
        while !printed.lines().any(|line| line.trim_start().starts_with("to try it")) {
            assert_ne!(out.read_line(&mut printed).unwrap(), 0, "{printed}");
        }
        Self { child, out, printed }
    }

    /// What stands behind these words.
    fn value(&self, what: &str) -> &str {
        self.printed.lines().find_map(|line| line.trim_start().strip_prefix(what)).unwrap().trim()
    }

    fn port(&self) -> u16 {
        let rest = self.value("base URL").strip_prefix("http://127.0.0.1:").unwrap();
        rest.strip_suffix("/nextauth").unwrap().parse().unwrap()
    }

    /// Calls it as a program under test would, with what it printed.
    fn call(&self) {
        let key = ApiKey::new(self.value("API key")).unwrap();
        let provider = NextAuth::new(self.value("base URL").parse().unwrap(), &key);
        let server = ServerId::new(self.value("virtual server")).unwrap();
        let operation = GetSession::new(server, Nonce::from_text("browser").unwrap());
        let status = authwire_ureq::Client::new().unwrap().call(&provider, &operation).unwrap();
        assert!(!status.is_logged_in());
    }

    /// Waits for its end, but not for long.
    fn end(mut self) -> ExitStatus {
        let port = self.port();
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(began.elapsed() < Duration::from_secs(10), "it does not stop");
            std::thread::sleep(Duration::from_millis(5));
        };
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "Stopped.\n");
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "nobody listens any more");
        status
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail when it has ended, which is what they are for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_serves_what_it_says_until_its_input_ends() {
    let mut running = Running::start(&["--until-eof", "--seed", "11"]);
    let expected = Emulator::new(11).nextauth;
    assert_eq!(running.value("API key"), expected.api_key());
    assert_eq!(running.value("virtual server"), expected.server_id());
    assert_eq!(running.value("role id"), expected.role_id());
    running.call();
    drop(running.child.stdin.take());
    assert!(running.end().success());
}

#[cfg(unix)]
#[test]
fn it_stops_on_signals_and_not_when_its_input_ends() {
    for signal in ["-INT", "-TERM"] {
        let mut running = Running::start(&[]);
        drop(running.child.stdin.take());
        std::thread::sleep(Duration::from_millis(100));
        running.call();
        let kill = Command::new("kill").args([signal, &running.child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        assert!(running.end().success(), "{signal}");
    }
}

#[test]
fn a_port_can_be_chosen_and_a_taken_one_is_said() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_authwire")).args(["emulator", "--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("authwire: the emulator cannot be started: "), "{said}");

    drop(taken);
    let mut running = Running::start(&["--until-eof", "--port", &port]);
    assert_eq!(running.port().to_string(), port);
    drop(running.child.stdin.take());
    assert!(running.end().success());
}

#[cfg(unix)]
#[test]
fn the_line_to_try_is_what_a_shell_takes_it_for() {
    let mut running = Running::start(&["--until-eof", "--seed", "5"]);
    // A curl that shows what it was told.
    let script = format!("curl() {{ printf '%s\\n' \"$@\"; }}\n{}", running.value("to try it"));
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    let nextauth = Emulator::new(5).nextauth;
    let id = nextauth.server_id().replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let expected = [
        "-i",
        "-H",
        &format!("x-apikey: {}", nextauth.api_key()),
        "-H",
        "accept: application/json",
        "-H",
        "x-nonce: a-browser",
        &format!("{}/servers/{id}/sessions/", running.value("base URL")),
    ];
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().collect::<Vec<_>>(), expected);
    drop(running.child.stdin.take());
    assert!(running.end().success());
}
