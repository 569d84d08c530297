//! The phone: what a person does with the provider's app.

use super::NextAuth;
use super::app::{ChallengeRef, PhoneError, Proof, public_key};
use super::context::UserContext;
use super::qr_data::{QrData, QrKind};
use super::session::ChallengeKind;
use crate::seed::{Seeded, base64};
use std::fmt;
use std::time::Duration;

/// A phone with the provider's app, and the accounts that were enrolled on it.
///
/// The keys come from the seed: give each phone a seed of its own.
#[derive(Clone)]
pub struct Phone {
    device: String,
    seed: Seeded,
    accounts: Vec<Held>,
}

/// An account as the phone holds it.
#[derive(Clone)]
struct Held {
    server: String,
    account: u64,
    name: String,
    secret: [u8; 32],
}

/// What a prompt is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PromptKind {
    /// An enrol code was scanned.
    Enrol,
    /// A login code was scanned.
    Login,
    /// A login was pushed.
    Push,
}

/// What the phone shows, and asks its owner to approve.
#[derive(Clone)]
#[non_exhaustive]
pub struct Prompt {
    /// What it is about.
    pub kind: PromptKind,
    /// The virtual server's name.
    pub server_name: String,
    /// The account's name on the phone, as getQrEnrol gave it.
    pub account_name: String,
    /// The account that would log in; an enrol code makes a new one.
    pub account: Option<u64>,
    /// What the application sent along.
    pub context: Option<UserContext>,
    challenge: ChallengeRef,
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt").field("kind", &self.kind).field("account", &self.account).finish_non_exhaustive()
    }
}

impl Phone {
    /// A phone without accounts.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::named(seed, "Phone")
    }

    /// A phone without accounts. The device's name becomes the description of accounts.
    #[must_use]
    pub fn named(seed: u64, device: &str) -> Self {
        Self { device: device.to_owned(), seed: Seeded::new(seed, "nextauth phone"), accounts: Vec::new() }
    }

    /// The accounts that were enrolled on this phone, the oldest first.
    pub fn accounts(&self) -> impl Iterator<Item = u64> {
        self.accounts.iter().map(|held| held.account)
    }

    /// Scans the raw data of a QR code (or follows the deep link).
    ///
    /// A login code prompts with the oldest account at that server that is not blocked; [`Phone::scan_as`] chooses.
    ///
    /// # Errors
    /// The phone shows no prompt: see [`PhoneError`].
    pub fn scan(&self, nextauth: &NextAuth, now: Duration, qr: &[u8]) -> Result<Prompt, PhoneError> {
        self.scan_choosing(nextauth, now, qr, None)
    }

    /// As [`Phone::scan`], with the account to log in with.
    ///
    /// # Errors
    /// As [`Phone::scan`]; [`PhoneError::NoAccounts`] when this phone does not hold that account at the server.
    pub fn scan_as(&self, nextauth: &NextAuth, now: Duration, qr: &[u8], account: u64) -> Result<Prompt, PhoneError> {
        self.scan_choosing(nextauth, now, qr, Some(account))
    }

    /// The pushes that wait for an answer, the oldest of each account first.
    #[must_use]
    pub fn notifications(&self, nextauth: &NextAuth, now: Duration) -> Vec<Prompt> {
        let mut prompts = Vec::new();
        for held in &self.accounts {
            let Some(server) = nextauth.servers.get(&held.server) else {
                continue;
            };
            for id in server.inbox.get(&held.account).into_iter().flatten() {
                let challenge = ChallengeRef { server: held.server.clone(), id: *id };
                let Ok((server, found)) = nextauth.open_challenge(now, &challenge) else {
                    continue;
                };
                let ChallengeKind::Push { context, .. } = &found.kind else {
                    continue;
                };
                prompts.push(Prompt {
                    kind: PromptKind::Push,
                    server_name: server.name.clone(),
                    account_name: held.name.clone(),
                    account: Some(held.account),
                    context: context.as_deref().cloned(),
                    challenge,
                });
            }
        }
        prompts
    }

    /// The owner says yes, and gives the second factor. Returns the account that is logged in now.
    ///
    /// # Errors
    /// The server does not accept it: see [`PhoneError`].
    pub fn approve(&mut self, nextauth: &mut NextAuth, now: Duration, prompt: Prompt) -> Result<u64, PhoneError> {
        if prompt.kind == PromptKind::Enrol {
            let secret = self.seed.bytes();
            let account = nextauth.enrol(now, &prompt.challenge, &self.device, public_key(&secret))?;
            self.accounts.push(Held { server: prompt.challenge.server, account, name: prompt.account_name, secret });
            return Ok(account);
        }
        let held = self
            .accounts
            .iter()
            .find(|held| held.server == prompt.challenge.server && Some(held.account) == prompt.account)
            .ok_or(PhoneError::NoAccounts)?;
        let proof = Proof { account: held.account, secret: &held.secret };
        nextauth.confirm(now, &prompt.challenge, &proof)?;
        Ok(held.account)
    }

    /// The owner says no.
    ///
    /// # Errors
    /// The server does not accept it: see [`PhoneError`].
    pub fn decline(&self, nextauth: &mut NextAuth, now: Duration, prompt: Prompt) -> Result<(), PhoneError> {
        nextauth.cancel(now, &prompt.challenge)
    }

    /// Scans and approves. Returns the account that is logged in now.
    ///
    /// # Errors
    /// As [`Phone::scan`] and [`Phone::approve`].
    pub fn scan_and_approve(&mut self, nextauth: &mut NextAuth, now: Duration, qr: &[u8]) -> Result<u64, PhoneError> {
        let prompt = self.scan(nextauth, now, qr)?;
        self.approve(nextauth, now, prompt)
    }

    fn scan_choosing(
        &self,
        nextauth: &NextAuth,
        now: Duration,
        qr: &[u8],
        chosen: Option<u64>,
    ) -> Result<Prompt, PhoneError> {
        let data = QrData::parse(qr).ok_or(PhoneError::Unreadable)?;
        let challenge = ChallengeRef { server: base64(&data.server), id: data.challenge };
        let (server, found) = nextauth.open_challenge(now, &challenge)?;
        let server_name = server.name.clone();
        match (data.kind, &found.kind) {
            (QrKind::Enrol, ChallengeKind::Enrol { name, .. }) => Ok(Prompt {
                kind: PromptKind::Enrol,
                server_name,
                account_name: name.clone(),
                account: None,
                context: None,
                challenge,
            }),
            (QrKind::Login, ChallengeKind::Login) => {
                let held = self.choose(nextauth, &challenge.server, chosen)?;
                let session = server.sessions.get(&*found.nonce);
                Ok(Prompt {
                    kind: PromptKind::Login,
                    server_name,
                    account_name: held.name.clone(),
                    account: Some(held.account),
                    context: session.and_then(|session| session.context.as_deref().cloned()),
                    challenge,
                })
            }
            _ => Err(PhoneError::UnknownChallenge),
        }
    }

    /// The account to log in with: the first that works, else the reason why the first does not.
    fn choose(&self, nextauth: &NextAuth, server: &str, chosen: Option<u64>) -> Result<&Held, PhoneError> {
        let mut refused = None;
        for held in &self.accounts {
            if held.server != server || chosen.is_some_and(|chosen| chosen != held.account) {
                continue;
            }
            match nextauth.account(held.account) {
                Some(account) if !account.blocked => return Ok(held),
                Some(_) => refused = refused.or(Some(PhoneError::Blocked)),
                None => refused = refused.or(Some(PhoneError::AccountGone)),
            }
        }
        Err(refused.unwrap_or(PhoneError::NoAccounts))
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Phone").field("accounts", &self.accounts.len()).finish_non_exhaustive()
    }
}
