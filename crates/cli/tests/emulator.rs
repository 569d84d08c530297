//! `authwire emulator` as a process: serves what it says, and goes when it is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use authwire_authentiq::jwt::Jws;
use authwire_authentiq::keys::{CheckKey, CheckKeyRefusal};
use authwire_authentiq::scopes::RequestScope;
use authwire_authentiq::{Authentiq, PublicKey};
use authwire_emulator::Emulator;
use authwire_lagrello::tenants::GetTenant;
use authwire_lagrello::{AccessToken, Lagrello};
use authwire_nap::users::SignUp;
use authwire_nap::{Nap, Password};
use authwire_nextauth::sessions::GetSession;
use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};

/// The providers, in the order in which they are announced.
const PROVIDERS: [&str; 4] = ["nextauth", "lagrello", "nap", "authentiq"];

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
        // What is to be tried is the last line of each provider.
        while printed.lines().filter(|line| line.trim_start().starts_with("to try it")).count() < PROVIDERS.len() {
            assert_ne!(out.read_line(&mut printed).unwrap(), 0, "{printed}");
        }
        Self { child, out, printed }
    }

    /// What stands behind these words, of a provider.
    fn value(&self, provider: &str, what: &str) -> &str {
        let mut lines = self.printed.lines().skip_while(|line| *line != provider);
        lines.find_map(|line| line.trim_start().strip_prefix(what)).unwrap().trim()
    }

    fn port(&self) -> u16 {
        let ports = PROVIDERS.map(|provider| {
            let rest = self.value(provider, "base URL").strip_prefix("http://127.0.0.1:").unwrap();
            rest.strip_suffix(provider).unwrap().strip_suffix('/').unwrap().parse().unwrap()
        });
        assert!(ports.iter().all(|port| *port == ports[0]));
        ports[0]
    }

    /// Calls it as a program under test would, with what it printed.
    fn call(&self) {
        let client = authwire_ureq::Client::new().unwrap();
        let key = ApiKey::new(self.value("nextauth", "API key")).unwrap();
        let provider = NextAuth::new(self.value("nextauth", "base URL").parse().unwrap(), &key);
        let server = ServerId::new(self.value("nextauth", "virtual server")).unwrap();
        let operation = GetSession::new(server, Nonce::from_text("browser").unwrap());
        assert!(!client.call(&provider, &operation).unwrap().is_logged_in());

        let token = AccessToken::new(self.value("lagrello", "access token")).unwrap();
        let provider = Lagrello::new(self.value("lagrello", "base URL").parse().unwrap(), &token);
        let tenant = client.call(&provider, &GetTenant::new()).unwrap();
        assert_eq!(tenant.id, self.value("lagrello", "tenant"));

        let key = authwire_nap::ApiKey::new(self.value("nap", "API key")).unwrap();
        let provider = Nap::new(self.value("nap", "base URL").parse().unwrap(), &key);
        let password = Password::new("correct horse battery").unwrap();
        let made = client.call(&provider, &SignUp::new("ada@example.com", password, "Ada", "Lovelace")).unwrap();
        assert!(!made.user.as_str().is_empty());

        let provider = Authentiq::new(self.value("authentiq", "base URL").parse().unwrap());
        let issuer = PublicKey::new(self.value("authentiq", "issuer's key")).unwrap();
        let unknown = client.call(&provider, &CheckKey::new(issuer)).unwrap_err();
        assert_eq!(unknown.refusal(), Some(&CheckKeyRefusal::UnknownKey));
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
    let expected = Emulator::new(11);
    assert_eq!(running.value("nextauth", "API key"), expected.nextauth.api_key());
    assert_eq!(running.value("nextauth", "virtual server"), expected.nextauth.server_id());
    assert_eq!(running.value("nextauth", "role id"), expected.nextauth.role_id());
    assert_eq!(running.value("lagrello", "access token"), expected.lagrello.access_token());
    assert_eq!(running.value("lagrello", "tenant"), expected.lagrello.tenant_id());
    assert_eq!(running.value("nap", "API key"), expected.nap.api_key());
    assert_eq!(running.value("authentiq", "issuer's key"), expected.authentiq.issuer().id());
    assert_eq!(running.value("authentiq", "test issuer"), expected.authentiq.test_issuer().id());
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
    let told = |provider: &str| {
        let script = format!("curl() {{ printf '%s\\n' \"$@\"; }}\n{}", running.value(provider, "to try it"));
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let Emulator { nextauth, lagrello, nap, .. } = Emulator::new(5);
    let id = nextauth.server_id().replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let expected = [
        "-i",
        "-H",
        &format!("x-apikey: {}", nextauth.api_key()),
        "-H",
        "accept: application/json",
        "-H",
        "x-nonce: a-browser",
        &format!("{}/servers/{id}/sessions/", running.value("nextauth", "base URL")),
    ];
    assert_eq!(told("nextauth"), expected);
    let expected = [
        "-i",
        "-H",
        &format!("authorization: Bearer {}", lagrello.access_token()),
        "-H",
        "accept: application/json",
        &format!("{}/v1/tenant", running.value("lagrello", "base URL")),
    ];
    assert_eq!(told("lagrello"), expected);
    let body = "{\"email\":\"ada@example.com\",\"password\":\"correct horse battery\",\
                \"confirmPassword\":\"correct horse battery\",\"firstName\":\"Ada\",\"lastName\":\"Lovelace\"}";
    let expected = [
        "-i",
        "-X",
        "POST",
        "-H",
        &format!("x-nap-api-key: {}", nap.api_key()),
        "-H",
        "accept: application/json",
        "-H",
        "content-type: application/json",
        "-H",
        &format!("content-length: {}", body.len()),
        "--data-binary",
        body,
        &format!("{}/api/auth/signup", running.value("nap", "base URL")),
    ];
    assert_eq!(told("nap"), expected);
    // The token is the test's own business; the emulator takes it.
    let told = told("authentiq");
    let token = &told[told.len() - 2];
    let expected = [
        "-i",
        "-X",
        "POST",
        "-H",
        "accept: application/json",
        "-H",
        "content-type: application/jwt",
        "-H",
        &format!("content-length: {}", token.len()),
        "--data-binary",
        token,
        &format!("{}/scope?test=1", running.value("authentiq", "base URL")),
    ];
    assert_eq!(told, expected);
    let client = authwire_ureq::Client::new().unwrap();
    let provider = Authentiq::new(running.value("authentiq", "base URL").parse().unwrap());
    let request = RequestScope::new(Jws::new(token.as_str()).unwrap());
    assert!(client.call(&provider, &request).is_ok());
    drop(running.child.stdin.take());
    assert!(running.end().success());
}
