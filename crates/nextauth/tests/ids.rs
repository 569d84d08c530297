//! Ids and secrets: what can be one, and how it is sent.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use authwire_nextauth::accounts::{ProvokeLoginOnAccount, UpdateAccountUser};
use authwire_nextauth::core::{BuildFault, Endpoint, InvalidValue, Provider, Reason};
use authwire_nextauth::sessions::{GetQrEnrol, GetSession, RegisterUser};
use authwire_nextauth::users::ProvokeLoginOnUser;
use authwire_nextauth::{AccountId, ApiKey, NextAuth, Nonce, RoleId, ServerId, UserId};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use proptest::prelude::*;

fn provider() -> NextAuth {
    NextAuth::new("https://auth.example".parse().unwrap(), &ApiKey::new("key").unwrap())
}

fn server() -> ServerId {
    ServerId::new("AAAA").unwrap()
}

fn nonce() -> Nonce {
    Nonce::from_text("n").unwrap()
}

#[test]
fn a_server_id_is_base64_in_one_alphabet_kept_as_given() {
    for text in ["AA==", "AA", "AAA=", "AAA", "AAAA", "rN6hUJbbB5V0M5Yb1lIA0Q==", "+/+/", "-_-_", "+A==", "_w", "//8="]
    {
        let id = ServerId::new(text).unwrap();
        assert_eq!((id.as_str(), id.as_ref(), id.to_string()), (text, text, text.to_owned()));
        assert_eq!(format!("{id:?}"), format!("ServerId({text})"));
        assert_eq!((text.parse().as_ref(), ServerId::try_from(text.to_owned()).as_ref()), (Ok(&id), Ok(&id)));
    }
    for text in [
        "A", "AAAAA", "A===", "AA=", "AAA==", "AAAA=", "AAAA====", "=AAA", "AA=A", "====", "+_+_", "AA-+", "A A=",
        " AAAA", "AAAA ", "AAAA\n", "AAA.", "AAA*", "AAé", "AA\0A", ".", "..", "AB==", "AB", "AAB=", "AAB", "_x",
        "/x==",
    ] {
        let error = ServerId::new(text).unwrap_err();
        assert_eq!(error, InvalidValue::new("serverid", Reason::Not("base64 in one alphabet")), "{text:?}");
    }
    assert_eq!(ServerId::new("").unwrap_err().reason(), Reason::Empty);
    assert!(ServerId::new(&"A".repeat(1_024)).is_ok());
    assert_eq!(ServerId::new(&"A".repeat(1_025)).unwrap_err().reason(), Reason::TooLong { max: 1_024 });
    assert_eq!(ServerId::new(&"A".repeat(1_028)).unwrap_err().reason(), Reason::TooLong { max: 1_024 });
}

/// One id must not have two spellings: the bits that a last character has to spare are zero.
#[test]
fn of_all_last_characters_only_those_without_stray_bits_are_accepted() {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (alphabet, pad) in [("+/", true), ("+/", false), ("-_", true), ("-_", false)] {
        let alphabet: Vec<char> = letters.chars().chain(alphabet.chars()).collect();
        // 43 characters and no more bits than 32 bytes, 42 and 31 bytes, 44 and 33 bytes.
        for (length, spare, padding) in [(43, 4, "="), (42, 16, "=="), (44, 1, "")] {
            for (value, last) in alphabet.iter().enumerate() {
                let text = format!("{}{last}{}", "k".repeat(length - 1), if pad { padding } else { "" });
                assert_eq!(ServerId::new(&text).is_ok(), value % spare == 0, "{text}");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_in_any_base64_are_a_server_id(bytes in prop::collection::vec(any::<u8>(), 1..100)) {
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
            let text = engine.encode(&bytes);
            let request = GetSession::new(ServerId::new(&text).unwrap(), nonce()).request(&provider()).unwrap();
            let escaped = text.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D");
            prop_assert_eq!(request.uri().path(), format!("/servers/{escaped}/sessions/"));
        }
    }
}

#[test]
fn server_ids_compare_as_their_texts() {
    let [small, large] = ["AAAA", "BAAA"].map(|text| ServerId::new(text).unwrap());
    assert!(small < large && small != large && small == small.clone());
    // The same bytes written otherwise are another id: it is sent as it was given.
    assert_ne!(ServerId::new("AA=="), ServerId::new("AA"));
}

#[test]
fn a_nonce_from_random_bytes_is_their_base64url() {
    let mut bytes = [0xfb; 32];
    bytes[31] = 0xff;
    let text = "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_8";
    assert_eq!(Nonce::from_random(bytes).unwrap().expose(), text);
    // Bytes that are all the same came from no random source.
    for byte in 0..=255 {
        assert_eq!(Nonce::from_random([byte; 32]).unwrap_err(), InvalidValue::new("Nonce", Reason::Not("random")));
    }
    for at in 0..32 {
        let mut bytes = [0; 32];
        bytes[at] = 1;
        assert!(Nonce::from_random(bytes).is_ok(), "one byte differs");
    }
}

#[test]
fn a_stored_nonce_is_any_header_text() {
    assert_eq!(Nonce::from_text("0123-abc/+=").unwrap().expose(), "0123-abc/+=");
    for (text, reason) in [
        ("", Reason::Empty),
        ("a b", Reason::NotVisibleAscii { position: 1 }),
        ("ab\r\n", Reason::NotVisibleAscii { position: 2 }),
        ("é", Reason::NotVisibleAscii { position: 0 }),
    ] {
        assert_eq!(Nonce::from_text(text).unwrap_err(), InvalidValue::new("Nonce", reason), "{text:?}");
    }
}

#[test]
fn secrets_do_not_print() {
    assert_eq!(format!("{:?}", Nonce::from_text("SENTINEL").unwrap()), "Nonce([redacted])");
    assert_eq!(format!("{:?}", ApiKey::new("SENTINEL").unwrap()), "ApiKey([redacted])");
    assert_eq!(format!("{:?}", RoleId::new("SENTINEL").unwrap()), "RoleId([redacted])");
    let provider = NextAuth::new("https://auth.example".parse().unwrap(), &ApiKey::new("SENTINEL").unwrap())
        .acting_as(&RoleId::new("SENTINEL").unwrap());
    assert_eq!(format!("{provider:?}"), "NextAuth { base: BaseUrl(https://auth.example), .. }");
}

#[test]
fn who_we_are_goes_into_headers_marked_sensitive() {
    let sent = |provider: &NextAuth| {
        let request = GetSession::new(server(), nonce()).request(provider).unwrap();
        let mut sent: Vec<_> = request
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {} {}", value.to_str().unwrap(), value.is_sensitive()))
            .collect();
        sent.sort();
        sent
    };
    let plain = ["accept: application/json false", "x-apikey: key true", "x-nonce: n true"];
    assert_eq!(sent(&provider()), plain);
    let role = provider().acting_as(&RoleId::new("role").unwrap());
    assert_eq!(sent(&role), [plain[0], plain[1], plain[2], "x-su: role true"]);
    assert_eq!(role.base().to_string(), "https://auth.example");
    assert_eq!(NextAuth::VENDOR_BASE, "https://api.nextauth.com");
}

#[test]
fn account_ids_are_whole_numbers() {
    for number in [0, 7, -1, i64::MAX, i64::MIN] {
        let account = AccountId::new(number);
        assert_eq!((account.get(), i64::from(account), AccountId::from(number)), (number, number, account));
        assert_eq!(account.to_string(), number.to_string());
        let request = ProvokeLoginOnAccount::new(server(), nonce(), account).request(&provider()).unwrap();
        assert_eq!(request.uri().path(), format!("/servers/AAAA/accounts/{number}/provokelogin"));
    }
}

/// Why a user id is not sent: in the path, and in the query.
fn refusals(text: &str) -> [Option<BuildFault>; 4] {
    let user = UserId::new(text);
    let fault = |built: Result<_, authwire_nextauth::core::BuildError>| built.err().map(|error| error.fault());
    [
        fault(ProvokeLoginOnUser::new(server(), nonce(), user.clone()).request(&provider())),
        fault(RegisterUser::new(server(), nonce(), user.clone()).request(&provider())),
        fault(UpdateAccountUser::new(server(), AccountId::new(7), user.clone()).request(&provider())),
        fault(GetQrEnrol::new(server(), nonce(), "name").user(user).request(&provider())),
    ]
}

#[test]
fn user_ids_that_are_not_sent() {
    let fault = |reason| Some(BuildFault::Value(InvalidValue::new("userid", reason)));
    assert_eq!(refusals(""), [fault(Reason::Empty); 4]);
    for control in ["\0", "alice\0", "alice\0bob", "a\nb", "\t", "\u{7f}", "\u{85}", "\u{9f}"] {
        assert_eq!(refusals(control), [fault(Reason::Not("free of control characters")); 4], "{control:?}");
    }
    // A dot segment is one in the path alone.
    for dots in [".", ".."] {
        assert_eq!(refusals(dots), [fault(Reason::DotSegment), None, None, None]);
    }
    assert_eq!(refusals(&"x".repeat(20_000)), [Some(BuildFault::TargetTooLong); 4]);
    for text in ["alice", "a/b", "%2e%2e", "\u{1f984}", "...", " ", "a b", "\u{a0}", "\u{200b}", &"x".repeat(10_000)] {
        assert_eq!(refusals(text), [None; 4], "{text:?}");
    }
}

#[test]
fn user_ids_are_texts() {
    let user = UserId::from("alice");
    assert_eq!((user.as_str(), user.as_ref(), user.to_string()), ("alice", "alice", "alice".to_owned()));
    assert_eq!(user, UserId::from("alice".to_owned()));
    assert_eq!(format!("{user:?}"), "UserId(\"alice\")");
    assert_ne!(user, UserId::from("Alice"));
}
