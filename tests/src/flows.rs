//! The laws of flows: whatever comes back, and however the clock jumps.

use std::sync::LazyLock;
use std::time::Duration;

use authwire_authentiq::flows::{AwaitSignature, AwaitVerified};
use authwire_authentiq::jwt::{Claims, Ed25519, Ed25519Key};
use authwire_authentiq::{Authentiq, JobId, PublicKey};
use authwire_core::{Flow, Provider, Reply, Retry, RetryProgress, Sent, Step, Storable, Timestamp};
use authwire_nextauth::flows::AwaitLogin;
use authwire_nextauth::sessions::GetSession;
use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};
use http::{Request, Response};

use crate::bytes::Bytes;
use crate::golden::response;
use crate::samples::{JUNK, MEDIA};

/// A token of a test key.
const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZDI1NTE5Iiwia2lkIjoiZFIxY1p6WWYtdUM2cjVMMVZPbW5LajIyQXZEQ1RRUjJGWUo2cXBHaXA2VSJ9.eyJzdWIiOiJkUjFjWnpZZi11QzZyNUwxVk9tbktqMjJBdkRDVFFSMkZZSjZxcEdpcDZVIiwiZGV2dG9rZW4iOiJkZXZ0b2tlbi0xIn0.P8Roq4VP2Oj2EncmJNACeijXsRoP-RHkuS9H5Oe5uQoNk1yFyfRVRrNf6z-PoqJCfT8KNDWEDUtecNhuZ7EJAA";
const START: Timestamp = Timestamp::from_secs(1_800_000_000);
const SECRET: &str = "SENTINEL-nonce-1b2c3d4e5f";
const JOB: &str = "SENTINEL-job-1b2c3d4";

/// Bodies near what the provider of a flow answers; the first is a success.
type Bodies = &'static [&'static [u8]];

/// Our own credential, which no stored flow may hold.
const OURS: &str = "OUR-KEY-8a7b6c5d";

/// What the issuer says of the subject, signed.
pub static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    let statement = Claims::about_email(subject(), "alice@example.com");
    statement.sign(&issuer()).expect("a token").expose().to_owned()
});

/// Whoever signs [`STATEMENT`].
pub fn issuer() -> Ed25519Key {
    Ed25519Key::from_seed(&[2; 32])
}

/// Whom [`STATEMENT`] is about.
pub fn subject() -> PublicKey {
    Ed25519Key::from_seed(&[3; 32]).public()
}

/// Bodies near what nextAuth says of a session.
const SESSIONS: Bodies = &[
    br#"{"loggedin":true,"accountid":7,"userid":"alice"}"#,
    br#"{"loggedin":true,"accountid":8,"userid":"bob"}"#,
    br#"{"loggedin":true}"#,
    br#"{"loggedin":false}"#,
    b"{}",
];

/// Bodies near what Authentiq says of a job.
const JOBS: Bodies = &[
    TOKEN.as_bytes(),
    b"eyJhbGciOiJFZDI1NTE5In0.e30.c2ln",
    b"{\"jwt\":\"eyJhbGciOiJFZDI1NTE5In0.e30.c2ln\"}",
    b"{\"sub\":\"x\"}",
    b"{\"status\":\"waiting\"}",
    b"",
];

/// Any flow under the script that the input decides. Says whether it ended well.
pub fn any(input: &[u8]) -> bool {
    match input.split_first() {
        Some((first, rest)) => match first % 4 {
            0 => await_login(rest),
            1 => await_signature(rest),
            2 => await_verified(rest),
            _ => retry(rest),
        },
        None => await_login(input),
    }
}

/// `AwaitLogin` under the script that the input decides. Says whether somebody logged in.
pub fn await_login(input: &[u8]) -> bool {
    let mut bytes = Bytes::new(input);
    let (pace, deadline) = times(&mut bytes);
    let flow = AwaitLogin::new(server(), nonce(), deadline).pace(pace);
    let flow = if bytes.byte() % 2 == 0 { flow.jitter(bytes.u64()) } else { flow };
    // For each poll one that confirms.
    Run::new(flow, next_auth(), pace, deadline, SESSIONS).sends_a_pace(2).script(&mut bytes)
}

/// `AwaitSignature` under the script that the input decides. Says whether a token came.
pub fn await_signature(input: &[u8]) -> bool {
    let mut bytes = Bytes::new(input);
    let (pace, deadline) = times(&mut bytes);
    let flow = AwaitSignature::new(job(), deadline).pace(pace);
    let flow = if bytes.byte() % 2 == 0 { flow.jitter(bytes.u64()) } else { flow };
    Run::new(flow, authentiq(), pace, deadline, JOBS).script(&mut bytes)
}

/// The same with the token verified: by the right key and a wrong one.
pub fn await_verified(input: &[u8]) -> bool {
    let mut bytes = Bytes::new(input);
    let (pace, deadline) = times(&mut bytes);
    static BODIES: LazyLock<Vec<&'static [u8]>> = LazyLock::new(|| [&[STATEMENT.as_bytes()], JOBS].concat());
    let is_right = bytes.byte() % 2 == 0;
    let issuer = if is_right { issuer().public() } else { PublicKey::from_bytes([1; 32]) };
    let flow: AwaitVerified<Ed25519> =
        AwaitSignature::new(job(), deadline).pace(pace).verified_by(issuer, subject(), Ed25519);
    let is_done = Run::new(flow, authentiq(), pace, deadline, &BODIES).script(&mut bytes);
    assert!(is_right || !is_done, "a token of another issuer is accepted");
    is_done
}

/// A retried operation under the script that the input decides. Says whether it was answered.
pub fn retry(input: &[u8]) -> bool {
    let mut bytes = Bytes::new(input);
    let (pace, deadline) = times(&mut bytes);
    let operation = || GetSession::new(server(), nonce());
    let most = if bytes.byte() % 2 == 0 { u32::MAX } else { u32::from(bytes.byte()) };
    let flow = Retry::new(operation(), deadline, bytes.u64()).first_pause(pace).max_requests(most);
    let copy = move |flow: &Retry<GetSession>| {
        // An answer that was not handed out is not stored, and why it failed neither.
        let is_on_its_way = ["in flight", "due"].iter().any(|state| format!("{flow:?}").contains(state));
        let stored = serde_json::to_string(&flow.progress()).expect("a text");
        assert!(!stored.contains(SECRET), "how far a retry has come shows its operation");
        let progress = RetryProgress::restore(&stored).expect("what was stored");
        is_on_its_way.then(|| Retry::resume(operation(), progress))
    };
    let state = |flow: &Retry<GetSession>| serde_json::to_string(&flow.progress()).expect("a text");
    let mut run = Run::of(flow, next_auth(), pace, deadline, SESSIONS, Box::new(copy), Box::new(state));
    run.most = most.max(1).into();
    run.script(&mut bytes)
}

fn next_auth() -> NextAuth {
    NextAuth::new("https://auth.example".parse().expect("a base"), &ApiKey::new(OURS).expect("a key"))
}

fn authentiq() -> Authentiq {
    Authentiq::new("https://issuer.example".parse().expect("a base"))
}

fn server() -> ServerId {
    ServerId::new("AAAA").expect("a server id")
}

fn nonce() -> Nonce {
    Nonce::from_text(SECRET).expect("a nonce")
}

fn job() -> JobId {
    JobId::new(JOB).expect("a job")
}

/// A flow, stored and restored.
fn stored<F: Flow + Storable>(flow: &F) -> Option<F> {
    let text = flow.store().expect("a text");
    assert_eq!(text.matches("SENTINEL").count(), 1, "a flow's own secret stands in one place");
    assert!(!text.contains(OURS), "a stored flow holds our credential");
    let restored = F::restore(&text).expect("what was stored");
    assert_eq!(restored.store().expect("a text"), text, "what is restored is another flow");
    // The version stands in front, so that a later one can look before it reads.
    assert!(text.starts_with(&format!("{{\"form\":\"{}\"", F::FORM)), "a stored flow says what it is");
    Some(restored)
}

fn times(bytes: &mut Bytes<'_>) -> (Duration, Timestamp) {
    let pace = Duration::from_millis(u64::from(bytes.u16()) / 8);
    (pace, START.saturating_add(Duration::from_millis(u64::from(bytes.u16()))))
}

/// Copies a flow by storing it; `None` where it cannot be stored just now.
type Copy<F> = Box<dyn Fn(&F) -> Option<F>>;
/// A text of all that a flow holds.
type State<F> = Box<dyn Fn(&F) -> String>;

struct Run<F: Flow> {
    flow: F,
    /// The same flow, stored at some time and restored: it must do the same from then on.
    copy: Option<F>,
    copied: Copy<F>,
    /// All that a flow holds, but for the time that it was told.
    state: State<F>,
    provider: F::Provider,
    now: Timestamp,
    /// The first time the flow was told.
    first: Option<Timestamp>,
    /// The latest time the flow was told.
    highest: Timestamp,
    deadline: Timestamp,
    pace: Duration,
    /// How many requests a pace takes at most.
    sends_a_pace: u128,
    /// And how many it may send in all.
    most: u64,
    bodies: Bodies,
    in_flight: bool,
    sends: u64,
    ended: bool,
    /// With an output.
    done: bool,
}

impl<F: Flow + Storable + std::fmt::Debug + 'static> Run<F>
where
    F::Error: std::fmt::Display + std::fmt::Debug,
    F::Output: std::fmt::Debug,
{
    fn new(flow: F, provider: F::Provider, pace: Duration, deadline: Timestamp, bodies: Bodies) -> Self {
        let state = |flow: &F| flow.store().expect("a text");
        Self::of(flow, provider, pace, deadline, bodies, Box::new(stored), Box::new(state))
    }
}

impl<F: Flow + std::fmt::Debug> Run<F>
where
    F::Provider: Provider,
    F::Error: std::fmt::Display + std::fmt::Debug,
    F::Output: std::fmt::Debug,
{
    fn of(
        flow: F,
        provider: F::Provider,
        pace: Duration,
        deadline: Timestamp,
        bodies: Bodies,
        copied: Copy<F>,
        state: State<F>,
    ) -> Self {
        Self {
            flow,
            copy: None,
            copied,
            state,
            provider,
            now: START,
            first: None,
            highest: Timestamp::EPOCH,
            deadline,
            pace,
            sends_a_pace: 1,
            most: u64::MAX,
            bodies,
            in_flight: false,
            sends: 0,
            ended: false,
            done: false,
        }
    }

    fn sends_a_pace(self, sends_a_pace: u128) -> Self {
        Self { sends_a_pace, ..self }
    }

    /// Plays the script, then goes on as a plain driver that only ever loses replies: it must end.
    fn script(mut self, bytes: &mut Bytes<'_>) -> bool {
        while !bytes.is_empty() && !self.ended {
            match bytes.byte() {
                0..=95 => self.step(),
                96..=175 => {
                    let response = reply_by(self.bodies, bytes);
                    self.reply(&response);
                }
                176..=191 => self.lost(),
                192..=199 => self.copy = (self.copied)(&self.flow).or(self.copy.take()),
                // The clock goes on, jumps ahead, or back.
                200..=223 => self.now = self.now.saturating_add(Duration::from_millis(u64::from(bytes.u16()))),
                224..=231 => self.now = self.now.saturating_add(Duration::from_millis(bytes.u64())),
                _ => {
                    self.now =
                        Timestamp::from_millis(self.now.as_millis().saturating_sub(bytes.u64() >> bytes.below(64)))
                }
            }
            assert!(
                !format!("{:?} {:#?}", self.flow, self.flow).contains("SENTINEL"),
                "a flow's Debug shows its secret"
            );
        }
        self.now = self.highest.max(START);
        // A second a turn at least, so that a pace of a millisecond does not make this long.
        for _ in 0..200 {
            if self.ended {
                break;
            }
            self.now = self.now.saturating_add(Duration::from_secs(1));
            self.step();
            self.lost();
        }
        assert!(self.ended, "the flow does not end");
        for _ in 0..3 {
            self.reply(&response(200, None, self.bodies[0].to_vec()));
            self.lost();
            let again = self.flow.step(&self.provider, self.now);
            assert!(again.is_err(), "after its end a flow says that it has ended");
        }
        self.done
    }

    fn step(&mut self) {
        self.tell_time();
        let step = self.flow.step(&self.provider, self.now);
        if let Some(copy) = &mut self.copy {
            let other = copy.step(&self.provider, self.now);
            assert!(is_same(&step, &other), "a flow that was stored goes on differently: {step:?}, {other:?}");
        }
        match step {
            Ok(Step::Send(_)) => {
                assert_eq!(format!("{step:?}"), "Ok(Send(..))", "a step's Debug shows its request");
                assert!(!self.in_flight, "two requests in flight");
                assert!(self.highest < self.deadline, "a request after the deadline");
                self.in_flight = true;
                self.sends += 1;
                // One poll at the start, and one a pace.
                let paces =
                    self.highest.since(self.first.unwrap_or_default()).as_millis() / self.pace.as_millis().max(1);
                assert!(
                    u128::from(self.sends) <= self.sends_a_pace * (paces + 1),
                    "{} requests in {paces} paces",
                    self.sends
                );
                assert!(self.sends <= self.most, "more requests than were allowed");
            }
            Ok(Step::Wait(until)) => {
                assert!(until > self.highest, "a wait for the past");
                assert!(until <= self.deadline, "a wait for longer than the deadline");
                // A plain driver waits now.
                self.now = self.now.max(until);
            }
            Ok(Step::Done(_)) => (self.ended, self.done) = (true, true),
            Err(_) => self.ended = true,
        }
    }

    fn tell_time(&mut self) {
        self.first.get_or_insert(self.now);
        self.highest = self.highest.max(self.now);
    }

    fn reply(&mut self, response: &Response<Vec<u8>>) {
        self.told(|flow, provider, now| flow.reply(provider, now, Reply::from(response)));
    }

    fn lost(&mut self) {
        self.told(|flow, _, now| flow.lost(now, Sent::Maybe));
    }

    /// All that the flow holds, but for the time that it was told.
    fn state(&self) -> String {
        let text = format!("{:?} {}", self.flow, (self.state)(&self.flow));
        let (before, rest) = text.split_once("\"now\":").expect("a time");
        format!("{before}{}", rest.trim_start_matches(|digit: char| digit.is_ascii_digit()))
    }

    fn told(&mut self, tell: impl Fn(&mut F, &F::Provider, Timestamp)) {
        self.tell_time();
        let before = (!self.in_flight).then(|| self.state());
        tell(&mut self.flow, &self.provider, self.now);
        if let Some(copy) = &mut self.copy {
            tell(copy, &self.provider, self.now);
        }
        if let Some(before) = before {
            assert_eq!(self.state(), before, "news of no request changes something");
        }
        self.in_flight = false;
    }
}

/// Whether two flows say the same. An error's reason may be lost where a flow was stored, and stands behind a colon.
fn is_same<T: std::fmt::Debug, E: std::fmt::Display>(one: &Result<Step<T>, E>, other: &Result<Step<T>, E>) -> bool {
    let parts = |request: &Request<Vec<u8>>| {
        (request.method().clone(), request.uri().clone(), request.headers().clone(), request.body().clone())
    };
    let reason = |error: &E| error.to_string().split(':').next().map(str::to_owned);
    match (one, other) {
        (Ok(Step::Send(one)), Ok(Step::Send(other))) => parts(one) == parts(other),
        (Ok(Step::Wait(one)), Ok(Step::Wait(other))) => one == other,
        (Ok(Step::Done(one)), Ok(Step::Done(other))) => format!("{one:?}") == format!("{other:?}"),
        (Err(one), Err(other)) => reason(one) == reason(other),
        _ => false,
    }
}

fn reply_by(bodies: Bodies, bytes: &mut Bytes<'_>) -> Response<Vec<u8>> {
    // Successes often enough that two of them follow each other.
    let status = match bytes.byte() {
        0..=159 => 200,
        _ => bytes.choose(&[204, 302, 401, 403, 404, 429, 500, 503]),
    };
    let body = match bytes.byte() {
        0..=127 => bodies[0],
        128..=223 => bytes.choose(bodies),
        _ => bytes.choose(JUNK),
    };
    let media = if bytes.byte() < 200 { None } else { bytes.choose(MEDIA) };
    let mut response = response(status, media, body.to_vec());
    if bytes.byte() < 64 {
        let after = bytes.choose(&[
            "0",
            "1",
            "7",
            "3600",
            "99999999999999999999",
            "-1",
            "soon",
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ]);
        response.headers_mut().insert("retry-after", after.parse().expect("a header value"));
    }
    response
}
