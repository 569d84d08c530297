//! QR codes, links, and what an app is to show.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use authwire_nextauth::accounts::ProvokeLoginOnAccount;
use authwire_nextauth::core::{BuildFault, Endpoint, InvalidValue, JsonObject, Kind, Malformed, Reason};
use authwire_nextauth::http::{Request, Response};
use authwire_nextauth::sessions::{GetQrEnrol, GetQrLogin, ProvokeLogin};
use authwire_nextauth::users::ProvokeLoginOnUser;
use authwire_nextauth::{
    AccountId, ApiKey, MAX_QR_BYTES, NextAuth, Nonce, QrCode, QrFormat, ServerId, SessionInfo, UserContext,
    VENDOR_APP_SCHEME, deep_link,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

fn provider() -> NextAuth {
    NextAuth::new("https://auth.example".parse().unwrap(), &ApiKey::new("key").unwrap())
}

fn login() -> GetQrLogin {
    GetQrLogin::new(ServerId::new("AAAA").unwrap(), Nonce::from_text("n").unwrap())
}

fn enrol() -> GetQrEnrol {
    GetQrEnrol::new(ServerId::new("AAAA").unwrap(), Nonce::from_text("n").unwrap(), "Alice & Bob")
}

fn query(request: &Request<Vec<u8>>) -> Option<&str> {
    request.uri().query()
}

#[test]
fn the_form_is_what_is_asked_for() {
    let asked = |format| query(&login().format(format).request(&provider()).unwrap()).map(str::to_owned);
    assert_eq!(asked(QrFormat::default()), None);
    assert_eq!(asked(QrFormat::Data), None);
    assert_eq!(asked(QrFormat::Png { side: None }).as_deref(), Some("img=png"));
    for side in [1, 500, 4_096] {
        assert_eq!(asked(QrFormat::Png { side: Some(side) }), Some(format!("img=png&s={side}")));
    }
    for side in [0, 4_097, u16::MAX] {
        let fault = BuildFault::Value(InvalidValue::new("s", Reason::Not("from 1 to 4096 pixels")));
        let format = QrFormat::Png { side: Some(side) };
        assert_eq!(login().format(format).request(&provider()).unwrap_err().fault(), fault, "{side}");
        assert_eq!(enrol().format(format).request(&provider()).unwrap_err().fault(), fault, "{side}");
    }
    let enrolment = enrol().user("alice".into()).format(QrFormat::Png { side: Some(9) }).request(&provider()).unwrap();
    assert_eq!(query(&enrolment), Some("name=Alice%20%26%20Bob&userid=alice&img=png&s=9"));
}

#[test]
fn data_fits_a_qr_code_and_is_no_picture() {
    assert_eq!(MAX_QR_BYTES, 2_953);
    let read = |body: Vec<u8>| {
        login().response(&provider(), &Response::new(body)).map_err(authwire_nextauth::core::ReplyError::into_kind)
    };
    for length in [1, 2_953] {
        assert_eq!(read(vec![7; length]), Ok(QrCode::Data(vec![7; length])));
    }
    assert_eq!(read(vec![7; 2_954]), Err(Kind::Malformed(Malformed::Image)));
    assert_eq!(read(Vec::new()), Err(Kind::Malformed(Malformed::Empty)));
    assert_eq!(read(b"\x89PNG\r\n\x1a\n".to_vec()), Err(Kind::Malformed(Malformed::Mismatch("img"))));
    assert_eq!(read(b"\x89PNG".to_vec()), Ok(QrCode::Data(b"\x89PNG".to_vec())));
}

#[test]
fn a_codes_bytes_can_be_taken_and_are_not_shown() {
    for (code, shown) in
        [(QrCode::Data(b"SENTINEL".into()), "Data(8 bytes)"), (QrCode::Png(b"".into()), "Png(0 bytes)")]
    {
        assert_eq!(format!("{code:?}"), shown);
        assert_eq!(code.as_bytes(), code.clone().into_bytes());
    }
    assert_eq!(QrCode::Data(b"SENTINEL".into()).as_bytes(), b"SENTINEL");
}

#[test]
fn a_deep_link_is_a_scheme_and_base64url() {
    assert_eq!(VENDOR_APP_SCHEME, "com.nextauth.client");
    // RFC 4648, section 10, without its padding.
    for (data, text) in [("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
        assert_eq!(deep_link(VENDOR_APP_SCHEME, data.as_bytes()).unwrap(), format!("com.nextauth.client:{text}"));
    }
    for scheme in ["a", "Z", "a1+-.", "com.example.my-app"] {
        assert_eq!(deep_link(scheme, &[0xfb, 0xff]).unwrap(), format!("{scheme}:-_8"));
    }
    for scheme in ["", "1a", "+a", "-a", ".a", "a:", "a b", "a/b", "a_b", "é", "aé", "a\n", "a%41"] {
        let refused = Err(InvalidValue::new("scheme", Reason::Not("a URL scheme")));
        assert_eq!(deep_link(scheme, b"data"), refused, "{scheme:?}");
    }
    assert_eq!(deep_link("a", b""), Err(InvalidValue::new("QR data", Reason::Empty)));
}

proptest! {
    #[test]
    fn a_deep_link_holds_all_of_the_data(data in prop::collection::vec(any::<u8>(), 1..200)) {
        let link = deep_link("app", &data).unwrap();
        prop_assert_eq!(URL_SAFE_NO_PAD.decode(link.strip_prefix("app:").unwrap()).unwrap(), data);
    }
}

#[test]
fn a_context_is_json_with_what_was_set() {
    let body = |context| String::from_utf8(login().context(context).request(&provider()).unwrap().into_body()).unwrap();
    let everything = SessionInfo::new()
        .ip("192.0.2.7")
        .user_agent("Firefox \"on\" Linux")
        .logo([0xfb, 0xff])
        .info(JsonObject::new(r#"{ "b":1.50, "a":[] }"#).unwrap());
    let json = r#"{"ip":"192.0.2.7","useragent":"Firefox \"on\" Linux","logo":"+/8=","info":{ "b":1.50, "a":[] }}"#;
    let table = [
        (UserContext::new(), "{}".to_owned()),
        (UserContext::new().session(SessionInfo::new()), r#"{"sessioninfo":{}}"#.to_owned()),
        (UserContext::new().announce(SessionInfo::new().ip("::1")), r#"{"announceinfo":{"ip":"::1"}}"#.to_owned()),
        (UserContext::new().session(everything.clone()), format!(r#"{{"sessioninfo":{json}}}"#)),
        (
            UserContext::new().announce(everything.clone()).session(SessionInfo::new().logo([])),
            format!(r#"{{"sessioninfo":{{"logo":""}},"announceinfo":{json}}}"#),
        ),
        // The last word counts, part by part.
        (
            UserContext::new().session(everything).session(SessionInfo::new().ip("a").ip("b")),
            r#"{"sessioninfo":{"ip":"b"}}"#.to_owned(),
        ),
    ];
    for (context, json) in table {
        assert_eq!(body(context), json);
    }
}

/// A GET with a body, framed; and a POST that has none unless a context is given.
#[test]
fn a_context_travels_as_a_framed_json_body() {
    let context = UserContext::new().session(SessionInfo::new().ip("::1"));
    let json = br#"{"sessioninfo":{"ip":"::1"}}"#;
    let (server, nonce) = (ServerId::new("AAAA").unwrap(), Nonce::from_text("n").unwrap());
    let push = ProvokeLogin::new(server.clone(), nonce.clone());
    let to_account = ProvokeLoginOnAccount::new(server.clone(), nonce.clone(), AccountId::new(7));
    let to_user = ProvokeLoginOnUser::new(server, nonce, "alice".into());
    let with = [
        login().context(context.clone()).request(&provider()).unwrap(),
        push.clone().context(context.clone()).request(&provider()).unwrap(),
        to_account.clone().context(context.clone()).request(&provider()).unwrap(),
        to_user.clone().context(context).request(&provider()).unwrap(),
    ];
    for request in with {
        assert_eq!(request.body(), json);
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.headers()["content-length"], json.len().to_string());
    }
    let bare = [
        login().request(&provider()).unwrap(),
        push.request(&provider()).unwrap(),
        to_account.request(&provider()).unwrap(),
        to_user.request(&provider()).unwrap(),
    ];
    for request in &bare {
        assert!(request.body().is_empty() && !request.headers().contains_key("content-type"));
    }
    let lengths = bare.map(|request| request.headers().get("content-length").map(|length| length == "0"));
    assert_eq!(lengths, [None, Some(true), Some(true), Some(true)]);
}

#[test]
fn a_context_is_somebodys_data_and_is_not_shown() {
    let info = SessionInfo::new().ip("SENTINEL").user_agent("SENTINEL").logo(*b"SENTINEL");
    let context = UserContext::new().session(info.clone());
    assert_eq!(format!("{info:?} {context:?}"), "SessionInfo { .. } UserContext { .. }");
}
