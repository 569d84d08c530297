//! The load: calls of one operation, numbered, and what came of each.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use authwire_core::transport::TransportKind;
use authwire_core::{CallError, Kind};

use crate::faults::{Answer, OK};
use crate::testing::toy::{Echo, Toy};

/// Calls so many times, counting in the last argument what is done.
pub type Run = fn(&Toy, u64, u64, &Arc<AtomicU64>) -> Counts;

/// Callers at a time.
const CALLERS: u64 = 8;
/// More than any good answer takes, and what a silent one costs.
const PATIENCE: Duration = Duration::from_secs(5);
const CAP: usize = 64 * 1024;

/// Outcomes, by the answer that was given and the word for what came of it.
#[derive(Default)]
pub struct Counts(BTreeMap<(Answer, String), u64>);

impl Counts {
    fn count(&mut self, seed: u64, number: u64, result: &Result<u32, CallError<Infallible>>) {
        *self.0.entry((Answer::to(seed, number), word(result))).or_default() += 1;
    }

    fn add(&mut self, other: Self) {
        for (key, count) in other.0 {
            *self.0.entry(key).or_default() += count;
        }
    }

    /// The table; and what is in it that may not be.
    pub fn print(&self) -> Vec<String> {
        let mut failures = Vec::new();
        println!("  {:<14} {:<32} {:>9}", "answer", "outcome", "times");
        for ((answer, word), count) in &self.0 {
            println!("  {:<14} {word:<32} {count:>9}", format!("{answer:?}"));
            let first = word.split(' ').next().unwrap_or_default();
            if !answer.allowed().contains(&first) {
                failures.push(format!("{answer:?} gave {word}"));
            }
        }
        failures
    }
}

/// One word, and whether the request may have been carried out.
fn word(result: &Result<u32, CallError<Infallible>>) -> String {
    match result {
        Ok(_) => OK.to_owned(),
        Err(CallError::Build(_)) => "Build".to_owned(),
        Err(CallError::Transport { sent, source }) => match source.kind() {
            TransportKind::Timeout(phase) => format!("Timeout {phase:?}, sent {sent:?}"),
            kind => format!("{kind:?} , sent {sent:?}").replace(" ,", ""),
        },
        Err(CallError::Reply(error)) => match error.kind() {
            Kind::Malformed(why) => format!("Malformed {why:?}"),
            kind => format!("{kind:?}"),
        },
    }
}

/// The next number, until all are taken.
fn take(next: &AtomicU64, requests: u64) -> Option<u64> {
    let number = next.fetch_add(1, Ordering::Relaxed);
    (number < requests).then_some(number)
}

fn echo(number: u64) -> Echo {
    Echo(u32::try_from(number).unwrap())
}

pub fn ureq(toy: &Toy, seed: u64, requests: u64, done: &Arc<AtomicU64>) -> Counts {
    let client = authwire_ureq::Client::builder().response_timeout(PATIENCE).max_body(CAP).build().unwrap();
    let next = AtomicU64::new(0);
    thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                scope.spawn(|| {
                    let mut counts = Counts::default();
                    while let Some(number) = take(&next, requests) {
                        counts.count(seed, number, &client.call(toy, &echo(number)));
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                    counts
                })
            })
            .collect();
        let mut all = Counts::default();
        callers.into_iter().for_each(|caller| all.add(caller.join().unwrap()));
        all
    })
}

pub fn hyper(toy: &Toy, seed: u64, requests: u64, done: &Arc<AtomicU64>) -> Counts {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let client = authwire_hyper::Client::builder().deadline(PATIENCE).max_body(CAP).build().unwrap();
    let next = Arc::new(AtomicU64::new(0));
    runtime.block_on(async {
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let (client, next, done) = (client.clone(), Arc::clone(&next), Arc::clone(done));
                let toy = Toy(toy.0.clone());
                tokio::spawn(async move {
                    let mut counts = Counts::default();
                    while let Some(number) = take(&next, requests) {
                        counts.count(seed, number, &client.call(&toy, &echo(number)).await);
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                    counts
                })
            })
            .collect();
        let mut all = Counts::default();
        for caller in callers {
            all.add(caller.await.unwrap());
        }
        all
    })
}
