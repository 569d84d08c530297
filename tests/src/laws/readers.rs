//! R28, R37 and R40: the readers that do not depend on an operation, each against a second one of another hand.

use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use authwire_core::{JsonObject, MAX_PNG_SIDE, Reply, ReplyError, RetryAfter, Timestamp};
use http::HeaderValue;
use http::header::RETRY_AFTER;

use crate::golden::response;

/// Any bytes as a picture: taken if and only if they are whole by ISO 15948, and no part of them and nothing longer is.
pub fn png(bytes: &[u8]) -> bool {
    let reads = |bytes: &[u8]| {
        let response = response(200, Some("image/png"), bytes.to_vec());
        let outcome: Result<usize, ReplyError<()>> = Reply::new("test", &response).png().map(<[u8]>::len);
        outcome.is_ok_and(|length| length == bytes.len())
    };
    let is_ok = reads(bytes);
    assert_eq!(is_ok, is_picture(bytes), "{} bytes", bytes.len());
    if is_ok {
        assert!(!reads(&[bytes, b"\0"].concat()) && !reads(&bytes[1..]));
        for length in [0, 8, 33, bytes.len() / 2, bytes.len() - 12, bytes.len() - 1] {
            assert!(!reads(&bytes[..length.min(bytes.len() - 1)]), "{length} of {} bytes", bytes.len());
        }
    }
    is_ok
}

/// By a list of all chunks, where the reader goes from one to the next.
fn is_picture(bytes: &[u8]) -> bool {
    let Some(mut rest) = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n") else { return false };
    let mut chunks: Vec<(&[u8], &[u8], &[u8])> = Vec::new();
    while !rest.is_empty() {
        let Some((head, tail)) = rest.split_at_checked(8) else { return false };
        let length = head[..4].iter().fold(0usize, |length, byte| length << 8 | usize::from(*byte));
        let Some((data, tail)) = tail.split_at_checked(length) else { return false };
        let Some((checksum, tail)) = tail.split_at_checked(4) else { return false };
        chunks.push((&head[4..], data, checksum));
        rest = tail;
    }
    let Some((&(first, header, checksum), (last, end, end_checksum))) = chunks.first().zip(chunks.last().copied())
    else {
        return false;
    };
    let ends = chunks.iter().filter(|(name, ..)| *name == b"IEND").count();
    let side =
        |at: usize| header.get(at..at + 4).map_or(0, |side| u32::from_be_bytes(side.try_into().expect("four bytes")));
    let sides_fit = [0, 4].into_iter().all(|at| (1..=MAX_PNG_SIDE).contains(&side(at)));
    first == b"IHDR"
        && header.len() == 13
        && sides_fit
        && crc32(&[first, header].concat()).to_be_bytes() == checksum
        && (last, end, end_checksum) == (b"IEND", b"", &[0xae, 0x42, 0x60, 0x82])
        && ends == 1
        && chunks.iter().any(|(name, ..)| *name == b"IDAT")
}

/// With the table of ISO 15948, annex D.
fn crc32(bytes: &[u8]) -> u32 {
    let table: Vec<u32> = (0..256u32)
        .map(|at| (0..8).fold(at, |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 }))
        .collect();
    !bytes.iter().fold(u32::MAX, |crc, byte| table[usize::from(crc.to_le_bytes()[0] ^ byte)] ^ (crc >> 8))
}

/// Any bytes as `Retry-After` and as NAP's own header for it: read as a second reader does, or not at all.
pub fn retry_after(bytes: &[u8]) -> bool {
    let Ok(value) = HeaderValue::from_bytes(bytes) else { return false };
    let mut response = response(429, None, Vec::new());
    response.headers_mut().insert(RETRY_AFTER, value);
    let read = RetryAfter::from_headers(response.headers());
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii()).map(str::trim);
    let is_number = text.is_some_and(|text| !text.is_empty() && text.chars().all(|digit| digit.is_ascii_digit()));
    let expected = if is_number {
        // A number that no type holds is the longest time there is.
        let seconds = text
            .into_iter()
            .flat_map(str::bytes)
            .fold(0u64, |seconds, digit| seconds.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
        Some(RetryAfter::After(Duration::from_secs(seconds)))
    } else {
        let time = text.and_then(|text| httpdate::parse_http_date(text).ok());
        let since = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        since.map(|since| RetryAfter::At(Timestamp::from_unix(since)))
    };
    assert_eq!(read, expected, "{:?}", String::from_utf8_lossy(bytes));
    for now in [0, 1, 1_800_000_000_000, u64::MAX].map(Timestamp::from_millis) {
        let at = read.map(|read| read.at(now));
        assert!(!matches!(read, Some(RetryAfter::After(_))) || at >= Some(now), "a wait for the past");
    }
    read.is_some()
}

/// Any text as free JSON: kept as it is if another reader takes it for one object, and shown to nobody.
pub fn json_object(text: &str) -> bool {
    let raw = serde_json::from_str::<Box<serde_json::value::RawValue>>(text).ok();
    let expected = raw.as_ref().map(|raw| raw.get()).filter(|text| text.starts_with('{'));
    let object = JsonObject::new(text).ok();
    assert_eq!(object.as_ref().map(JsonObject::as_str), expected, "{text:?}");
    let Some(object) = object else { return false };
    assert_eq!(object.as_str(), text.trim_matches([' ', '\t', '\r', '\n']));
    assert_eq!(serde_json::to_string(&object).expect("JSON"), object.as_str(), "sent as it came");
    assert_eq!(serde_json::from_str::<JsonObject>(object.as_str()).ok().as_ref(), Some(&object));
    let mut shown = String::new();
    write!(shown, "{object:?}").expect("a text");
    assert_eq!(shown, format!("JsonObject({} bytes)", object.as_str().len()));
    true
}
