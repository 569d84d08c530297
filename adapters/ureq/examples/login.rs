//! Logs somebody in from a terminal, by nextAuth's QR code.
//!
//! ```console
//! $ cargo run -- emulator &         # prints the base URL, the server's id and the API key
//! $ export AUTHWIRE_BASE_URL=… AUTHWIRE_SERVER_ID=…
//! $ read -rs AUTHWIRE_API_KEY && export AUTHWIRE_API_KEY
//! $ cargo run -p authwire-ureq --example login
//! ```
//!
//! The key comes from the environment, never from an argument: every user of the machine can see a program's arguments,
//! and the shell keeps them in its history.
//!
//! It may be stopped with ctrl-c at any time. Nothing was written, and the terminal is as it was; the nonce is gone with
//! the program, so an approval that comes later lets nobody in.
//!
//! Exits with 0 when somebody is logged in, with 1 when nobody is, with 2 when that is our fault or the provider's.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use authwire_core::{CallError, Kind, Retry, Timestamp};
use authwire_nextauth::flows::{AwaitLogin, AwaitLoginError};
use authwire_nextauth::sessions::{GetQrLogin, Logout};
use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};
use authwire_ureq::{Client, now};
use qrcode::bits::Bits;
use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode, Version};

// `pub(crate)` for the test that runs it.
pub(crate) fn main() -> ExitCode {
    match log_in() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            // No error of ours holds a secret.
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Whether somebody is logged in.
fn log_in() -> Result<bool, Box<dyn Error>> {
    let provider = NextAuth::new(variable("AUTHWIRE_BASE_URL")?.parse()?, &ApiKey::new(variable("AUTHWIRE_API_KEY")?)?);
    let server = ServerId::new(&variable("AUTHWIRE_SERVER_ID")?)?;
    let patience = Duration::from_secs(env::var("LOGIN_SECONDS").map_or(Ok(60), |seconds| seconds.parse())?);
    // What decides who is let in takes no connection that another request has used.
    let client = Client::builder().fresh_connections(true).build()?;

    // Of this login alone, and forgotten with it.
    let nonce = Nonce::from_random(random()?)?;
    let code = client.call(&provider, &GetQrLogin::new(server.clone(), nonce.clone())).map_err(explain)?;
    let deadline = now().saturating_add(patience);
    println!("{}", drawn(code.as_bytes()).ok_or("the code is too long to be shown")?);
    println!(
        "Scan it with your phone, and approve within {} s, until {deadline}. Ctrl-C gives up.",
        patience.as_secs()
    );

    let mut flow = AwaitLogin::new(server.clone(), nonce.clone(), deadline).pace(Duration::from_secs(2));
    let login = match client.drive(&provider, &mut flow) {
        Ok(login) => login,
        Err(AwaitLoginError::TimedOut) => {
            println!("Nobody approved in time. Start again for a new code.");
            return Ok(false);
        }
        Err(AwaitLoginError::OurCredential) => return Err(KEY_REFUSED.into()),
        Err(error) => return Err(format!("The login was not seen to happen: {error}.").into()),
    };
    match &login.user {
        Some(user) => println!("{user} is logged in, with the account {}.", login.account),
        None => println!("The account {} belongs to no user yet: nobody is logged in.", login.account),
    }

    // We know who it is; the provider need not keep the session. A logout may be repeated, so it is, for a while.
    let [a, b, c, d, e, f, g, h, ..] = random()?;
    let spread = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    let deadline = now().saturating_add(Duration::from_secs(20));
    let mut logout = Retry::new(Logout::new(server, nonce), deadline, spread);
    if let Err(error) = client.drive(&provider, &mut logout) {
        eprintln!("The provider's session stays open until it expires: {error}.");
    }
    Ok(login.user.is_some())
}

const KEY_REFUSED: &str =
    "The provider does not accept our API key: see AUTHWIRE_API_KEY. That says nothing about you.";

/// What a person can make of it.
fn explain<R: Error>(error: CallError<R>) -> String {
    match &error {
        CallError::Build(_) => format!("This cannot be asked for: {error}."),
        CallError::Transport { source, .. } => format!("The provider cannot be reached: {source}."),
        CallError::Reply(reply) => match (reply.kind(), reply.retry_after()) {
            (Kind::OurCredential, _) => KEY_REFUSED.to_owned(),
            (Kind::Throttled | Kind::Unavailable, None) => "The provider is out of order: try again later.".to_owned(),
            (Kind::Throttled | Kind::Unavailable, Some(after)) => {
                format!("The provider is out of order: try again after {} UTC.", time_of_day(after.at(now())))
            }
            _ => format!("The provider's answer is not what it should be: {error}."),
        },
    }
}

/// The code in half blocks, black on white in every terminal. All data stands in one segment of bytes, as it is:
/// `QrCode::new` would mix modes, and scanners differ in what they make of that.
fn drawn(data: &[u8]) -> Option<String> {
    let code = (1..=40).find_map(|version| {
        let mut bits = Bits::new(Version::Normal(version));
        bits.push_byte_data(data).ok()?;
        bits.push_terminator(EcLevel::M).ok()?;
        QrCode::with_bits(bits, EcLevel::M).ok()
    })?;
    let blocks = code.render::<Dense1x2>().build();
    Some(blocks.lines().map(|line| format!("\u{1b}[38;5;16;48;5;231m{line}\u{1b}[0m\n")).collect())
}

fn time_of_day(time: Timestamp) -> String {
    let seconds = time.as_secs();
    format!("{:02}:{:02}:{:02}", seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60)
}

fn variable(name: &str) -> Result<String, String> {
    let value = env::var(name).ok().filter(|value| !value.is_empty());
    value.ok_or_else(|| format!("The environment variable {name} is not set."))
}

fn random() -> Result<[u8; 32], getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
