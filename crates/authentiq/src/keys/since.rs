use core::fmt;
use core::time::Duration;

use authwire_core::Timestamp;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// A time as the provider may write it: documented as RFC 3339, in its first draft a number of seconds. Without an offset
/// it is UTC; parts of a millisecond are dropped.
pub(super) struct Since(pub(super) Timestamp);

impl<'de> Deserialize<'de> for Since {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyForm)
    }
}

struct AnyForm;

impl Visitor<'_> for AnyForm {
    type Value = Since;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time")
    }

    fn visit_u64<E: Error>(self, seconds: u64) -> Result<Since, E> {
        Ok(Since(Timestamp::from_secs(seconds)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Since, E> {
        rfc3339(text).map(Since).ok_or_else(|| E::invalid_value(Unexpected::Other("a text"), &self))
    }
}

fn rfc3339(text: &str) -> Option<Timestamp> {
    // The second reader wants no offset; with an unknown one it refuses.
    let utc = || {
        text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|time| time.timestamp())
    };
    let time = text.parse::<jiff::Timestamp>().ok().or_else(utc)?;
    let millis = u64::try_from(time.as_millisecond()).ok()?;
    Some(Timestamp::from_unix(Duration::from_millis(millis)))
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn times_are_read_in_every_form() {
        let same = ["2015-05-11T12:30:05Z", "2015-05-11t12:30:05z", "2015-05-11 12:30:05", "2015-05-11T12:30:05"];
        let same = same.into_iter().chain([
            "2015-05-11T14:30:05+02:00",
            "2015-05-11T06:00:05-06:30",
            "2015-05-11T12:30:05.0009Z",
        ]);
        for text in same {
            // By `date -u -d 2015-05-11T12:30:05Z +%s`.
            assert_eq!(rfc3339(text), Some(authwire_core::Timestamp::from_secs(1_431_347_405)), "{text}");
        }
        let wrong = ["", "2015-05", "yesterday", "2015-02-29T00:00:00Z", "2015-13-01T00:00:00Z"];
        let odd =
            ["1969-12-31T23:59:59Z", "2015-05-11T24:00:00Z", "2015-05-11T12:30:05+2x", "2015-05-11T12:30:05Zx", "é"];
        for text in wrong.into_iter().chain(odd) {
            assert_eq!(rfc3339(text), None, "{text}");
        }
    }
}
