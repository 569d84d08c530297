//! A verification job: it waits for its code, is confirmed, then signed.

use super::problem::Problem;
use std::time::Duration;

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobState {
    /// It waits for the code.
    Waiting,
    /// It is confirmed and waits for its signature.
    Confirmed,
    /// It is signed.
    Signed,
}

/// What a job is about: one address or number of one person.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) sub: String,
    pub(super) scope: Scope,
    pub(super) value: String,
    /// The claim `type`.
    pub(super) kind: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Email,
    Phone,
}

impl Scope {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "email" => Some(Self::Email),
            "phone" => Some(Self::Phone),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
}

#[derive(Clone)]
pub(super) struct Job {
    pub(super) statement: Statement,
    pub(super) code: String,
    /// Whether the test issuer is to sign.
    pub(super) test: bool,
    pub(super) progress: Progress,
}

#[derive(Clone)]
pub(super) enum Progress {
    Waiting,
    /// Since when.
    Confirmed(Duration),
    /// The token.
    Signed(String),
}

impl Job {
    pub(super) fn state(&self) -> JobState {
        match self.progress {
            Progress::Waiting => JobState::Waiting,
            Progress::Confirmed(_) => JobState::Confirmed,
            Progress::Signed(_) => JobState::Signed,
        }
    }

    /// Confirms it with a code, or without one where none is required. A repeat changes nothing.
    pub(super) fn confirm(&mut self, now: Duration, code: Option<&str>, required: bool) -> Result<(), Problem> {
        match code {
            Some(code) if code != self.code => return Err(Problem::AUTH),
            None if required => return Err(Problem::AUTH),
            _ => {}
        }
        if matches!(self.progress, Progress::Waiting) {
            self.progress = Progress::Confirmed(now);
        }
        Ok(())
    }

    /// Signs it. The same token again changes nothing; another one is refused.
    pub(super) fn sign(&mut self, token: &str) -> Result<(), Problem> {
        match &self.progress {
            Progress::Waiting => Err(Problem::CONFIRM_FIRST),
            Progress::Signed(signed) if signed != token => Err(Problem::SIGNED_ALREADY),
            _ => {
                self.progress = Progress::Signed(token.to_owned());
                Ok(())
            }
        }
    }
}
