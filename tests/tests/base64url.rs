//! What is found to be base64url without decoding is just what a decoder takes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use authwire_core::base64url::{is_canonical, letters_at_end, letters_at_start};
use data_encoding::BASE64URL_NOPAD;

/// Texts of every length up to a few steps, each also with every byte somewhere: each place, and each kind of byte.
#[test]
fn canonical_is_what_a_strict_decoder_takes() {
    for length in 0..70 {
        let letters: Vec<u8> = b"AZaz09-_gQ".iter().copied().cycle().take(length).collect();
        for place in 0..length {
            for byte in 0..=u8::MAX {
                let mut text = letters.clone();
                text[place] = byte;
                let decoded = BASE64URL_NOPAD.decode(&text).is_ok();
                assert_eq!(is_canonical(&text), decoded, "{byte} at {place} of {length}");
            }
        }
    }
    assert!(!is_canonical(b""));
}

#[test]
fn letters_are_counted_up_to_the_first_other_byte() {
    for length in 0..70 {
        let letters = vec![b'a'; length];
        assert_eq!((letters_at_start(&letters), letters_at_end(&letters)), (length, length));
        for place in 0..length {
            for byte in *b".=+/ \0\x80\xff" {
                let mut text = letters.clone();
                text[place] = byte;
                assert_eq!((letters_at_start(&text), letters_at_end(&text)), (place, length - place - 1));
            }
        }
    }
}
