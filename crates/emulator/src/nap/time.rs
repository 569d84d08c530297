//! Times as Go writes them.

use std::time::Duration;

/// RFC 3339 with as many fractional digits as there are, none when there are none; `Z`, or an offset from UTC.
pub(super) fn rfc3339(time: Duration, offset_minutes: i16) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX / 2);
    let local = seconds.saturating_add(i64::from(offset_minutes) * 60);
    let (days, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    let fraction = match time.subsec_nanos() {
        0 => String::new(),
        nanos => format!(".{}", format!("{nanos:09}").trim_end_matches('0')),
    };
    let offset = match offset_minutes {
        0 => "Z".to_owned(),
        minutes => {
            let sign = if minutes < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60)
        }
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}")
}

/// Year, month and day of a day since 1970-01-01. Counts eras of 400 years whose years begin in March, so that the leap
/// day is the last one.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year_of_era + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::rfc3339;
    use std::time::Duration;

    #[test]
    fn writes_known_times() {
        // The last one from an answer of the platform.
        for (seconds, nanos, offset, text) in [
            (0, 0, 0, "1970-01-01T00:00:00Z"),
            (951_782_400, 500_000_000, 0, "2000-02-29T00:00:00.5Z"),
            (4_107_542_399, 0, 0, "2100-02-28T23:59:59Z"),
            (1_795_300_522, 0, 330, "2026-11-22T04:05:22+05:30"),
            (1_795_300_522, 0, -90, "2026-11-21T21:05:22-01:30"),
            (1_795_300_522, 186_385_564, 0, "2026-11-21T22:35:22.186385564Z"),
        ] {
            assert_eq!(rfc3339(Duration::new(seconds, nanos), offset), text);
        }
    }
}
