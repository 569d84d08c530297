//! What happens in the provider's database, by an administrator's hand or by time; and the mailbox.

use super::call::Permission;
use super::mail::{Mail, MailContent};
use super::tenant::User;
use super::totp::Totp;
use super::{Lagrello, NewToken};
use std::time::Duration;

/// Controls. Those that return a `bool` say whether there was anything to do it to.
impl Lagrello {
    /// All mails that were sent, the oldest first.
    #[must_use]
    pub fn mails(&self) -> &[Mail] {
        &self.mails
    }

    /// The newest mail to this address.
    #[must_use]
    pub fn last_mail(&self, to: &str) -> Option<&Mail> {
        self.mails.iter().rfind(|mail| mail.to == to)
    }

    /// Forgets all mails; what they hold stays valid.
    pub fn clear_mails(&mut self) {
        self.mails.clear();
    }

    /// The administrator confirms that the tenant is to be deleted, as the newest such mail asks: with all users and
    /// access tokens.
    pub fn confirm_deletion(&mut self, mail: &Mail) -> bool {
        let MailContent::ConfirmDeletion { code } = &mail.content else {
            return false;
        };
        let meant = self.tenants.values().find(|tenant| tenant.deletion_code.as_ref() == Some(code));
        let Some(id) = meant.map(|tenant| tenant.id.clone()) else {
            return false;
        };
        self.delete_tenant(&id)
    }

    /// Adds a tenant, not activated, with a first access token that may do all. Returns the ids of both.
    pub fn add_tenant(&mut self, now: Duration, name: &str, admin_email: &str) -> (String, String) {
        let id = self.put_tenant(now, name, admin_email);
        let first = self.tokens.values().find(|token| token.tenant == id);
        let key = first.map(|token| token.key.clone()).unwrap_or_default();
        (id, key)
    }

    /// Deletes a tenant with all that is in it.
    pub fn delete_tenant(&mut self, tenant: &str) -> bool {
        self.tokens.retain(|_, token| token.tenant != tenant);
        self.tenants.remove(tenant).is_some()
    }

    /// Whether the tenant is there.
    #[must_use]
    pub fn has_tenant(&self, tenant: &str) -> bool {
        self.tenants.contains_key(tenant)
    }

    /// Sets where a tenant's magic links lead, whatever the text is.
    pub fn set_callback_url(&mut self, tenant: &str, url: &str) -> bool {
        let tenant = self.tenants.get_mut(tenant);
        tenant.map(|tenant| url.clone_into(&mut tenant.callback_url)).is_some()
    }

    /// Adds an access token, and returns its key; `None` when there is no such tenant. Here it has what is given, and READ
    /// only if that is given.
    pub fn add_token(&mut self, now: Duration, tenant: &str, permissions: &[Permission]) -> Option<String> {
        if !self.tenants.contains_key(tenant) {
            return None;
        }
        let permissions = permissions.iter().map(|permission| permission.as_str().to_owned()).collect();
        Some(self.put_token(now, tenant, NewToken { name: "added", created_by: "control", permissions }))
    }

    /// Removes an access token: the next call with it gets 403.
    pub fn remove_token(&mut self, key: &str) -> bool {
        self.tokens.remove(key).is_some()
    }

    /// The permissions of an access token, as the API spells them.
    #[must_use]
    pub fn permissions(&self, key: &str) -> Option<&[String]> {
        self.tokens.get(key).map(|token| token.permissions.as_slice())
    }

    /// Adds a user, or puts another in the place of one.
    pub fn add_user(&mut self, tenant: &str, user: &str, email: Option<&str>) -> bool {
        let users = self.tenants.get_mut(tenant).map(|tenant| &mut tenant.users);
        users.map(|users| users.insert(user.to_owned(), User::new(user, email))).is_some()
    }

    /// Deletes a user. Links that were sent stay: whoever clicks one is told that there is no such user.
    pub fn delete_user(&mut self, tenant: &str, user: &str) -> bool {
        self.tenants.get_mut(tenant).is_some_and(|tenant| tenant.users.remove(user).is_some())
    }

    /// The ids of a tenant's users.
    #[must_use]
    pub fn users(&self, tenant: &str) -> Vec<&str> {
        let users = self.tenants.get(tenant).into_iter().flat_map(|tenant| tenant.users.keys());
        users.map(String::as_str).collect()
    }

    /// A user's e-mail address.
    #[must_use]
    pub fn email(&self, tenant: &str, user: &str) -> Option<&str> {
        self.tenants.get(tenant)?.users.get(user)?.email.as_deref()
    }

    /// A user's TOTP secret in base32, if TOTP is enabled.
    #[must_use]
    pub fn totp_secret(&self, tenant: &str, user: &str) -> Option<String> {
        self.tenants.get(tenant)?.users.get(user)?.totp.as_ref().map(Totp::secret)
    }

    /// Forgets which codes of a user were used: the code of this step is good again.
    pub fn forget_used_codes(&mut self, tenant: &str, user: &str) -> bool {
        let user = self.tenants.get_mut(tenant).and_then(|tenant| tenant.users.get_mut(user));
        user.and_then(|user| user.totp.as_mut()).map(Totp::forget_spent).is_some()
    }

    /// Ends all magic links of a user, as time does.
    pub fn expire_links(&mut self, tenant: &str, user: &str) {
        for link in self.links.values_mut() {
            if link.tenant == tenant && link.user == user {
                link.expires = Duration::ZERO;
            }
        }
    }
}
