//! Names: by a resolver of the caller's, and by one that never answers. A program of its own, since it counts threads.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]

#[path = "../../testing/mod.rs"]
mod testing;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use authwire_core::transport::{ExchangeError, Phase, SetupError, TransportKind};
use authwire_ureq::Client;
use testing::get;
use testing::leaks::Census;
use testing::server::{Server, Then, ok};

#[test]
fn names() {
    let before = Census::take();
    by_a_table();
    a_resolver_that_hangs();
    before.assert_no_more();
}

fn by_a_table() {
    let server = Server::always(Then::Keep(ok("fine")));
    let address = server.address;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    let client = Client::builder()
        .resolver(move |host, port| {
            log.lock().unwrap().push((host.to_owned(), port));
            match host {
                "one.test" => Ok(vec![address]),
                // More than ureq takes; the first that answers counts.
                "many.test" => Ok(vec![address; 40]),
                "none.test" => Ok(Vec::new()),
                "panics.test" => panic!("as it is meant to"),
                _ => Err(io::ErrorKind::NotFound.into()),
            }
        })
        .build()
        .unwrap();
    for name in ["one.test", "one.test:8080", "many.test", "ONE.test:0081"] {
        let host = name.to_lowercase();
        assert_eq!(client.exchange(get(&format!("http://{host}/"))).unwrap().body(), b"fine", "{name}");
    }
    let unknown = ExchangeError::not_sent(TransportKind::Resolve);
    // More often than there are threads.
    for _ in 0..10 {
        for name in ["none.test", "panics.test", "unknown.test"] {
            assert_eq!(client.exchange(get(&format!("http://{name}/"))).unwrap_err(), unknown, "{name}");
        }
    }
    assert_eq!(client.exchange(get(&server.url("/"))).unwrap().body(), b"fine");
    let asked = asked.lock().unwrap();
    assert_eq!(asked[..4], [("one.test", 80), ("one.test", 8080), ("many.test", 80), ("one.test", 81)].map(own));
    assert!(asked.iter().all(|(host, _)| host != "127.0.0.1"), "an address is no name");

    let builder = Client::builder().agent(ureq::Agent::new_with_defaults()).resolver(|_, _| Ok(Vec::new()));
    assert_eq!(builder.build().unwrap_err(), SetupError::Conflict);
}

fn own((host, port): (&str, u16)) -> (String, u16) {
    (host.to_owned(), port)
}

/// A resolver that says nothing until it is let go: every call ends in its time, few threads hang, and it works again.
fn a_resolver_that_hangs() {
    let server = Server::always(Then::Keep(ok("fine")));
    let address = server.address;
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let waits = Arc::clone(&gate);
    let client = Client::builder()
        .connect_timeout(Duration::from_millis(100))
        .resolver(move |_, _| -> io::Result<Vec<SocketAddr>> {
            let (open, opens) = &*waits;
            drop(opens.wait_while(open.lock().unwrap(), |open| !*open).unwrap());
            Ok(vec![address])
        })
        .build()
        .unwrap();
    let before = Census::take();
    thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                for _ in 0..4 {
                    let error = client.exchange(get("http://one.test/")).unwrap_err();
                    assert_eq!(error, ExchangeError::not_sent(TransportKind::Timeout(Phase::Connect)));
                }
            });
        }
    });
    // The callers' own threads may be seen a moment longer.
    let few = || {
        thread::sleep(Duration::from_millis(50));
        Census::take().threads <= before.threads + 8
    };
    assert!((0..100).any(|_| few()), "{before:?}, {:?}", Census::take());
    let hurried = client.with_deadline(Duration::from_millis(20));
    let error = hurried.exchange(get("http://one.test/")).unwrap_err();
    assert_eq!(error, ExchangeError::not_sent(TransportKind::Timeout(Phase::Total)));
    // Who needs no name is not held up.
    assert_eq!(client.exchange(get(&server.url("/"))).unwrap().body(), b"fine");
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    let patient = || client.exchange(get("http://one.test/")).is_ok_and(|response| response.body() == b"fine");
    assert!((0..100).any(|_| patient()), "it does not work again");
}
