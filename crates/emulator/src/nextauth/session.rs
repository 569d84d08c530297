//! Browser sessions and the challenges that log them in.

use super::context::UserContext;
use std::sync::Arc;
use std::time::Duration;

/// A browser session, known by the application's nonce.
#[derive(Clone, Default)]
pub(super) struct Session {
    pub(super) state: SessionState,
    /// What came with the last login code or push.
    pub(super) context: Option<Box<UserContext>>,
}

/// Who is, was and may become logged in.
#[derive(Clone, Copy, Default)]
pub(super) struct SessionState {
    /// The account that is logged in.
    pub(super) logged_in: Option<u64>,
    /// The account that logged in last: the one that provokeLogin pushes to. Stays after a logout.
    pub(super) last_account: Option<u64>,
    /// The challenge of the login code, the same until it is used or too old.
    pub(super) login_challenge: Option<[u8; 16]>,
}

/// A question to a phone.
#[derive(Clone)]
pub(super) struct Challenge {
    pub(super) kind: ChallengeKind,
    pub(super) nonce: Arc<str>,
    pub(super) expires: Duration,
    pub(super) state: ChallengeState,
}

#[derive(Clone)]
pub(super) enum ChallengeKind {
    Enrol { name: String, userid: Option<String> },
    Login,
    Push { account: u64, context: Option<Box<UserContext>> },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ChallengeState {
    Open,
    /// Approved or declined. Kept, so that a second use can be told from an unknown challenge.
    Used,
}

impl Challenge {
    pub(super) fn new(kind: ChallengeKind, nonce: Arc<str>, expires: Duration) -> Self {
        Self { kind, nonce, expires, state: ChallengeState::Open }
    }

    pub(super) fn is_open(&self, now: Duration) -> bool {
        self.state == ChallengeState::Open && now < self.expires
    }
}
