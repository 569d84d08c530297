//! A base URL is read alike by everybody, or refused (L4).
#![no_main]

use authwire_tests::laws;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    laws::base_url(text);
});
