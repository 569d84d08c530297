use alloc::boxed::Box;
use core::fmt;

use authwire_core::Timestamp;

/// A time as the provider wrote it, in the form of RFC 3339.
///
/// The text is kept whatever it is: a new token must not be lost because its date cannot be read.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CreatedAt(pub(super) Box<str>);

impl CreatedAt {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The point in time; parts of a millisecond are dropped. `None` when the text is not of that form, or before 1970.
    #[must_use]
    pub fn timestamp(&self) -> Option<Timestamp> {
        let time: jiff::Timestamp = self.0.parse().ok()?;
        // Rounded down, so that the last millisecond before the epoch is not the epoch.
        if time < jiff::Timestamp::UNIX_EPOCH {
            return None;
        }
        u64::try_from(time.as_millisecond()).ok().map(Timestamp::from_millis)
    }
}

impl fmt::Display for CreatedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for CreatedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreatedAt({:?})", self.0)
    }
}
