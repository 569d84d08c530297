//! The laws that hold for every operation of every provider, as plain functions that panic when one is broken.
//!
//! They take bytes. The property tests in `tests/` feed them from proptest, the targets in `fuzz/` from libFuzzer: the
//! same law, two ways to look for a counterexample.

pub mod bytes;
pub mod documented;
pub mod flows;
pub mod golden;
pub mod keepers;
pub mod laws;
pub mod million;
pub mod samples;
pub mod scheduler;
pub mod source;
pub mod subject;
pub mod targets;
pub mod vectors;

use authwire_emulator::Server;
use authwire_emulator::nextauth::Phone;

/// A phone that is enrolled at the emulator for the user `alice`, for examples that begin with a login.
pub fn enrolled_phone(server: &Server) -> Phone {
    use authwire_core::Endpoint;
    use authwire_nextauth::sessions::GetQrEnrol;
    use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};

    server.with_emulator(|emulator, now| {
        let key = ApiKey::new(emulator.nextauth.api_key()).expect("a key");
        let provider = NextAuth::new("http://localhost".parse().expect("a base"), &key);
        let id = ServerId::new(emulator.nextauth.server_id()).expect("an id");
        let nonce = Nonce::from_text("enrolment").expect("a nonce");
        let operation = GetQrEnrol::new(id, nonce, "Alice's account").user("alice".into());
        let request = operation.request(&provider).expect("a request");
        let response = emulator.nextauth.handle(now, &request);
        let code = operation.response(&provider, &response).expect("a code");
        let mut phone = Phone::new(1);
        phone.scan_and_approve(&mut emulator.nextauth, now, code.as_bytes()).expect("an account");
        phone
    })
}

/// The documents that users read, whose examples run as tests.
#[cfg(doctest)]
pub mod documents {
    #[doc = include_str!("../../README.md")]
    pub mod readme {}
    #[doc = include_str!("../../docs/many.md")]
    pub mod many {}
    #[doc = include_str!("../../docs/transports.md")]
    pub mod transports {}
    #[doc = include_str!("../../docs/flows.md")]
    pub mod flows {}
    #[doc = include_str!("../../docs/errors.md")]
    pub mod errors {}
    #[doc = include_str!("../../docs/promises.md")]
    pub mod promises {}
}
