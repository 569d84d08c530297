//! A keeper sends no refresh token twice, whatever comes back and however the clock jumps (the laws of keepers).
#![no_main]

use authwire_tests::targets;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| targets::keeper(input));
