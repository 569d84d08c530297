//! What the errors of hyper and of what lies beneath it mean. By type and kind, never by text: their texts may quote a
//! URI.

use std::error::Error as StdError;
#[cfg(feature = "client")]
use std::fmt;
use std::io;

use authwire_core::Sent;
use authwire_core::transport::{ExchangeError, Phase, TransportKind};

/// An exchange that failed.
pub(crate) struct Failure {
    kind: TransportKind,
    sent: Sent,
}

impl Failure {
    /// Before a byte of the request was written.
    pub(crate) fn unsent(kind: TransportKind) -> Self {
        Self { kind, sent: Sent::No }
    }

    /// When the reply had begun.
    pub(crate) fn received(kind: TransportKind) -> Self {
        Self { kind, sent: Sent::Maybe }
    }

    /// An error between the request and the reply's head.
    pub(crate) fn exchanging(error: &(dyn StdError + 'static)) -> Self {
        let mut failure = None;
        each(error, |error| {
            let Some(found) = classify(error) else { return false };
            // Whether it was sent is the outermost's word; what went wrong, an inner one may know better: but not why a
            // request was given back.
            let sent = failure.as_ref().map_or(found.sent, |outer: &Self| outer.sent);
            let is_told = sent == Sent::No || found.kind != TransportKind::Io;
            failure = Some(Self { kind: found.kind, sent });
            is_told
        });
        failure.unwrap_or_else(|| Self::received(TransportKind::Io))
    }

    /// An error while the reply's body was read.
    pub(crate) fn in_body(error: &(dyn StdError + 'static)) -> Self {
        Self::received(body_kind(error))
    }

    /// The same failure, where it is known that no connection was handed out.
    #[cfg(feature = "client")]
    pub(crate) fn without_connection(self) -> Self {
        Self { sent: Sent::No, ..self }
    }
}

impl From<Failure> for ExchangeError {
    fn from(failure: Failure) -> Self {
        Self { sent: failure.sent, source: failure.kind.into() }
    }
}

fn body_kind(error: &(dyn StdError + 'static)) -> TransportKind {
    match Failure::exchanging(error).kind {
        TransportKind::Io => {
            let mut cut = false;
            each(error, |error| {
                cut = error.downcast_ref().is_some_and(is_cut);
                cut
            });
            if cut { TransportKind::Truncated } else { TransportKind::Io }
        }
        kind => kind,
    }
}

fn classify(error: &(dyn StdError + 'static)) -> Option<Failure> {
    #[cfg(feature = "client")]
    if let Some(error) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
        // A client of the caller's. That it could not connect stands, whatever lies beneath.
        return if error.is_connect() { Some(Failure::unsent(TransportKind::Connect)) } else { None };
    }
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return Some(Failure {
            kind: hyper_kind(error),
            // hyper's word for a request that it gave back before it began to write it.
            sent: if error.is_canceled() { Sent::No } else { Sent::Maybe },
        });
    }
    error.downcast_ref().map(|error| Failure::received(io_kind(error)))
}

fn hyper_kind(error: &hyper::Error) -> TransportKind {
    if error.is_parse_too_large() {
        TransportKind::HeadTooLarge
    } else if error.is_parse() {
        TransportKind::Protocol
    } else if error.is_incomplete_message() {
        TransportKind::Truncated
    } else if error.is_timeout() {
        TransportKind::Timeout(Phase::Total)
    } else {
        TransportKind::Io
    }
}

fn io_kind(error: &io::Error) -> TransportKind {
    #[cfg(feature = "rustls")]
    if error.get_ref().is_some_and(is_tls) {
        return TransportKind::Tls;
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => TransportKind::Truncated,
        io::ErrorKind::TimedOut => TransportKind::Timeout(Phase::Total),
        // How hyper says that a chunk's size, or what else frames a body, makes no sense.
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => TransportKind::Protocol,
        _ => TransportKind::Io,
    }
}

#[cfg(feature = "rustls")]
fn is_tls(error: &(dyn StdError + Send + Sync + 'static)) -> bool {
    error.is::<rustls::Error>()
}

fn is_cut(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(error.kind(), ConnectionReset | ConnectionAborted | BrokenPipe)
}

/// Goes through an error and its sources until `found` says so; not endlessly.
fn each<'a>(error: &'a (dyn StdError + 'static), mut found: impl FnMut(&'a (dyn StdError + 'static)) -> bool) {
    let mut next = Some(error);
    for _ in 0..16 {
        let Some(error) = next else { return };
        if found(error) {
            return;
        }
        next = error.source();
    }
}

/// No connection was made: nothing of the request was sent. Carried through the connectors' own errors.
#[cfg(feature = "client")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotConnected(pub(crate) TransportKind);

#[cfg(feature = "client")]
impl fmt::Display for NotConnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "client")]
impl StdError for NotConnected {}

#[cfg(feature = "client")]
impl NotConnected {
    /// What an error below TLS means.
    pub(crate) fn tcp(error: &(dyn StdError + 'static)) -> Self {
        let mut kind = TransportKind::Connect;
        each(error, |error| match error.downcast_ref() {
            Some(Self(ours)) => {
                kind = *ours;
                true
            }
            None => false,
        });
        Self(kind)
    }
}
