//! Every status that is not a plain success, operation by operation.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod common;

use authwire_emulator::nextauth::{NextAuth, Permission, Phone, routes};
use common::{NOW, ask, assert_empty, escape, request, status, with_json};
use http::{HeaderValue, StatusCode};

const EVERY: [&str; 10] = [
    "GET /servers/{s}/sessions/",
    "GET /servers/{s}/sessions/qr/enrol?name=A",
    "GET /servers/{s}/sessions/qr/login",
    "POST /servers/{s}/sessions/registeruser?userid=u",
    "POST /servers/{s}/sessions/provokelogin",
    "POST /servers/{s}/sessions/logout",
    "GET /servers/{s}/vash",
    "PUT /servers/{s}/accounts/1/user?userid=u",
    "POST /servers/{s}/accounts/1/provokelogin",
    "POST /servers/{s}/users/u/provokelogin",
];

/// One account, id 1, user u, logged in: all ten operations succeed.
fn ready() -> NextAuth {
    let mut nextauth = NextAuth::new(1);
    let code = ask(&mut nextauth, "GET /servers/{s}/sessions/qr/enrol?name=A&userid=u");
    Phone::new(2).scan_and_approve(&mut nextauth, NOW, code.body()).unwrap();
    nextauth
}

#[test]
fn all_ten_succeed() {
    assert_eq!(routes().len(), EVERY.len());
    for line in EVERY {
        assert_eq!(status(&mut ready(), line), 200, "{line}");
    }
}

#[test]
fn no_or_a_wrong_key() {
    for line in EVERY {
        for bad in [vec![], vec!["nonsense"], vec![""], vec!["twice", "twice"]] {
            let mut nextauth = ready();
            let mut asked = request(&nextauth, line);
            asked.headers_mut().remove("x-apikey");
            for value in bad {
                asked.headers_mut().append("x-apikey", HeaderValue::from_static(value));
            }
            let answer = nextauth.handle(NOW, &asked);
            assert_eq!(answer.status(), 401, "{line}");
            assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
            nextauth.settings.bad_key_status = StatusCode::FORBIDDEN;
            assert_eq!(nextauth.handle(NOW, &asked).status(), 403, "{line}");
        }
    }
    let mut nextauth = ready();
    let old = nextauth.api_key().to_owned();
    let role = nextauth.role_id().to_owned();
    let new = nextauth.add_api_key(&role).unwrap();
    assert!(nextauth.remove_api_key(&old));
    let mut asked = request(&nextauth, EVERY[0]);
    assert_eq!(nextauth.handle(NOW, &asked).status(), 401);
    asked.headers_mut().insert("x-apikey", new.parse().unwrap());
    assert_eq!(nextauth.handle(NOW, &asked).status(), 200);
}

#[test]
fn permissions() {
    use Permission::{Accounts, Servers, Sessions, Users};
    let enough: [&[Permission]; 10] = [
        &[Sessions],
        &[Sessions],
        &[Sessions],
        &[Users],
        &[Sessions],
        &[Sessions],
        &[Sessions, Servers],
        &[Accounts],
        &[Sessions, Accounts],
        &[Sessions, Users],
    ];
    for (line, enough) in EVERY.into_iter().zip(enough) {
        for permission in [Sessions, Users, Accounts, Servers] {
            let mut nextauth = ready();
            let role = nextauth.role_id().to_owned();
            let server = nextauth.server_id().to_owned();
            for other in [Sessions, Users, Accounts, Servers] {
                if other != permission {
                    assert!(nextauth.revoke(&role, &server, other));
                }
            }
            let wanted = if enough.contains(&permission) { 200 } else { 403 };
            let answer = ask(&mut nextauth, line);
            assert_eq!(answer.status(), wanted, "{line} with {permission:?}");
            if wanted == 403 {
                assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
                assert!(nextauth.grant_global(&role, Permission::Root));
                assert_eq!(status(&mut nextauth, line), 200, "{line} as root");
            }
        }
    }
}

#[test]
fn acting_as_another_role() {
    let mut nextauth = ready();
    let server = nextauth.server_id().to_owned();
    let own = nextauth.role_id().to_owned();
    let other = nextauth.add_role();
    let mut asked = request(&nextauth, EVERY[0]);
    asked.headers_mut().insert("x-su", other.parse().unwrap());
    assert!(nextauth.grant(&other, &server, Permission::Sessions));
    assert_eq!(nextauth.handle(NOW, &asked).status(), 403, "may not");
    assert!(nextauth.revoke(&other, &server, Permission::Sessions));
    assert!(nextauth.grant_global(&own, Permission::SetRid));
    assert_eq!(nextauth.handle(NOW, &asked).status(), 403, "the other may not");
    assert!(nextauth.grant(&other, &server, Permission::Sessions));
    assert_eq!(nextauth.handle(NOW, &asked).status(), 200);
    asked.headers_mut().insert("x-su", HeaderValue::from_static("nobody"));
    assert_eq!(nextauth.handle(NOW, &asked).status(), 403);
    asked.headers_mut().insert("x-su", HeaderValue::from_static(""));
    assert_eq!(nextauth.handle(NOW, &asked).status(), 403);
}

#[test]
fn nonces() {
    let long = "n".repeat(1025);
    for line in EVERY {
        let wanted = if line.contains("vash") || line.starts_with("PUT") { 200 } else { 400 };
        for bad in [&[][..], &[""], &["a b"], &["a", "b"], &[long.as_str()], &["\u{e9}"]] {
            let mut nextauth = ready();
            let mut asked = request(&nextauth, line);
            asked.headers_mut().remove("x-nonce");
            for value in bad {
                let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
                asked.headers_mut().append("x-nonce", value);
            }
            assert_eq!(nextauth.handle(NOW, &asked).status(), wanted, "{line} {bad:?}");
        }
    }
}

#[test]
fn unknown_servers() {
    for line in EVERY {
        let mut nextauth = ready();
        for id in ["AAAAAAAAAAAAAAAAAAAAAA%3D%3D", "..", "%2E%2E", "."] {
            assert_eq!(status(&mut nextauth, &line.replace("{s}", id)), 404, "{line} {id}");
        }
        let server = nextauth.server_id().to_owned();
        assert!(nextauth.delete_server(&server));
        assert_eq!(status(&mut nextauth, line), 404, "{line}");
    }
    let mut nextauth = ready();
    let second = nextauth.add_server("Second");
    let vash = format!("GET /servers/{}/vash", escape(&second));
    assert_eq!(status(&mut nextauth, &vash), 403);
    let role = nextauth.role_id().to_owned();
    assert!(nextauth.grant(&role, &second, Permission::Servers));
    assert_ne!(ask(&mut nextauth, &vash).into_body(), ask(&mut nextauth, EVERY[6]).into_body());
}

#[test]
fn wrong_methods_and_paths() {
    let mut nextauth = ready();
    for (line, allow) in [
        ("POST /servers/{s}/sessions/", "GET"),
        ("HEAD /servers/{s}/vash", "GET"),
        ("GET /servers/{s}/sessions/logout", "POST"),
        ("POST /servers/{s}/accounts/1/user", "PUT"),
    ] {
        let answer = ask(&mut nextauth, line);
        assert_eq!(answer.status(), 405, "{line}");
        assert_eq!(answer.headers()["allow"], allow);
    }
    for line in [
        "GET /",
        "GET /servers/",
        "GET /servers/{s}/sessions",
        "GET /servers/{s}/vash/",
        "GET /servers//vash",
        "GET //servers/{s}/vash",
        "GET /servers/{s}/sessions/../vash",
        "GET /Servers/{s}/vash",
        "GET /nextauth/servers/{s}/vash",
    ] {
        assert_eq!(status(&mut nextauth, line), 404, "{line}");
    }
    for line in ["GET /servers/%zz/vash", "GET /servers/%ff/vash", "GET /servers/{s}/vash?a=%f"] {
        assert_eq!(status(&mut nextauth, line), 400, "{line}");
    }
}

#[test]
fn queries() {
    let mut nextauth = ready();
    for line in [
        "GET /servers/{s}/sessions/qr/enrol",
        "GET /servers/{s}/sessions/qr/enrol?name=a&name=b",
        "GET /servers/{s}/sessions/qr/enrol?name=a&userid=",
        "GET /servers/{s}/sessions/qr/enrol?name=a&img=gif",
        "GET /servers/{s}/sessions/qr/login?img=",
        "GET /servers/{s}/sessions/qr/login?img=png&s=0",
        "GET /servers/{s}/sessions/qr/login?img=png&s=4097",
        "GET /servers/{s}/sessions/qr/login?img=png&s=-1",
        "GET /servers/{s}/sessions/qr/login?img=png&s=99999999999999999999",
        "POST /servers/{s}/sessions/registeruser",
        "POST /servers/{s}/sessions/registeruser?userid=",
        "POST /servers/{s}/sessions/registeruser?userid=%00",
        "PUT /servers/{s}/accounts/1/user",
    ] {
        assert_eq!(status(&mut nextauth, line), 400, "{line}");
    }
}

#[test]
fn user_contexts() {
    for line in [EVERY[2], EVERY[4], EVERY[8], EVERY[9]] {
        let mut nextauth = ready();
        let good = with_json(request(&nextauth, line), "{}");
        assert_eq!(nextauth.handle(NOW, &good).status(), 200, "{line}");
        let bad = with_json(request(&nextauth, line), r#"{"sessioninfo":{"ip":1}}"#);
        assert_eq!(nextauth.handle(NOW, &bad).status(), 400, "{line}");
        let mut plain = good;
        plain.headers_mut().insert("content-type", HeaderValue::from_static("text/plain"));
        assert_eq!(nextauth.handle(NOW, &plain).status(), 415, "{line}");
    }
}

#[test]
fn users_and_accounts() {
    let mut nextauth = ready();
    assert_eq!(status(&mut nextauth, "PUT /servers/{s}/accounts/2/user?userid=u"), 404);
    assert_eq!(status(&mut nextauth, "PUT /servers/{s}/accounts/one/user?userid=u"), 404);
    for name in ["".to_owned(), "%0A".to_owned(), "x".repeat(256)] {
        let line = format!("PUT /servers/{{s}}/accounts/1/user?userid={name}");
        nextauth.settings.explain_invalid_user_name = true;
        let answer = ask(&mut nextauth, &line);
        assert_eq!(answer.status(), 403);
        assert_eq!(common::json(&answer)["message"], "Invalid user name");
        nextauth.settings.explain_invalid_user_name = false;
        assert_empty(&ask(&mut nextauth, &line), 403);
    }
    let longest = format!("PUT /servers/{{s}}/accounts/1/user?userid={}", "%C3%A9".repeat(255));
    assert_eq!(status(&mut nextauth, &longest), 200);

    assert_eq!(status(&mut nextauth, "POST /servers/{s}/accounts/2/provokelogin"), 404);
    assert_eq!(status(&mut nextauth, "POST /servers/{s}/users/nobody/provokelogin"), 404);
    // u is a user still, without an account since the account was given to another.
    assert_eq!(status(&mut nextauth, "POST /servers/{s}/users/u/provokelogin"), 409);
    assert!(nextauth.block_account(1));
    assert_eq!(status(&mut nextauth, "POST /servers/{s}/accounts/1/provokelogin"), 409);
    assert_eq!(status(&mut nextauth, "POST /servers/{s}/sessions/provokelogin"), 409);
    assert_eq!(status(&mut nextauth, "POST /servers/{s}/sessions/registeruser?userid=u"), 409);
    assert_eq!(status(&mut nextauth, "POST /servers/{s}/sessions/logout"), 200);
}
