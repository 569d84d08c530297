use core::time::Duration;

use authwire_core::Timestamp;

use crate::{Tokens, UnverifiedClaims};

/// A token is used for so long at least, and this is the shortest time from one pair to the next. Two refreshes within
/// one second give the same session token, and a server whose tokens are born expired must not be asked without end.
pub(super) const SHORTEST: Duration = Duration::from_secs(1);

/// From when to when a session token is good, by our clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lifetime {
    pub(super) begins: Timestamp,
    pub(super) ends: Timestamp,
}

impl Lifetime {
    /// The life of tokens that came just now.
    ///
    /// It is as long as from when the token says it was made until it expires, whichever of its two expiries is earlier:
    /// a length of time is the same by every clock, so that a clock of ours that goes wrong by an hour does no harm. A
    /// token that does not say when it was made expires by the platform's clock.
    pub(super) fn of(tokens: &Tokens, now: Timestamp) -> Self {
        let claims = UnverifiedClaims::read(&tokens.session_token);
        let claims = claims.as_ref().map(UnverifiedClaims::without_verification);
        let said = tokens.session_token_expiry.timestamp();
        let expires = claims.and_then(|claims| claims.expires).map_or(said, |expires| expires.min(said));
        let ends = match claims.and_then(|claims| claims.issued) {
            Some(issued) => now.saturating_add(expires.since(issued)),
            None => expires,
        };
        Self { begins: now, ends: ends.max(now.saturating_add(SHORTEST)) }
    }

    /// When to refresh: so long before the end, but not before half of the life is over.
    pub(super) fn refresh_at(&self, leeway: Duration) -> Timestamp {
        let length = self.ends.since(self.begins);
        let leeway = leeway.min(length / 2);
        self.begins.saturating_add(length.saturating_sub(leeway))
    }
}
