//! What ureq's errors mean. By variant and kind, never by text: their texts may quote a URI.

use std::io;

use authwire_core::transport::{Phase, TransportKind};
use ureq::{Error, Timeout};

use crate::connect::NotConnected;

/// What went wrong.
pub(crate) fn kind(error: &Error) -> TransportKind {
    match error {
        Error::Io(error) => io_kind(error),
        Error::Timeout(timeout) => TransportKind::Timeout(phase(*timeout)),
        Error::HostNotFound => TransportKind::Resolve,
        Error::ConnectionFailed | Error::InvalidProxyUrl | Error::ConnectProxyFailed(_) => TransportKind::Connect,
        Error::Tls(_) => TransportKind::Tls,
        #[cfg(feature = "rustls")]
        Error::Rustls(_) | Error::Pem(_) => TransportKind::Tls,
        Error::LargeResponseHeader(..) => TransportKind::HeadTooLarge,
        Error::BodyExceedsLimit(_) => TransportKind::TooLarge,
        Error::Protocol(_) | Error::BodyStalled | Error::RedirectFailed | Error::TooManyRedirects => {
            TransportKind::Protocol
        }
        Error::Http(_) | Error::BadUri(_) | Error::RequireHttpsOnly(_) | Error::TlsRequired => TransportKind::Refused,
        Error::Other(error) => error.downcast_ref::<NotConnected>().map_or(TransportKind::Io, |error| error.0),
        _ => TransportKind::Io,
    }
}

fn io_kind(error: &io::Error) -> TransportKind {
    if is_tls(error) {
        return TransportKind::Tls;
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => TransportKind::Truncated,
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => TransportKind::Timeout(Phase::Total),
        _ => TransportKind::Io,
    }
}

fn is_cut(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe)
}

/// Whether rustls said so, which hands its errors through `io::Error`.
#[cfg(feature = "rustls")]
fn is_tls(error: &io::Error) -> bool {
    tls_error(error).is_some()
}

#[cfg(not(feature = "rustls"))]
fn is_tls(_: &io::Error) -> bool {
    false
}

/// Whether the peer's certificate was not accepted: that is before any application data.
#[cfg(feature = "rustls")]
fn is_certificate(error: &io::Error) -> bool {
    matches!(tls_error(error), Some(rustls::Error::InvalidCertificate(_)))
}

#[cfg(not(feature = "rustls"))]
fn is_certificate(_: &io::Error) -> bool {
    false
}

#[cfg(feature = "rustls")]
fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// Whether a TCP connection was refused or found no way.
pub(crate) fn is_tcp(error: &Error) -> bool {
    match error {
        Error::Io(error) => !is_tls(error) && !is_cut(error) && error.kind() != io::ErrorKind::InvalidData,
        _ => false,
    }
}

/// Whether it certainly came before the first byte of the request. For an agent that is not ours, where nothing but
/// the error can be seen.
pub(crate) fn is_unsent(error: &Error) -> bool {
    match error {
        Error::HostNotFound
        | Error::ConnectionFailed
        | Error::InvalidProxyUrl
        | Error::ConnectProxyFailed(_)
        | Error::BadUri(_)
        | Error::RequireHttpsOnly(_)
        | Error::TlsRequired
        | Error::Tls(_)
        | Error::Timeout(Timeout::Resolve | Timeout::Connect) => true,
        #[cfg(feature = "rustls")]
        Error::Pem(_) => true,
        Error::Io(error) => error.kind() == io::ErrorKind::ConnectionRefused || is_certificate(error),
        _ => false,
    }
}

fn phase(timeout: Timeout) -> Phase {
    match timeout {
        Timeout::Resolve | Timeout::Connect => Phase::Connect,
        Timeout::SendRequest | Timeout::SendBody | Timeout::PerWrite => Phase::Send,
        Timeout::Await100 | Timeout::RecvResponse | Timeout::PerRead => Phase::Response,
        Timeout::RecvBody => Phase::Body,
        _ => Phase::Total,
    }
}
