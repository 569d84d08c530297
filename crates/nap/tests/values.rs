//! The values with rules of their own: session tokens, claims, times, and where to return to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may"
)]

mod common;

use authwire_nap::core::{BaseUrl, Endpoint, Timestamp};
use authwire_nap::{
    Dialect, FlowId, OrganizationId, SessionId, SessionToken, Time, UntrustedReturnTo, UnverifiedClaims, UserId,
    sessions,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use common::{nap, reply, session_token};
use proptest::prelude::*;

#[test]
fn session_tokens_that_would_crash_the_server_or_be_ignored() {
    let good = session_token(r#"{"email":"a"}"#);
    let jwt = String::from_utf8(URL_SAFE_NO_PAD.decode(&good).unwrap()).unwrap();
    assert_eq!(SessionToken::new(good.as_str()).unwrap().expose(), good);
    let again = |text: &str| URL_SAFE_NO_PAD.encode(text);
    for bad in [
        "abcd",
        "",
        "a.b.c",
        &jwt,
        " ",
        &format!(" {good}"),
        &format!("{good}="),
        &format!("{good}\n"),
        &URL_SAFE.encode("e30.e30.e30"), // with padding
        &STANDARD.encode("e30.e30.>>>"),
        &again("e30.e30"),
        &again("e30.e30.e30.e30"),
        &again("e30.e30."),
        &again(".e30.e30"),
        &again("e30..e30"),
        &again(".."),
        &again("e30=.e30.e30"),
        &again("e3+.e30.e30"),
        &again("e30.e30.e30\n"),
        &again("e31.e30.e30"), // stray bits
        &again(&again("e30.e30.e30")),
        &URL_SAFE_NO_PAD.encode(b"e30.e30.\xff\xff"),
        &"A".repeat(4_098),
    ] {
        assert!(SessionToken::new(bad).is_err(), "{bad}");
    }
}

/// Ids are kept as they came, all ways in are one, and a `Debug` says what they are; a flow's is not shown.
#[test]
fn texts_of_ids() {
    let (user, session, organization) = (UserId::new("u"), SessionId::new("s"), OrganizationId::new("o"));
    assert_eq!((UserId::from("u"), UserId::from("u".to_owned())), (user.clone(), user.clone()));
    assert_eq!((SessionId::from("s"), OrganizationId::from("o".to_owned())), (session.clone(), organization.clone()));
    assert_eq!(format!("{user} {session} {organization}"), "u s o");
    assert_eq!(
        format!("{user:?} {session:?} {organization:?}"),
        "UserId(\"u\") SessionId(\"s\") OrganizationId(\"o\")"
    );
    let flow = FlowId::from("f".to_owned());
    assert_eq!(
        (flow.as_str(), FlowId::from("f").as_str(), format!("{flow:?}").as_str()),
        ("f", "f", "FlowId([redacted])")
    );
    assert_eq!(format!("{} {}", Dialect::Nap, Dialect::Nexeres), "NAP Nexeres");
}

proptest! {
    /// A token is one exactly if a decoder finds each of its three parts to be base64url with something in it, however
    /// long it is.
    #[test]
    fn a_session_token_is_what_a_strict_decoder_says(
        parts in proptest::collection::vec("[A-Za-z0-9_-]{0,9}|[A-Za-z0-9_=+/. -]{0,4}|(AAAA){0,250}|e30", 2..=4),
    ) {
        let token = URL_SAFE_NO_PAD.encode(parts.join("."));
        let parts = parts.join(".");
        let parts: Vec<_> = parts.split('.').collect();
        let fits = |part: &&str| !part.is_empty() && URL_SAFE_NO_PAD.decode(part).is_ok();
        let expected = token.len() <= 4_096 && parts.len() == 3 && parts.iter().all(fits);
        prop_assert_eq!(SessionToken::new(token).is_ok(), expected, "{:?}", parts);
    }

    /// The calendar and the limits are jiff's, whatever the digits.
    #[test]
    fn a_time_is_the_one_that_jiff_reads(
        text in "(0000|1[89][67][0-9]|20[0-9]{2}|[0-9]{4})-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]\
            (\\.[0-9]{1,9})?(Z|[+-][0-3][0-9]:[0-6][0-9])",
    ) {
        let expected: Option<jiff::Timestamp> = text.parse().ok();
        let expected = expected.map(|time| Timestamp::from_millis(time.as_millisecond().try_into().unwrap_or(0)));
        prop_assert_eq!(time(&text).map(|time| time.timestamp()), expected, "{}", text);
    }
}

/// All 64 last characters: only those without stray bits are taken.
#[test]
fn stray_bits_are_refused() {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let inner = |last| URL_SAFE_NO_PAD.encode(format!("e30.e30.e3{last}"));
    // Three characters are two bytes, and 18 bits carry 16: two bits are stray.
    assert_eq!(alphabet.chars().filter(|last| SessionToken::new(inner(*last)).is_ok()).count(), 16);
    let good = URL_SAFE_NO_PAD.encode("e30.e30.e30");
    assert_eq!(good.len() % 4, 3);
    let outer = alphabet.chars().filter(|last| SessionToken::new(format!("{}{last}", &good[..good.len() - 1])).is_ok());
    assert!(outer.count() <= 16);
}

proptest! {
    /// What is accepted is exactly what an independent reading of the rule accepts.
    #[test]
    fn session_tokens_are_strict(
        mut jwt in "[a-zA-Z0-9_-]{1,7}(\\.[a-zA-Z0-9_-]{0,7}){1,3}",
        odd in prop::option::of(("[=+/ .~\\n]", any::<prop::sample::Index>())),
    ) {
        if let Some((odd, at)) = odd {
            jwt.insert_str(at.index(jwt.len() + 1), &odd);
        }
        let parts: Vec<_> = jwt.split('.').collect();
        let fits = |part: &&str| {
            !part.is_empty() && URL_SAFE_NO_PAD.decode(part).is_ok_and(|bytes| URL_SAFE_NO_PAD.encode(bytes) == **part)
        };
        let wanted = parts.len() == 3 && parts.iter().all(fits);
        let text = URL_SAFE_NO_PAD.encode(&jwt);
        match SessionToken::new(text.as_str()) {
            Ok(token) => {
                prop_assert!(wanted);
                prop_assert_eq!(token.expose(), text);
            }
            Err(_) => prop_assert!(!wanted),
        }
    }

    /// No text at all makes it panic, and what is accepted decodes.
    #[test]
    fn session_tokens_of_anything(text in "\\PC{0,60}") {
        if let Ok(token) = SessionToken::new(text) {
            let jwt = String::from_utf8(URL_SAFE_NO_PAD.decode(token.expose()).unwrap()).unwrap();
            prop_assert_eq!(jwt.split('.').count(), 3);
            let _ = UnverifiedClaims::read(&token);
        }
    }
}

#[test]
fn claims_of_both_dialects() {
    // A real token's claims, and the same in the other spelling.
    let nap = r#"{"iss":"https://auth.example.test","sub":"01a20008-fd5d-7d3e-a356-c15941648be4","aud":["example.test","auth.example.test"],"exp":1795300522,"nbf":1795296622,"iat":1795296922,"jti":"01a20009-0a4a-75f8-863c-9347147ceee2","org_slug":"default","org_name":"Default Organization","org_id":"019735ab-f216-717f-9d12-e3915453c8d0","email":"u1@ex.test","email_verified":true,"user_fname":"F","user_lname":"L","user_avatar_url":"https://a.test/","user_org_role":"member"}"#;
    let nexeres = ["org_slug", "org_name", "org_id", "user_fname", "user_lname", "user_avatar_url", "user_org_role"]
        .iter()
        .fold(nap.to_owned(), |claims, name| claims.replace(name, &camel(name)));
    assert!(nexeres.contains("userAvatarUrl") && nexeres.contains("email_verified"));
    for text in [nap, &nexeres] {
        let claims = UnverifiedClaims::read(&SessionToken::new(session_token(text)).unwrap()).unwrap();
        let claims = claims.without_verification();
        let text = |text: &Option<String>| text.clone().unwrap();
        assert_eq!(text(&claims.issuer), "https://auth.example.test");
        assert_eq!(claims.user.as_ref().unwrap().as_str(), "01a20008-fd5d-7d3e-a356-c15941648be4");
        assert_eq!(claims.audience, ["example.test", "auth.example.test"]);
        let times = [claims.expires, claims.not_before, claims.issued];
        assert_eq!(times, [1_795_300_522, 1_795_296_622, 1_795_296_922].map(|time| Some(Timestamp::from_secs(time))));
        assert_eq!(claims.session.as_ref().unwrap().as_str(), "01a20009-0a4a-75f8-863c-9347147ceee2");
        assert_eq!(claims.organization.as_ref().unwrap().as_str(), "019735ab-f216-717f-9d12-e3915453c8d0");
        assert_eq!(text(&claims.organization_slug), "default");
        assert_eq!(text(&claims.organization_name), "Default Organization");
        assert_eq!(text(&claims.organization_role), "member");
        assert_eq!((text(&claims.email), claims.email_verified), ("u1@ex.test".into(), Some(true)));
        assert_eq!((text(&claims.first_name), text(&claims.last_name)), ("F".into(), "L".into()));
        assert_eq!(text(&claims.avatar_url), "https://a.test/");
        assert_eq!(format!("{claims:?}"), "Claims { .. }");
    }
    for bad in [
        "[]",
        "null",
        "",
        "7",
        r#"{"exp":"1"}"#,
        r#"{"exp":-1}"#,
        r#"{"email":"a","email":"b"}"#,
        r#"{"org_id":"a","orgId":"b"}"#,
        r#"{"aud":"a"}"#,
        "{} ",
    ] {
        let token = if bad.is_empty() { session_token(" ") } else { session_token(bad) };
        let read = UnverifiedClaims::read(&SessionToken::new(token).unwrap());
        assert_eq!(read.is_some(), bad == "{} ", "{bad}");
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap().to_owned();
    words.fold(first, |done, word| done + &word[..1].to_uppercase() + &word[1..])
}

/// A time as an operation reads it.
fn time(text: &str) -> Option<Time> {
    let body = format!(
        r#"{{"id":"f","type":"login","userId":"u","email":"e","mfaRequired":false,"mfaVerified":false,"createdAt":"{text}","expiresAt":"2026-11-21T21:50:18Z"}}"#
    );
    sessions::GetUserFlow::new("f".into())
        .response(&nap(Dialect::Nap), &reply(200, body))
        .ok()
        .map(|flow| flow.created_at)
}

#[test]
fn times() {
    for (text, millis) in [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-21T22:19:53.581134167Z", 1_795_299_593_581),
        ("2026-11-22T03:49:53.581134167+05:30", 1_795_299_593_581),
        ("2026-11-21T20:49:53.5-01:30", 1_795_299_593_500),
        ("2026-11-21T22:19:53.5811Z", 1_795_299_593_581),
        ("2000-02-29T12:00:00-00:00", 951_825_600_000),
        ("0001-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.999Z", 0),
    ] {
        let time = time(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((time.timestamp(), time.as_str()), (Timestamp::from_millis(millis), text));
        assert_eq!(format!("{time} {time:?}"), format!("{text} Time({text})"));
    }
    for bad in [
        "",
        "2026-11-21",
        "2026-11-21T22:19Z",
        "2026-11-21T22:19:53",
        "2026-11-21t22:19:53z",
        "2026-11-21 22:19:53Z",
        "2026-11-21T22:19:53.Z",
        "2026-11-21T22:19:53.1234567890Z",
        "2026-11-21T22:19:53,5Z",
        "2026-13-21T22:19:53Z",
        "2026-02-29T22:19:53Z",
        "2026-11-21T24:19:53Z",
        "2026-11-21T22:60:53Z",
        "2026-11-21T22:19:53+0530",
        "2026-11-21T22:19:53+05",
        "2026-11-21T22:19:53+05:30:10",
        "2026-11-21T22:19:53Z[UTC]",
        "+002026-11-21T22:19:53Z",
        " 2026-11-21T22:19:53Z",
        "2026-11-21T22:19:53Z ",
        "２026-11-21T22:19:53Z",
        "2026-11-21T22:19:53.5é",
    ] {
        assert!(time(bad).is_none(), "{bad}");
    }
}

#[test]
fn return_to() {
    let home: BaseUrl = "https://app.example:8443/prefix".parse().unwrap();
    let path = |text: &str| UntrustedReturnTo::new(text).same_origin_path(&home).map(str::to_owned);
    for good in ["/", "/a/b?next=https://x//y&z=%2f%2f#//f", "/a%20b", "/a:b@c", "/%25"] {
        assert_eq!(path(good).as_deref(), Some(good));
        assert_eq!(path(&format!("https://app.example:8443{good}")).as_deref(), Some(good));
    }
    for bad in [
        "",
        "a",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a//b",
        "https:evil.example",
        "https://evil.example/",
        "https://app.example/",
        "https://app.example:8443",
        "https://app.example:8443@evil.example/",
        "https://app.example:84430/",
        "http://app.example:8443/",
        "HTTPS://app.example:8443/",
        "javascript:alert(1)",
        " /a",
        "/a b",
        "/a\tb",
        "\t//evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/a\u{0}",
        "/é",
        "/%5cevil.example",
        "/%5Cevil.example",
        "/%2fevil.example",
        "/%2F%2Fevil.example",
        "?a",
        "#a",
        ".",
        "./a",
        "data:,",
    ] {
        assert_eq!(path(bad), None, "{bad}");
    }
    assert_eq!(format!("{:?}", UntrustedReturnTo::new("/secret")), "UntrustedReturnTo(..)");
    assert_eq!(UntrustedReturnTo::new("//evil.example").untrusted_text(), "//evil.example");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    /// A path that is accepted stays at home for a browser, too: the WHATWG's reading agrees.
    #[test]
    fn an_accepted_path_stays_at_home(text in "(https?:|/|//|\\\\|%2f|%5c|@|:|\\?|#|\\.\\.|[a-z]|app\\.example|evil\\.example|[\\t\\n ]){0,8}") {
        let home: BaseUrl = "https://app.example".parse().unwrap();
        let wanted = url::Url::parse("https://app.example/login").unwrap();
        if let Some(path) = UntrustedReturnTo::new(text.as_str()).same_origin_path(&home) {
            for candidate in [path, text.as_str()] {
                let joined = wanted.join(candidate).unwrap();
                prop_assert_eq!(joined.origin(), wanted.origin(), "{}", candidate);
                prop_assert!(!joined.path().starts_with("//"));
            }
        }
    }
}

/// Found by fuzzing a sister crate: `serde_json` skips a text that nobody asks for, without a look at its bytes.
#[test]
fn claims_that_are_not_utf8_are_none() {
    let claims = br#"{"sub":"user","x":"?"}"#;
    let read = |claims: &[u8]| UnverifiedClaims::read(&SessionToken::new(session_token(claims)).unwrap());
    assert!(read(claims).is_some());
    assert!(read(&claims.map(|byte| if byte == b'?' { 0xa3 } else { byte })).is_none());
}
