//! API keys, roles and permissions.

use crate::seed::{Seeded, base64, hex};
use std::collections::{BTreeMap, BTreeSet};

/// What a role may do, on one virtual server or globally.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Permission {
    /// `sessions`: everything about browser sessions and QR codes.
    Sessions,
    /// `users`.
    Users,
    /// `accounts`.
    Accounts,
    /// `servers`.
    Servers,
    /// Global `root`: everything, and acting as another role.
    Root,
    /// Global `setrid`: acting as another role.
    SetRid,
}

impl Permission {
    /// As the provider spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Users => "users",
            Self::Accounts => "accounts",
            Self::Servers => "servers",
            Self::Root => "root",
            Self::SetRid => "setrid",
        }
    }
}

#[derive(Clone, Default)]
struct Role {
    global: BTreeSet<Permission>,
    on_server: BTreeSet<(String, Permission)>,
}

/// Why a request is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// No API key, or not one of ours.
    Key,
    /// `X-su` without the right to it, or for a role that does not exist.
    Role,
}

/// Who may do what.
#[derive(Clone, Default)]
pub(super) struct Access {
    keys: BTreeMap<String, String>,
    roles: BTreeMap<String, Role>,
}

impl Access {
    pub(super) fn add_role(&mut self, seed: &mut Seeded) -> String {
        let id = base64(&seed.bytes::<16>());
        self.roles.insert(id.clone(), Role::default());
        id
    }

    pub(super) fn add_key(&mut self, seed: &mut Seeded, role: &str) -> Option<String> {
        if !self.roles.contains_key(role) {
            return None;
        }
        let key = hex(&seed.bytes::<32>());
        self.keys.insert(key.clone(), role.to_owned());
        Some(key)
    }

    pub(super) fn remove_key(&mut self, key: &str) -> bool {
        self.keys.remove(key).is_some()
    }

    /// `server` is `None` for a global permission. False when there is no such role.
    pub(super) fn grant(&mut self, role: &str, server: Option<&str>, what: Permission) -> bool {
        let Some(role) = self.roles.get_mut(role) else {
            return false;
        };
        match server {
            None => role.global.insert(what),
            Some(server) => role.on_server.insert((server.to_owned(), what)),
        };
        true
    }

    /// False when the role did not have it.
    pub(super) fn revoke(&mut self, role: &str, server: Option<&str>, what: Permission) -> bool {
        let Some(role) = self.roles.get_mut(role) else {
            return false;
        };
        match server {
            None => role.global.remove(&what),
            Some(server) => role.on_server.remove(&(server.to_owned(), what)),
        }
    }

    /// A deleted server leaves no permissions behind.
    pub(super) fn forget_server(&mut self, server: &str) {
        for role in self.roles.values_mut() {
            role.on_server.retain(|(found, _)| found != server);
        }
    }

    /// The role that a request acts as.
    pub(super) fn role(&self, key: Option<&str>, su: Option<&str>) -> Result<&str, Denied> {
        let own = key.and_then(|key| self.keys.get(key)).ok_or(Denied::Key)?;
        let Some(su) = su else {
            return Ok(own);
        };
        let may = self.has_global(own, Permission::Root) || self.has_global(own, Permission::SetRid);
        match self.roles.get_key_value(su) {
            Some((id, _)) if may => Ok(id),
            _ => Err(Denied::Role),
        }
    }

    /// Whether the role has one of the permissions there. Global ones count on every server, and `root` for all.
    pub(super) fn allows(&self, role: &str, server: &str, any_of: &[Permission]) -> bool {
        let Some(found) = self.roles.get(role) else {
            return false;
        };
        let has =
            |what: &Permission| found.global.contains(what) || found.on_server.contains(&(server.to_owned(), *what));
        found.global.contains(&Permission::Root) || any_of.iter().any(has)
    }

    fn has_global(&self, role: &str, what: Permission) -> bool {
        self.roles.get(role).is_some_and(|role| role.global.contains(&what))
    }
}
