use authwire_core::BuildError;

use crate::sessions::RefreshRefusal;

/// Why a [`SessionKeeper`](crate::keeper::SessionKeeper) has no token to hand out. It stays that way until somebody
/// decides otherwise; the last tokens are still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionOver {
    /// The platform refused to refresh, in words that it documents.
    #[error("the platform does not refresh the session")]
    Refused(#[source] RefreshRefusal),
    /// The platform does not accept our API key: alert an operator. Says nothing about the session.
    #[error("our own credential is not accepted")]
    OurCredential,
    /// A refresh may have been carried out, and its tokens did not arrive. Then the session is lost; if it was not carried
    /// out, the last refresh token is still good.
    #[error("a refresh may have been carried out without an answer that can be used")]
    Uncertain {
        /// The status that was answered, 100 to 999: not the platform's documented success or refusal. `None` if no
        /// whole reply came.
        status: Option<u16>,
    },
    /// The request cannot be built with this provider. Nothing was sent.
    #[error(transparent)]
    Build(BuildError),
    /// [`logout`](crate::keeper::SessionKeeper::logout) was called.
    #[error("the session was logged out")]
    LoggedOut,
}

impl SessionOver {
    /// Whether the user must log in again in any case.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Refused(RefreshRefusal::InvalidToken) | Self::LoggedOut)
    }

    /// Whether the session may be lost, and nobody knows.
    #[must_use]
    pub const fn is_uncertain(&self) -> bool {
        matches!(self, Self::Uncertain { .. })
    }
}
