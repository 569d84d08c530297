use core::fmt;

use http::HeaderName;

/// Which generation of the platform answers: they name headers and keys differently, and give some answers another
/// status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// NBRGLM Auth Platform v0.0.1: headers begin with `X-NAP-`, keys of tokens are in snake case.
    #[default]
    Nap,
    /// Its successor Nexeres of September 2025: headers begin with `X-NEXERES-`, keys of tokens are in camel case, and
    /// there are operations for administrators.
    Nexeres,
}

impl Dialect {
    pub(crate) const fn api_key(self) -> HeaderName {
        match self {
            Self::Nap => const { HeaderName::from_static("x-nap-api-key") },
            Self::Nexeres => const { HeaderName::from_static("x-nexeres-api-key") },
        }
    }

    pub(crate) const fn session_token(self) -> HeaderName {
        match self {
            Self::Nap => const { HeaderName::from_static("x-nap-session-token") },
            Self::Nexeres => const { HeaderName::from_static("x-nexeres-session-token") },
        }
    }

    pub(crate) const fn refresh_token(self) -> HeaderName {
        match self {
            Self::Nap => const { HeaderName::from_static("x-nap-refresh-token") },
            Self::Nexeres => const { HeaderName::from_static("x-nexeres-refresh-token") },
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nap => "NAP",
            Self::Nexeres => "Nexeres",
        })
    }
}
