//! A hostile server: every way in which we know a peer to fail, to lie or to stall, in 84 groups by number; one file and
//! table a topic. Each fault runs by itself against a client of its own, and what the client must make of it stands
//! beside it. [`run`] runs them and counts.

mod bodies;
mod connecting;
mod encodings;
mod framing;
mod heads;
mod interim;
mod places;
mod replies;
mod reuse;
mod run;
mod script;
mod slow;
mod tls;

use std::collections::BTreeSet;

use authwire_core::transport::{Phase, TransportKind};

use crate::testing::leaks::{Census, a_thousand_timeouts};

pub use run::{Subject, run};
pub use script::{Act, Certificate};

/// The answer that the operation of these tests takes for a success.
pub const GOOD: &str = "\"hello\"";

/// Something that goes wrong, and what a client must make of it.
pub struct Fault {
    /// 1 to 84.
    pub group: u8,
    pub name: String,
    pub place: Place,
    /// What the server does with the first connection; it answers well on every later one.
    pub acts: Vec<Act>,
    pub sends: Sends,
    /// Whether the client's time limits are a second and a half: where it is meant to run into them.
    pub hurried: bool,
    /// Whether something comes a while after the reply, which the client can notice before the next request.
    pub lingers: bool,
    /// Whether another exchange goes before, on the same connection.
    pub warmed: bool,
    pub want: Want,
}

/// Where the request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A server that speaks plain HTTP.
    Plain,
    /// A server under TLS. What is done before the handshake ends is said by [`Act::Raw`].
    Tls(Certificate),
    /// A port where a TLS client meets something else: all acts are raw.
    NotTls,
    /// A port where nobody listens.
    Nobody,
    /// A port where the system answers no more connections.
    Full,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sends {
    Get,
    Post,
    /// More than any socket buffers.
    Much,
}

/// What a client must make of it.
#[derive(Clone, Debug)]
pub enum Want {
    /// One of these errors, after which the request may have been carried out; and a new connection for what comes next.
    Fails(&'static [TransportKind]),
    /// One of these errors; whether it was sent is open, since the connection ended at once.
    Lost(&'static [TransportKind]),
    /// One of these errors, and it was not sent.
    NotSent(&'static [TransportKind]),
    /// The time for this phase was over; the request may have been carried out.
    TimesOut(Phase),
    /// This status and body; the connection is used again.
    Kept(u16, String),
    /// This status and body; a new connection for what comes next.
    Closed(u16, String),
    /// This status and body, or that the reply was cut off; a new connection for what comes next.
    ClosedOrCut(u16, String),
    /// This body with 200, which nobody asked for, or an error; a connection of either kind.
    UnaskedOr(String),
    /// This status and body; a connection of either kind.
    Either(u16, String),
}

impl Fault {
    fn new(group: u8, name: &str, acts: Vec<Act>, want: Want) -> Self {
        Self {
            group,
            name: name.to_owned(),
            place: Place::Plain,
            acts,
            sends: Sends::Get,
            hurried: false,
            lingers: false,
            warmed: false,
            want,
        }
    }

    /// The request is read, then this is written.
    fn reply(group: u8, name: &str, bytes: impl AsRef<[u8]>, want: Want) -> Self {
        Self::new(group, name, vec![Act::Read, Act::Write(bytes.as_ref().to_vec())], want)
    }

    /// The request is read, this is written, and the connection ends.
    fn cut(group: u8, name: &str, bytes: impl AsRef<[u8]>, want: Want) -> Self {
        Self::new(group, name, vec![Act::Read, Act::Write(bytes.as_ref().to_vec()), Act::Close], want)
    }

    fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    fn sending(self, sends: Sends) -> Self {
        Self { sends, ..self }
    }

    fn hurried(self) -> Self {
        Self { hurried: true, ..self }
    }

    fn warmed(self) -> Self {
        Self { warmed: true, ..self }
    }

    fn lingering(self) -> Self {
        Self { lingers: true, ..self }
    }
}

fn kept(status: u16, body: &str) -> Want {
    Want::Kept(status, body.to_owned())
}

fn closed(status: u16, body: &str) -> Want {
    Want::Closed(status, body.to_owned())
}

fn either(status: u16, body: &str) -> Want {
    Want::Either(status, body.to_owned())
}

/// A whole reply with this status line and these headers, and the good body framed by its length.
fn whole(head: &str) -> String {
    format!("{head}\r\ncontent-length: {}\r\n\r\n{GOOD}", GOOD.len())
}

/// All of them.
pub fn all() -> Vec<Fault> {
    [
        connecting::faults(),
        slow::faults(),
        heads::faults(),
        interim::faults(),
        framing::faults(),
        bodies::faults(),
        encodings::faults(),
        replies::faults(),
        reuse::faults(),
        tls::faults(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Runs every fault through these clients, prints the count, and fails where one was not met as it must be, or where
/// threads or descriptors are left; a thousand timeouts come with it.
pub fn survive(subjects: &[Subject]) {
    let groups: BTreeSet<u8> = all().iter().map(|fault| fault.group).collect();
    assert_eq!(groups, (1..=84).collect());
    let before = Census::take();
    let mut failures = Vec::new();
    for subject in subjects {
        let tally = run(*subject);
        let run = tally.passed + tally.failures.len();
        println!("{}: {} of {run} faults in {} groups passed", subject.name, tally.passed, groups.len());
        println!("  {} more are not its affair", tally.left_out);
        failures.extend(tally.failures);
        a_thousand_timeouts(subject.make);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    before.assert_no_more();
}
