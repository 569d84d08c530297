//! A base URL is read alike by everybody, or refused (L4).
#![no_main]

use authwire_tests::targets;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| targets::base_url(input));
