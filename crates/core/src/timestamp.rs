use core::fmt;
use core::time::Duration;

/// A point in time: whole milliseconds since the Unix epoch.
///
/// The protocol crates own no clock. Whoever calls them says what time it is, so that a test, a simulation or a
/// replay can say anything. An adapter offers `now()`; by hand it is
/// `Timestamp::from_unix(SystemTime::now().duration_since(UNIX_EPOCH)?)`.
///
/// All arithmetic saturates: a hostile number makes a time very early or very late, never a panic.
///
/// With the feature `serde` it is stored as that number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Timestamp(u64);

impl Timestamp {
    /// The Unix epoch, 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);
    /// The last moment this type can name.
    pub const MAX: Self = Self(u64::MAX);

    /// A time from milliseconds since the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// A time from whole seconds since the Unix epoch; saturates.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    /// A time from a duration since the Unix epoch, as `SystemTime::duration_since(UNIX_EPOCH)` gives it; saturates.
    #[must_use]
    pub fn from_unix(since_epoch: Duration) -> Self {
        Self(millis(since_epoch))
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000
    }

    /// This time and a duration; saturates at [`Timestamp::MAX`]. Parts of a millisecond are dropped.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    /// How long it is from `earlier` to this time; zero if `earlier` is the later one.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// Whole milliseconds; saturates.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03} s since the Unix epoch", self.as_secs(), self.0 % 1_000)
    }
}
