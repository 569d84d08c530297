//! Many flows at once end as each alone would, and no reply reaches another (the laws of the scheduler).
#![no_main]

use authwire_tests::scheduler;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    scheduler::play(input);
});
