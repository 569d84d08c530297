//! One call over a socket, so many times and nothing else: what `benches/instructions.sh` counts the instructions of.
//!
//! `wire serve CALL` answers, says where, and ends with its input. `wire CALL TRANSPORT SIDE ADDRESS TIMES
//! [IN_FLIGHT]` makes the call, where the transport is `ureq`, `hyper-util` or `hyper` and the side `ours` or `bare`;
//! `wire flow SIDE TIMES` makes steps of a flow, or the requests that they wrap; `wire` alone lists the calls.

#[path = "../benches/wire/mod.rs"]
#[allow(dead_code, reason = "the benches use all of it")]
mod wire;

use std::process::ExitCode;

use wire::{Run, Side, Transport};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *words {
        [] => {
            wire::CALLS.iter().for_each(|call| println!("{}", call.name));
            return ExitCode::SUCCESS;
        }
        ["serve", name] => {
            if let Some(call) = wire::find(name) {
                wire::server::serve(&(call.reply)());
                return ExitCode::SUCCESS;
            }
        }
        _ => {
            if let Some((mut run, times)) = client(&words) {
                run(times);
                return ExitCode::SUCCESS;
            }
        }
    }
    eprintln!("usage: wire serve CALL | wire CALL TRANSPORT SIDE ADDRESS TIMES [IN_FLIGHT] | wire flow SIDE TIMES");
    ExitCode::FAILURE
}

fn client(words: &[&str]) -> Option<(Run, u32)> {
    match *words {
        ["flow", who, times] => Some((wire::step::start(side(who)?), times.parse().ok()?)),
        [name, by, who, address, times] => client(&[name, by, who, address, times, "1"]),
        [name, by, who, address, times, in_flight] => {
            let transport = match by {
                "ureq" => Transport::Ureq,
                "hyper-util" => Transport::HyperUtil,
                "hyper" => Transport::Hyper,
                _ => return None,
            };
            let run = wire::find(name)?.start(transport, side(who)?, address.parse().ok()?, in_flight.parse().ok()?);
            Some((run, times.parse().ok()?))
        }
        _ => None,
    }
}

fn side(word: &str) -> Option<Side> {
    match word {
        "ours" => Some(Side::Ours),
        "bare" => Some(Side::Bare),
        _ => None,
    }
}
