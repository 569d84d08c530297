/// The largest side of a PNG that is accepted, in pixels.
pub const MAX_PNG_SIDE: u32 = 4_096;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const HEADER: &[u8] = b"\0\0\0\x0dIHDR";
/// The last chunk is always these bytes: length 0, its name, its checksum.
const END: &[u8] = b"\0\0\0\0IEND\xae\x42\x60\x82";

/// Whether bytes are a whole PNG picture by its structure (ISO 15948, section 5): signature, IHDR of a sane size and with
/// the right checksum, chunks one behind another, an IDAT among them, one IEND and nothing after it. Pixels are not
/// decoded.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    let Some(mut rest) = bytes.strip_prefix(SIGNATURE) else { return false };
    let Some(sides) = rest.strip_prefix(HEADER) else { return false };
    let side_fits = |at: usize| be_u32(sides, at).is_some_and(|side| (1..=MAX_PNG_SIDE).contains(&side));
    // The checksum covers the chunk's name and its 13 bytes of data.
    let checksum_fits = rest.get(4..21).is_some_and(|covered| be_u32(rest, 21) == Some(crc32(covered)));
    if !side_fits(0) || !side_fits(4) || !checksum_fits {
        return false;
    }
    let mut has_pixels = false;
    // Each chunk: length (4 bytes), name (4), data, checksum (4). Every turn takes at least 12 bytes.
    while let Some(length) = be_u32(rest, 0) {
        match rest.get(4..8) {
            Some(b"IEND") => return rest == END && has_pixels,
            name => has_pixels |= name == Some(b"IDAT"),
        }
        let next = usize::try_from(length).ok().and_then(|length| length.checked_add(12));
        match next.and_then(|next| rest.get(next..)) {
            Some(tail) => rest = tail,
            None => return false,
        }
    }
    false
}

/// The checksum of ISO 15948, annex D, half a byte at a time.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| {
        let [low, ..] = crc.to_le_bytes();
        (crc >> 4) ^ CRC.get(usize::from(low & 15)).copied().unwrap_or_default()
    };
    !bytes.iter().fold(u32::MAX, |crc, &byte| step(step(crc ^ u32::from(byte))))
}

/// What half a byte that drops out at the end adds to the checksum.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const CRC: [u32; 16] = {
    let mut table = [0; 16];
    let mut half = 0;
    while half < 16 {
        let mut crc = half;
        let mut bit = 0;
        while bit < 4 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[half as usize] = crc;
        half += 1;
    }
    table
};

fn be_u32(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_be_bytes(*four))
}
