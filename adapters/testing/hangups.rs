//! Connections that the server closes at once: just when a request is handed over, or a little before or after. Whatever
//! comes of it must come soon. hyper alone loses about one request in ten thousand then, and nobody hears of it.

use std::collections::BTreeMap;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::testing::{Make, Setup, get};

const CLIENTS: u64 = 8;

/// Outcomes, in a word or two each, and how often each came.
pub type Outcomes = BTreeMap<String, u64>;

/// So many exchanges by each of eight clients with a server that hangs up.
pub fn hang_ups(make: Make, runs: u64) -> Outcomes {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let server = thread::spawn(move || {
        while !stopped.load(Ordering::Relaxed) {
            drop(listener.accept());
        }
    });
    let run = move || {
        let client = make(Setup { wait: Duration::from_secs(20), ..Setup::default() });
        let mut outcomes = Outcomes::new();
        for _ in 0..runs {
            let error = client.exchange(get(&format!("http://{address}/"))).unwrap_err();
            *outcomes.entry(format!("{:?}, sent {:?}", error.kind(), error.sent)).or_default() += 1;
        }
        outcomes
    };
    let clients: Vec<_> = (0..CLIENTS).map(|_| thread::spawn(run)).collect();
    let mut outcomes = Outcomes::new();
    for client in clients {
        client.join().unwrap().into_iter().for_each(|(word, count)| *outcomes.entry(word).or_default() += count);
    }
    stop.store(true, Ordering::Relaxed);
    drop(TcpStream::connect(address));
    server.join().unwrap();
    outcomes
}
