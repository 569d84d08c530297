use core::fmt;

use authwire_core::{BaseUrl, Credential, Draft, Provider};

use crate::{ApiKey, Dialect};

/// An NBRGLM Auth Platform server as we know it: where it is, our API key, and which dialect it speaks.
///
/// The API key goes on every request. The `OpenAPI` document declares it and attaches it to no operation, so that clients
/// generated from it leave it out and get 401 from everywhere.
///
/// ```
/// use authwire_nap::{ApiKey, Dialect, Nap};
///
/// let provider = Nap::new("http://127.0.0.1:3360".parse()?, &ApiKey::new("nap_live_abc")?).dialect(Dialect::Nexeres);
/// assert_eq!(
///     format!("{provider:?}"),
///     "Nap { base: BaseUrl(http://127.0.0.1:3360), dialect: Nexeres, .. }"
/// );
/// # Ok::<(), authwire_core::InvalidValue>(())
/// ```
///
/// Documents: NAP API v0.0.1, security definition `APIKeyAuth`.
#[derive(Clone)]
pub struct Nap {
    base: BaseUrl,
    api_key: Credential,
    dialect: Dialect,
}

impl Nap {
    /// A server that speaks the dialect [`Dialect::Nap`].
    #[must_use]
    pub fn new(base: BaseUrl, api_key: &ApiKey) -> Self {
        Self { base, api_key: Credential::plain(api_key), dialect: Dialect::Nap }
    }

    /// The same, speaking this dialect.
    #[must_use]
    pub fn dialect(self, dialect: Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// Which dialect it speaks.
    #[must_use]
    pub fn speaks(&self) -> Dialect {
        self.dialect
    }
}

impl Provider for Nap {
    fn base(&self) -> &BaseUrl {
        &self.base
    }

    fn authenticate(&self, draft: &mut Draft) {
        draft.credential(self.dialect.api_key(), &self.api_key);
    }
}

impl fmt::Debug for Nap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nap").field("base", &self.base).field("dialect", &self.dialect).finish_non_exhaustive()
    }
}
