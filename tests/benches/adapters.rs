//! The adapters against hand-written code on what they stand on, the emulator, a step of a flow, and a cold start:
//! `cargo bench -p authwire-tests --bench adapters`, and ` -- WORD` behind it for the rows alone whose name has the word.
//!
//! The server is a process of its own, and what a client takes is the CPU time of its thread. Both sides run in turns, so
//! that a busy machine is busy for both, and a ratio is the median of many rounds. What it prints is described in
//! `docs/performance.md`.

mod wire;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use wire::server::Server;
use wire::{CALLS, Run, Side, Transport, emulated, step};

/// How often each side has its turn, and how many requests it makes in one.
const ROUNDS: usize = 41;
const REQUESTS: u32 = 320;
/// How many requests are in flight where there are many, and how many are made then: so many
/// that it does not count that a pool keeps 16 connections for the next turn, and opens the other 48 again.
const MANY: usize = 64;
const MANY_REQUESTS: u32 = 25_600;
const MANY_ROUNDS: usize = 11;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *words {
        ["serve", name, "elsewhere"] => {
            keep(false);
            wire::server::serve(&(wire::find(name).expect("a call").reply)());
        }
        ["serve", name] => wire::server::serve(&(wire::find(name).expect("a call").reply)()),
        ["serve-emulator"] => emulated::serve(),
        ["once", transport, side, address] => {
            let (transport, side) = (COLD[index(transport)].0, [Side::Ours, Side::Bare][index(side)]);
            CALLS[0].start(transport, side, address.parse().expect("an address"), 1)(1);
        }
        // `cargo test --benches` runs this, too: once through, to see that it works.
        _ => {
            keep(true);
            let wanted = words.iter().copied().find(|word| !word.starts_with('-')).unwrap_or_default();
            bench(if words.contains(&"--bench") { ROUNDS } else { 1 }, wanted);
        }
    }
}

/// Keeps this process and its children on this core, or away from it.
///
/// With one request in flight, client and server take turns on one core: on two, waking the other costs more than all
/// that is measured here. With many, the server is elsewhere: on one, it interrupts the client at the system's whim.
fn keep(here: bool) {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CpuSet, sched_getcpu, sched_setaffinity};
        let mut cores = CpuSet::new();
        let current = sched_getcpu();
        (0..CpuSet::MAX_CPU).filter(|core| (*core == current) == here).for_each(|core| cores.set(core));
        // With a single core there is no other.
        let kept = sched_setaffinity(None, &cores);
        assert!(kept.is_ok() || !here);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = here;
}

fn index(word: &str) -> usize {
    word.parse().expect("a number")
}

fn bench(rounds: usize, wanted: &str) {
    let mut ratios = Vec::new();
    println!(
        "{:28} {:16} {:>14} {:>14} {:>12} {:>12}",
        "", "", "CPU, ours/bare", "time, ours/bare", "ours, 1/s", "bare, 1/s"
    );
    for call in &CALLS {
        let near = Server::start(&["serve", call.name]);
        let far = Server::start(&["serve", call.name, "elsewhere"]);
        for (transport, name, in_flight, requests, target) in [
            (Transport::Ureq, "ureq", 1, REQUESTS, "-"),
            (Transport::HyperUtil, "hyper-util", 1, REQUESTS, "-"),
            (Transport::HyperUtil, "hyper-util-64", MANY, MANY_REQUESTS, "1.05"),
            (Transport::Hyper, "hyper", 1, REQUESTS, "-"),
        ] {
            if !format!("{name}.{}", call.name).contains(wanted) {
                continue;
            }
            let address = if in_flight == 1 { near.address() } else { far.address() };
            let [mut ours, mut bare] =
                [Side::Ours, Side::Bare].map(|side| call.start(transport, side, address, in_flight));
            let rounds = if in_flight == 1 { rounds } else { rounds.min(MANY_ROUNDS) };
            let compared = compare(rounds, requests, &mut ours, &mut bare);
            compared.print(call.name, name);
            ratios.push(format!("ratio cpu.{name}.{} {:.2} {target}", call.name, compared.cpu));
            ratios.push(format!("ratio wall.{name}.{} {:.2} -", call.name, compared.wall));
        }
    }
    if "emulator".contains(wanted) {
        emulator(rounds, &mut ratios);
    }
    if "flow.await_login".contains(wanted) {
        let compared = compare(rounds, 1_000, &mut step::start(Side::Ours), &mut step::start(Side::Bare));
        compared.print("step of AwaitLogin", "no socket");
        ratios.push(format!("ratio cpu.flow.await_login {:.2} 1.10", compared.cpu));
    }
    if "cold".contains(wanted) {
        cold(rounds, &mut ratios);
    }
    println!();
    ratios.iter().for_each(|line| println!("{line}"));
}

/// The emulator, against a server that says the same to everything.
fn emulator(rounds: usize, ratios: &mut Vec<String>) {
    let emulator = Server::start(&["serve-emulator"]);
    let plain = Server::start(&["serve", CALLS[0].name]);
    for (in_flight, requests) in [(1, REQUESTS), (MANY, MANY_REQUESTS)] {
        let mut emulated = emulated::start(&emulator.said, in_flight);
        let mut bare = CALLS[0].start(Transport::HyperUtil, Side::Ours, plain.address(), in_flight);
        let compared = compare(rounds.min(MANY_ROUNDS), requests, &mut emulated, &mut bare);
        compared.print("emulator/canned replies", &format!("{in_flight} in flight"));
        ratios.push(format!("ratio wall.emulator-{in_flight} {:.2} -", compared.wall));
    }
}

/// What starts cold, against what, and the target.
const COLD: [(Transport, Transport, &str, &str); 4] = [
    (Transport::Hyper, Transport::Hyper, "hyper", "1.20"),
    (Transport::HyperUtil, Transport::Hyper, "hyper-util-against-hyper", "1.20"),
    (Transport::HyperUtil, Transport::HyperUtil, "hyper-util", "-"),
    (Transport::Ureq, Transport::Ureq, "ureq", "-"),
];

/// From the start of a process to its end, one request and reply between.
fn cold(rounds: usize, ratios: &mut Vec<String>) {
    let server = Server::start(&["serve", CALLS[0].name]);
    for (ours, bare, name, target) in COLD {
        let process = |transport: Transport, side: &str| -> Run {
            let place = COLD.iter().position(|cold| cold.0 == transport).expect("one of them").to_string();
            let (side, address) = (side.to_owned(), server.address().to_string());
            Box::new(move |times| {
                for _ in 0..times {
                    let mut command = Command::new(std::env::current_exe().expect("this program"));
                    command.args(["once", &place, &side, &address]).stdin(Stdio::null());
                    assert!(command.status().expect("a process").success());
                }
            })
        };
        let compared = compare(rounds, 4, &mut process(ours, "0"), &mut process(bare, "1"));
        compared.print("cold start", name);
        ratios.push(format!("ratio wall.cold.{name} {:.2} {target}", compared.wall));
    }
}

/// Medians of the rounds' ratios, and the best round's requests per second.
struct Compared {
    cpu: f64,
    wall: f64,
    per_second: [f64; 2],
}

impl Compared {
    fn print(&self, what: &str, how: &str) {
        let [ours, bare] = self.per_second;
        println!("{what:28} {how:16} {:>14.2} {:>14.2} {ours:>12.0} {bare:>12.0}", self.cpu, self.wall);
    }
}

fn compare(rounds: usize, requests: u32, ours: &mut Run, bare: &mut Run) -> Compared {
    // Connections are made, and code is read, before anything counts.
    ours(requests);
    bare(requests);
    let (mut cpu, mut wall, mut best) = (Vec::new(), Vec::new(), [Duration::MAX; 2]);
    for round in 0..rounds {
        // Who goes first has the colder cache: in turns.
        let [ours, bare] = if round % 2 == 0 {
            let ours = measure(ours, requests);
            [ours, measure(bare, requests)]
        } else {
            let bare = measure(bare, requests);
            [measure(ours, requests), bare]
        };
        cpu.push(ours.0.div_duration_f64(bare.0));
        wall.push(ours.1.div_duration_f64(bare.1));
        best = [best[0].min(ours.1), best[1].min(bare.1)];
    }
    let per_second = best.map(|time| f64::from(requests) / time.as_secs_f64());
    Compared { cpu: median(cpu), wall: median(wall), per_second }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The thread's CPU time, and the time.
fn measure(run: &mut Run, requests: u32) -> (Duration, Duration) {
    let (start, used) = (Instant::now(), thread_time());
    run(requests);
    (thread_time() - used, start.elapsed())
}

fn thread_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).expect("a time")
}
