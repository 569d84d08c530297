//! Enrol, register, log out, log in by code and by push: a whole life through raw requests.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod common;

use authwire_emulator::Emulator;
use authwire_emulator::nextauth::{NextAuth, Phone, PhoneError, PromptKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{NOW, ask, done, json, keys, request, session, status, with_json};
use std::time::Duration;

fn enrolled(nextauth: &mut NextAuth, phone: &mut Phone) -> u64 {
    let code = ask(nextauth, "GET /servers/{s}/sessions/qr/enrol?name=Ada");
    phone.scan_and_approve(nextauth, NOW, code.body()).unwrap()
}

#[test]
fn a_life() {
    let mut nextauth = NextAuth::new(1);
    let mut phone = Phone::named(2, "Ada's phone");

    let before = session(&mut nextauth);
    assert_eq!(keys(&before), ["canprovoke", "hsid", "loggedin", "loginqrdata"]);
    assert_eq!(before["loggedin"], false);
    assert_eq!(before["canprovoke"], false);

    // Enrol without a user.
    let code = ask(&mut nextauth, "GET /servers/{s}/sessions/qr/enrol?name=Ada%20L");
    assert_eq!(code.headers()["content-type"], "application/octet-stream");
    let prompt = phone.scan(&nextauth, NOW, code.body()).unwrap();
    assert_eq!(prompt.kind, PromptKind::Enrol);
    assert_eq!((prompt.server_name.as_str(), prompt.account_name.as_str()), ("Example", "Ada L"));
    let account = phone.approve(&mut nextauth, NOW, prompt).unwrap();
    let after = session(&mut nextauth);
    assert_eq!(keys(&after), ["accountid", "canprovoke", "hsid", "loggedin", "pk"]);
    assert_eq!(after["loggedin"], true);
    assert_eq!(after["accountid"], account);
    assert_eq!(after["hsid"], before["hsid"]);
    let found = nextauth.account(account).unwrap();
    assert_eq!(found.description, "Ada's phone");
    assert_eq!(found.created, 1_800_000_000_000);
    assert_eq!(after["pk"], STANDARD.encode(found.public_key));

    // Couple a user.
    done(&mut nextauth, "POST /servers/{s}/sessions/registeruser?userid=ada%2Bl");
    assert_eq!(session(&mut nextauth)["userid"], "ada+l");
    let answer = ask(&mut nextauth, &format!("PUT /servers/{{s}}/accounts/{account}/user?userid=%C3%A4+b"));
    let body = json(&answer);
    assert_eq!(keys(&body), ["blocked", "clientVersion", "created", "description", "id", "lastlogin", "userid"]);
    assert_eq!(body["userid"], "ä b");
    assert_eq!(body["id"], account);

    // Log out: a push is possible from here on.
    done(&mut nextauth, "POST /servers/{s}/sessions/logout");
    let out = session(&mut nextauth);
    assert_eq!(keys(&out), ["canprovoke", "hsid", "loggedin", "loginqrdata"]);
    assert_eq!((&out["loggedin"], &out["canprovoke"]), (&false.into(), &true.into()));

    // Log in by code: the same bytes in both places, until the code is used.
    let code = ask(&mut nextauth, "GET /servers/{s}/sessions/qr/login").into_body();
    assert_eq!(session(&mut nextauth)["loginqrdata"], STANDARD.encode(&code));
    assert_eq!(ask(&mut nextauth, "GET /servers/{s}/sessions/qr/login").into_body(), code);
    assert_eq!(phone.scan_and_approve(&mut nextauth, NOW, &code), Ok(account));
    assert_eq!(nextauth.logged_in(common::NONCE), Some(account));
    assert_ne!(ask(&mut nextauth, "GET /servers/{s}/sessions/qr/login").into_body(), code);

    // Log in by push, all three ways.
    for line in [
        "POST /servers/{s}/sessions/provokelogin",
        "POST /servers/{s}/accounts/1/provokelogin",
        "POST /servers/{s}/users/%C3%A4%20b/provokelogin",
    ] {
        done(&mut nextauth, "POST /servers/{s}/sessions/logout");
        done(&mut nextauth, line);
        let push = phone.notifications(&nextauth, NOW).pop().unwrap();
        assert_eq!((push.kind, push.account), (PromptKind::Push, Some(account)));
        phone.approve(&mut nextauth, NOW, push).unwrap();
        assert!(phone.notifications(&nextauth, NOW).is_empty());
        assert_eq!(session(&mut nextauth)["loggedin"], true, "{line}");
    }
    assert_eq!(nextauth.account(account).unwrap().lastprovoke, Some(1_800_000_000_000));
}

#[test]
fn enrolling_with_a_user() {
    let mut nextauth = NextAuth::new(1);
    let mut phone = Phone::new(2);
    let code = ask(&mut nextauth, "GET /servers/{s}/sessions/qr/enrol?name=Ada&userid=a%2Fb");
    let account = phone.scan_and_approve(&mut nextauth, NOW, code.body()).unwrap();
    assert_eq!(session(&mut nextauth)["userid"], "a/b");
    assert_eq!(status(&mut nextauth, "POST /servers/{s}/users/a%2Fb/provokelogin"), 200);
    assert_eq!(phone.accounts().collect::<Vec<_>>(), [account]);
}

#[test]
fn the_phone_shows_what_the_application_sent() {
    let mut nextauth = NextAuth::new(1);
    let mut phone = Phone::new(2);
    enrolled(&mut nextauth, &mut phone);
    let body = r#"{"sessioninfo":{"ip":"192.0.2.7","info":{"z":1,"a":1e2}},"announceinfo":{"logo":"AAE="}}"#;
    for line in ["GET /servers/{s}/sessions/qr/login", "POST /servers/{s}/sessions/provokelogin"] {
        let asked = with_json(request(&nextauth, line), body);
        let answer = nextauth.handle(NOW, &asked);
        assert_eq!(answer.status(), 200, "{line}");
        let prompt = match phone.scan(&nextauth, NOW, answer.body()) {
            Ok(prompt) => prompt,
            Err(_) => phone.notifications(&nextauth, NOW).pop().unwrap(),
        };
        let context = prompt.context.unwrap();
        let info = context.sessioninfo.clone().unwrap();
        assert_eq!(info.ip.as_deref(), Some("192.0.2.7"));
        assert_eq!(info.info.as_deref(), Some(r#"{"z":1,"a":1e2}"#));
        assert_eq!(context.announceinfo.clone().unwrap().logo, Some(vec![0, 1]));
        assert_eq!(nextauth.user_context(common::NONCE), Some(&context));
    }
}

#[test]
fn declining_logs_nobody_in() {
    let mut nextauth = NextAuth::new(1);
    let mut phone = Phone::new(2);
    enrolled(&mut nextauth, &mut phone);
    done(&mut nextauth, "POST /servers/{s}/sessions/logout");
    let code = ask(&mut nextauth, "GET /servers/{s}/sessions/qr/login").into_body();
    let prompt = phone.scan(&nextauth, NOW, &code).unwrap();
    phone.decline(&mut nextauth, NOW, prompt).unwrap();
    assert_eq!(session(&mut nextauth)["loggedin"], false);
    assert_eq!(phone.scan(&nextauth, NOW, &code).unwrap_err(), PhoneError::AlreadyUsed);
    done(&mut nextauth, "POST /servers/{s}/sessions/provokelogin");
    let push = phone.notifications(&nextauth, NOW).pop().unwrap();
    phone.decline(&mut nextauth, NOW, push.clone()).unwrap();
    assert_eq!(phone.approve(&mut nextauth, NOW, push), Err(PhoneError::AlreadyUsed));
    assert_eq!(session(&mut nextauth)["loggedin"], false);
}

#[test]
fn the_phone_says_why_not() {
    let mut nextauth = NextAuth::new(1);
    let mut phone = Phone::new(2);
    let stranger = Phone::new(3);
    let enrol = ask(&mut nextauth, "GET /servers/{s}/sessions/qr/enrol?name=Ada").into_body();
    let late = NOW + Duration::from_secs(300);
    assert_eq!(phone.scan(&nextauth, late, &enrol).unwrap_err(), PhoneError::Expired);
    let account = phone.scan_and_approve(&mut nextauth, NOW, &enrol).unwrap();
    assert_eq!(phone.scan(&nextauth, NOW, &enrol).unwrap_err(), PhoneError::AlreadyUsed);
    for (cut, code) in [(36, &enrol), (4, &enrol), (0, &enrol)] {
        assert_eq!(phone.scan(&nextauth, NOW, &code[..cut]).unwrap_err(), PhoneError::Unreadable);
    }

    done(&mut nextauth, "POST /servers/{s}/sessions/logout");
    let login = ask(&mut nextauth, "GET /servers/{s}/sessions/qr/login").into_body();
    assert_eq!(stranger.scan(&nextauth, NOW, &login).unwrap_err(), PhoneError::NoAccounts);
    assert_eq!(phone.scan_as(&nextauth, NOW, &login, 99).unwrap_err(), PhoneError::NoAccounts);
    let other = NextAuth::new(9);
    assert_eq!(phone.scan(&other, NOW, &login).unwrap_err(), PhoneError::UnknownServer);

    let prompt = phone.scan(&nextauth, NOW, &login).unwrap();
    assert!(nextauth.block_account(account));
    assert_eq!(phone.scan(&nextauth, NOW, &login).unwrap_err(), PhoneError::Blocked);
    assert_eq!(phone.approve(&mut nextauth, NOW, prompt.clone()), Err(PhoneError::Blocked));
    assert!(nextauth.unblock_account(account));
    assert_eq!(phone.approve(&mut nextauth, late, prompt.clone()), Err(PhoneError::Expired));
    // The failures above spent nothing.
    assert_eq!(phone.approve(&mut nextauth, NOW, prompt.clone()), Ok(account));
    assert_eq!(phone.approve(&mut nextauth, NOW, prompt), Err(PhoneError::AlreadyUsed));

    let login = ask(&mut nextauth, "GET /servers/{s}/sessions/qr/login").into_body();
    assert!(nextauth.delete_account(account));
    assert_eq!(phone.scan(&nextauth, NOW, &login).unwrap_err(), PhoneError::AccountGone);
    assert!(nextauth.forget_session(common::NONCE));
    assert_eq!(phone.scan(&nextauth, NOW, &login).unwrap_err(), PhoneError::UnknownChallenge);
}

#[test]
fn another_key_does_not_log_in() {
    // The same seed: the same server, and in each an account with id 1.
    let (mut here, mut there) = (NextAuth::new(1), NextAuth::new(1));
    let (mut phone, mut other) = (Phone::new(2), Phone::new(3));
    assert_eq!(enrolled(&mut here, &mut phone), enrolled(&mut there, &mut other));
    done(&mut here, "POST /servers/{s}/sessions/logout");
    let login = ask(&mut here, "GET /servers/{s}/sessions/qr/login").into_body();
    assert_eq!(other.scan_and_approve(&mut here, NOW, &login), Err(PhoneError::WrongKey));
    assert_eq!(session(&mut here)["loggedin"], false);
    assert_eq!(phone.scan_and_approve(&mut here, NOW, &login), Ok(1));
}

#[test]
fn a_code_grows_old_and_is_replaced() {
    let mut nextauth = NextAuth::new(1);
    let asked = request(&nextauth, "GET /servers/{s}/sessions/qr/login");
    let first = nextauth.handle(NOW, &asked).into_body();
    let still = nextauth.handle(NOW + Duration::from_secs(299), &asked).into_body();
    let next = nextauth.handle(NOW + Duration::from_secs(300), &asked).into_body();
    assert_eq!(first, still);
    assert_ne!(first, next);
}

#[test]
fn sessions_end_by_control() {
    let mut nextauth = NextAuth::new(1);
    let mut phone = Phone::new(2);
    let account = enrolled(&mut nextauth, &mut phone);
    assert!(nextauth.expire_session(common::NONCE));
    assert!(!nextauth.expire_session(common::NONCE));
    let status = session(&mut nextauth);
    assert_eq!((&status["loggedin"], &status["canprovoke"]), (&false.into(), &true.into()));
    assert!(nextauth.block_account(account));
    assert_eq!(session(&mut nextauth)["canprovoke"], false);
    assert!(nextauth.unblock_account(account));

    let code = ask(&mut nextauth, "GET /servers/{s}/sessions/qr/login").into_body();
    phone.scan_and_approve(&mut nextauth, NOW, &code).unwrap();
    assert!(nextauth.block_account(account));
    assert_eq!(session(&mut nextauth)["loggedin"], false);
}

#[test]
fn a_session_is_its_nonce() {
    let mut nextauth = NextAuth::new(1);
    let mut phone = Phone::new(2);
    enrolled(&mut nextauth, &mut phone);
    let mut other = request(&nextauth, "GET /servers/{s}/sessions/");
    let nonce = http::HeaderValue::from_static("another");
    other.headers_mut().insert("x-nonce", nonce);
    let status = json(&nextauth.handle(NOW, &other));
    assert_eq!(status["loggedin"], false);
    assert_ne!(status["hsid"], session(&mut nextauth)["hsid"]);
}

#[test]
fn a_user_with_two_phones_gets_two_pushes() {
    let mut nextauth = NextAuth::new(1);
    let (mut first, mut second) = (Phone::new(2), Phone::new(3));
    for phone in [&mut first, &mut second] {
        let code = ask(&mut nextauth, "GET /servers/{s}/sessions/qr/enrol?name=A&userid=ada");
        phone.scan_and_approve(&mut nextauth, NOW, code.body()).unwrap();
    }
    done(&mut nextauth, "POST /servers/{s}/users/ada/provokelogin");
    assert_eq!(first.notifications(&nextauth, NOW).len(), 1);
    let push = second.notifications(&nextauth, NOW).pop().unwrap();
    // Another phone cannot answer it.
    assert_eq!(first.approve(&mut nextauth, NOW, push.clone()), Err(PhoneError::NoAccounts));
    second.approve(&mut nextauth, NOW, push).unwrap();
    assert!(nextauth.block_account(1));
    done(&mut nextauth, "POST /servers/{s}/users/ada/provokelogin");
    assert_eq!(second.notifications(&nextauth, NOW).len(), 1);
    assert!(nextauth.block_account(2));
    assert_eq!(status(&mut nextauth, "POST /servers/{s}/users/ada/provokelogin"), 409);
}

#[test]
fn the_same_calls_give_the_same_bytes() {
    let run = |seed| {
        let mut emulator = Emulator::new(seed);
        let mut phone = Phone::new(seed);
        let mut bytes = Vec::new();
        for line in [
            "GET /servers/{s}/sessions/",
            "GET /servers/{s}/vash",
            "GET /servers/{s}/sessions/qr/login?img=png&s=300",
            "GET /servers/{s}/sessions/qr/enrol?name=Ada",
            "GET /servers/{s}/sessions/",
            "PUT /servers/{s}/accounts/1/user?userid=u",
        ] {
            let asked = request(&emulator.nextauth, &line.replace(" /", " /nextauth/"));
            let answer = emulator.handle(NOW, &asked);
            bytes.push(format!("{:?}", answer.headers()).into_bytes());
            bytes.push(answer.body().clone());
            if line.contains("enrol") {
                phone.scan_and_approve(&mut emulator.nextauth, NOW, answer.body()).unwrap();
            }
        }
        bytes
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5), run(6));
    assert_eq!(run(5).len(), 12);
}

#[test]
fn the_default_server_id_needs_escaping() {
    for seed in 0..20 {
        let nextauth = NextAuth::new(seed);
        assert!(nextauth.server_id().contains('/') && nextauth.server_id().contains('+'));
        assert_eq!(STANDARD.decode(nextauth.server_id()).unwrap().len(), 16);
    }
}

/// The oldest go first, when there are more than the settings say; a limit can change at any time.
#[test]
fn as_many_sessions_as_the_settings_say() {
    let mut nextauth = NextAuth::new(1);
    let mut phone = Phone::new(2);
    let account = enrolled(&mut nextauth, &mut phone);
    let mut log_in = |nextauth: &mut NextAuth, nonce: u32| {
        let mut asked = request(nextauth, "GET /servers/{s}/sessions/qr/login");
        asked.headers_mut().insert("x-nonce", nonce.into());
        let code = nextauth.handle(NOW, &asked).into_body();
        assert_eq!(phone.scan_and_approve(nextauth, NOW, &code), Ok(account));
    };
    let known = |nextauth: &NextAuth| -> Vec<u32> {
        (1..=6u32).filter(|nonce| nextauth.logged_in(&nonce.to_string()).is_some()).collect()
    };
    (1..=4).for_each(|nonce| log_in(&mut nextauth, nonce));
    assert_eq!(known(&nextauth), vec![1, 2, 3, 4]);
    nextauth.settings.sessions = 2;
    log_in(&mut nextauth, 5);
    assert_eq!(known(&nextauth), vec![4, 5]);
    nextauth.settings.sessions = 3;
    log_in(&mut nextauth, 6);
    assert_eq!(known(&nextauth), vec![4, 5, 6]);
}
