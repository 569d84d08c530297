//! A virtual server: one tenant, with its accounts, users and sessions.

use super::account::{Account, millis};
use super::context::UserContext;
use super::qr_data::{QrData, QrKind};
use super::session::{Challenge, ChallengeKind, Session, SessionState};
use crate::bounded::BoundedMap;
use crate::seed::{Seeded, base64, digest};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// How many pushes wait at an account.
const PUSHES: usize = 100;

#[derive(Clone)]
pub(super) struct VirtualServer {
    pub(super) id: String,
    pub(super) raw_id: [u8; 16],
    pub(super) name: String,
    pub(super) public_key: [u8; 32],
    pub(super) accounts: BTreeMap<u64, Account>,
    pub(super) users: BTreeSet<String>,
    pub(super) sessions: BoundedMap<Arc<str>, Session>,
    pub(super) challenges: BoundedMap<[u8; 16], Challenge>,
    /// The pushes that an account's phone has not answered yet.
    pub(super) inbox: BTreeMap<u64, VecDeque<[u8; 16]>>,
}

impl VirtualServer {
    pub(super) fn new(seed: &mut Seeded, raw_id: [u8; 16], name: &str, sessions: usize) -> Self {
        Self {
            id: base64(&raw_id),
            raw_id,
            name: name.to_owned(),
            public_key: seed.bytes(),
            accounts: BTreeMap::new(),
            users: BTreeSet::new(),
            sessions: BoundedMap::new(sessions),
            challenges: BoundedMap::new(sessions),
            inbox: BTreeMap::new(),
        }
    }

    /// Remembers so many sessions and challenges from now on.
    pub(super) fn remember(&mut self, sessions: usize) {
        self.sessions.set_limit(sessions);
        self.challenges.set_limit(sessions);
    }

    /// The state of a nonce's session: that of a new one, when there is none yet.
    pub(super) fn session(&self, nonce: &str) -> SessionState {
        self.sessions.get(nonce).map(|session| session.state).unwrap_or_default()
    }

    pub(super) fn change_session(&mut self, nonce: &str, change: impl FnOnce(&mut Session)) {
        if self.sessions.get(nonce).is_none() {
            self.sessions.insert(nonce.into(), Session::default());
        }
        if let Some(session) = self.sessions.get_mut(nonce) {
            change(session);
        }
    }

    /// Keeps what came along, for the phone to show. Without a body the earlier one stays.
    pub(super) fn keep_context(&mut self, nonce: &str, context: Option<&UserContext>) {
        if let Some(context) = context {
            self.change_session(nonce, |session| session.context = Some(Box::new(context.clone())));
        }
    }

    /// The account that a push on this session would go to.
    pub(super) fn provokable(&self, session: SessionState) -> Option<u64> {
        let account = self.accounts.get(&session.last_account?)?;
        (!account.blocked).then_some(account.id)
    }

    /// The id that the WebSocket knows a session by.
    pub(super) fn hsid(&self, nonce: &str) -> String {
        base64(&digest(&[b"hsid", &self.raw_id, nonce.as_bytes()]))
    }

    /// The raw data of a session's login code: the same until it is used or too old.
    pub(super) fn login_qr(&mut self, seed: &mut Seeded, now: Duration, lifetime: Duration, nonce: &str) -> Vec<u8> {
        let current = self.session(nonce).login_challenge;
        let open = current.filter(|id| self.challenges.get(id).is_some_and(|c| c.is_open(now)));
        let challenge = open.unwrap_or_else(|| {
            let id = self.challenge(seed, now, lifetime, nonce, ChallengeKind::Login);
            self.change_session(nonce, |session| session.state.login_challenge = Some(id));
            id
        });
        self.qr(QrKind::Login, challenge)
    }

    pub(super) fn qr(&self, kind: QrKind, challenge: [u8; 16]) -> Vec<u8> {
        QrData { kind, server: self.raw_id, challenge }.to_bytes()
    }

    pub(super) fn challenge(
        &mut self,
        seed: &mut Seeded,
        now: Duration,
        lifetime: Duration,
        nonce: &str,
        kind: ChallengeKind,
    ) -> [u8; 16] {
        let id = seed.bytes();
        let expires = now.saturating_add(lifetime);
        self.challenges.insert(id, Challenge::new(kind, nonce.into(), expires));
        id
    }

    /// Sends a push to an account's phone.
    pub(super) fn push(
        &mut self,
        seed: &mut Seeded,
        now: Duration,
        lifetime: Duration,
        nonce: &str,
        account: u64,
        context: Option<UserContext>,
    ) {
        let kind = ChallengeKind::Push { account, context: context.map(Box::new) };
        let id = self.challenge(seed, now, lifetime, nonce, kind);
        let inbox = self.inbox.entry(account).or_default();
        inbox.push_back(id);
        if inbox.len() > PUSHES {
            inbox.pop_front();
        }
        if let Some(account) = self.accounts.get_mut(&account) {
            account.lastprovoke = Some(millis(now));
        }
    }

    /// The session is logged in from here on.
    pub(super) fn log_in(&mut self, now: Duration, nonce: &str, account: u64) {
        self.change_session(nonce, |session| {
            session.state.logged_in = Some(account);
            session.state.last_account = Some(account);
        });
        if let Some(account) = self.accounts.get_mut(&account) {
            account.lastlogin = Some(millis(now));
        }
    }

    /// Ends every session of an account.
    pub(super) fn log_out_account(&mut self, account: u64) {
        for session in self.sessions.values_mut() {
            if session.state.logged_in == Some(account) {
                session.state.logged_in = None;
            }
        }
    }

    pub(super) fn couple(&mut self, account: u64, userid: &str) {
        self.users.insert(userid.to_owned());
        if let Some(account) = self.accounts.get_mut(&account) {
            account.userid = Some(userid.to_owned());
        }
    }
}
