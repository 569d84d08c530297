use core::fmt;
use core::time::Duration;

use authwire_core::{BuildError, Endpoint, Flow, Kind, Polling, Reply, ReplyError, Sent, Step, Timestamp, Turn};

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
/// Its `Debug` shows no nonce.
#[derive(Clone)]
#[must_use]
pub struct AwaitLogin {
    server: ServerId,
    nonce: Nonce,
    polling: Polling,
    /// What the last reply said, until a second one confirms it.
    unconfirmed: Option<Login>,
    state: State,
}

/// Who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Login {
    /// The account (app instance) that logged in.
    pub account: AccountId,
    /// The user it is coupled to; `None` before it is registered.
    pub user: Option<UserId>,
}

/// Why nobody was seen to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AwaitLoginError {
    /// Nobody logged in before the deadline.
    #[error("nobody logged in in time")]
    TimedOut,
    /// The request cannot be built.
    #[error(transparent)]
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

#[derive(Clone)]
enum State {
    Polling,
    Done(Login),
    Failed(AwaitLoginError),
    Ended,
}

impl AwaitLogin {
    /// Waits for a login on the session with this nonce, polling every five seconds until `deadline`.
    pub fn new(server: ServerId, nonce: Nonce, deadline: Timestamp) -> Self {
        Self { server, nonce, polling: Polling::until(deadline), unconfirmed: None, state: State::Polling }
    }

    /// Polls at this pace instead: the pause after a reply. At least a millisecond.
    pub fn pace(self, pace: Duration) -> Self {
        Self { polling: self.polling.pace(pace), ..self }
    }

    fn is_in_flight(&self) -> bool {
        matches!(self.state, State::Polling) && self.polling.is_in_flight()
    }

    fn operation(&self) -> GetSession {
        GetSession::new(self.server.clone(), self.nonce.clone())
    }

    fn end(&mut self, error: AwaitLoginError) -> Result<Step<Login>, AwaitLoginError> {
        self.state = State::Ended;
        Err(error)
    }

    fn told(&mut self, status: LoginStatus) {
        let login = match status {
            LoginStatus::LoggedIn { account, user, .. } => Some(Login { account, user }),
            LoginStatus::NotLoggedIn { .. } => None,
        };
        match (self.unconfirmed.take(), login) {
            (Some(first), Some(second)) if first == second => self.state = State::Done(second),
            (None, Some(first)) => {
                self.unconfirmed = Some(first);
                self.polling.ask_at_once();
            }
            _ => self.polling.told(),
        }
    }

    fn failed<R>(&mut self, error: &ReplyError<R>) {
        self.unconfirmed = None;
        if error.is_transient() {
            return self.polling.failed(error.retry_after());
        }
        self.state = State::Failed(match error.kind() {
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
        self.polling.advance(now);
        match &self.state {
            State::Done(login) => {
                let login = login.clone();
                self.state = State::Ended;
                Ok(Step::Done(login))
            }
            State::Failed(error) => {
                let error = *error;
                self.end(error)
            }
            State::Ended => Err(AwaitLoginError::Ended),
            State::Polling => match self.polling.turn() {
                Turn::TimedOut => self.end(AwaitLoginError::TimedOut),
                Turn::Wait(until) => Ok(Step::Wait(until)),
                Turn::Ask => match self.operation().request(provider) {
                    Ok(request) => Ok(Step::Send(request)),
                    Err(error) => self.end(AwaitLoginError::Build(error)),
                },
            },
        }
    }

    fn reply(&mut self, provider: &NextAuth, now: Timestamp, reply: Reply<'_>) {
        self.polling.advance(now);
        if !self.is_in_flight() {
            return;
        }
        match self.operation().read(provider, reply.to_operation(GetSession::NAME)) {
            Ok(status) => self.told(status),
            Err(error) => self.failed(&error),
        }
    }

    fn lost(&mut self, now: Timestamp, _: Sent) {
        self.polling.advance(now);
        if self.is_in_flight() {
            self.unconfirmed = None;
            self.polling.failed(None);
        }
    }
}

impl fmt::Debug for AwaitLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Polling if self.polling.is_in_flight() => "in flight",
            State::Polling => "due",
            State::Done(_) => "done",
            State::Failed(_) => "failed",
            State::Ended => "ended",
        };
        f.debug_struct("AwaitLogin")
            .field("state", &state)
            .field("deadline", &self.polling.deadline())
            .finish_non_exhaustive()
    }
}
