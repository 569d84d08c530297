//! A million logins at once, in one process and in virtual time:
//! `cargo run --release -p authwire-tests --example million_logins`.
//!
//! `million_logins [LOGINS [SEED]]`. Prints its figures, and fails when one is not as promised:
//! - every login ends as its phone decided, with the right person, or times out, and all were pending at the same time;
//! - a pending flow takes at most 512 bytes of memory, its own size, what it holds elsewhere, and its part of the
//!   scheduler together: the growth of the process' resident memory, divided by the flows;
//! - the cost of a step grows no faster than the logarithm of the number of flows;
//! - all of it within ten minutes.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use authwire_nextauth::flows::AwaitLogin;
use authwire_tests::million::{Cost, DEADLINE, PACE, Plan, Report, costs, logins};

const MAX_BYTES: u64 = 512;
const MAX_TIME: Duration = Duration::from_secs(600);

fn main() -> ExitCode {
    let start = Instant::now();
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let (count, seed) = match (arguments.next(), arguments.next(), arguments.next()) {
        (None, ..) => (1_000_000, 1),
        (Some(Ok(count @ 1_000..=10_000_000)), None, _) => (count as usize, 1),
        (Some(Ok(count @ 1_000..=10_000_000)), Some(Ok(seed)), None) => (count as usize, seed),
        _ => {
            eprintln!("usage: million_logins [LOGINS, 1000 to 10000000 [SEED]]");
            return ExitCode::from(2);
        }
    };
    let mut broken = Vec::new();

    // Before anything else was allocated and freed.
    let mut sizes: Vec<usize> = [1_000, 10_000, 100_000, 1_000_000].into_iter().filter(|size| *size < count).collect();
    sizes.push(count);
    let costs = costs(&sizes);
    broken.extend(memory(costs.last().copied()));
    broken.extend(growth(&costs));

    let plan = Plan::new(count, seed);
    println!("\n{count} logins at once: pace {PACE:?}, deadline {DEADLINE:?}, {plan:?}");
    let begun = Instant::now();
    let report = logins(plan);
    print(&report, begun.elapsed());
    broken.extend(report.broken);

    let time = start.elapsed();
    println!("\nin all {:.1} s, at most {} s", time.as_secs_f64(), MAX_TIME.as_secs());
    if time > MAX_TIME {
        broken.push("it took too long".into());
    }
    for what in &broken {
        println!("BROKEN: {what}");
    }
    if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn memory(cost: Option<Cost>) -> Option<String> {
    let cost = cost?;
    let resident = cost.resident?;
    let each = resident.div_ceil(cost.flows as u64);
    println!("memory of {} pending flows, by the growth of the resident memory:", cost.flows);
    println!("  {each} bytes each, at most {MAX_BYTES}; {} of them in the flow itself", size_of::<AwaitLogin>());
    (each > MAX_BYTES).then(|| format!("{each} bytes a pending flow"))
}

fn growth(costs: &[Cost]) -> Vec<String> {
    let Some(least) = costs.first() else { return Vec::new() };
    println!("\na poll is three steps of a flow, its request built and its reply read; the median:");
    println!("{:>9} flows  ns a poll  growth  growth of log n", "");
    let mut broken = Vec::new();
    for cost in costs {
        let growth = cost.poll.as_secs_f64() / least.poll.as_secs_f64();
        let logarithm = (cost.flows as f64).ln() / (least.flows as f64).ln();
        println!("{:>15} {:>10} {growth:>7.2} {logarithm:>16.2}", cost.flows, cost.poll.as_nanos());
        if growth > logarithm {
            broken.push(format!("a poll of {} flows costs {growth:.2} times one of {}", cost.flows, least.flows));
        }
    }
    broken
}

fn print(report: &Report, time: Duration) {
    println!("  {} logins, {} of them pending at the same time", report.logins, report.pending);
    println!("  {} approved and logged in, each as the account and user that the phone approved", report.approved);
    println!("  {} declined and timed out; {} never looked at and timed out", report.declined, report.timed_out);
    println!("  {} left while their request was in flight; another login took each one's slot", report.left);
    println!("  {} requests, {} replies taken, {} losses reported", report.requests, report.replies, report.lost);
    println!(
        "  {} late or doubled replies dropped, {} of them for a slot that was another login's by then",
        report.dropped, report.dropped_in_used_slot
    );
    println!("  {:.1} s of virtual time in {:.1} s", report.virtual_time.as_secs_f64(), time.as_secs_f64());
    println!("  {:.0} ns a request, the emulator included", time.as_nanos() as f64 / report.requests as f64);
}
