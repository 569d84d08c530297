//! Memory, threads and descriptors of this process, sampled while something runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::testing::leaks::Census;

/// How much more memory the second half may need than the first, in KiB.
const DRIFT: u64 = 2 * 1024;

#[derive(Clone, Copy)]
struct Sample {
    done: u64,
    memory: u64,
    census: Census,
}

/// What was seen.
pub struct Watched {
    before: Census,
    samples: Vec<Sample>,
    requests: u64,
    time: Duration,
}

impl Watched {
    /// Samples a hundred times while this runs, by the count that it keeps.
    pub fn during<T: Send>(requests: u64, run: impl FnOnce(&Arc<AtomicU64>) -> T + Send) -> (T, Self) {
        let before = Census::take();
        let done = Arc::new(AtomicU64::new(0));
        let start = Instant::now();
        let mut samples = Vec::new();
        let result = thread::scope(|scope| {
            let running = scope.spawn(|| run(&done));
            while !running.is_finished() {
                let now = done.load(Ordering::Relaxed);
                if now >= requests / 100 * (samples.len() as u64 + 1) {
                    samples.push(Sample { done: now, memory: resident(), census: Census::take() });
                }
                thread::sleep(Duration::from_millis(1));
            }
            running.join().unwrap()
        });
        (result, Self { before, samples, requests, time: start.elapsed() })
    }

    /// The table; and what is not flat. What the first tenth needs is not counted: pools and caches fill up.
    pub fn print(&self) -> Vec<String> {
        let rate = self.requests as f64 / self.time.as_secs_f64();
        println!("  {:.1} s, {rate:.0} requests a second", self.time.as_secs_f64());
        println!("  {:>9} {:>12} {:>8} {:>12}", "requests", "memory, KiB", "threads", "descriptors");
        for sample in self.samples.iter().step_by(10).chain(self.samples.last()) {
            let Census { threads, descriptors } = sample.census;
            println!("  {:>9} {:>12} {threads:>8} {descriptors:>12}", sample.done, sample.memory);
        }
        let of = |from: u64, to: u64| {
            let range = self.requests / 10 * from..=self.requests / 10 * to;
            self.samples.iter().filter(move |sample| range.contains(&sample.done))
        };
        let mut failures = Vec::new();
        let mut compare = |what: &str, slack: u64, value: fn(&Sample) -> u64| {
            let most = |from, to| of(from, to).map(value).max();
            match (most(1, 5), most(6, 10)) {
                (Some(first), Some(second)) => {
                    println!("  most {what}: {first} in the first half, {second} in the second");
                    if second > first + slack {
                        failures.push(format!("{what} grows: {first}, {second}"));
                    }
                }
                _ => failures.push("there are too few samples".to_owned()),
            }
        };
        compare("memory, KiB", DRIFT, |sample| sample.memory);
        compare("threads", 0, |sample| sample.census.threads as u64);
        // A connection that is being replaced counts twice for a moment.
        compare("descriptors", 8, |sample| sample.census.descriptors as u64);
        self.before.assert_no_more();
        failures
    }
}

/// Resident memory, in KiB.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}
