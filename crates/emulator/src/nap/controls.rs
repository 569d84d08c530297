//! What happens in the platform's database, by an administrator's hand or by time.

use super::Nap;
use super::database::{DEFAULT_ORGANIZATION, Domain, Invitation, Member, Organization, User, uuid_v7};
use super::key::Key;
use super::mail::Mail;
use super::rotation::Refreshes;
use super::token::{HEADER, random_token};
use std::time::Duration;

/// A row of the sessions' table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionRow {
    /// The session's id.
    pub id: String,
    /// The user's id.
    pub user: String,
    /// The organisation's id.
    pub organization: String,
    /// When it expires, since the Unix epoch. The platform does not look at it.
    pub expires: Duration,
}

/// Controls. Users are named by their e-mail address. Those that return a `bool` say whether there was anything to do it
/// to.
impl Nap {
    /// The mails that were sent, the oldest first.
    #[must_use]
    pub fn mails(&self) -> impl DoubleEndedIterator<Item = &Mail> {
        self.mailbox.iter()
    }

    /// The newest mail to an address.
    #[must_use]
    pub fn last_mail(&self, to: &str) -> Option<&Mail> {
        self.mails().rfind(|mail| mail.to == to)
    }

    /// Adds an API key.
    pub fn add_api_key(&mut self, key: &str) {
        self.api_keys.insert(key.to_owned());
    }

    /// Removes an API key.
    pub fn remove_api_key(&mut self, key: &str) -> bool {
        self.api_keys.remove(key)
    }

    /// Signs session tokens with another RSA key of 2,048 to 4,096 bits, in PEM (`BEGIN PRIVATE KEY`). Says whether it is
    /// one.
    pub fn set_signing_key(&mut self, pem: &str) -> bool {
        Key::from_pem(pem).map(|key| self.key = key).is_some()
    }

    /// A session token with these claims, a JSON object, signed as the platform signs.
    #[must_use]
    pub fn sign_session_token(&self, claims: &str) -> String {
        self.session_token(HEADER, claims).unwrap_or_default()
    }

    /// The id of a user.
    #[must_use]
    pub fn user_id(&self, email: &str) -> Option<&str> {
        self.database.user_by_email(email).map(|user| user.id.as_str())
    }

    /// Marks an e-mail address as verified, or as not.
    pub fn set_verified(&mut self, email: &str, verified: bool) -> bool {
        self.change_user(email, |user| user.verified = verified)
    }

    /// Gives a user a picture, or takes it away.
    pub fn set_avatar_url(&mut self, email: &str, url: Option<&str>) -> bool {
        self.change_user(email, |user| user.avatar_url = url.map(str::to_owned))
    }

    /// Leaves a column of a user NULL that must not be: a login crashes the handler from then on.
    pub fn break_user(&mut self, email: &str) -> bool {
        self.change_user(email, |user| user.broken = true)
    }

    /// Makes all verification tokens of a user expire.
    pub fn expire_verification_tokens(&mut self, email: &str) -> bool {
        let Some(id) = self.user_id(email).map(str::to_owned) else { return false };
        let tokens = self.database.verification_tokens.values_mut().filter(|token| token.user == id);
        tokens.map(|token| token.expires = Duration::ZERO).count() > 0
    }

    /// The sessions, by id.
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionRow> {
        let row = |(id, session): (&String, &super::database::Session)| SessionRow {
            id: id.clone(),
            user: session.user.clone(),
            organization: session.organization.clone(),
            expires: session.expires,
        };
        self.database.sessions.iter().map(row).collect()
    }

    /// What became of refresh tokens so far.
    #[must_use]
    pub const fn refreshes(&self) -> Refreshes {
        self.rotation.counts
    }

    /// Makes all sessions of a user expire in the database. The platform does not look there.
    pub fn expire_sessions(&mut self, email: &str) -> bool {
        let Some(id) = self.user_id(email).map(str::to_owned) else { return false };
        let sessions = self.database.sessions.values_mut().filter(|session| session.user == id);
        sessions.map(|session| session.expires = Duration::ZERO).count() > 0
    }

    /// The id of the organisation that everybody is in where there is only one.
    #[must_use]
    pub const fn default_organization(&self) -> &'static str {
        DEFAULT_ORGANIZATION
    }

    /// Adds an organisation, and returns its id.
    pub fn add_organization(&mut self, now: Duration, slug: &str, name: &str) -> String {
        let id = uuid_v7(&mut self.seed, now);
        let organization = Organization {
            id: id.clone(),
            slug: slug.to_owned(),
            name: name.to_owned(),
            description: None,
            avatar_url: None,
            settings: None,
            // A database keeps microseconds.
            created: Duration::from_micros(u64::try_from(now.as_micros()).unwrap_or(u64::MAX)),
        };
        self.database.organizations.insert(id.clone(), organization);
        id
    }

    /// Sets what may be absent of an organisation: description, picture, settings (a JSON object).
    pub fn describe_organization(
        &mut self,
        id: &str,
        description: Option<&str>,
        avatar_url: Option<&str>,
        settings: Option<&str>,
    ) -> bool {
        let Some(organization) = self.database.organizations.get_mut(id) else { return false };
        organization.description = description.map(str::to_owned);
        organization.avatar_url = avatar_url.map(str::to_owned);
        organization.settings = settings.map(str::to_owned);
        true
    }

    /// Deletes an organisation; its members stay members of nothing.
    pub fn delete_organization(&mut self, id: &str) -> bool {
        self.database.organizations.remove(id).is_some()
    }

    /// Lets users of an e-mail domain into an organisation: it takes a domain that is verified and that joins by itself.
    pub fn add_domain(&mut self, domain: &str, organization: &str, verified: bool, auto_join: bool) -> bool {
        let known = self.database.organizations.contains_key(organization);
        if known {
            let row = Domain { organization: organization.to_owned(), verified, auto_join };
            self.database.domains.insert(domain.to_owned(), row);
        }
        known
    }

    /// Invites an e-mail address into an organisation until a time, and returns the invitation's token.
    pub fn invite(&mut self, email: &str, organization: &str, role: &str, expires: Duration) -> String {
        let token = random_token(&self.seed.bytes::<32>());
        let invitation = Invitation {
            email: email.to_owned(),
            organization: organization.to_owned(),
            role: role.to_owned(),
            expires,
        };
        self.database.invitations.insert(token.clone(), invitation);
        token
    }

    /// Makes a user a member of an organisation, or gives a member another role.
    pub fn set_role(&mut self, email: &str, organization: &str, role: &str) -> bool {
        let Some(user) = self.user_id(email).map(str::to_owned) else { return false };
        let key = (user, organization.to_owned());
        let banned = self.database.members.get(&key).is_some_and(|member| member.banned);
        let known = self.database.organizations.contains_key(organization);
        if known {
            self.database.members.insert(key, Member { role: role.to_owned(), banned });
        }
        known
    }

    /// Takes a user out of an organisation.
    pub fn remove_member(&mut self, email: &str, organization: &str) -> bool {
        let key = self.user_id(email).map(|user| (user.to_owned(), organization.to_owned()));
        key.is_some_and(|key| self.database.members.remove(&key).is_some())
    }

    /// Bans a user in an organisation: logins go on, refreshes do not.
    pub fn ban(&mut self, email: &str, organization: &str) -> bool {
        self.change_member(email, organization, |member| member.banned = true)
    }

    /// Lifts a ban.
    pub fn unban(&mut self, email: &str, organization: &str) -> bool {
        self.change_member(email, organization, |member| member.banned = false)
    }

    fn change_user(&mut self, email: &str, change: impl FnOnce(&mut User)) -> bool {
        self.database.user_by_email_mut(email).map(change).is_some()
    }

    fn change_member(&mut self, email: &str, organization: &str, change: impl FnOnce(&mut Member)) -> bool {
        let key = self.user_id(email).map(|user| (user.to_owned(), organization.to_owned()));
        key.and_then(|key| self.database.members.get_mut(&key)).map(change).is_some()
    }
}
