//! What a process holds: threads and descriptors.

use std::fs::read_dir;
use std::thread::{scope, sleep};
use std::time::Duration;

use super::server::{Server, Then};
use super::{Make, Setup, get};

/// A count, as Linux gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Census {
    pub threads: usize,
    pub descriptors: usize,
}

impl Census {
    pub fn take() -> Self {
        let count = |path| read_dir(path).map_or(0, Iterator::count);
        Self { threads: count("/proc/self/task"), descriptors: count("/proc/self/fd") }
    }

    /// Fails if there is more than there was, once all had half a minute to go.
    pub fn assert_no_more(self) {
        let mut now = Self::take();
        for _ in 0..300 {
            if now.threads <= self.threads && now.descriptors <= self.descriptors {
                println!(
                    "threads {} then, {} now; descriptors {} then, {} now",
                    self.threads, now.threads, self.descriptors, now.descriptors
                );
                return;
            }
            sleep(Duration::from_millis(100));
            now = Self::take();
        }
        panic!("there were {self:?}, there are {now:?}");
    }
}

/// A thousand exchanges that run out of time: without a word, in the head, in the body.
pub fn a_thousand_timeouts(make: Make) {
    let words = ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhe"];
    let servers = words.map(|word| Server::always(Then::Hang(word.as_bytes().to_vec())));
    scope(|scope| {
        for caller in 0..10 {
            let servers = &servers;
            scope.spawn(move || {
                let client = make(Setup { wait: Duration::from_millis(30), ..Setup::default() });
                for call in 0..100 {
                    let error = client.exchange(get(&servers[(caller + call) % 3].url("/"))).unwrap_err();
                    assert!(error.source.is_timeout(), "{error:?}");
                }
            });
        }
    });
}
