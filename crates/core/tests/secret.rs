//! Secrets: what can be one, and how one cannot be seen.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod toy;

use authwire_core::secret::{Kind, MAX_HEADER_SECRET, visible_ascii};
use authwire_core::{Credential, InvalidValue, Reason};
use toy::{AnyKind, AnySecret, ApiKey};

/// Compiles only if the type does not have the trait: else two implementations fit, and the compiler cannot choose.
macro_rules! is_not {
    ($type:ty: $($bound:path),+ $(,)?) => {$(
        const _: fn() = || {
            trait Fits<A> {
                fn fits() {}
            }
            impl<T: ?Sized> Fits<()> for T {}
            #[allow(dead_code, reason = "named only where the check fails")]
            struct It;
            impl<T: ?Sized + $bound> Fits<It> for T {}
            let _ = <$type as Fits<_>>::fits;
        };
    )+};
}

is_not!(ApiKey: std::fmt::Display, serde::Serialize, PartialEq, PartialOrd, std::hash::Hash, Copy, AsRef<str>,
    AsRef<[u8]>, std::ops::Deref, std::borrow::Borrow<str>, Into<String>, authwire_core::Value, Default);
is_not!(ApiKey: serde::Deserialize<'static>);
is_not!(Credential: std::fmt::Display, serde::Serialize, PartialEq, std::hash::Hash, Default);

/// What is shared between threads must be.
const _: fn() = || {
    fn crosses<T: Send + Sync + Clone + 'static>() {}
    crosses::<ApiKey>();
    crosses::<Credential>();
};

#[test]
fn every_byte_at_every_place_visible_ascii_or_refused() {
    let mut accepted = 0;
    for byte in 0..=255u8 {
        for position in 0..3 {
            // A byte beyond ASCII stands for its character, whose first byte is at this position.
            let text: String = (0..3).map(|at| if at == position { char::from(byte) } else { 'x' }).collect();
            let made = ApiKey::new(text.as_str());
            if (0x21..=0x7e).contains(&byte) {
                assert_eq!(made.unwrap().expose(), text);
                accepted += 1;
            } else {
                let reason = Reason::NotVisibleAscii { position };
                assert_eq!(made.unwrap_err(), InvalidValue::new("ApiKey", reason), "{byte:#x} at {position}");
                assert_eq!(visible_ascii(&text), Err(reason));
            }
        }
    }
    assert_eq!(accepted, 94 * 3);
}

#[test]
fn a_header_secret_has_1_to_4096_bytes() {
    assert_eq!(MAX_HEADER_SECRET, 4_096);
    assert_eq!(ApiKey::new("").unwrap_err(), InvalidValue::new("ApiKey", Reason::Empty));
    for length in [1, 2, 4_095, 4_096] {
        assert_eq!(ApiKey::new("k".repeat(length)).unwrap().expose().len(), length);
    }
    for length in [4_097, 100_000] {
        let error = ApiKey::new("k".repeat(length)).unwrap_err();
        assert_eq!(error, InvalidValue::new("ApiKey", Reason::TooLong { max: 4_096 }));
    }
}

#[test]
fn a_kind_decides_what_can_be_a_secret_of_it() {
    struct Digits;
    impl Kind for Digits {
        const NAME: &'static str = "Digits";
        fn check(text: &str) -> Result<(), Reason> {
            if text.bytes().all(|byte| byte.is_ascii_digit()) { Ok(()) } else { Err(Reason::Not("digits")) }
        }
    }
    type Code = authwire_core::Secret<Digits>;
    assert_eq!(Code::new("0123").unwrap().expose(), "0123");
    assert_eq!(Code::new("").unwrap().expose(), "");
    assert_eq!(Code::new("SENTINEL").unwrap_err(), InvalidValue::new("Digits", Reason::Not("digits")));
    assert_eq!(AnySecret::new("päss wörd\0").unwrap().expose(), "päss wörd\0");
    assert_eq!(AnyKind::NAME, "Any");
}

#[test]
fn nothing_shows_it() {
    let secret = ApiKey::new("SENTINEL").unwrap();
    assert_eq!(format!("{secret:?}"), "ApiKey([redacted])");
    assert_eq!(format!("{secret:#?}"), "ApiKey([redacted])");
    assert_eq!(format!("{:?}", secret.clone()), "ApiKey([redacted])");
    for credential in [Credential::plain(&secret), Credential::bearer(&secret)] {
        assert_eq!(format!("{credential:?} {credential:#?}"), "Credential([redacted]) Credential([redacted])");
    }
    let error = ApiKey::new("SENTINEL SENTINEL").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("SENTINEL"));
}

#[test]
fn as_a_header_it_is_marked_sensitive() {
    let header = ApiKey::new("SENTINEL").unwrap().to_header().unwrap();
    assert_eq!(header, "SENTINEL");
    assert!(header.is_sensitive());
    assert_eq!(format!("{header:?}"), "Sensitive");
}
