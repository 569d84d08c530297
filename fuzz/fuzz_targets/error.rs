//! The status of a reply decides what kind of error it is, whatever its body (Authentiq).
#![no_main]

use authwire_tests::targets;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| targets::error(input));
