//! What happens in the provider's database, and what reaches people.

use super::authority::Authority;
use super::job::{JobState, Progress};
use super::key::KeyState;
use super::message::{Channel, Message, Purpose, Push};
use super::{Authentiq, MESSAGES};
use crate::seed::Seeded;
use std::time::Duration;

/// Controls. Those that return a `bool` say whether there was anything to do it to.
impl Authentiq {
    /// The authority that signs, and that is trusted when a key is bound.
    #[must_use]
    pub const fn issuer(&self) -> &Authority {
        &self.issuer
    }

    /// The issuer of jobs with `test=1`. Its signature binds nothing.
    #[must_use]
    pub const fn test_issuer(&self) -> &Authority {
        &self.test_issuer
    }

    /// Adds another authority that may sign.
    pub fn add_authority(&mut self) -> Authority {
        let authority = Authority::new(u64::from_be_bytes(self.seed.bytes()));
        self.authorities.push(authority.id().to_owned());
        authority
    }

    /// How far a key is; `None` when it is not registered.
    #[must_use]
    pub fn key_state(&self, id: &str) -> Option<KeyState> {
        self.keys.get(id).map(super::key::Key::state)
    }

    /// The device of a key.
    #[must_use]
    pub fn devtoken(&self, id: &str) -> Option<&str> {
        self.keys.get(id)?.devtoken.as_deref()
    }

    /// The encryption key of a key.
    #[must_use]
    pub fn encryption_key(&self, id: &str) -> Option<&str> {
        self.keys.get(id)?.pk.as_deref()
    }

    /// Revokes a key, as the provider's staff may.
    pub fn revoke_key(&mut self, id: &str) -> bool {
        self.keys.get_mut(id).map(super::key::Key::revoke).is_some()
    }

    /// How far a job is; `None` when there is no such job. One that the issuer signs by itself is signed when it is next
    /// asked about.
    #[must_use]
    pub fn job_state(&self, id: &str) -> Option<JobState> {
        self.jobs.get(&id.to_owned()).map(super::job::Job::state)
    }

    /// Forgets a job, as time does.
    pub fn forget_job(&mut self, id: &str) -> bool {
        self.jobs.remove(&id.to_owned()).is_some()
    }

    /// The messages with codes that were sent, the oldest first: 10,000 at most.
    #[must_use]
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.iter()
    }

    /// The code in the newest message to an address or a number.
    #[must_use]
    pub fn code_for(&self, to: &str) -> Option<&str> {
        self.messages().rev().find(|message| message.to == to).map(|message| message.code.as_str())
    }

    /// The logins that were pushed, the oldest first: 10,000 at most.
    #[must_use]
    pub fn pushes(&self) -> impl DoubleEndedIterator<Item = &Push> {
        self.pushes.iter()
    }

    pub(super) fn send(&mut self, at: Duration, to: &str, channel: Channel, purpose: Purpose, code: String) {
        self.messages.push_back(Message { to: to.to_owned(), channel, at, purpose, code });
        if self.messages.len() > MESSAGES {
            self.messages.pop_front();
        }
    }

    pub(super) fn push(&mut self, push: Push) {
        self.pushes.push_back(push);
        if self.pushes.len() > MESSAGES {
            self.pushes.pop_front();
        }
    }

    pub(super) fn trusts(&self, kid: &str) -> bool {
        kid == self.issuer.id() || self.authorities.iter().any(|authority| authority == kid)
    }

    /// Signs a confirmed job whose issuer signs by itself, if its time has come.
    pub(super) fn sign_if_due(&mut self, now: Duration, id: &str) {
        let Some(job) = self.jobs.get_mut(&id.to_owned()) else { return };
        let Progress::Confirmed(since) = job.progress else { return };
        let (delay, issuer) = if job.test {
            (self.settings.test_signing_delay, &self.test_issuer)
        } else {
            (self.settings.signing_delay, &self.issuer)
        };
        if delay.is_some_and(|delay| since.saturating_add(delay) <= now) {
            job.progress = Progress::Signed(issuer.sign(now, &job.statement));
        }
    }
}

/// Six digits with a zero in front.
pub(super) fn new_code(seed: &mut Seeded) -> String {
    format!("0{:05}", u32::from_be_bytes(seed.bytes()) % 100_000)
}
