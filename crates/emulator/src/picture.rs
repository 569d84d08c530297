//! PNG pictures: QR codes, and visual hashes of keys.

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

/// The white border that the QR standard asks for, in modules.
const QUIET_ZONE: u32 = 4;
const BLACK: [u8; 3] = [0, 0, 0];

/// The bytes as a QR code in byte mode, `side` pixels wide and high: more only when the code has more modules.
/// `None` when no QR code holds that many bytes.
pub(crate) fn qr_png(data: &[u8], side: u32) -> Option<Vec<u8>> {
    let code = byte_mode(data)?;
    let width = code.width();
    let modules = u32::try_from(width).ok()?;
    let colours = code.to_colors();
    let bordered = modules.checked_add(QUIET_ZONE * 2)?;
    let side = side.max(bordered);
    let scale = side / bordered;
    let margin = (side - modules * scale) / 2;
    let module = |pixel: u32| {
        let module = pixel.checked_sub(margin)? / scale;
        (module < modules).then_some(module)
    };
    two_colours(side, BLACK, |x, y| {
        let index = module(y).zip(module(x)).map(|(row, column)| row * modules + column);
        index.and_then(|index| colours.get(usize::try_from(index).ok()?)).is_some_and(|colour| *colour == Color::Dark)
    })
}

/// All in one byte segment: the crate's own constructor would mix modes to save room.
fn byte_mode(data: &[u8]) -> Option<QrCode> {
    (1..=40).find_map(|version| {
        let mut bits = Bits::new(Version::Normal(version));
        bits.push_byte_data(data).ok()?;
        bits.push_terminator(EcLevel::M).ok()?;
        QrCode::with_bits(bits, EcLevel::M).ok()
    })
}

/// A picture of five by five fields, the left half mirrored, that differs from key to key.
pub(crate) fn identicon_png(key: &[u8; 32]) -> Option<Vec<u8>> {
    const FIELD: u32 = 24;
    const FIELDS: u32 = 5;
    const MARGIN: u32 = 12;
    let [red, green, blue, fields @ ..] = crate::seed::digest(&[b"visual hash", key]);
    // Half of the light at most, so that every colour stands out from the white.
    let ink = [red / 2, green / 2, blue / 2];
    two_colours(FIELD * FIELDS + MARGIN * 2, ink, |x, y| {
        let field = |pixel: u32| {
            let field = pixel.checked_sub(MARGIN)? / FIELD;
            (field < FIELDS).then_some(field)
        };
        field(x)
            .zip(field(y))
            .and_then(|(column, row)| {
                let column = column.min(FIELDS - 1 - column);
                fields.get(usize::try_from(row * FIELDS + column).ok()?)
            })
            .is_some_and(|byte| byte % 2 == 1)
    })
}

/// A square of `ink` on white, one bit a pixel.
fn two_colours(side: u32, ink: [u8; 3], is_ink: impl Fn(u32, u32) -> bool) -> Option<Vec<u8>> {
    let mut rows = Vec::new();
    for y in 0..side {
        let mut bits = 0;
        for x in 0..side {
            bits = (bits << 1) | u8::from(is_ink(x, y));
            if x % 8 == 7 {
                rows.push(bits);
                bits = 0;
            }
        }
        if side % 8 != 0 {
            rows.push(bits << (8 - side % 8));
        }
    }
    let [red, green, blue] = ink;
    let mut picture = Vec::new();
    let mut encoder = png::Encoder::new(&mut picture, side, side);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_palette(vec![255, 255, 255, red, green, blue]);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&rows).ok()?;
    writer.finish().ok()?;
    Some(picture)
}
