//! A request is what was meant, or is not built (L1, L4).
#![no_main]

use authwire_tests::targets;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| targets::request(input));
