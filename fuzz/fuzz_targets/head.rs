//! A body is read only where one thing alone says where it ends.
#![no_main]

use authwire_tests::targets;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| targets::head(input));
