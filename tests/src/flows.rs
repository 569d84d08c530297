//! The laws of flows: whatever comes back, and however the clock jumps.

use std::time::Duration;

use authwire_authentiq::flows::AwaitSignature;
use authwire_authentiq::{Authentiq, JobId};
use authwire_core::{Flow, Provider, Reply, Sent, Step, Timestamp};
use authwire_nextauth::flows::AwaitLogin;
use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};
use http::Response;

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

/// Any flow under the script that the input decides. Says whether it ended well.
pub fn any(input: &[u8]) -> bool {
    match input.split_first() {
        Some((first, rest)) if first % 2 == 1 => await_signature(rest),
        Some((_, rest)) => await_login(rest),
        None => await_login(input),
    }
}

/// `AwaitLogin` under the script that the input decides. Says whether somebody logged in.
pub fn await_login(input: &[u8]) -> bool {
    const BODIES: Bodies = &[
        br#"{"loggedin":true,"accountid":7,"userid":"alice"}"#,
        br#"{"loggedin":true,"accountid":8,"userid":"bob"}"#,
        br#"{"loggedin":true}"#,
        br#"{"loggedin":false}"#,
        b"{}",
    ];
    let mut bytes = Bytes::new(input);
    let key = ApiKey::new("key").expect("a key");
    let provider = NextAuth::new("https://auth.example".parse().expect("a base"), &key);
    let (pace, deadline) = times(&mut bytes);
    let server = ServerId::new("AAAA").expect("a server id");
    let nonce = Nonce::from_text(SECRET).expect("a nonce");
    let flow = AwaitLogin::new(server, nonce, deadline).pace(pace);
    // For each poll one that confirms.
    Run::new(flow, provider, pace, deadline, 2, BODIES).script(&mut bytes)
}

/// `AwaitSignature` under the script that the input decides. Says whether a token came.
pub fn await_signature(input: &[u8]) -> bool {
    const BODIES: Bodies = &[
        TOKEN.as_bytes(),
        b"eyJhbGciOiJFZDI1NTE5In0.e30.c2ln",
        b"{\"jwt\":\"eyJhbGciOiJFZDI1NTE5In0.e30.c2ln\"}",
        b"{\"sub\":\"x\"}",
        b"{\"status\":\"waiting\"}",
        b"",
    ];
    let mut bytes = Bytes::new(input);
    let provider = Authentiq::new("https://issuer.example".parse().expect("a base"));
    let (pace, deadline) = times(&mut bytes);
    let flow = AwaitSignature::new(JobId::new(JOB).expect("a job"), deadline).pace(pace);
    Run::new(flow, provider, pace, deadline, 1, BODIES).script(&mut bytes)
}

fn times(bytes: &mut Bytes<'_>) -> (Duration, Timestamp) {
    let pace = Duration::from_millis(u64::from(bytes.u16()) / 8);
    (pace, START.saturating_add(Duration::from_millis(u64::from(bytes.u16()))))
}

struct Run<F: Flow> {
    flow: F,
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
    bodies: Bodies,
    in_flight: bool,
    sends: u64,
    ended: bool,
    /// With an output.
    done: bool,
}

impl<F: Flow + std::fmt::Debug + Clone> Run<F>
where
    F::Provider: Provider,
    F::Error: std::fmt::Debug,
    F::Output: std::fmt::Debug,
{
    fn new(
        flow: F,
        provider: F::Provider,
        pace: Duration,
        deadline: Timestamp,
        sends_a_pace: u128,
        bodies: Bodies,
    ) -> Self {
        Self {
            flow,
            provider,
            now: START,
            first: None,
            highest: Timestamp::EPOCH,
            deadline,
            pace,
            sends_a_pace,
            bodies,
            in_flight: false,
            sends: 0,
            ended: false,
            done: false,
        }
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
                // The clock goes on, jumps ahead, or back.
                192..=223 => self.now = self.now.saturating_add(Duration::from_millis(u64::from(bytes.u16()))),
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

    fn told(&mut self, tell: impl FnOnce(&mut F, &F::Provider, Timestamp)) {
        self.tell_time();
        let before = (!self.in_flight).then(|| format!("{:?}", self.flow));
        tell(&mut self.flow, &self.provider, self.now);
        if let Some(before) = before {
            assert_eq!(format!("{:?}", self.flow), before, "news of no request changes something");
        }
        self.in_flight = false;
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
