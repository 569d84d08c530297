//! One step of one call, so many times and nothing else: what `benches/instructions.sh` counts the instructions of.
//!
//! `once CALL STEP TIMES`, where the call is one of the six and the step `ours-build`, `ours-parse`, `ours-make`,
//! `hand-build`, `hand-parse`, `fastest-build` or `fastest-parse`; or the call is any operation by its name and the step
//! `both`, build and parse, or a number of bytes, which is to build with a path value of that length.
//!
//! `once calls`, `once operations` and `once growing` list what there is.

#[path = "../benches/yardstick/mod.rs"]
mod yardstick;

use std::process::ExitCode;

use yardstick::{Case, index};

type Step = Box<dyn Fn()>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let step = match *words {
        ["calls"] => return list(yardstick::cases().iter().map(|case| case.name)),
        ["operations"] => return list(index::names().into_iter()),
        ["growing"] => return list(index::names().into_iter().filter(|name| index::grown(name, 1).is_some())),
        [name, step, _] => step_of(name, step),
        _ => None,
    };
    match (step, words.last().and_then(|times| times.parse::<u32>().ok())) {
        (Some(step), Some(times)) => {
            (0..times).for_each(|_| step());
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("usage: once CALL STEP TIMES, once calls, once operations, once growing");
            ExitCode::FAILURE
        }
    }
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> ExitCode {
    names.for_each(|name| println!("{name}"));
    ExitCode::SUCCESS
}

fn step_of(name: &str, step: &str) -> Option<Step> {
    if let Some(case) = yardstick::cases().into_iter().find(|case| case.name == name) {
        return step_of_call(case, step);
    }
    match step {
        "both" => {
            let side = index::operation(name)?.side;
            Some(Box::new(move || {
                (side.build)();
                (side.parse)();
            }))
        }
        bytes => index::grown(name, bytes.parse().ok()?),
    }
}

fn step_of_call(case: Case, step: &str) -> Option<Step> {
    Some(match step {
        "ours-build" => case.ours.build,
        "ours-parse" => case.ours.parse,
        "ours-make" => case.make,
        "hand-build" => case.hand.build,
        "hand-parse" => case.hand.parse,
        "fastest-build" => case.fastest.build,
        "fastest-parse" => case.fastest.parse,
        _ => return None,
    })
}
