//! Many flows at once end as each alone would, and no reply reaches another (the laws of the scheduler).
#![no_main]

use authwire_tests::targets;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| targets::scheduler(input));
