//! QR codes for a terminal.

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

/// The light border that the QR standard asks for, in modules. Scanners do need it.
pub const QUIET_ZONE: usize = 4;

/// Black on white, by the two entries of the 256 colours that no theme changes.
const COLOURS: &str = "\u{1b}[38;5;16;48;5;231m";
const RESET: &str = "\u{1b}[0m";

/// The data as a QR code made of half blocks, with its quiet zone, one line for two rows of modules.
///
/// The colours are fixed, dark on light: with the terminal's own ones, a code is inverted on a dark background, and
/// many scanners do not read that. All data stands in one segment in byte mode, as it is, since what a scanner makes of
/// mixed modes is not always the same bytes.
///
/// `None` when no QR code holds that many bytes.
#[must_use]
pub fn for_terminal(data: &[u8]) -> Option<String> {
    let code = byte_mode(data)?;
    let width = code.width();
    let colours = code.to_colors();
    let is_dark = |row: usize, column: usize| {
        let (row, column) = (row.checked_sub(QUIET_ZONE)?, column.checked_sub(QUIET_ZONE)?);
        let index = row.checked_mul(width)?.checked_add(column)?;
        (column < width).then(|| colours.get(index) == Some(&Color::Dark))
    };
    let is_dark = |row, column| is_dark(row, column).unwrap_or(false);
    let side = width + 2 * QUIET_ZONE;
    let mut text = String::new();
    for row in (0..side).step_by(2) {
        text.push_str(COLOURS);
        for column in 0..side {
            text.push(match (is_dark(row, column), is_dark(row + 1, column)) {
                (true, true) => '\u{2588}',
                (true, false) => '\u{2580}',
                (false, true) => '\u{2584}',
                (false, false) => ' ',
            });
        }
        text.push_str(RESET);
        text.push('\n');
    }
    Some(text)
}

/// The smallest code that holds the data in one byte segment: the crate's own constructor would mix modes.
fn byte_mode(data: &[u8]) -> Option<QrCode> {
    (1..=40).find_map(|version| {
        let mut bits = Bits::new(Version::Normal(version));
        bits.push_byte_data(data).ok()?;
        bits.push_terminator(EcLevel::M).ok()?;
        QrCode::with_bits(bits, EcLevel::M).ok()
    })
}
