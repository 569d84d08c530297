//! One step of one call, so many times and nothing else: what `benches/instructions.sh` counts the instructions of.
//!
//! `once CALL STEP TIMES`, where the step is `ours-build`, `ours-parse`, `ours-make`, `hand-build`, `hand-parse`,
//! `fastest-build` or `fastest-parse`; `once` alone lists the calls. `once operations TIMES`, `once by-hand TIMES` and
//! `once growing TIMES` run what their lines of output say, one after another, each in a call of `counted`.

#[path = "../benches/yardstick/mod.rs"]
mod yardstick;

use std::process::ExitCode;

use yardstick::{Case, index};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match *words {
        [] => {
            yardstick::cases().iter().for_each(|case| println!("{}", case.name));
            Some(())
        }
        [name, times] => times.parse().ok().and_then(|times| run_all(name, times)),
        [name, step, times] => times.parse().ok().and_then(|times| {
            let case = yardstick::cases().into_iter().find(|case| case.name == name)?;
            let step = step_of(&case, step)?;
            (0..times).for_each(|_: u32| step());
            Some(())
        }),
        _ => None,
    };
    if done.is_none() {
        eprintln!("usage: once [CALL STEP TIMES | operations TIMES | by-hand TIMES | growing TIMES]");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn run_all(which: &str, times: u32) -> Option<()> {
    match which {
        "operations" => index::operations().iter().for_each(|(name, operation)| {
            println!("{name}");
            counted(times, &|| operation.side.both());
        }),
        "by-hand" => {
            let (name, side) = index::costliest_by_hand();
            println!("{name}");
            counted(times, &|| side.both());
        }
        "growing" => index::grown().iter().for_each(|(name, build)| {
            for bytes in [10, 1_000, index::LONGEST] {
                println!("{name} {bytes}");
                counted(times, &build(bytes));
            }
        }),
        _ => return None,
    }
    Some(())
}

/// The script counts what is in here.
#[inline(never)]
fn counted(times: u32, step: &dyn Fn()) {
    (0..times).for_each(|_| step());
}

fn step_of<'a>(case: &'a Case, step: &str) -> Option<&'a dyn Fn()> {
    Some(match step {
        "ours-build" => &*case.ours.build,
        "ours-parse" => &*case.ours.parse,
        "ours-make" => &*case.make,
        "hand-build" => &*case.hand.build,
        "hand-parse" => &*case.hand.parse,
        "fastest-build" => &*case.fastest.build,
        "fastest-parse" => &*case.fastest.parse,
        _ => return None,
    })
}
