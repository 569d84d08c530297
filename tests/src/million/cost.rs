//! What a step costs, and how much memory a flow takes, without the emulator: a canned reply says that nobody is logged
//! in.

use std::collections::VecDeque;
use std::hint::black_box;
use std::time::{Duration, Instant};

use authwire_core::scheduler::Ticket;
use authwire_core::{Next, Reply, Scheduler, Timestamp};
use authwire_nextauth::NextAuth;
use authwire_nextauth::flows::AwaitLogin;
use http::Response;

use super::{PACE, START, nonce, provider, server};
use crate::golden::response;

/// How long a reply takes, on the virtual clock.
const LATENCY: Duration = Duration::from_millis(100);
/// How many polls are timed at a time: few, so that most are done before the machine turns to something else.
const POLLS: usize = 500;
/// How often a number of flows has its turn.
const ROUNDS: usize = 5;
/// How many polls it has in a turn, at least.
const TURN: usize = 200_000;

/// What so many flows cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// How many flows were pending.
    pub flows: usize,
    /// The time of one poll, which is three steps of a flow: its request built and handed out, and its reply read. The
    /// median of many: what is interrupted does not count.
    pub poll: Duration,
    /// The memory that this process has more of than before, all of it: flows, their secrets, and the scheduler. `None`
    /// where the system does not say.
    pub resident: Option<u64>,
}

/// Measures with each of these numbers of flows, the least first. The most are made first: what was freed before would be
/// used again, and not be seen.
#[must_use]
pub fn costs(sizes: &[usize]) -> Vec<Cost> {
    let mut all: Vec<(Polls, Cost)> = sizes.iter().rev().map(|flows| begin(*flows)).collect();
    let mut times = vec![Vec::new(); all.len()];
    // In turns, so that a busy machine is busy for all.
    for _ in 0..ROUNDS {
        for ((polls, cost), times) in all.iter_mut().zip(&mut times) {
            for _ in 0..cost.flows.max(TURN).div_ceil(POLLS) {
                let start = Instant::now();
                polls.run(POLLS);
                times.push(start.elapsed());
            }
        }
    }
    for ((_, cost), times) in all.iter_mut().zip(&mut times) {
        times.sort_unstable();
        cost.poll = times[times.len() / 2].div_f64(POLLS as f64);
    }
    all.into_iter().rev().map(|(_, cost)| cost).collect()
}

fn begin(flows: usize) -> (Polls, Cost) {
    let before = resident();
    let mut polls = Polls::begin(flows);
    // Each has had a reply and is waiting by then.
    polls.run(2 * flows);
    let resident = before.zip(resident()).map(|(before, after)| after.saturating_sub(before));
    (polls, Cost { flows, poll: Duration::ZERO, resident })
}

/// What this process has in memory, in bytes.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

struct Polls {
    provider: NextAuth,
    scheduler: Scheduler<AwaitLogin>,
    reply: Response<Vec<u8>>,
    /// Requests in flight, and when their replies come.
    in_flight: VecDeque<(Timestamp, Ticket)>,
    now: Timestamp,
}

impl Polls {
    /// Flows that are due evenly over a pace.
    fn begin(flows: usize) -> Self {
        let body = br#"{"loggedin":false,"canprovoke":false,"loginqrdata":"QVdFMUw=","hsid":"aHNpZA=="}"#;
        let mut polls = Self {
            provider: provider("an-api-key"),
            scheduler: Scheduler::new(),
            reply: response(200, Some("application/json"), body.to_vec()),
            in_flight: VecDeque::new(),
            now: START,
        };
        let server = server("rN6hUJbbB5V0M5Yb1lIA0Q==");
        for flow in 0..flows {
            let begins = Duration::from_millis((PACE.as_millis() * flow as u128 / flows as u128) as u64);
            polls.until(START.saturating_add(begins));
            polls.scheduler.insert(AwaitLogin::new(server.clone(), nonce(flow), Timestamp::MAX).pace(PACE));
        }
        polls
    }

    /// So many requests, and what belongs to them.
    fn run(&mut self, requests: usize) {
        let mut sent = 0;
        while sent < requests {
            match self.next() {
                None => sent += 1,
                Some(next) => self.now = next,
            }
        }
    }

    fn until(&mut self, time: Timestamp) {
        while self.now < time {
            if let Some(next) = self.next() {
                self.now = next.min(time);
            }
        }
    }

    /// Sends one request, `None`, or says when there is something to do.
    fn next(&mut self) -> Option<Timestamp> {
        while let Some((_, ticket)) = self.in_flight.front().copied().filter(|(at, _)| *at <= self.now) {
            self.in_flight.pop_front();
            let taken = self.scheduler.reply(ticket, &self.provider, self.now, Reply::from(&self.reply));
            assert!(taken, "a reply was dropped");
        }
        match self.scheduler.next(&self.provider, self.now) {
            Next::Send(ticket, request) => {
                black_box(request);
                self.in_flight.push_back((self.now.saturating_add(LATENCY), ticket));
                None
            }
            Next::Wait(until) => Some(self.in_flight.front().map_or(until, |(at, _)| until.min(*at))),
            Next::Idle => Some(self.in_flight.front().map_or(Timestamp::MAX, |(at, _)| *at)),
            Next::Ended(..) => panic!("a flow ended that has no deadline"),
        }
    }
}
