use core::fmt;

use authwire_core::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// A time as the platform writes it: RFC 3339 with up to nine fractional digits and the offset of whichever machine
/// wrote it. Both the time and its text are kept.
///
/// A time before 1970 (an unset one is in the year 1) is taken for the Unix epoch.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Time {
    timestamp: Timestamp,
    /// The text, and zeros behind it.
    text: [u8; LONGEST],
    length: u8,
}

/// The length of the longest text: nine digits and an offset.
const LONGEST: usize = "0000-00-00T00:00:00.000000000+00:00".len();

impl Time {
    /// Reads `2026-11-21T22:19:53.581134167Z` and the like, `None` if it is not exactly of that form.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let millis = u64::try_from(millis(text.as_bytes())?).unwrap_or(0);
        let mut kept = [0; LONGEST];
        kept.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { timestamp: Timestamp::from_millis(millis), text: kept, length: u8::try_from(text.len()).ok()? })
    }

    /// The time, in whole milliseconds.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// The text, as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // All of it is ASCII.
        self.text.get(..self.length.into()).and_then(|text| core::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

/// `date T time [. 1 to 9 digits] (Z | ±hh:mm)`, RFC 3339 section 5.6 in upper case, in milliseconds since the Unix
/// epoch. The form is read here, for jiff reads more: spaces, time zone names, offsets with seconds. The calendar is
/// jiff's.
fn millis(text: &[u8]) -> Option<i64> {
    let (moment, rest) = text.split_first_chunk::<19>()?;
    let (most, seconds) = moment.split_first_chunk::<16>()?;
    // As one number: the array's own comparison is by byte.
    if u128::from_ne_bytes(most.map(zero)) != u128::from_ne_bytes(*b"0000-00-00T00:00") || !is_seconds(seconds) {
        return None;
    }
    let [y1, y2, y3, y4, _, o1, o2, _, d1, d2, _, h1, h2, _, m1, m2, _, s1, s2] = *moment;
    let year = i16::from(two(y1, y2)).saturating_mul(100).saturating_add(two(y3, y4).into());
    // A leap second is the one before it, as jiff reads it.
    let second = if two(s1, s2) == 60 { 59 } else { two(s1, s2) };
    let (fraction, offset) = match rest.strip_prefix(b".") {
        Some(rest) => rest.split_at_checked(rest.iter().take_while(|byte| byte.is_ascii_digit()).count())?,
        None => (&b"0"[..], rest),
    };
    if !(1..=9).contains(&fraction.len()) {
        return None;
    }
    let digit = |at: usize, worth: i32| fraction.get(at).map_or(0, |digit| i32::from(digit & 15).saturating_mul(worth));
    let nanos = [digit(0, 100_000_000), digit(1, 10_000_000), digit(2, 1_000_000)].iter().sum();
    let moment = DateTime::new(year, two(o1, o2), two(d1, d2), two(h1, h2), two(m1, m2), second, nanos).ok()?;
    Some(offset_of(offset)?.to_timestamp(moment).ok()?.as_millisecond())
}

/// `Z` or `±hh:mm`.
fn offset_of(text: &[u8]) -> Option<Offset> {
    if text == b"Z" {
        return Some(Offset::UTC);
    }
    let [sign, h1, h2, b':', m1, m2] = *text else { return None };
    let (hours, minutes) = (i32::from(two(h1, h2)), i32::from(two(m1, m2)));
    let seconds = hours.saturating_mul(3_600).saturating_add(minutes.saturating_mul(60));
    if [h1, h2, m1, m2].map(zero) != *b"0000" || minutes > 59 {
        return None;
    }
    match sign {
        b'+' => Offset::from_seconds(seconds).ok(),
        b'-' => Offset::from_seconds(seconds.saturating_neg()).ok(),
        _ => None,
    }
}

/// A byte's form: `0` for each digit.
fn zero(byte: u8) -> u8 {
    if byte.is_ascii_digit() { b'0' } else { byte }
}

/// `:` and two digits.
fn is_seconds(text: &[u8]) -> bool {
    matches!(text, [b':', tens, ones] if tens.is_ascii_digit() && ones.is_ascii_digit())
}

/// The number of two digits.
fn two(tens: u8, ones: u8) -> i8 {
    // No overflow: at most 15 times 11, and 99 if they are digits.
    i8::from_ne_bytes([(tens & 15) * 10 + (ones & 15)])
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Time({})", self.as_str())
    }
}
