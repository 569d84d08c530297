//! The status of a reply decides what kind of error it is, whatever its body (Authentiq).
#![no_main]

use std::sync::LazyLock;

use authwire_tests::{laws, subject};
use libfuzzer_sys::fuzz_target;

static SUBJECT: LazyLock<subject::Subject> = LazyLock::new(|| subject::named("authentiq"));

fuzz_target!(|input: &[u8]| {
    laws::error(&SUBJECT, input);
});
