//! The command-line tool `authwire`: its insides are the library `authwire_cli`.

#![forbid(unsafe_code)]

use std::io::{IsTerminal, stderr, stdout};
use std::process::ExitCode;

use authwire_cli::{Surroundings, run};

fn main() -> ExitCode {
    let surroundings = Surroundings::detect(stdout().is_terminal());
    ExitCode::from(run(std::env::args_os(), surroundings, &mut stdout(), &mut stderr()))
}
