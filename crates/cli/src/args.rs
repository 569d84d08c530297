use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand, ValueEnum};

use crate::providers;
use crate::tour::Via;

/// Logins with several providers, without an account and without a network.
#[derive(Debug, Parser)]
#[command(name = "authwire", version, about)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Plays whole logins on the built-in emulator, over real sockets, blocking and async
    Tour(TourArgs),
    /// Serves the built-in emulator until ctrl-c, for programs under test
    Emulator(EmulatorArgs),
    /// Lists the operations of the providers
    Operations(OperationsArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct TourArgs {
    /// Only this provider
    #[arg(long, value_parser = PossibleValuesParser::new(providers::names()))]
    pub(crate) provider: Option<String>,
    /// Only through this adapter
    #[arg(long, value_enum)]
    pub(crate) adapter: Option<Via>,
    /// Pause after each step, to watch
    #[arg(long)]
    pub(crate) slow: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
    /// Print QR codes also where the output is not a terminal
    #[arg(long, conflicts_with = "json")]
    pub(crate) qr: bool,
    /// What the emulator's ids and secrets follow from
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// For tests of the tour itself: this operation, by the provider's own id, answers with a captive portal's page
    #[arg(long, hide = true, value_name = "OPERATION")]
    pub(crate) sabotage: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct EmulatorArgs {
    /// The port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// What the ids and secrets follow from
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Stop also when the standard input ends: together with the program that started this one
    #[arg(long)]
    pub(crate) until_eof: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct OperationsArgs {
    /// Only this provider
    #[arg(long, value_parser = PossibleValuesParser::new(providers::names()))]
    pub(crate) provider: Option<String>,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

impl ValueEnum for Via {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.name()))
    }
}
