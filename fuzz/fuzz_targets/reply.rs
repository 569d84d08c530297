//! A reply is an answer, and a success only where documented (L2).
#![no_main]

use authwire_tests::targets;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| targets::reply(input));
