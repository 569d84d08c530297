//! Base64url without padding (RFC 4648, section 5), as a strict decoder finds it: for what nobody needs decoded.

/// How many bytes are looked at in one step.
const STEP: usize = 16;

/// Whether a text is base64url without padding, of at least one byte and with no stray bits at its end.
///
/// ```
/// use authwire_core::base64url::is_canonical;
///
/// assert!(is_canonical(b"e30"));
/// assert!(!is_canonical(b"e31")); // a stray bit
/// assert!(!is_canonical(b"e30="));
/// assert!(!is_canonical(b""));
/// ```
#[must_use]
pub fn is_canonical(text: &[u8]) -> bool {
    is_whole(text) && letters_at_start(text) == text.len()
}

/// How many of its letters a text begins with.
#[must_use]
pub fn letters_at_start(text: &[u8]) -> usize {
    let steps = text.chunks_exact(STEP).take_while(|step| are_letters(step)).count();
    let sure = steps.saturating_mul(STEP);
    let rest = text.get(sure..).unwrap_or_default();
    rest.iter().take_while(|byte| is_letter(**byte)).count().saturating_add(sure)
}

/// How many of its letters a text ends with.
#[must_use]
pub fn letters_at_end(text: &[u8]) -> usize {
    let steps = text.rchunks_exact(STEP).take_while(|step| are_letters(step)).count();
    let sure = steps.saturating_mul(STEP);
    let rest = text.get(..text.len().saturating_sub(sure)).unwrap_or_default();
    rest.iter().rev().take_while(|byte| is_letter(**byte)).count().saturating_add(sure)
}

/// Whether letters are as many as some bytes take, one at least, with no stray bits in the last one. Not whether they are
/// letters.
#[must_use]
pub fn is_whole(letters: &[u8]) -> bool {
    let Some(last) = letters.last() else { return false };
    // Of the last letter, four or two bits say nothing and must be zeros.
    match letters.len() % 4 {
        0 => true,
        2 => b"AQgw".contains(last),
        3 => b"AEIMQUYcgkosw048".contains(last),
        _ => false,
    }
}

fn are_letters(text: &[u8]) -> bool {
    // Without a way out in the middle.
    text.iter().fold(true, |so_far, byte| so_far & is_letter(*byte))
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() | (byte == b'-') | (byte == b'_')
}
