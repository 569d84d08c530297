//! The parts of a signed token are base64url just as a second decoder says: at every length, on the stack or not, and for
//! every byte at every place.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use authwire_authentiq::jwt::Jws;
use authwire_nap::SessionToken;
use data_encoding::BASE64URL_NOPAD;

/// All short lengths, and some that need more room.
const LENGTHS: [usize; 18] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 680, 681, 682, 683, 2_800, 2_801, 2_802, 2_803];

/// Parts of these lengths, as they are and with every byte at every place; at few places of the long ones.
fn parts() -> impl Iterator<Item = Vec<u8>> {
    LENGTHS.into_iter().flat_map(|length| {
        let part: Vec<u8> = b"AZaz09-_gQ".iter().copied().cycle().take(length).collect();
        let places = (0..length).filter(move |place| length < 10 || [0, length - 1].contains(place));
        let whole = part.clone();
        let changed = move |place: usize, byte: u8| {
            let mut part = part.clone();
            part[place] = byte;
            part
        };
        let bytes = |place| (0..=u8::MAX).map(move |byte| (place, byte));
        std::iter::once(whole).chain(places.flat_map(bytes).map(move |(place, byte)| changed(place, byte)))
    })
}

fn decodes(part: &[u8]) -> bool {
    BASE64URL_NOPAD.decode(part).is_ok()
}

#[test]
fn parts_of_a_session_token() {
    let (mut taken, mut refused) = (0, 0);
    for part in parts() {
        for at in 0..3 {
            let mut parts: [&[u8]; 3] = [b"e30"; 3];
            parts[at] = &part;
            let text = BASE64URL_NOPAD.encode(&parts.join(&b'.'));
            let is_one = decodes(&part) && !part.is_empty();
            assert_eq!(SessionToken::new(text).is_ok(), is_one, "{:?} at {at}", part.escape_ascii().to_string());
            if is_one { taken += 1 } else { refused += 1 }
        }
    }
    assert!(taken > 1_000 && refused > 1_000, "{taken} and {refused}");
}

#[test]
fn parts_of_a_jws() {
    let (mut taken, mut refused) = (0, 0);
    for part in parts() {
        // Every byte is some character, of which those beyond ASCII are longer.
        let part: String = part.into_iter().map(char::from).collect();
        let decodes = decodes(part.as_bytes());
        let signed = decodes && !part.is_empty();
        for (text, is_one) in [(format!("e30.{part}.e30"), decodes), (format!("e30.e30.{part}"), signed)] {
            assert_eq!(Jws::new(text.as_str()).is_ok(), is_one, "{text:?}");
            if is_one { taken += 1 } else { refused += 1 }
        }
        // A header must be an object besides.
        let first = Jws::new(format!("{part}.e30.e30")).map(|_| ()).map_err(|error| error.to_string());
        let says_parts = first.as_ref().is_err_and(|said| said.contains("three parts"));
        assert_eq!(says_parts, !decodes, "{part:?}: {first:?}");
    }
    assert!(taken > 1_000 && refused > 1_000, "{taken} and {refused}");
}

/// The layer around a session token: each byte at each place of one.
#[test]
fn the_layer_around_a_session_token() {
    for inner in ["e30.e30.X18", "e30.e30.X19a", "e30.e30.eyJ9"] {
        let token = BASE64URL_NOPAD.encode(inner.as_bytes());
        for place in 0..token.len() {
            for byte in 0..=u8::MAX {
                let mut text = token.clone();
                text.replace_range(place..=place, char::from(byte).encode_utf8(&mut [0; 4]));
                let parts = BASE64URL_NOPAD.decode(text.as_bytes());
                let parts =
                    parts.map(|inner| inner.split(|byte| *byte == b'.').map(<[u8]>::to_vec).collect::<Vec<_>>());
                let is_one = parts
                    .is_ok_and(|parts| parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && decodes(part)));
                assert_eq!(SessionToken::new(text.as_str()).is_ok(), is_one, "{text:?}");
            }
        }
    }
}
