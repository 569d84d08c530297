//! Time: whole milliseconds, no overflow whatever comes.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use authwire_core::Timestamp;
use proptest::prelude::*;

#[test]
fn what_is_too_late_becomes_the_last_moment() {
    let last = Timestamp::from_millis(u64::MAX);
    assert_eq!(Timestamp::MAX, last);
    assert_eq!(Timestamp::from_secs(u64::MAX), last);
    assert_eq!(Timestamp::from_secs(u64::MAX / 1_000 + 1), last);
    assert_eq!(Timestamp::from_unix(Duration::MAX), last);
    assert_eq!(Timestamp::from_unix(Duration::from_secs(u64::MAX)), last);
    assert_eq!(last.saturating_add(Duration::from_millis(1)), last);
    assert_eq!(Timestamp::EPOCH.saturating_add(Duration::MAX), last);
    assert_eq!(Timestamp::from_millis(1).saturating_add(Duration::from_millis(u64::MAX)), last);
}

#[test]
fn what_fits_is_exact() {
    assert_eq!(Timestamp::EPOCH.as_millis(), 0);
    assert_eq!(Timestamp::default(), Timestamp::EPOCH);
    assert_eq!(Timestamp::from_secs(u64::MAX / 1_000).as_millis(), u64::MAX / 1_000 * 1_000);
    assert_eq!(Timestamp::from_secs(7).as_millis(), 7_000);
    assert_eq!(Timestamp::from_millis(1_999).as_secs(), 1);
    assert_eq!(Timestamp::from_unix(Duration::from_nanos(1_999_999)).as_millis(), 1);
    assert_eq!(Timestamp::EPOCH.saturating_add(Duration::from_micros(1_999)).as_millis(), 1);
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_800_000_000_123);
    assert_eq!(Timestamp::from_unix(now.duration_since(UNIX_EPOCH).unwrap()).as_millis(), 1_800_000_000_123);
}

#[test]
fn it_prints_as_seconds() {
    assert_eq!(Timestamp::from_millis(1_005).to_string(), "1.005 s since the Unix epoch");
    assert_eq!(Timestamp::from_millis(999).to_string(), "0.999 s since the Unix epoch");
}

proptest! {
    #[test]
    fn addition_and_difference_are_those_of_wide_integers(time: u64, seconds: u64, nanos in 0u32..1_000_000_000, other: u64) {
        let duration = Duration::new(seconds, nanos);
        let sum = (u128::from(time) + duration.as_millis()).min(u128::from(u64::MAX));
        let time = Timestamp::from_millis(time);
        prop_assert_eq!(u128::from(time.saturating_add(duration).as_millis()), sum);
        let difference = time.as_millis().saturating_sub(other);
        prop_assert_eq!(time.since(Timestamp::from_millis(other)), Duration::from_millis(difference));
    }
}
