//! Runs the faults, many at a time, and counts.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use authwire_core::http::{Request, Response};
use authwire_core::transport::{ExchangeError, Phase, TransportKind};
use authwire_core::{Endpoint, Sent};

use super::places::{Full, Trust, nobody};
use super::script::{Certificate, Hostile};
use super::{Fault, GOOD, Place, Sends, Want, all};
use crate::testing::server::{Server, Then, ok};
use crate::testing::toy::{Hello, Toy};
use crate::testing::{Make, Setup, request};

/// A secret that every request holds in all places.
const CANARY: &str = "C4N4RY";
const AT_ONCE: usize = 12;

/// A client under test.
#[derive(Clone, Copy)]
pub struct Subject {
    pub name: &'static str,
    pub make: Make,
    /// Whether it has a time limit for each phase.
    pub phases: bool,
    /// Whether connecting, TLS included, is its own affair.
    pub connects: bool,
}

/// What came of it.
pub struct Tally {
    /// Fault and client, each that had to be and was.
    pub passed: usize,
    /// Those that are not this client's affair.
    pub left_out: usize,
    pub failures: Vec<String>,
}

/// Every fault through this client.
pub fn run(subject: Subject) -> Tally {
    let faults = all();
    let all = faults.len();
    let faults: Vec<Fault> = faults.into_iter().filter(|fault| subject.connects || !fault.is_connecting()).collect();
    let wanted = faults.len();
    let trust = Arc::new(Trust::new());
    let queue = Arc::new(Mutex::new(faults));
    let (report, reports) = channel();
    let workers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (queue, report, trust) = (Arc::clone(&queue), report.clone(), Arc::clone(&trust));
            thread::spawn(move || {
                loop {
                    // The lock is not held while a fault runs.
                    let Some(fault) = queue.lock().unwrap().pop() else { return };
                    let name = format!("{} {} ({:?})", fault.group, fault.name, fault.sends);
                    report.send((name.clone(), None)).unwrap();
                    let result = catch_unwind(AssertUnwindSafe(|| meet(subject, &fault, &trust)));
                    report.send((name, Some(result.unwrap_or_else(|_| Err("a panic".to_owned()))))).unwrap();
                }
            })
        })
        .collect();
    drop(report);
    let mut running = BTreeMap::new();
    let mut tally = Tally { passed: 0, left_out: all - wanted, failures: Vec::new() };
    while tally.passed + tally.failures.len() < wanted {
        let Ok((name, result)) = reports.recv_timeout(Duration::from_secs(60)) else {
            panic!("{}: these do not end: {running:?}", subject.name)
        };
        match result {
            None => drop(running.insert(name, ())),
            Some(result) => {
                running.remove(&name);
                match result {
                    Ok(()) => tally.passed += 1,
                    Err(cause) => tally.failures.push(format!("{}: {name}: {cause}", subject.name)),
                }
            }
        }
    }
    for worker in workers {
        worker.join().unwrap();
    }
    tally
}

impl Fault {
    /// Whether it befalls whoever makes the connection.
    fn is_connecting(&self) -> bool {
        !matches!(self.place, Place::Plain | Place::Tls(Certificate::Good))
    }

    fn request(&self, url: &str) -> Request<Vec<u8>> {
        let (method, body) = match self.sends {
            Sends::Get => ("GET", Vec::new()),
            Sends::Post => ("POST", CANARY.into()),
            Sends::Much => ("POST", vec![b'x'; 64 * 1024 * 1024]),
        };
        request(method, &format!("{url}/fault/{CANARY}?a={CANARY}"), &[("api_key", CANARY)], &body)
    }
}

/// One fault through one client.
fn meet(subject: Subject, fault: &Fault, trust: &Trust) -> Result<(), String> {
    let short = Duration::from_millis(1_500);
    let (mut connect, mut wait) = (Duration::from_secs(20), Duration::from_secs(20));
    if fault.hurried {
        *(if matches!(fault.want, Want::NotSent(_)) { &mut connect } else { &mut wait }) = short;
    }
    let client = (subject.make)(Setup { connect, wait, roots: Some(trust.root.clone()), ..Setup::default() });
    let tls = match fault.place {
        Place::Tls(certificate) => Some(trust.config(certificate)),
        _ => None,
    };
    let hostile = Hostile::start(fault.acts.clone(), tls);
    let port = hostile.server().address.port();
    let well = Server::new(|seen| Then::Keep(ok(seen.head.split(' ').nth(1).unwrap())));
    let full = Full::new(fault.place == Place::Full);
    let url = match fault.place {
        Place::Plain => format!("http://127.0.0.1:{port}"),
        Place::Tls(_) | Place::NotTls => format!("https://localhost:{port}"),
        Place::Nobody => format!("http://{}", nobody()),
        Place::Full => format!("http://{}", full.address),
    };
    if fault.warmed {
        let response =
            client.exchange(request("GET", &format!("{url}/first"), &[], b"")).map_err(|e| format!("{e:?}"))?;
        assert_eq!(response.body(), GOOD.as_bytes());
    }

    let result = client.exchange(fault.request(&url));

    if let Err(error) = &result {
        check_texts(*error)?;
    }
    if matches!(fault.place, Place::Plain | Place::Tls(_)) {
        hostile.settle();
    }
    // The client may now notice what lies on its connection.
    thread::sleep(Duration::from_millis(if fault.lingers { 100 } else { 20 }));
    let next = if fault.is_connecting() { well.url("/next") } else { format!("{url}/next") };
    let after =
        client.exchange(request("GET", &next, &[], b"")).map_err(|error| format!("the next call: {error:?}"))?;
    if (after.status().as_u16(), after.body().as_slice()) != (200, b"/next") {
        return Err(format!("the next call got {after:?}"));
    }
    let seen = hostile.server().seen();
    let sent = seen.iter().filter(|seen| seen.head.contains("/fault")).count();
    let connections = hostile.server().accepted();
    let again = seen.last().is_some_and(|seen| seen.head.contains("/next") && seen.connection == 0);
    judge(subject, fault, &result, sent, connections, again)
        .map_err(|wrong| format!("{wrong}: {:?}, sent {sent} times on {connections} connections", brief(&result)))
}

fn judge(
    subject: Subject,
    fault: &Fault,
    result: &Result<Response<Vec<u8>>, ExchangeError>,
    sent: usize,
    connections: usize,
    again: bool,
) -> Result<(), &'static str> {
    let own_phase = |phase| TransportKind::Timeout(if subject.phases { phase } else { Phase::Total });
    let fails = |kinds: &[TransportKind], certain: Option<Sent>| match result {
        Err(error) => kinds.contains(&error.kind()) && certain.is_none_or(|certain| certain == error.sent),
        Ok(_) => false,
    };
    let gives = |status: u16, body: &str| match result {
        Ok(got) => got.status().as_u16() == status && String::from_utf8_lossy(got.body()) == *body,
        Err(_) => false,
    };
    let (fits, kept) = match &fault.want {
        Want::Fails(kinds) => (fails(kinds, Some(Sent::Maybe)), Some(false)),
        Want::Lost(kinds) => (fails(kinds, None), Some(false)),
        Want::NotSent(kinds) => (fails(kinds, Some(Sent::No)), None),
        Want::TimesOut(phase) => (fails(&[own_phase(*phase)], Some(Sent::Maybe)), Some(false)),
        Want::Kept(status, body) => (gives(*status, body), Some(true)),
        Want::Closed(status, body) => (gives(*status, body), Some(false)),
        Want::ClosedOrCut(status, body) => {
            (gives(*status, body) || fails(&[TransportKind::Truncated], Some(Sent::Maybe)), Some(false))
        }
        Want::UnaskedOr(body) => (gives(200, body) || result.is_err(), None),
        Want::Either(status, body) => (gives(*status, body), None),
    };
    if !fits {
        return Err("not what it must be");
    }
    if sent > 1 || (sent == 1 && matches!(result, Err(ExchangeError { sent: Sent::No, .. }))) {
        return Err("the server saw more of it than it may");
    }
    if kept.is_some_and(|kept| kept != again || connections != if kept { 1 } else { 2 }) {
        return Err("the wrong connection for the next call");
    }
    let means_yes = result.as_ref().is_ok_and(|response| {
        let toy = Toy(authwire_core::BaseUrl::new("http://localhost").unwrap());
        Hello.response(&toy, response).is_ok()
    });
    let may = gives(200, GOOD) && fault.group != 67 || matches!(fault.want, Want::UnaskedOr(_));
    if means_yes && !may { Err("an operation takes it for a success") } else { Ok(()) }
}

fn brief(result: &Result<Response<Vec<u8>>, ExchangeError>) -> String {
    match result {
        Ok(got) => format!("{} {:?}", got.status(), String::from_utf8_lossy(&got.body()[..got.body().len().min(40)])),
        Err(error) => format!("{error:?}"),
    }
}

/// An error names no place and no secret.
fn check_texts(error: ExchangeError) -> Result<(), String> {
    let mut texts = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(error) = source {
        texts += &format!("{error} {error:?}");
        source = error.source();
    }
    let told = [CANARY, "127.0.0.1", "localhost"].into_iter().find(|word| texts.contains(word));
    told.map_or(Ok(()), |word| Err(format!("an error says {word}")))
}
