//! What became of refresh tokens.

use crate::bounded::BoundedMap;

/// How many spent refresh tokens are remembered.
const SPENT: usize = 100_000;

/// How many refreshes were asked for with a token, by what the token was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refreshes {
    /// The newest one of a session: it was exchanged, and is spent.
    pub done: u64,
    /// One that was spent before.
    pub reused: u64,
    /// One that is not known, or whose user may not refresh.
    pub refused: u64,
}

#[derive(Clone)]
pub(super) struct Rotation {
    pub(super) counts: Refreshes,
    /// Hash of a spent refresh token to the id of its session.
    spent: BoundedMap<String, String>,
}

impl Rotation {
    pub(super) fn new() -> Self {
        Self { counts: Refreshes::default(), spent: BoundedMap::new(SPENT) }
    }

    pub(super) fn exchanged(&mut self, hash: String, session: &str) {
        self.counts.done = self.counts.done.saturating_add(1);
        self.spent.insert(hash, session.to_owned());
    }

    /// Counts a refresh that is not carried out. If its token was spent before, says whose it was.
    pub(super) fn refused(&mut self, hash: &str) -> Option<String> {
        let session = self.spent.get(&hash.to_owned()).cloned();
        let count = if session.is_some() { &mut self.counts.reused } else { &mut self.counts.refused };
        *count = count.saturating_add(1);
        session
    }
}
