use core::fmt;
use core::time::Duration;

use authwire_core::{
    BuildError, Endpoint, Flow, Kind, Polling, Repeat, RepeatError, Reply, ReplyError, Sent, Step, Timestamp,
};

use crate::sessions::{GetSession, LoginStatus};
use crate::{AccountId, NextAuth, Nonce, ServerId, UserId};

/// Waits until somebody is logged in on a browser's session, by QR code or by push.
///
/// It polls [`GetSession`] at a pace; after a lost reply, a 429 or a 5xx it pauses for twice as long each time (up to a
/// minute, and not before the provider says so); it gives up at a deadline, after which it never sends. When the
/// provider says that somebody is logged in, it asks once more at once, and ends only if both answers name the same
/// account and user: a reply that strayed from another request must not let anybody in.
///
/// The session may have been logged in before the flow began: then it ends at once. For a login that must be new, make a
/// new [`Nonce`] first.
///
/// With the feature `serde` it can be stored, and gone on with on another machine (`Storable` of the core): a login that
/// began on one of your servers ends on another. Its nonce is in what is stored. Its `Debug` shows no nonce.
#[derive(Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "super::stored::AwaitLogin", from = "super::stored::AwaitLogin"))]
#[must_use]
pub struct AwaitLogin {
    pub(super) operation: GetSession,
    pub(super) repeat: Repeat<Login, AwaitLoginError>,
    /// What the last reply said, until a second one confirms it.
    pub(super) unconfirmed: Option<Login>,
}

/// Who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct Login {
    /// The account (app instance) that logged in.
    pub account: AccountId,
    /// The user it is coupled to; `None` before it is registered.
    pub user: Option<UserId>,
}

/// Why nobody was seen to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum AwaitLoginError {
    /// Nobody logged in before the deadline.
    #[error("nobody logged in in time")]
    TimedOut,
    /// The request cannot be built.
    #[error(transparent)]
    #[cfg_attr(feature = "serde", serde(skip))]
    Build(BuildError),
    /// The provider does not accept our API key: alert an operator.
    #[error("our own credential is not accepted")]
    OurCredential,
    /// The provider answered with a status that it does not document.
    #[error("the provider answered with the undocumented status {status}")]
    Unexpected {
        /// The status, 100 to 999.
        status: u16,
    },
    /// The provider's answer was not of the documented form.
    #[error("the provider's answer is not of the documented form")]
    Malformed,
    /// The flow has ended, and has said how before.
    #[error("the flow has ended before")]
    Ended,
}

impl AwaitLogin {
    /// Waits for a login on the session with this nonce, polling every five seconds until `deadline`.
    pub fn new(server: ServerId, nonce: Nonce, deadline: Timestamp) -> Self {
        let repeat = Repeat::new(Polling::until(deadline));
        Self { operation: GetSession::new(server, nonce), repeat, unconfirmed: None }
    }

    /// Polls at this pace instead: the pause after a reply. At least a millisecond.
    pub fn pace(self, pace: Duration) -> Self {
        Self { repeat: self.repeat.with(|polling| polling.pace(pace)), ..self }
    }

    /// Makes pauses after failures longer by a random part, so that many that failed together do not come back together.
    /// `random` is 64 random bits of yours, other ones for each flow.
    pub fn jitter(self, random: u64) -> Self {
        Self { repeat: self.repeat.with(|polling| polling.jitter(random)), ..self }
    }

    fn told(&mut self, status: LoginStatus) {
        let login = match status {
            LoginStatus::LoggedIn { account, user, .. } => Some(Login { account, user }),
            LoginStatus::NotLoggedIn { .. } => None,
        };
        match (self.unconfirmed.take(), login) {
            (Some(first), Some(second)) if first == second => self.repeat.done(second),
            (None, Some(first)) => {
                self.unconfirmed = Some(first);
                self.repeat.ask_at_once();
            }
            _ => self.repeat.told(),
        }
    }

    fn failed<R>(&mut self, error: &ReplyError<R>) {
        self.unconfirmed = None;
        if error.is_transient() {
            return self.repeat.try_later(error.retry_after());
        }
        self.repeat.fail(match error.kind() {
            Kind::OurCredential => AwaitLoginError::OurCredential,
            Kind::Malformed(_) => AwaitLoginError::Malformed,
            _ => AwaitLoginError::Unexpected { status: error.status() },
        });
    }
}

impl Flow for AwaitLogin {
    type Provider = NextAuth;
    type Output = Login;
    type Error = AwaitLoginError;

    fn step(&mut self, provider: &NextAuth, now: Timestamp) -> Result<Step<Login>, AwaitLoginError> {
        let Self { operation, repeat, .. } = self;
        repeat.step(now, || operation.request(provider))
    }

    fn reply(&mut self, provider: &NextAuth, now: Timestamp, reply: Reply<'_>) {
        if !self.repeat.awaits_news(now) {
            return;
        }
        match self.operation.read(provider, reply.to_operation(GetSession::NAME)) {
            Ok(status) => self.told(status),
            Err(error) => self.failed(&error),
        }
    }

    fn lost(&mut self, now: Timestamp, _: Sent) {
        if self.repeat.awaits_news(now) {
            self.unconfirmed = None;
            self.repeat.try_later(None);
        }
    }
}

impl RepeatError for AwaitLoginError {
    fn timed_out() -> Self {
        Self::TimedOut
    }

    fn ended() -> Self {
        Self::Ended
    }
}

impl From<BuildError> for AwaitLoginError {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

impl fmt::Debug for AwaitLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwaitLogin").field("repeat", &self.repeat).finish_non_exhaustive()
    }
}
