//! What a phone's app asks of the server. The vendor's app protocol is not public: these calls stand in for it.

use super::NextAuth;
use super::account::{Account, millis};
use super::session::{Challenge, ChallengeKind, ChallengeState};
use super::virtual_server::VirtualServer;
use crate::seed::digest;
use std::sync::Arc;
use std::time::Duration;

/// Why a phone could not do what its owner wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PhoneError {
    /// Not a code of this provider.
    #[error("not a code of this provider")]
    Unreadable,
    /// The virtual server does not exist (any more).
    #[error("no such virtual server")]
    UnknownServer,
    /// The server knows no such challenge.
    #[error("no such challenge")]
    UnknownChallenge,
    /// The challenge is too old.
    #[error("the challenge is too old")]
    Expired,
    /// The challenge was approved or declined before.
    #[error("the challenge was used before")]
    AlreadyUsed,
    /// A login code, and this phone has no account at that server.
    #[error("no account at this server")]
    NoAccounts,
    /// The account is blocked.
    #[error("the account is blocked")]
    Blocked,
    /// The account was deleted at the server.
    #[error("the account does not exist any more")]
    AccountGone,
    /// The account has another key: the prompt is another phone's.
    #[error("the account has another key")]
    WrongKey,
}

/// The public key that belongs to an app instance's secret. A stand-in: one hash, and the proof is the secret.
pub(super) fn public_key(secret: &[u8; 32]) -> [u8; 32] {
    digest(&[b"app instance", secret])
}

/// How the app names a challenge.
#[derive(Clone, Debug)]
pub(super) struct ChallengeRef {
    pub(super) server: String,
    pub(super) id: [u8; 16],
}

/// How an app instance proves which account it is.
pub(super) struct Proof<'a> {
    pub(super) account: u64,
    pub(super) secret: &'a [u8; 32],
}

impl NextAuth {
    /// The open challenge and its server.
    pub(super) fn open_challenge(
        &self,
        now: Duration,
        challenge: &ChallengeRef,
    ) -> Result<(&VirtualServer, &Challenge), PhoneError> {
        let server = self.servers.get(&challenge.server).ok_or(PhoneError::UnknownServer)?;
        let found = server.challenges.get(&challenge.id).ok_or(PhoneError::UnknownChallenge)?;
        match found.state {
            ChallengeState::Used => Err(PhoneError::AlreadyUsed),
            ChallengeState::Open if now >= found.expires => Err(PhoneError::Expired),
            ChallengeState::Open => Ok((server, found)),
        }
    }

    /// Makes the account that an enrol code offers, and logs its session in.
    pub(super) fn enrol(
        &mut self,
        now: Duration,
        challenge: &ChallengeRef,
        device: &str,
        public_key: [u8; 32],
    ) -> Result<u64, PhoneError> {
        let (_, found) = self.open_challenge(now, challenge)?;
        let ChallengeKind::Enrol { userid, .. } = found.kind.clone() else {
            return Err(PhoneError::UnknownChallenge);
        };
        let id = self.next_account;
        self.next_account = id.saturating_add(1);
        let server = self.use_up(challenge)?;
        server.0.accounts.insert(
            id,
            Account {
                id,
                server: challenge.server.clone(),
                description: device.to_owned(),
                userid: None,
                blocked: false,
                client_version: CLIENT_VERSION.to_owned(),
                created: millis(now),
                lastlogin: None,
                lastprovoke: None,
                public_key,
            },
        );
        if let Some(userid) = userid {
            server.0.couple(id, &userid);
        }
        server.0.log_in(now, &server.1, id);
        Ok(id)
    }

    /// Logs the session of a login code or a push in.
    pub(super) fn confirm(
        &mut self,
        now: Duration,
        challenge: &ChallengeRef,
        proof: &Proof<'_>,
    ) -> Result<(), PhoneError> {
        let (server, found) = self.open_challenge(now, challenge)?;
        let meant = match found.kind {
            ChallengeKind::Enrol { .. } => return Err(PhoneError::UnknownChallenge),
            ChallengeKind::Login => proof.account,
            ChallengeKind::Push { account, .. } => account,
        };
        let account = server.accounts.get(&meant).ok_or(PhoneError::AccountGone)?;
        if account.id != proof.account || account.public_key != public_key(proof.secret) {
            return Err(PhoneError::WrongKey);
        }
        if account.blocked {
            return Err(PhoneError::Blocked);
        }
        let (server, nonce) = self.use_up(challenge)?;
        server.log_in(now, &nonce, meant);
        Ok(())
    }

    /// The owner said no: the challenge is spent, nobody is logged in.
    pub(super) fn cancel(&mut self, now: Duration, challenge: &ChallengeRef) -> Result<(), PhoneError> {
        self.open_challenge(now, challenge)?;
        self.use_up(challenge)?;
        Ok(())
    }

    fn use_up(&mut self, challenge: &ChallengeRef) -> Result<(&mut VirtualServer, Arc<str>), PhoneError> {
        let server = self.servers.get_mut(&challenge.server).ok_or(PhoneError::UnknownServer)?;
        let found = server.challenges.get_mut(&challenge.id).ok_or(PhoneError::UnknownChallenge)?;
        found.state = ChallengeState::Used;
        let nonce = found.nonce.clone();
        if let ChallengeKind::Push { account, .. } = found.kind {
            if let Some(inbox) = server.inbox.get_mut(&account) {
                inbox.retain(|id| *id != challenge.id);
            }
        }
        Ok((server, nonce))
    }
}

/// What an emulated app says of itself.
const CLIENT_VERSION: &str = "1.0.0";
