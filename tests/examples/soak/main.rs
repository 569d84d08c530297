//! A soak: many requests through each adapter, one in a hundred of them answered badly, while memory, threads and
//! descriptors are watched. Ends with 1 if anything grows, or if any outcome is not the one that it must be.
//!
//! `soak [REQUESTS [SEED]]`: a million of them unless said otherwise. The server is a process of its own, so that what is
//! measured is the client. At the end: surplus replies at random times, ten thousand for each adapter, with and without
//! fresh connections; and connections that the server closes at once.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, clippy::print_stdout)]
#![allow(clippy::unimplemented, missing_docs, unreachable_pub)]

mod faults;
mod load;
#[path = "../../../adapters/testing/over_hyper.rs"]
mod over_hyper;
#[path = "../../../adapters/testing/over_ureq.rs"]
mod over_ureq;
mod server;
#[macro_use]
#[path = "../../../adapters/testing/mod.rs"]
mod testing;
mod watch;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};

use authwire_core::BaseUrl;
use testing::toy::Toy;
use watch::Watched;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, otherwise| arguments.get(index).map_or(Some(otherwise), |text| text.parse().ok());
    if arguments.first().is_some_and(|word| word == "--serve") {
        server::run(number(1, 1).unwrap());
        return ExitCode::SUCCESS;
    }
    let (Some(requests), Some(seed)) = (number(0, 1_000_000), number(1, 1)) else {
        println!("soak [REQUESTS [SEED]]");
        return ExitCode::from(2);
    };
    let mut failures = Vec::new();
    for (name, run) in [("authwire-ureq", load::ureq as load::Run), ("authwire-hyper", load::hyper)] {
        let (mut server, toy) = start_server(seed);
        let (counts, watched) = Watched::during(requests, |done| run(&toy, seed, requests, done));
        println!("\n{name}: {requests} requests, seed {seed}");
        failures.extend(counts.print());
        failures.extend(watched.print());
        // The client is gone; what is left now is a leak.
        server.kill().unwrap();
        server.wait().unwrap();
    }
    for (name, make) in [("authwire-ureq", over_ureq::make as testing::Make), ("authwire-hyper", over_hyper::make)] {
        let runs = u32::try_from(requests.min(10_000)).unwrap();
        let came = testing::surplus::surplus(make, runs);
        println!(
            "\n{name}: surplus replies at random times, {runs} runs\n  kept  {:?}\n  fresh {:?}",
            came.kept, came.fresh
        );
        if came.fresh.right != runs {
            failures.push(format!("{name}: a fresh connection did not help"));
        }
    }
    for (name, make) in [("authwire-ureq", over_ureq::make as testing::Make), ("authwire-hyper", over_hyper::make)] {
        let outcomes = testing::hangups::hang_ups(make, requests.min(20_000));
        println!("\n{name}: closed as soon as connected, by eight clients");
        outcomes.iter().for_each(|(word, count)| println!("  {word:<28} {count:>9}"));
        if outcomes.keys().any(|word| word.starts_with("Timeout")) {
            failures.push(format!("{name}: a connection that was closed is waited for"));
        }
    }
    for failure in &failures {
        println!("FAILED {failure}");
    }
    println!("\n{}", if failures.is_empty() { "flat, and as it must be" } else { "not as it must be" });
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// This program again, as the server.
fn start_server(seed: u64) -> (Child, Toy) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let mut server =
        command.args(["--serve", &seed.to_string()]).stdout(Stdio::piped()).stdin(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();
    (server, Toy(BaseUrl::new(url.trim()).unwrap()))
}
