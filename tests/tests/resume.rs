//! Flows that outlive their processes: each process is killed with a request in flight, and the next one goes on, through
//! the other adapter.

mod common;
#[path = "../../adapters/testing/process.rs"]
mod process;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use authwire_authentiq::flows::{AwaitSignature, AwaitVerified};
use authwire_authentiq::jwt::{AuthentiqId, Claims, Ed25519, Ed25519Key};
use authwire_authentiq::keys::RegisterKey;
use authwire_authentiq::scopes::{ConfirmScope, RequestScope};
use authwire_authentiq::{Authentiq, Code, DeviceToken, PublicKey};
use authwire_core::{Flow, Reply, Sent, Step, Storable, Timestamp};
use authwire_emulator::{Emulator, Fault, FaultPlan, Server};
use authwire_nextauth::flows::AwaitLogin;
use authwire_nextauth::sessions::GetQrLogin;
use authwire_nextauth::{ApiKey, NextAuth, Nonce};
use common::Adapter;
use process::{PATIENCE, Process};

const PACE: Duration = Duration::from_millis(50);
const NUMBER: &str = "+46701234567";

/// A flow that is stored before each of its requests leaves: whoever takes it up then knows that there was one.
struct Kept<F> {
    flow: F,
    file: PathBuf,
}

impl<F: Storable> Kept<F> {
    fn from(file: PathBuf) -> Self {
        Self { flow: F::restore(&fs::read_to_string(&file).unwrap()).unwrap(), file }
    }
}

impl<F: Flow + Storable> Flow for Kept<F> {
    type Provider = F::Provider;
    type Output = F::Output;
    type Error = F::Error;

    fn step(&mut self, provider: &F::Provider, now: Timestamp) -> Result<Step<F::Output>, F::Error> {
        let step = self.flow.step(provider, now);
        if let Ok(Step::Send(_)) = step {
            fs::write(&self.file, self.flow.store().unwrap()).unwrap();
        }
        step
    }

    fn reply(&mut self, provider: &F::Provider, now: Timestamp, reply: Reply<'_>) {
        self.flow.reply(provider, now, reply);
    }

    fn lost(&mut self, now: Timestamp, sent: Sent) {
        self.flow.lost(now, sent);
    }
}

/// A process that knows where the provider is and where the flow lies, and goes on with it.
#[test]
#[ignore = "a process that the tests start"]
fn goes_on() {
    let variable = |name: &str| std::env::var(name).unwrap();
    let (base, file) = (variable("BASE").parse().unwrap(), PathBuf::from(variable("FILE")));
    let [ureq, hyper] = Adapter::both(None);
    let adapter = if variable("ADAPTER") == ureq.name() { ureq } else { hyper };
    match variable("FORM").as_str() {
        AwaitLogin::FORM => {
            let provider = NextAuth::new(base, &ApiKey::new(variable("KEY")).unwrap());
            let login = adapter.drive(&provider, &mut Kept::<AwaitLogin>::from(file)).unwrap();
            println!("ended: {} {:?}", login.account, login.user.unwrap().as_str());
        }
        form => {
            assert_eq!(form, AwaitVerified::<Ed25519>::FORM);
            let flow = &mut Kept::<AwaitVerified<Ed25519>>::from(file);
            let claims = adapter.drive(&Authentiq::new(base), flow).unwrap();
            println!("ended: {:?}", claims.phone.as_deref());
        }
    }
}

/// Both ways round.
const ORDERS: [[&str; 2]; 2] = [["ureq", "hyper"], ["hyper", "ureq"]];

/// Starts and kills two processes, each with its `operation` in flight, and lets a third one end after `deed`: says with
/// what.
fn kill_and_resume<F: Storable>(
    server: &Server,
    adapters: [&str; 2],
    (base, key): (&str, &str),
    flow: &F,
    operation: &str,
    deed: impl FnOnce(),
) -> String {
    let file = File::new();
    fs::write(&file.0, flow.store().unwrap()).unwrap();
    let path = file.0.to_str().unwrap();
    let start = |adapter| {
        let environment = [("BASE", base), ("KEY", key), ("FORM", F::FORM), ("FILE", path), ("ADAPTER", adapter)];
        Process::of_test("goes_on", &environment)
    };
    let count = || server.log().iter().filter(|request| request.operation == Some(operation)).count();
    for adapter in adapters {
        let mut process = start(adapter);
        let asked = count() + 2;
        wait_until(|| count() >= asked);
        let slow = FaultPlan::new(Fault::Delay(PATIENCE)).operation(operation);
        server.with_emulator(|emulator, _| emulator.fault(slow));
        wait_until(|| server.with_emulator(|emulator, _| emulator.pending_faults()) == 0);
        process.kill();
        assert!(!process.output().contains("ended"));
        let stored = fs::read_to_string(&file.0).unwrap();
        assert!(stored.contains("\"due\":null"), "in flight: {stored}");
        assert!(!stored.contains(key), "our own credential is stored");
    }
    deed();
    let mut process = start(adapters[0]);
    let said = process.find(|line| Some(line.split_once("ended: ")?.1.to_owned()));
    assert!(process.wait().success());
    said
}

#[test]
fn a_login_outlives_its_processes() {
    for adapters in ORDERS {
        let server = Server::start().unwrap();
        let mut phone = authwire_tests::enrolled_phone(&server);
        let (provider, id) = common::nextauth(&server, &server.nextauth_url());
        let [adapter, _] = Adapter::both(None);
        let nonce = Nonce::from_text("the-nonce-of-one-browser").unwrap();
        let code = adapter.call(&provider, &GetQrLogin::new(id.clone(), nonce.clone())).unwrap();
        let flow = AwaitLogin::new(id, nonce, adapter.now().saturating_add(PATIENCE)).pace(PACE);
        let key = server.with_emulator(|emulator, _| emulator.nextauth.api_key().to_owned());
        let approves = || {
            let approve = |emulator: &mut Emulator, now| {
                phone.scan_and_approve(&mut emulator.nextauth, now, code.as_bytes()).unwrap()
            };
            server.with_emulator(approve);
        };
        let access = (&*server.nextauth_url(), &*key);
        let end = kill_and_resume(&server, adapters, access, &flow, "getSession", approves);
        let account = phone.accounts().next().unwrap();
        assert_eq!(end, format!("{account} \"alice\""));
    }
}

#[test]
fn a_signature_outlives_the_processes_that_wait_for_it() {
    for adapters in ORDERS {
        let server = Server::start().unwrap();
        let [adapter, _] = Adapter::both(None);
        let provider = Authentiq::new(server.authentiq_url().parse().unwrap());
        let key = Ed25519Key::from_seed(&[7; 32]);
        let id = AuthentiqId::new(key.public()).device_token(DeviceToken::new("device-1").unwrap());
        adapter.call(&provider, &RegisterKey::new(id.sign(&key).unwrap())).unwrap();
        let claims = Claims::about_phone(key.public(), NUMBER).sign(&key).unwrap();
        let job = adapter.call(&provider, &RequestScope::new(claims)).unwrap();
        let (code, issuer) = server.with_emulator(|emulator, _| {
            let authentiq = &emulator.authentiq;
            (authentiq.code_for(NUMBER).unwrap().to_owned(), PublicKey::new(authentiq.issuer().id()).unwrap())
        });
        adapter.call(&provider, &ConfirmScope::new(job.clone()).code(Code::new(code).unwrap())).unwrap();
        let flow = AwaitSignature::new(job, adapter.now().saturating_add(PATIENCE)).pace(PACE);
        let flow = flow.verified_by(issuer, key.public(), Ed25519);
        let signs = || {
            server.with_emulator(|emulator, _| emulator.authentiq.settings.signing_delay = Some(Duration::ZERO));
        };
        let access = (&*server.authentiq_url(), "no key");
        let end = kill_and_resume(&server, adapters, access, &flow, "sign_retrieve", signs);
        assert_eq!(end, format!("Some(\"{NUMBER}\")"));
    }
}

fn wait_until(what: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !what() {
        assert!(Instant::now() < end, "it does not happen");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A file of its own, that goes with its owner.
struct File(PathBuf);

impl File {
    fn new() -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("authwire-flow-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        Self(Path::new(&std::env::temp_dir()).join(name))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
