//! What leaves and what does not, besides what the workspace's tables of requests and its laws say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use authwire_nap::core::{BuildFault, Endpoint, Reason};
use authwire_nap::{Dialect, INDEX, Password, sessions, users};
use common::{REFRESH_TOKEN, Values, entry, nap, session_token};

#[test]
fn logout_sends_one_token() {
    let token = session_token("{}");
    let make = |values: Values| entry("nap.sessions.logout").make(&mut { values }).unwrap();
    for (dialect, refresh, session) in [
        (Dialect::Nap, "x-nap-refresh-token", "x-nap-session-token"),
        (Dialect::Nexeres, "x-nexeres-refresh-token", "x-nexeres-session-token"),
    ] {
        let both = make(Values::usual().with("x-nap-session-token", &token)).request(&nap(dialect)).unwrap();
        assert_eq!(both.headers()[refresh], REFRESH_TOKEN);
        assert!(!both.headers().contains_key(session));
        assert!(both.headers()[refresh].is_sensitive());

        let alone = Values::usual().without("x-nap-refresh-token").with("x-nap-session-token", &token);
        let alone = make(alone).request(&nap(dialect)).unwrap();
        assert_eq!(alone.headers()[session], token);
        assert!(!alone.headers().contains_key(refresh));
    }
    let none = make(Values::usual().without("x-nap-refresh-token")).request(&nap(Dialect::Nap)).unwrap_err();
    assert!(matches!(none.fault(), BuildFault::Value(value) if value.reason() == Reason::Empty));
}

#[test]
fn administrators_are_nexeres_only() {
    for entry in INDEX {
        let built = entry.make(&mut Values::usual()).unwrap().request(&nap(Dialect::Nap));
        let refused = matches!(built.map_err(|error| error.fault()), Err(BuildFault::Unsupported(_)));
        assert_eq!(refused, entry.name().starts_with("nap.admin."), "{}", entry.name());
    }
}

#[test]
fn the_passwords_limits() {
    let fault = |password: &str| {
        let sign_up = users::SignUp::new("a@ex.test", Password::new(password).unwrap(), "F", "L");
        sign_up.request(&nap(Dialect::Nap)).err().map(|error| error.to_string())
    };
    let says = |what: &str| Some(format!("nap.users.sign_up: not sent: password is {what}"));
    assert_eq!(fault("1234567"), says("not at least 8 characters long"));
    assert_eq!(fault("ééééééé"), says("not at least 8 characters long")); // 14 bytes
    assert_eq!(fault("12345678"), None);
    assert_eq!(fault("        "), None);
    assert_eq!(fault(&"é".repeat(32)), None); // 64 bytes
    assert_eq!(fault(&"漢".repeat(24)), None); // 72 bytes
    assert_eq!(fault(&"漢".repeat(25)), says("longer than 72 bytes"));
    assert_eq!(fault(&"a".repeat(32)), None);
    assert_eq!(fault(&"a".repeat(33)), says("not at most 32 characters long"));
    assert_eq!(fault(&"漢".repeat(33)), says("not at most 32 characters long"));
    // A login takes what was once accepted elsewhere.
    assert!(sessions::Login::new("a@ex.test", Password::new("x").unwrap()).request(&nap(Dialect::Nap)).is_ok());
    assert!(Password::new("").is_err());
}
