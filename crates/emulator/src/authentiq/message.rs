//! What reaches a person: messages with codes, and pushes on a device.

use std::fmt;
use std::time::Duration;

/// How a code travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Channel {
    /// By e-mail.
    Email,
    /// By text message.
    Sms,
}

/// What a code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// To confirm a verification job.
    Scope,
    /// To confirm the revocation of a key.
    Revocation,
}

/// A message with a one-time code, as it lies in a person's mailbox or on their phone. Its `Debug` shows neither the
/// address nor the code.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// The address or number, as the server was given it.
    pub to: String,
    /// How it came.
    pub channel: Channel,
    /// When it was sent, since the Unix epoch.
    pub at: Duration,
    /// What the code is for.
    pub purpose: Purpose,
    /// The code: six digits, of which the first is 0, as it may be: a client that reads a number is found out at once.
    pub code: String,
}

/// A login that was pushed to a device. Its `Debug` shows no field but the time.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Push {
    /// Whose device it is.
    pub sub: String,
    /// The device, as its push service knows it.
    pub devtoken: String,
    /// Where the app connects to when the person agrees.
    pub callback: String,
    /// When it was sent, since the Unix epoch.
    pub at: Duration,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("channel", &self.channel)
            .field("purpose", &self.purpose)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Push {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Push").field("at", &self.at).finish_non_exhaustive()
    }
}
