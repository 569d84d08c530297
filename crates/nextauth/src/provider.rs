use core::fmt;

use authwire_core::{BaseUrl, Credential, Draft, Provider};

use crate::wire::{X_APIKEY, X_SU};
use crate::{ApiKey, RoleId};

/// A nextAuth server as we know it: where it is, our API key, and the role that we act as.
///
/// ```
/// use authwire_nextauth::{ApiKey, NextAuth};
///
/// let provider = NextAuth::new("https://api.nextauth.com".parse()?, &ApiKey::new("my-api-key")?);
/// assert_eq!(format!("{provider:?}"), "NextAuth { base: BaseUrl(https://api.nextauth.com), .. }");
/// # Ok::<(), authwire_core::InvalidValue>(())
/// ```
///
/// Documents: nextAuth API 2.2, "Authentication".
#[derive(Clone)]
pub struct NextAuth {
    base: BaseUrl,
    api_key: Credential,
    role: Option<Credential>,
}

impl NextAuth {
    /// The vendor's own service.
    pub const VENDOR_BASE: &'static str = "https://api.nextauth.com";

    /// A nextAuth server, of the vendor's ([`VENDOR_BASE`](Self::VENDOR_BASE)) or of your own.
    #[must_use]
    pub fn new(base: BaseUrl, api_key: &ApiKey) -> Self {
        Self { base, api_key: Credential::plain(api_key), role: None }
    }

    /// The same, acting as another role (`X-su`). The API key's own role needs the global permission `root` or `setrid`.
    #[must_use]
    pub fn acting_as(self, role: &RoleId) -> Self {
        Self { role: Some(Credential::plain(role)), ..self }
    }
}

impl Provider for NextAuth {
    fn base(&self) -> &BaseUrl {
        &self.base
    }

    fn authenticate(&self, draft: &mut Draft) {
        draft.credential(X_APIKEY, &self.api_key);
        if let Some(role) = &self.role {
            draft.credential(X_SU, role);
        }
    }
}

impl fmt::Debug for NextAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextAuth").field("base", &self.base).finish_non_exhaustive()
    }
}
