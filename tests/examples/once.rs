//! One step of one call, so many times and nothing else: what `benches/instructions.sh` counts the instructions of.
//!
//! `once CALL STEP TIMES`, where the step is `ours-build`, `ours-parse`, `ours-make`, `hand-build` or `hand-parse`;
//! `once` alone lists the calls.

#[path = "../benches/yardstick/mod.rs"]
mod yardstick;

use std::process::ExitCode;

use yardstick::Case;

fn main() -> ExitCode {
    let cases = yardstick::cases();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (step, times) = match *words {
        [] => {
            cases.iter().for_each(|case| println!("{}", case.name));
            return ExitCode::SUCCESS;
        }
        [name, step, times] => {
            let case = cases.iter().find(|case| case.name == name);
            (case.and_then(|case| step_of(case, step)), times.parse::<u32>().ok())
        }
        _ => (None, None),
    };
    match (step, times) {
        (Some(step), Some(times)) => {
            (0..times).for_each(|_| step());
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: once CALL STEP TIMES");
            ExitCode::FAILURE
        }
    }
}

fn step_of<'a>(case: &'a Case, step: &str) -> Option<&'a dyn Fn()> {
    Some(match step {
        "ours-build" => &*case.ours.build,
        "ours-parse" => &*case.ours.parse,
        "ours-make" => &*case.make,
        "hand-build" => &*case.hand.build,
        "hand-parse" => &*case.hand.parse,
        _ => return None,
    })
}
