//! Free JSON is one object, kept as it came.
#![no_main]

use authwire_tests::targets;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| targets::json_object(input));
