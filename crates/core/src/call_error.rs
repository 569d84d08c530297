use core::error::Error;
use core::fmt;

use crate::{BuildError, Kind, ReplyError, TransportError};

/// Why a call through an adapter gave no success. `R` is the operation's refusal, `T` the adapter's transport error.
#[derive(Debug)]
pub enum CallError<R, T = TransportError> {
    /// The request could not be built. Nothing was sent.
    Build(BuildError),
    /// The request was not sent, or its reply did not arrive whole.
    Transport {
        /// Whether the provider may have acted on it.
        sent: Sent,
        /// What happened.
        source: T,
    },
    /// A reply came, and it is not the documented success.
    Reply(ReplyError<R>),
}

/// Whether a request may have reached the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sent {
    /// Certainly not: it is safe to try again.
    No,
    /// Perhaps: what it asks for may have happened.
    Maybe,
}

impl<R, T> CallError<R, T> {
    /// The documented refusal, if it is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&R> {
        self.reply().and_then(ReplyError::refusal)
    }

    /// What the reply means, if there was one.
    #[must_use]
    pub fn kind(&self) -> Option<&Kind<R>> {
        self.reply().map(ReplyError::kind)
    }

    /// The reply's error, if there was a reply.
    #[must_use]
    pub fn reply(&self) -> Option<&ReplyError<R>> {
        match self {
            Self::Reply(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the provider may have acted on the request without our knowing: a lost reply. A reply that says no, or
    /// that says it in a form we cannot read, is not one of these.
    #[must_use]
    pub fn is_uncertain(&self) -> bool {
        matches!(self, Self::Transport { sent: Sent::Maybe, .. })
    }
}

impl<R, T> From<BuildError> for CallError<R, T> {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

impl<R, T> From<ReplyError<R>> for CallError<R, T> {
    fn from(error: ReplyError<R>) -> Self {
        Self::Reply(error)
    }
}

impl<R, T> fmt::Display for CallError<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(error) => error.fmt(f),
            Self::Transport { sent: Sent::No, .. } => f.write_str("the request was not sent"),
            Self::Transport { sent: Sent::Maybe, .. } => {
                f.write_str("no whole reply came; the request may have been carried out")
            }
            Self::Reply(error) => error.fmt(f),
        }
    }
}

impl<R: Error + 'static, T: Error + 'static> Error for CallError<R, T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            // Shown as they are, so what lies beneath them is next.
            Self::Build(error) => error.source(),
            Self::Reply(error) => error.source(),
            Self::Transport { source, .. } => Some(source),
        }
    }
}
