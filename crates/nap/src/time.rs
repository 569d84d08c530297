use alloc::boxed::Box;
use core::fmt;

use authwire_core::Timestamp;

/// A time as the platform writes it: RFC 3339 with up to nine fractional digits and the offset of whichever machine
/// wrote it. Both the time and its text are kept.
///
/// A time before 1970 (an unset one is in the year 1) is taken for the Unix epoch.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Time {
    timestamp: Timestamp,
    text: Box<str>,
}

impl Time {
    /// Reads `2026-11-21T22:19:53.581134167Z` and the like, `None` if it is not exactly of that form.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if !has_form(text) {
            return None;
        }
        let time: jiff::Timestamp = text.parse().ok()?;
        let millis = u64::try_from(time.as_millisecond()).unwrap_or(0);
        Some(Self { timestamp: Timestamp::from_millis(millis), text: text.into() })
    }

    /// The time, in whole milliseconds.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// The text, as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// `date T time [. 1 to 9 digits] (Z | ±hh:mm)`, RFC 3339 section 5.6 in upper case. jiff reads more: spaces, time zone
/// names, offsets with seconds.
fn has_form(text: &str) -> bool {
    let fits = |text: &str, form: &str| {
        text.len() == form.len()
            && text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                _ => byte == form,
            })
    };
    let Some((moment, rest)) = text.split_at_checked(19) else { return false };
    let offset = match rest.strip_prefix('.') {
        Some(fraction) => {
            let offset = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            if !(1..=9).contains(&fraction.len().saturating_sub(offset.len())) {
                return false;
            }
            offset
        }
        None => rest,
    };
    fits(moment, "0000-00-00T00:00:00") && (offset == "Z" || fits(offset, "+00:00") || fits(offset, "-00:00"))
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Time({})", self.text)
    }
}
