use core::fmt;

use http::HeaderValue;

use crate::secret::{Kind, Secret};
use crate::{BuildFault, InvalidValue};

/// A credential of ours as a header value, made once when a provider is set up and cloned into each request.
///
/// Marked sensitive; its `Debug` shows nothing. A secret that cannot be a header value is refused when a request is
/// built, so that setting up a provider cannot fail.
#[derive(Clone)]
pub struct Credential(Result<HeaderValue, InvalidValue>);

impl Credential {
    /// The secret itself as the header's value.
    #[must_use]
    pub fn plain<K: Kind>(secret: &Secret<K>) -> Self {
        Self(secret.to_header())
    }

    /// `Bearer` and the secret (RFC 6750, section 2.1).
    #[must_use]
    pub fn bearer<K: Kind>(secret: &Secret<K>) -> Self {
        Self(secret.to_bearer())
    }

    /// The header value.
    pub(crate) fn header(&self) -> Result<HeaderValue, BuildFault> {
        self.0.clone().map_err(BuildFault::Value)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential([redacted])")
    }
}
