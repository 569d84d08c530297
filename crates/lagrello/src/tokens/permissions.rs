use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use authwire_core::InvalidValue;
use authwire_core::index::{FromSource, Source};

/// What an access token may do. Permissions that this version does not know are kept, and sent as they came.
///
/// Documents: Lagrello API 1.0.0, schema `CreateTokenRequest`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Permission {
    /// Reading: every token has it.
    Read,
    /// Creating and updating anything.
    Write,
    /// Creating more tokens.
    Admin,
    /// One that this version does not know.
    Other(OtherPermission),
}

/// The name of a permission that this version does not know.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OtherPermission(Box<str>);

impl Permission {
    /// The permission with this name. Case counts.
    #[must_use]
    pub fn new(name: &str) -> Self {
        match name {
            "READ" => Self::Read,
            "WRITE" => Self::Write,
            "ADMIN" => Self::Admin,
            _ => Self::Other(OtherPermission(name.into())),
        }
    }

    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Read => "READ",
            Self::Write => "WRITE",
            Self::Admin => "ADMIN",
            Self::Other(OtherPermission(name)) => name,
        }
    }
}

impl fmt::Debug for OtherPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Permissions in their order.
///
/// ```
/// use authwire_lagrello::tokens::{Permission, Permissions};
///
/// let permissions: Permissions = [Permission::Read, Permission::Write].into_iter().collect();
/// assert!(permissions.contains(&Permission::Write));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions(Vec<Permission>);

impl Permissions {
    /// Whether this permission is among them.
    #[must_use]
    pub fn contains(&self, permission: &Permission) -> bool {
        self.0.contains(permission)
    }

    /// The permissions.
    #[must_use]
    pub fn as_slice(&self) -> &[Permission] {
        &self.0
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().collect())
    }
}

impl FromSource for Permissions {
    /// Names with commas between them.
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Ok(source.text(field).split(',').filter(|name| !name.is_empty()).map(Permission::new).collect())
    }
}
