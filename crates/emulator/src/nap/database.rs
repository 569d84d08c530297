//! The platform's tables.

use crate::seed::{Seeded, digest};
use std::collections::BTreeMap;
use std::time::Duration;

/// The organisation that everybody is in where there is only one.
pub(super) const DEFAULT_ORGANIZATION: &str = "019735ab-f216-717f-9d12-e3915453c8d0";

#[derive(Clone)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) email: String,
    pub(super) salt: [u8; 16],
    pub(super) password_hash: [u8; 32],
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) avatar_url: Option<String>,
    pub(super) verified: bool,
    /// A column is NULL that the code believes to be there.
    pub(super) broken: bool,
}

#[derive(Clone)]
pub(super) struct Organization {
    pub(super) id: String,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) avatar_url: Option<String>,
    /// A JSON object.
    pub(super) settings: Option<String>,
    pub(super) created: Duration,
}

#[derive(Clone)]
pub(super) struct Member {
    pub(super) role: String,
    pub(super) banned: bool,
}

#[derive(Clone)]
pub(super) struct Domain {
    pub(super) organization: String,
    pub(super) verified: bool,
    pub(super) auto_join: bool,
}

#[derive(Clone)]
pub(super) struct Invitation {
    pub(super) email: String,
    pub(super) organization: String,
    pub(super) role: String,
    pub(super) expires: Duration,
}

/// What is known of a login.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) user: String,
    pub(super) organization: String,
    pub(super) session_hash: String,
    pub(super) refresh_hash: String,
    /// Written and never looked at.
    pub(super) expires: Duration,
}

#[derive(Clone)]
pub(super) struct VerificationToken {
    pub(super) user: String,
    pub(super) expires: Duration,
}

/// A login that waits for the choice of an organisation.
#[derive(Clone)]
pub(super) struct Flow {
    pub(super) user: String,
    pub(super) return_to: Option<String>,
    pub(super) created: Duration,
    pub(super) expires: Duration,
}

#[derive(Clone, Default)]
pub(super) struct Database {
    /// By id.
    pub(super) users: BTreeMap<String, User>,
    /// E-mail address to id, case and all.
    pub(super) emails: BTreeMap<String, String>,
    pub(super) organizations: BTreeMap<String, Organization>,
    /// By user and organisation.
    pub(super) members: BTreeMap<(String, String), Member>,
    pub(super) domains: BTreeMap<String, Domain>,
    pub(super) invitations: BTreeMap<String, Invitation>,
    /// By id.
    pub(super) sessions: BTreeMap<String, Session>,
    /// Hash of a refresh token to the id of its session.
    refresh_hashes: BTreeMap<String, String>,
    /// By hash.
    pub(super) verification_tokens: BTreeMap<String, VerificationToken>,
    pub(super) flows: BTreeMap<String, Flow>,
}

impl Database {
    /// With the default organisation, and nobody in it.
    pub(super) fn new() -> Self {
        let mut database = Self::default();
        database.organizations.insert(
            DEFAULT_ORGANIZATION.to_owned(),
            Organization {
                id: DEFAULT_ORGANIZATION.to_owned(),
                slug: "default".to_owned(),
                name: "Default Tenant".to_owned(),
                description: None,
                avatar_url: None,
                settings: None,
                created: Duration::from_micros(1_749_000_000_123_456),
            },
        );
        database
    }

    pub(super) fn user_by_email(&self, email: &str) -> Option<&User> {
        self.users.get(self.emails.get(email)?)
    }

    pub(super) fn user_by_email_mut(&mut self, email: &str) -> Option<&mut User> {
        self.users.get_mut(self.emails.get(email)?)
    }

    /// The organisations of a user, by id, and the role in each: those that banned the user are among them.
    pub(super) fn organizations_of(&self, user: &str) -> Vec<(&Organization, &Member)> {
        self.members
            .iter()
            .filter(|((member, _), _)| member == user)
            .filter_map(|((_, organization), member)| Some((self.organizations.get(organization)?, member)))
            .collect()
    }

    pub(super) fn put_session(&mut self, id: &str, session: Session) {
        self.delete_session(id);
        self.refresh_hashes.insert(session.refresh_hash.clone(), id.to_owned());
        self.sessions.insert(id.to_owned(), session);
    }

    pub(super) fn delete_session(&mut self, id: &str) {
        if let Some(session) = self.sessions.remove(id) {
            self.refresh_hashes.remove(&session.refresh_hash);
        }
    }

    /// The id of the session with this refresh token.
    pub(super) fn session_by_refresh_hash(&self, hash: &str) -> Option<String> {
        self.refresh_hashes.get(hash).cloned()
    }

    /// The id of the session with this session token.
    pub(super) fn session_by_session_hash(&self, hash: &str) -> Option<String> {
        let (id, _) = self.sessions.iter().find(|(_, session)| session.session_hash == hash)?;
        Some(id.clone())
    }
}

/// A salted SHA-256. The real server spends a tenth of a second on bcrypt; nobody needs to be kept from guessing here.
pub(super) fn password_hash(salt: &[u8; 16], password: &str) -> [u8; 32] {
    digest(&[salt, password.as_bytes()])
}

/// A UUID of version 7: the time in milliseconds, then random bits.
pub(super) fn uuid_v7(seed: &mut Seeded, now: Duration) -> String {
    let [_, _, time @ ..] = u64::try_from(now.as_millis()).unwrap_or(u64::MAX).to_be_bytes();
    let [version, a, variant, rest @ ..] = seed.bytes::<10>();
    let text = crate::seed::hex(&[&time[..], &[0x70 | (version & 0x0F), a, 0x80 | (variant & 0x3F)], &rest].concat());
    let mut dashed = String::with_capacity(36);
    for (position, character) in text.chars().enumerate() {
        if matches!(position, 8 | 12 | 16 | 20) {
            dashed.push('-');
        }
        dashed.push(character);
    }
    dashed
}
