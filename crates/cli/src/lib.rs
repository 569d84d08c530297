#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

mod args;
mod curl;
mod failure;
mod operations;
mod providers;
pub mod qr;
mod serve;
mod style;
mod surroundings;
pub mod tour;

use std::ffi::OsString;
use std::io::Write;

use clap::Parser;

pub use failure::Failure;
pub use surroundings::Surroundings;

use args::{Args, Command};

/// What the process ends with when all was well.
pub const ALL_WELL: u8 = 0;
/// When a step of the tour was not as it should be, or something failed.
pub const FAILED: u8 = 1;
/// When the arguments make no sense.
pub const USAGE: u8 = 2;

/// Runs the tool with these arguments, of which the first is its own name. Returns what the process is to end with.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    surroundings: Surroundings,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            // Help and version are "errors" that belong on the standard output.
            let text = error.render().to_string();
            if error.use_stderr() {
                let _ = writeln!(err, "{}", text.trim_end());
                return USAGE;
            }
            let _ = writeln!(out, "{}", text.trim_end());
            return ALL_WELL;
        }
    };
    let result = match args.command {
        Command::Tour(args) => tour::run(&args, surroundings, out),
        Command::Emulator(args) => serve::run(&args, out).map(|()| true),
        Command::Operations(args) => operations::run(&args, out).map(|()| true),
    };
    match result {
        Ok(true) => ALL_WELL,
        Ok(false) => FAILED,
        // Whoever read the output had enough of it: `authwire operations | head -1`.
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ALL_WELL,
        Err(failure) => {
            let _ = writeln!(err, "authwire: {}", failure::chain(&failure));
            FAILED
        }
    }
}
