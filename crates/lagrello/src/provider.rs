use core::fmt;

use authwire_core::{BaseUrl, BuildFault, Credential, Draft, Provider};
use http::header::AUTHORIZATION;

use crate::AccessToken;

/// Lagrello as we know it: where it is, and our tenant's access token.
///
/// ```
/// use authwire_lagrello::{AccessToken, Lagrello};
///
/// let token = AccessToken::new("ffd12fb4-da5b-4751-a9f6-d3214b418139")?;
/// let provider = Lagrello::new(Lagrello::VENDOR_BASE.parse()?, &token);
/// assert_eq!(format!("{provider:?}"), "Lagrello { base: BaseUrl(https://api.lagrello.com), .. }");
/// # Ok::<(), authwire_core::InvalidValue>(())
/// ```
///
/// Documents: Lagrello API 1.0.0, security scheme `token`.
#[derive(Clone)]
pub struct Lagrello {
    base: BaseUrl,
    token: Option<Credential>,
}

impl Lagrello {
    /// The vendor's own service.
    pub const VENDOR_BASE: &'static str = "https://api.lagrello.com";

    /// The service at `base` ([`VENDOR_BASE`](Self::VENDOR_BASE)), for the tenant that this access token belongs to.
    #[must_use]
    pub fn new(base: BaseUrl, token: &AccessToken) -> Self {
        Self { base, token: Some(Credential::bearer(token)) }
    }

    /// The service without an access token: for the two operations that take none,
    /// [`CreateTenant`](crate::tenants::CreateTenant) and [`GetTotpImage`](crate::images::GetTotpImage). The others are
    /// not built.
    #[must_use]
    pub fn without_token(base: BaseUrl) -> Self {
        Self { base, token: None }
    }
}

impl Provider for Lagrello {
    fn base(&self) -> &BaseUrl {
        &self.base
    }

    fn authenticate(&self, draft: &mut Draft) {
        match &self.token {
            Some(token) => draft.credential(AUTHORIZATION, token),
            None => draft.refuse(BuildFault::Unsupported("the provider was set up without an access token")),
        };
    }
}

impl fmt::Debug for Lagrello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lagrello").field("base", &self.base).finish_non_exhaustive()
    }
}
