//! The tour: whole stories of a login, played on the emulator over real sockets.
//!
//! A story is written once, against a `Stage`, and is played through each adapter. Whatever a step shows comes from
//! types that hide what is secret: names of operations, route templates, statuses, outcomes. Never a URI, a header or a
//! body.

mod adapter;
pub(crate) mod authentiq;
pub(crate) mod lagrello;
pub(crate) mod nap;
pub(crate) mod nextauth;
mod noted;
mod outcome;
mod record;
mod report;
mod stage;

use std::io::Write;
use std::time::Instant;

use authwire_emulator::{Emulator, Fault, FaultPlan, Server};

pub use adapter::Via;
pub use record::{Difference, Record, Sort, Summary};
pub use report::{Event, Lines, Report, Text};
pub(crate) use stage::{Said, Stage, Stop};

use crate::args::TourArgs;
use crate::providers::chosen;
use crate::{Failure, Surroundings};
use adapter::Adapter;

/// How fast a tour goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// As fast as it can.
    #[default]
    Quick,
    /// With pauses, so that a person can follow.
    Slow,
}

/// How one story went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Played {
    /// How many steps there were.
    pub steps: u32,
    /// How many requests were sent.
    pub requests: u32,
    /// What was not as it should be. The story ends there.
    pub difference: Option<Difference>,
}

/// Plays the story of one provider through one adapter, on this emulator.
///
/// # Errors
/// When it cannot be played at all. A step that is not as it should be is no error: see [`Played::difference`].
pub fn play(server: &Server, via: Via, provider: &str, pace: Pace, report: &mut dyn Report) -> Result<Played, Failure> {
    let known = chosen(Some(provider)).next().ok_or(Failure::NoSuchProvider)?;
    let adapter = Adapter::new(via)?;
    let url = server.url(known.name);
    report.event(&Event::Play { via, provider: known.name, url: &url }).map_err(Failure::Output)?;
    let mut stage = Stage::new(server, &adapter, known.name, pace, report);
    let end = (known.play)(&mut stage);
    let (steps, requests) = stage.counts();
    match end {
        Ok(()) => Ok(Played { steps, requests, difference: None }),
        Err(Stop::Differs(difference)) => Ok(Played { steps, requests, difference: Some(*difference) }),
        Err(Stop::Failed(failure)) => Err(failure),
    }
}

/// The command: plays what was asked for. Returns whether all was as it should be.
pub(crate) fn run(args: &TourArgs, surroundings: Surroundings, out: &mut dyn Write) -> Result<bool, Failure> {
    if args.json {
        return all(args, &mut Lines::new(out));
    }
    // Who asks for QR codes gets them, colours included: these are what makes them readable.
    let with_qr = args.qr || surroundings.is_colourful();
    all(args, &mut Text::new(out, surroundings, with_qr))
}

fn all(args: &TourArgs, report: &mut dyn Report) -> Result<bool, Failure> {
    let pace = if args.slow { Pace::Slow } else { Pace::Quick };
    let started = Instant::now();
    let mut summary = Summary::default();
    for provider in chosen(args.provider.as_deref()) {
        for via in Via::ALL.into_iter().filter(|via| args.adapter.is_none_or(|only| only == *via)) {
            // An emulator of its own for each: every story begins with nobody enrolled.
            let mut emulator = Emulator::new(args.seed);
            if let Some(operation) = &args.sabotage {
                emulator.fault(FaultPlan::new(Fault::Html).provider(provider.name).operation(operation));
            }
            let server = Server::with(emulator).map_err(Failure::Emulator)?;
            summary.add(play(&server, via, provider.name, pace, report)?);
        }
    }
    summary.milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    report.event(&Event::End(&summary)).map_err(Failure::Output)?;
    Ok(summary.ok)
}
