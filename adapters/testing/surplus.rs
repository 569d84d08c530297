//! A server that says more than it was asked, at random times; and who took it for an answer.

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use crate::testing::server::{Server, ok, read_request};
use crate::testing::{Make, Setup, get};

/// Replies that came to the wrong request, and requests without one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    pub right: u32,
    pub wrong: u32,
    pub failed: u32,
}

/// What came of it: on kept connections, and on fresh ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surplus {
    pub kept: Answered,
    pub fresh: Answered,
}

/// xorshift: the same times in every run, as far as times can be.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// More exactly than a sleep.
    fn wait(&mut self, micros: u64) {
        let time = Duration::from_micros(self.below(micros));
        let start = Instant::now();
        while start.elapsed() < time {
            thread::yield_now();
        }
    }
}

/// So many exchanges on kept connections, each followed by one on a fresh connection, to a server that follows three of
/// four replies with one that belongs to nobody.
pub fn surplus(make: Make, runs: u32) -> Surplus {
    let server = Server::with_connections(|connection, mut stream, _| {
        let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ (connection as u64 + 1));
        while let Some(request) = read_request(connection, &mut stream) {
            let path = request.head.split(' ').nth(1).unwrap();
            if stream.write_all(&ok(path)).is_err() {
                return;
            }
            if random.below(4) > 0 {
                random.wait(400);
                if stream.write_all(&ok("somebody else")).is_err() {
                    return;
                }
            }
        }
    });
    let kept = make(Setup::default());
    let fresh = kept.with_fresh_connections();
    let mut random = Random(1);
    let mut came = Surplus::default();
    for run in 0..runs {
        for (client, came) in [(&kept, &mut came.kept), (&fresh, &mut came.fresh)] {
            let path = format!("/{run}");
            match client.exchange(get(&server.url(&path))) {
                Ok(response) if response.body() == path.as_bytes() => came.right += 1,
                Ok(_) => came.wrong += 1,
                Err(_) => came.failed += 1,
            }
        }
        random.wait(200);
    }
    came
}
