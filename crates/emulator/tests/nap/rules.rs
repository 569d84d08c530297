//! What the recorded exchanges do not show: both dialects, several organisations, administrators, limits and faults.

use crate::wire::{Platform, header, json, jwt_part, signup_body, text};
use authwire_emulator::nap::{Dialect, Window, routes};
use authwire_emulator::{Emulator, Fault, route};
use http::{Request, Response};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

fn nexeres() -> Platform {
    let mut platform = Platform::new();
    platform.nap.settings.dialect = Dialect::Nexeres;
    platform
}

/// Two organisations, `one` with the domain one.test.
fn multi_tenant(mut platform: Platform) -> (Platform, String, String) {
    platform.nap.settings.multi_tenant = true;
    let one = platform.nap.add_organization(platform.now, "one", "One");
    let two = platform.nap.add_organization(platform.now, "two", "Two");
    assert!(platform.nap.add_domain("one.test", &one, true, true));
    (platform, one, two)
}

fn message(response: &Response<Vec<u8>>) -> String {
    json(response)["message"].as_str().unwrap().to_owned()
}

#[track_caller]
fn assert_answer(response: &Response<Vec<u8>>, status: u16, body: &str) {
    assert_eq!((response.status().as_u16(), text(response)), (status, body));
}

#[test]
fn the_key_is_asked_for_everywhere() {
    for request in ["GET /", "POST /api/auth/login", "GET /api/auth/flow/x", "GET /unknown", "PUT /metrics"] {
        let mut platform = Platform::new();
        let missing = platform.send_bare(request, &[], "");
        assert_answer(&missing, 401, r#"{"error":"Missing API key"}"#);
        assert_eq!(header(&missing, "x-ratelimit-limit"), None);
        let wrong = platform.send_bare(request, &[("X-NAP-API-Key", "other"), ("X-NAP-Session-Token", "abcd")], "");
        assert_answer(&wrong, 401, r#"{"error":"Invalid API key"}"#);

        let mut platform = nexeres();
        let key = platform.nap.api_key().to_owned();
        let old_name = platform.send_bare(request, &[("X-NAP-API-Key", &key)], "");
        assert_answer(&old_name, 401, r#"{"message":"Unauthorized access!","debug":""}"#);
        platform.nap.settings.debug = true;
        let missing = platform.send_bare(request, &[], "");
        assert_answer(&missing, 401, r#"{"message":"Unauthorized access!","debug":"Missing API key"}"#);
    }
}

#[test]
fn what_is_no_operation() {
    let mut platform = Platform::new();
    assert_answer(&platform.send("GET /", &[], ""), 200, r#"{"success":true}"#);
    assert_eq!(platform.send("DELETE /metrics", &[], "").status(), 200);
    for request in [
        "GET /api/auth/login",
        "HEAD /",
        "POST /api/auth/unknown",
        "GET /api/auth/flow/x",
        "GET /api/auth/login/",
        "POST /api/admin/login",
        "GET /api/admin/config",
    ] {
        let response = platform.send(request, &[], "");
        assert_answer(&response, 404, "404 page not found");
        assert_eq!(header(&response, "content-type"), Some("text/plain"), "{request}");
        assert!(header(&response, "x-ratelimit-remaining").is_some());
    }
    // Before anybody asks for a key.
    let slash = platform.send_bare("POST /api/auth/login/", &[], "");
    assert_answer(&slash, 307, "");
    assert_eq!(header(&slash, "location"), Some("/api/auth/login"));
    let slash = platform.send_bare("GET /metrics/", &[], "");
    assert_eq!((slash.status().as_u16(), header(&slash, "location")), (301, Some("/metrics")));
    assert_eq!(header(&slash, "content-type"), Some("text/html; charset=utf-8"));
}

#[test]
fn the_limiter_counts_addresses_in_fixed_windows() {
    let mut platform = Platform::new();
    platform.nap.settings.requests = 2;
    platform.nap.settings.window = Window::Hour;
    let ends = (platform.now.as_secs() + 3_600).to_string();
    for (left, status) in [("1", 200), ("0", 404), ("0", 429), ("0", 429)] {
        let response = platform.send(if status == 404 { "GET /unknown" } else { "GET /" }, &[], "");
        assert_eq!(response.status(), status);
        let limits = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];
        assert_eq!(limits.map(|name| header(&response, name)), [Some("2"), Some(left), Some(&*ends)]);
        if status == 429 {
            assert_eq!(text(&response), "Limit exceeded");
            assert_eq!(header(&response, "content-type"), Some("text/plain; charset=utf-8"));
            assert_eq!(header(&response, "retry-after"), None);
        }
        platform.now += Duration::from_secs(1);
    }
    assert_eq!(platform.send("GET /", &[("X-Forwarded-For", "192.0.2.1, 127.0.0.1")], "").status(), 200);
    platform.now += Duration::from_secs(3_600);
    assert_eq!(platform.send("GET /", &[], "").status(), 200);
}

#[test]
fn several_organisations_decide_who_signs_up() {
    const NOBODY: &str = "Email is not associated to any Organizations! Please contact your administrator.";
    const INVITE: &str = "Invalid invite token! Please check your token and try again.";
    let (mut platform, one, two) = multi_tenant(Platform::new());
    assert!(platform.nap.add_domain("unverified.test", &two, false, true));
    assert!(platform.nap.add_domain("closed.test", &two, true, false));
    let now = platform.now;
    let good = platform.nap.invite("guest@other.test", &two, "admin", now + Duration::from_secs(1));
    let late = platform.nap.invite("late@other.test", &two, "admin", now);
    let gone = platform.nap.invite("gone@other.test", "no organisation", "admin", now + Duration::from_secs(1));
    for (email, invite, expected) in [
        ("a@other.test", "", Err(NOBODY)),
        ("a@ONE.test", "", Err(NOBODY)),
        ("a@unverified.test", "", Err(NOBODY)),
        ("a@closed.test", "", Err(NOBODY)),
        ("a@one.test", "", Ok((&one, "member"))),
        ("b@one.test", "unknown", Err(INVITE)),
        ("late@other.test", &late, Err(INVITE)),
        ("gone@other.test", &gone, Err(INVITE)),
        ("Guest@other.test", &good, Err(INVITE)),
        ("guest@other.test", &good, Ok((&two, "admin"))),
    ] {
        let response = platform.post("/api/auth/signup", &signup_body(email, "abcd1234", "F", invite));
        match expected {
            Err(why) => {
                assert_eq!((response.status().as_u16(), &*message(&response)), (401, why), "{email}");
                assert_eq!(platform.nap.user_id(email), None);
            }
            Ok((organization, role)) => {
                assert_eq!(response.status(), 200, "{email}");
                assert!(platform.nap.set_verified(email, true));
                let claims = claims(&platform.login(email), "session_token");
                assert_eq!((&claims["org_id"], &claims["user_org_role"]), (&(&**organization).into(), &role.into()));
            }
        }
    }
}

fn claims(login: &Response<Vec<u8>>, key: &str) -> Value {
    serde_json::from_str(&jwt_part(json(login)["tokens"][key].as_str().unwrap(), 1)).unwrap()
}

#[test]
fn the_number_of_organisations_decides_a_login() {
    const NONE: &str = "You do not belong to any organization! Please contact your administrator.";
    for (start, status) in [(Platform::new(), 403), (nexeres(), 401)] {
        let (mut platform, one, two) = multi_tenant(start);
        platform.user("a@one.test");
        assert_eq!(platform.login("a@one.test").status(), 200);
        assert_eq!(platform.nap.sessions().len(), 1);

        assert!(platform.nap.set_role("a@one.test", &two, "owner"));
        assert!(platform.nap.ban("a@one.test", &two));
        platform.nap.describe_organization(&two, Some("d"), Some("https://a.test/<x>"), Some(r#"{"k":[1,2]}"#));
        let chooses = platform
            .post("/api/auth/login", r#"{"email":"a@one.test","password":"abcd1234","flowReturnTo":"//evil.test"}"#);
        let flow = json(&chooses)["flowId"].as_str().unwrap().to_owned();
        let body = format!(
            "{{\"message\":\"Multiple organizations found. Please select an organization to continue.\",\
             \"requireEmailVerification\":false,\"flowId\":\"{flow}\"}}"
        );
        assert_answer(&chooses, 200, &body);
        assert_eq!(platform.nap.sessions().len(), 1);

        let get = format!("GET /api/auth/flow/{flow}");
        assert_answer(&platform.send(&get, &[], ""), 404, "404 page not found");
        platform.nap.settings.documented_flow_route = true;
        let user = platform.nap.user_id("a@one.test").unwrap().to_owned();
        let organizations = format!(
            r#"{{"id":"{one}","name":"One","slug":"one","createdAt":"2026-11-21T21:35:18.1Z","updatedAt":"2026-11-21T21:35:18.1Z"}},{{"id":"{two}","name":"Two","slug":"two","description":"d","avatarURL":"https://a.test/\u003cx\u003e","settings":{{"k":[1,2]}},"createdAt":"2026-11-21T21:35:18.1Z","updatedAt":"2026-11-21T21:35:18.1Z"}}"#
        );
        let body = format!(
            r#"{{"id":"{flow}","type":"login","userId":"{user}","email":"a@one.test","orgs":[{organizations}],"mfaRequired":false,"mfaVerified":false,"returnTo":"//evil.test","createdAt":"2026-11-22T03:05:18.100000003+05:30","expiresAt":"2026-11-22T03:15:18.100000003+05:30"}}"#
        );
        assert_answer(&platform.send(&get, &[], ""), 200, &body);
        platform.now += Duration::from_secs(600);
        let gone = platform.send(&get, &[], "");
        assert_eq!((gone.status().as_u16(), &json(&gone)["debug"]), (400, &"Not Found".into()));

        assert!(platform.nap.remove_member("a@one.test", &one) && platform.nap.remove_member("a@one.test", &two));
        let none = platform.login("a@one.test");
        assert_eq!((none.status().as_u16(), &*message(&none)), (status, NONE));
    }
}

#[test]
fn nexeres_spells_and_answers_otherwise() {
    let mut platform = nexeres();
    platform.sign_up("a@ex.test");
    let body = r#"{"message":"Please verify your email before logging in.","requireEmailVerification":true}"#;
    assert_answer(&platform.login("a@ex.test"), 200, body);
    assert_eq!(platform.post("/api/auth/verify-email/send", r#"{"email":"a@ex.test"}"#).status(), 200);
    let token = platform.nap.last_mail("a@ex.test").unwrap().token().unwrap().to_owned();
    let verify = format!(r#"{{"token":"{token}"}}"#);
    assert_eq!(platform.post("/api/auth/verify-email/verify", &verify).status(), 200);
    let login = platform.login("a@ex.test");
    let keys: BTreeSet<_> = json(&login)["tokens"].as_object().unwrap().keys().cloned().collect();
    let expected = ["refreshToken", "refreshTokenExpiry", "sessionId", "sessionToken", "sessionTokenExpiry"];
    assert!(keys.iter().eq(expected.iter()), "{keys:?}");
    let claims = claims(&login, "sessionToken");
    for key in ["orgSlug", "orgName", "orgId", "email", "email_verified", "userFname", "userLname", "userOrgRole"] {
        assert!(claims.get(key).is_some(), "{key}");
    }
    let refresh = json(&login)["tokens"]["refreshToken"].as_str().unwrap().to_owned();
    let refreshed = platform.send("POST /api/auth/refresh", &[("X-NEXERES-Refresh-Token", &refresh)], "");
    assert_eq!(refreshed.status(), 200);
    let old = platform.send("POST /api/auth/refresh", &[("X-NEXERES-Refresh-Token", &refresh)], "");
    assert_answer(&old, 401, r#"{"message":"Invalid refresh token! Please login again.","debug":""}"#);
    let crash = platform.send("GET /", &[("X-NEXERES-Session-Token", "abcd")], "");
    assert_answer(&crash, 500, "");
}

#[test]
fn an_administrators_life() {
    let mut platform = nexeres();
    let login = "/api/admin/login";
    assert_answer(&platform.post(login, "{}"), 400, r#"{"message":"Invalid request data","debug":""}"#);
    let unknown = platform.post(login, r#"{"email":"Admin@example.test"}"#);
    assert_answer(&unknown, 401, r#"{"message":"Invalid request","debug":""}"#);
    let sent = platform.post(login, r#"{"email":"admin@example.test"}"#);
    assert_eq!(json(&sent)["emailSent"], true);
    let flow = json(&sent)["flowId"].as_str().unwrap().to_owned();
    let mail = platform.nap.last_mail("admin@example.test").unwrap();
    assert_eq!(mail.subject, "Login OTP for Admin Dashboard - App | Nexeres");
    let code = mail.code().unwrap().to_owned();
    let verify = |platform: &mut Platform, flow: &str, code: &str| {
        let body = format!(r#"{{"flowId":"{flow}","code":"{code}"}}"#);
        platform.post("/api/admin/login/verify", &body)
    };
    assert_eq!(message(&verify(&mut platform, &flow, "")), "Invalid request data");
    assert_eq!(message(&verify(&mut platform, "x", &code)), "Invalid or expired flow");
    assert_eq!(message(&verify(&mut platform, &flow, "wrong")), "Invalid code");
    let good = verify(&mut platform, &flow, &code);
    assert_eq!(header(&good, "x-nexeres-admin-token-expiry"), Some("2026-11-21T21:50:18Z"));
    let token = json(&good)["token"].as_str().unwrap().to_owned();
    assert_eq!(token.len(), 43);
    assert_eq!(message(&verify(&mut platform, &flow, &code)), "Invalid or expired flow");

    let config =
        |platform: &mut Platform| platform.send("GET /api/admin/config", &[("X-NEXERES-Admin-Token", &token)], "");
    platform.now += Duration::from_secs(899);
    let shown = config(&mut platform);
    assert_eq!(header(&shown, "x-nexeres-admin-token-expiry"), Some("2026-11-21T22:05:17Z"));
    assert_eq!(json(&shown)["security"]["rateLimit"]["rate"], "100000-m");
    assert!(!text(&shown).contains(platform.nap.api_key()));
    // Prolonged by the call before.
    platform.now += Duration::from_secs(899);
    assert_eq!(config(&mut platform).status(), 200);
    platform.now += Duration::from_secs(901);
    assert_eq!(message(&config(&mut platform)), "No admin token provided");
}

#[test]
fn what_is_broken_shows() {
    const GENERIC: &str = "An error occurred while processing your request. Please try again later.";
    let mut platform = Platform::new();
    platform.user("a@ex.test");
    platform.sign_up("b@ex.test");
    platform.nap.settings.debug = true;
    platform.nap.settings.database_down = true;
    assert_eq!(platform.send("GET /", &[], "").status(), 200);
    let refresh = platform.send("POST /api/auth/refresh", &[("X-NAP-Refresh-Token", "x")], "");
    let logout = platform.send("POST /api/auth/logout", &[("X-NAP-Refresh-Token", "x")], "");
    let bodies = [
        platform.sign_up("c@ex.test"),
        platform.login("a@ex.test"),
        platform.post("/api/auth/verify-email/send", r#"{"email":"b@ex.test"}"#),
        platform.post("/api/auth/verify-email/verify", r#"{"token":"x"}"#),
        refresh,
        logout,
    ];
    for response in &bodies {
        assert_eq!((response.status().as_u16(), &*message(response)), (500, GENERIC));
        assert_ne!(json(response)["debug"], "");
    }
    platform.nap.settings.database_down = false;

    platform.nap.settings.mailer_down = true;
    let send = platform.post("/api/auth/verify-email/send", r#"{"email":"b@ex.test"}"#);
    assert_eq!((send.status().as_u16(), platform.nap.mails().count()), (500, 0));

    assert!(platform.nap.break_user("a@ex.test"));
    let crash = platform.login("a@ex.test");
    assert_answer(&crash, 500, "");
    assert_eq!((header(&crash, "content-type"), header(&crash, "x-ratelimit-limit")), (None, None));

    platform.nap.settings.cache_down = true;
    assert_answer(&platform.send("GET /", &[], ""), 500, "");
}

#[test]
fn long_answers_come_chunked() {
    let mut platform = Platform::new();
    for (email, name) in [("a@ex.test", "F".to_owned()), ("b@ex.test", "F".repeat(512))] {
        let body = signup_body(email, "abcd1234", &name, "");
        assert_eq!(platform.post("/api/auth/signup", &body).status(), 200);
        platform.nap.set_verified(email, true);
        let login = platform.login(email);
        let long = login.body().len() > 2_048;
        assert_eq!(header(&login, "transfer-encoding"), long.then_some("chunked"));
        assert_eq!(header(&login, "content-length").is_none(), long);
        assert_eq!(long, name.len() > 1);
    }
}

#[test]
fn tokens_are_signed_with_the_published_key() {
    let mut platform = Platform::new();
    platform.user("a@ex.test");
    let login = json(&platform.login("a@ex.test"));
    let token = login["tokens"]["session_token"].as_str().unwrap();
    let jwt = crate::wire::jwt(token);
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let signature = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, signature).unwrap();
    // The key as another tool made it of the private key.
    let pem = platform.nap.public_key_pem();
    assert_eq!(pem, include_str!("../data/nap-public-key.pem"));
    let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let info = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, der).unwrap();
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::RSA_PKCS1_2048_8192_SHA256, &info[24..]);
    key.verify(signed.as_bytes(), &signature).unwrap();
    key.verify(b"other", &signature).unwrap_err();
}

/// Each refresh token is counted by what it was; a switch makes the platform notice one that comes twice.
#[test]
fn refresh_tokens_are_counted() {
    for notices in [false, true] {
        let mut platform = Platform::new();
        platform.nap.settings.reuse_ends_session = notices;
        platform.user("u1@ex.test");
        let login = platform.login("u1@ex.test");
        let first = json(&login)["tokens"]["refresh_token"].as_str().unwrap().to_owned();
        let refresh = |platform: &mut Platform, token: &str| {
            let answer = platform.send("POST /api/auth/refresh", &[("X-NAP-Refresh-Token", token)], "");
            (answer.status().as_u16(), platform.nap.refreshes())
        };
        let (status, counts) = refresh(&mut platform, "unknown");
        assert_eq!((status, counts.done, counts.reused, counts.refused), (401, 0, 0, 1));
        let (status, counts) = refresh(&mut platform, &first);
        assert_eq!((status, counts.done, counts.reused, counts.refused), (200, 1, 0, 1));
        let (status, counts) = refresh(&mut platform, &first);
        assert_eq!((status, counts.done, counts.reused, counts.refused), (401, 1, 1, 1));
        assert_eq!(platform.nap.sessions().is_empty(), notices);
    }
}

/// Each documented status of each operation, but 400 of refresh and logout and 500 of the flow: the real server has no way
/// to those, and they are queued as faults.
#[test]
fn every_documented_status() {
    let mut seen: BTreeMap<&str, BTreeSet<u16>> = BTreeMap::new();
    for dialect in [Dialect::Nap, Dialect::Nexeres] {
        let (mut platform, one, two) = multi_tenant(Platform::new());
        platform.nap.settings.dialect = dialect;
        platform.nap.settings.documented_flow_route = true;
        let mut note = |operation, response: &Response<Vec<u8>>| {
            seen.entry(operation).or_default().insert(response.status().as_u16());
        };
        for email in ["a@one.test", "b@one.test", "a@one.test", "a@none.test"] {
            note("signup", &platform.sign_up(email));
        }
        note("login", &platform.login("a@one.test"));
        for body in [r#"{"email":"a@one.test"}"#, "{}"] {
            note("verifyEmailSend", &platform.post("/api/auth/verify-email/send", body));
        }
        let token = platform.nap.last_mail("a@one.test").unwrap().token().unwrap().to_owned();
        for token in [&*token, "x"] {
            let body = format!(r#"{{"token":"{token}"}}"#);
            note("verifyEmailVerify", &platform.post("/api/auth/verify-email/verify", &body));
        }
        let login = platform.login("a@one.test");
        note("login", &login);
        note("login", &platform.login("nobody@one.test"));
        note("login", &platform.post("/api/auth/login", ""));
        let (prefix, key) = match dialect {
            Dialect::Nexeres => ("X-NEXERES", "refreshToken"),
            _ => ("X-NAP", "refresh_token"),
        };
        let refresh = json(&login)["tokens"][key].as_str().unwrap().to_owned();
        let name = format!("{prefix}-Refresh-Token");
        for (operation, request) in [("refresh", "POST /api/auth/refresh"), ("logout", "POST /api/auth/logout")] {
            note(operation, &platform.send(request, &[(&name, &refresh)], ""));
            note(operation, &platform.send(request, &[], ""));
        }
        assert!(platform.nap.set_role("a@one.test", &two, "member") && platform.nap.set_role("a@one.test", &one, "m"));
        let flow = json(&platform.login("a@one.test"))["flowId"].as_str().unwrap().to_owned();
        note("getFlow", &platform.send(&format!("GET /api/auth/flow/{flow}"), &[], ""));
        note("getFlow", &platform.send("GET /api/auth/flow/x", &[], ""));
        if dialect == Dialect::Nexeres {
            let login = "/api/admin/login";
            let sent = platform.post(login, r#"{"email":"admin@example.test"}"#);
            note("adminLogin", &sent);
            note("adminLogin", &platform.post(login, r#"{"email":"nobody@example.test"}"#));
            note("adminLogin", &platform.post(login, ""));
            let code = platform.nap.last_mail("admin@example.test").unwrap().code().unwrap().to_owned();
            let flow = json(&sent)["flowId"].as_str().unwrap().to_owned();
            let body = format!(r#"{{"flowId":"{flow}","code":"{code}"}}"#);
            let verified = platform.post("/api/admin/login/verify", &body);
            note("adminLoginVerify", &verified);
            note("adminLoginVerify", &platform.post("/api/admin/login/verify", &body));
            note("adminLoginVerify", &platform.post("/api/admin/login/verify", ""));
            let token = json(&verified)["token"].as_str().unwrap().to_owned();
            let config = "GET /api/admin/config";
            note("adminConfig", &platform.send(config, &[("X-NEXERES-Admin-Token", &token)], ""));
            note("adminConfig", &platform.send(config, &[], ""));
            platform.nap.settings.mailer_down = true;
            note("adminLogin", &platform.post(login, r#"{"email":"admin@example.test"}"#));
        }
        platform.nap.settings.database_down = true;
        note("signup", &platform.sign_up("z@one.test"));
        note("login", &platform.login("a@one.test"));
        note("verifyEmailSend", &platform.post("/api/auth/verify-email/send", r#"{"email":"b@one.test"}"#));
        note("verifyEmailVerify", &platform.post("/api/auth/verify-email/verify", r#"{"token":"x"}"#));
        note("refresh", &platform.send("POST /api/auth/refresh", &[(&name, "x")], ""));
        note("logout", &platform.send("POST /api/auth/logout", &[(&name, "x")], ""));
        platform.nap.settings.cache_down = true;
        note("adminLoginVerify", &platform.post("/api/admin/login/verify", ""));
        note("adminConfig", &platform.send("GET /api/admin/config", &[], ""));
    }
    let documented: [(&str, &[u16]); 10] = [
        ("adminConfig", &[200, 401, 500]),
        ("adminLogin", &[200, 400, 401, 500]),
        ("adminLoginVerify", &[200, 400, 401, 500]),
        ("getFlow", &[200, 400]),
        ("login", &[200, 400, 401, 403, 500]),
        ("logout", &[200, 401, 500]),
        ("refresh", &[200, 401, 500]),
        ("signup", &[200, 400, 401, 500]),
        ("verifyEmailSend", &[200, 400, 500]),
        ("verifyEmailVerify", &[200, 400, 500]),
    ];
    for (operation, statuses) in documented {
        assert!(statuses.iter().all(|status| seen[operation].contains(status)), "{operation}: {:?}", seen[operation]);
    }
    let ids: BTreeSet<_> = routes().iter().map(|route| route.operation).collect();
    assert!(ids.into_iter().eq(documented.into_iter().map(|(operation, _)| operation)));
}

#[test]
fn under_its_prefix_in_the_emulator() {
    let mut emulator = Emulator::new(3);
    let request = |emulator: &Emulator, line: &str, body: &str| {
        let (method, target) = line.split_once(' ').unwrap();
        Request::builder()
            .method(method)
            .uri(target)
            .header("x-nap-api-key", emulator.nap.api_key())
            .body(body.as_bytes().to_vec())
            .unwrap()
    };
    let now = crate::wire::START;
    let sign_up =
        request(&emulator, "POST /nap/api/auth/signup?any=1&any=2", &signup_body("a@ex.test", "abcd1234", "F", ""));
    assert_eq!(emulator.handle(now, &sign_up).status(), 200);
    assert_eq!(route(&sign_up).map(|(name, routed)| (name, routed.operation)), Some(("nap", "signup")));
    let flow = request(&emulator, "GET /nap/api/auth/flow/a%2Fb", "");
    let (_, routed) = route(&flow).unwrap();
    assert_eq!((routed.operation, routed.path_value("flowId")), ("getFlow", Some("a/b")));
    let slash = request(&emulator, "POST /nap/api/auth/login/", "");
    assert_eq!(header(&emulator.handle(now, &slash), "location"), Some("/nap/api/auth/login"));
    let unknown = request(&emulator, "PUT /nap/api/auth/login", "");
    assert_answer(&emulator.handle(now, &unknown), 404, "404 page not found");

    emulator.fault(Fault::WrongUser);
    let taken = request(&emulator, "POST /nap/api/auth/signup", &signup_body("b@ex.test", "abcd1234", "F", ""));
    let other = emulator.handle(now, &taken);
    assert_ne!(json(&other)["userId"].as_str(), emulator.nap.user_id("b@ex.test"));
}

/// The same seed, clock and requests give the same bytes.
#[test]
fn it_is_deterministic() {
    let life = |seed_changes: bool| {
        let mut platform = Platform::new();
        if seed_changes {
            platform.nap = authwire_emulator::nap::Nap::new(8);
        }
        platform.user("a@ex.test");
        platform.login("a@ex.test").into_body()
    };
    assert_eq!(life(false), life(false));
    assert_ne!(life(false), life(true));
}
