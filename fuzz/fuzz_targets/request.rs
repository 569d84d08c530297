//! A request is what was meant, or is not built (L1, L4).
#![no_main]

use std::sync::LazyLock;

use authwire_tests::{laws, subject};
use libfuzzer_sys::fuzz_target;

static SUBJECTS: LazyLock<Vec<subject::Subject>> = LazyLock::new(subject::all);

fuzz_target!(|input: &[u8]| {
    laws::request(&SUBJECTS, input);
});
