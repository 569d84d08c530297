//! A session token of NAP verifies as it was signed, or not at all.
#![no_main]

use authwire_tests::targets;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| targets::session_token(input));
