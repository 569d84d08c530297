//! A registered key: registered, then bound, then revoked for good.

use super::contact::ContactHash;
use super::problem::Problem;
use std::time::Duration;

/// How far a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyState {
    /// Registered.
    Registered,
    /// Registered, and bound to an e-mail address and a phone number.
    Bound,
    /// Revoked. There is no way back.
    Revoked,
}

/// What the server keeps of a key. Neither address nor number: their hashes.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) secret: String,
    pub(super) since: Duration,
    pub(super) devtoken: Option<String>,
    pub(super) pk: Option<String>,
    pub(super) email: Option<ContactHash>,
    pub(super) phone: Option<ContactHash>,
    /// The code of a revocation that was asked for.
    pub(super) revocation_code: Option<String>,
    revoked: bool,
}

impl Key {
    pub(super) fn new(secret: String, since: Duration) -> Self {
        Self {
            secret,
            since,
            devtoken: None,
            pk: None,
            email: None,
            phone: None,
            revocation_code: None,
            revoked: false,
        }
    }

    pub(super) fn state(&self) -> KeyState {
        match (self.revoked, self.email, self.phone) {
            (true, _, _) => KeyState::Revoked,
            (false, Some(_), Some(_)) => KeyState::Bound,
            _ => KeyState::Registered,
        }
    }

    /// Refuses when it is revoked.
    pub(super) fn live(&self) -> Result<(), Problem> {
        if self.revoked { Err(Problem::REVOKED_KEY) } else { Ok(()) }
    }

    /// A hash that is freed may be bound to another key.
    pub(super) fn revoke(&mut self) {
        self.revoked = true;
        self.devtoken = None;
        self.email = None;
        self.phone = None;
        self.revocation_code = None;
    }

    pub(super) fn is_bound_to(&self, email: ContactHash, phone: ContactHash) -> bool {
        self.email == Some(email) && self.phone == Some(phone)
    }
}
