//! A keeper sends no refresh token twice, whatever comes back and however the clock jumps (the laws of keepers).
#![no_main]

use authwire_tests::keepers;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    keepers::session_keeper(input);
});
