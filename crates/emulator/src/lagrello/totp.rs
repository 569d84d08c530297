//! Time-based one-time passwords (RFC 6238) in the form that authenticator apps take for granted: HMAC-SHA-1, 30 seconds,
//! 6 digits.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use std::time::Duration;

const STEP_SECONDS: u64 = 30;

/// How many steps the server looks back and ahead.
const WINDOW: u64 = 1;

/// The step that a time is in.
pub(super) const fn step(now: Duration) -> u64 {
    now.as_secs() / STEP_SECONDS
}

/// The code of a step. The empty string is no code, and cannot come: HMAC takes keys of any length.
pub(super) fn code(key: &[u8], step: u64) -> String {
    match truncated(key, step) {
        Some(number) => format!("{:06}", number % 1_000_000),
        None => String::new(),
    }
}

/// RFC 4226, section 5.3: 31 bits from where the last half byte points to.
fn truncated(key: &[u8], step: u64) -> Option<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).ok()?;
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash.last()? & 0x0f);
    let four = hash.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*four) & 0x7fff_ffff)
}

/// A user's second factor, as the server keeps it.
#[derive(Clone)]
pub(super) struct Totp {
    key: [u8; 20],
    /// The step of the last code that was accepted: it and those before it are spent.
    spent: Option<u64>,
}

impl Totp {
    pub(super) const fn new(key: [u8; 20]) -> Self {
        Self { key, spent: None }
    }

    pub(super) fn secret(&self) -> String {
        BASE32_NOPAD.encode(&self.key)
    }

    /// Accepts the code of this step or of a neighbour, once, and none from before one that was accepted.
    pub(super) fn accept(&mut self, now: Duration, given: &str) -> bool {
        let now = step(now);
        let steps = now.saturating_sub(WINDOW)..=now.saturating_add(WINDOW);
        let fresh = |step: &u64| self.spent.is_none_or(|spent| *step > spent);
        let found = steps.filter(fresh).find(|step| code(&self.key, *step) == given);
        self.spent = found.or(self.spent);
        found.is_some()
    }

    /// Forgets which codes were spent.
    pub(super) fn forget_spent(&mut self) {
        self.spent = None;
    }
}

#[cfg(test)]
mod tests {
    use super::{Totp, code, step, truncated};
    use std::time::Duration;

    const KEY: &[u8; 20] = b"12345678901234567890";

    /// RFC 4226, appendix D.
    #[test]
    fn counters() {
        let codes =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (step, expected) in (0..).zip(codes) {
            assert_eq!(code(KEY, step), expected);
        }
    }

    /// RFC 6238, appendix B, the rows of SHA-1; they have eight digits.
    #[test]
    fn times() {
        for (seconds, expected) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            let number = truncated(KEY, step(Duration::from_secs(seconds)));
            assert_eq!(number.map(|number| number % 100_000_000), Some(expected), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_good_for_three_steps_and_once() {
        let now = Duration::from_secs(1_800_000_010);
        for (away, good) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let mut totp = Totp::new(*KEY);
            let theirs = code(KEY, step(now).saturating_add_signed(away));
            assert_eq!(totp.accept(now, &theirs), good, "{away}");
            assert!(!totp.accept(now, &theirs), "{away} again");
        }
        let mut totp = Totp::new(*KEY);
        let (before, current) = (code(KEY, step(now) - 1), code(KEY, step(now)));
        assert!(totp.accept(now, &current));
        assert!(!totp.accept(now, &before), "older than one that was accepted");
        assert!(!totp.accept(now, ""));
        totp.forget_spent();
        assert!(totp.accept(now, &before));
    }
}
