//! What happens in the provider's database, by an administrator's hand or by time.

use super::NextAuth;
use super::access::Permission;
use super::account::Account;
use super::context::UserContext;
use super::virtual_server::VirtualServer;

/// Controls. Those that return a `bool` say whether there was anything to do it to.
impl NextAuth {
    /// All accounts, by id.
    #[must_use]
    pub fn accounts(&self) -> Vec<&Account> {
        let mut all: Vec<_> = self.servers.values().flat_map(|server| server.accounts.values()).collect();
        all.sort_unstable_by_key(|account| account.id);
        all
    }

    /// An account.
    #[must_use]
    pub fn account(&self, id: u64) -> Option<&Account> {
        self.servers.values().find_map(|server| server.accounts.get(&id))
    }

    /// Blocks an account: its sessions end, it cannot log in, and nothing is pushed to it.
    pub fn block_account(&mut self, id: u64) -> bool {
        self.change_account(id, |server, account| {
            account.blocked = true;
            server.log_out_account(account.id);
        })
    }

    /// Unblocks an account.
    pub fn unblock_account(&mut self, id: u64) -> bool {
        self.change_account(id, |_, account| account.blocked = false)
    }

    /// Deletes an account; its sessions end. The phone still believes in it.
    pub fn delete_account(&mut self, id: u64) -> bool {
        self.servers.values_mut().any(|server| {
            let there = server.accounts.remove(&id).is_some();
            if there {
                server.log_out_account(id);
                server.inbox.remove(&id);
            }
            there
        })
    }

    /// The account that is logged in on a session.
    #[must_use]
    pub fn logged_in(&self, nonce: &str) -> Option<u64> {
        self.servers.values().find_map(|server| server.sessions.get(nonce)?.state.logged_in)
    }

    /// What the application last sent along for the phone to show, with a login code or a push of this session.
    #[must_use]
    pub fn user_context(&self, nonce: &str) -> Option<&UserContext> {
        self.servers.values().find_map(|server| server.sessions.get(nonce)?.context.as_deref())
    }

    /// Ends a session as time does: nobody is logged in, a push stays possible.
    pub fn expire_session(&mut self, nonce: &str) -> bool {
        self.servers.values_mut().fold(false, |there, server| {
            let session = server.sessions.get_mut(nonce);
            there | session.is_some_and(|session| session.state.logged_in.take().is_some())
        })
    }

    /// Forgets a session altogether: no push any more, and its codes are unknown.
    pub fn forget_session(&mut self, nonce: &str) -> bool {
        self.servers.values_mut().fold(false, |there, server| {
            let removed = server.sessions.remove(nonce);
            if let Some(challenge) = removed.as_ref().and_then(|s| s.state.login_challenge) {
                server.challenges.remove(&challenge);
            }
            there | removed.is_some()
        })
    }

    /// Adds a virtual server, and returns its id. No role may do anything there yet.
    pub fn add_server(&mut self, name: &str) -> String {
        let raw_id = self.seed.bytes();
        let server = VirtualServer::new(&mut self.seed, raw_id, name, self.settings.sessions);
        let id = server.id.clone();
        self.servers.insert(id.clone(), server);
        id
    }

    /// Deletes a virtual server with all that is in it.
    pub fn delete_server(&mut self, server: &str) -> bool {
        self.access.forget_server(server);
        self.servers.remove(server).is_some()
    }

    /// Adds a role without permissions, and returns its id.
    pub fn add_role(&mut self) -> String {
        self.access.add_role(&mut self.seed)
    }

    /// Adds an API key of a role; `None` when there is no such role.
    pub fn add_api_key(&mut self, role: &str) -> Option<String> {
        self.access.add_key(&mut self.seed, role)
    }

    /// Removes an API key.
    pub fn remove_api_key(&mut self, key: &str) -> bool {
        self.access.remove_key(key)
    }

    /// Gives a role a permission on a virtual server.
    pub fn grant(&mut self, role: &str, server: &str, permission: Permission) -> bool {
        self.servers.contains_key(server) && self.access.grant(role, Some(server), permission)
    }

    /// Takes a permission on a virtual server from a role.
    pub fn revoke(&mut self, role: &str, server: &str, permission: Permission) -> bool {
        self.access.revoke(role, Some(server), permission)
    }

    /// Gives a role a permission everywhere.
    pub fn grant_global(&mut self, role: &str, permission: Permission) -> bool {
        self.access.grant(role, None, permission)
    }

    /// Takes a global permission from a role.
    pub fn revoke_global(&mut self, role: &str, permission: Permission) -> bool {
        self.access.revoke(role, None, permission)
    }

    fn change_account(&mut self, id: u64, change: impl FnOnce(&mut VirtualServer, &mut Account)) -> bool {
        for server in self.servers.values_mut() {
            if let Some(mut account) = server.accounts.remove(&id) {
                change(server, &mut account);
                server.accounts.insert(id, account);
                return true;
            }
        }
        false
    }
}
