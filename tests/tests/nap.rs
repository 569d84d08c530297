//! NAP and Nexeres through both adapters against the emulator, over real sockets.

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use authwire_core::{BuildFault, CallError, Endpoint, Kind, Malformed, RetryAfter, Sent, Timestamp};
use authwire_emulator::nap::Nap as Emulated;
use authwire_emulator::{Fault, FaultPlan, Server};
use authwire_nap::admin::{self, GetConfig, GetConfigRefusal, VerifyLogin, VerifyLoginRefusal};
use authwire_nap::sessions::{
    FlowKind, GetUserFlow, GetUserFlowRefusal, Login, LoginRefusal, Logout, LogoutRefusal, Refresh, RefreshRefusal,
};
use authwire_nap::users::{
    SendVerificationEmail, SendVerificationEmailRefusal, SignUp, SignUpRefusal, VerifyEmail, VerifyEmailRefusal,
};
use authwire_nap::{
    AdminCode, AdminToken, ApiKey, Dialect, FlowId, InviteToken, Nap, Password, RefreshToken, Tokens, UnverifiedClaims,
    VerificationToken,
};
use authwire_tests::golden::{self, Form};
use authwire_tests::source::Table;
use authwire_tests::subject::{World, all_in};
use common::{Adapter, nap, reply};
use http::{HeaderValue, Response, StatusCode};
use serde_json::Value;

const ADA: &str = "ada@one.test";
const ADMIN: &str = "admin@example.test";
const DIALECTS: [Dialect; 2] = [Dialect::Nap, Dialect::Nexeres];

/// Runs a test with each adapter and dialect, each time on an emulator of its own.
fn each(test: fn(&Adapter, &Server, &Nap)) {
    for adapter in Adapter::both(None) {
        for dialect in DIALECTS {
            let server = Server::start().unwrap();
            let nap = nap(&server, dialect);
            println!("{} {dialect}", adapter.name());
            test(&adapter, &server, &nap);
        }
    }
}

fn arrange<R>(server: &Server, change: impl FnOnce(&mut Emulated) -> R) -> R {
    server.with_emulator(|emulator, _| change(&mut emulator.nap))
}

/// Lets users belong to organisations, of which there are two; the first takes everybody of `one.test`.
fn organizations(server: &Server) -> [String; 2] {
    server.with_emulator(|emulator, now| {
        emulator.nap.settings.multi_tenant = true;
        let ids = [("one", "One"), ("two", "Two")].map(|(slug, name)| emulator.nap.add_organization(now, slug, name));
        assert!(emulator.nap.add_domain("one.test", &ids[0], true, true));
        ids
    })
}

fn password() -> Password {
    Password::new("correct horse battery").unwrap()
}

fn sign_up(email: &str) -> SignUp {
    SignUp::new(email, password(), "Ada", "Lovelace")
}

fn login(email: &str) -> Login {
    Login::new(email, password())
}

/// A user whose address is verified.
fn user(adapter: &Adapter, server: &Server, nap: &Nap, email: &str) {
    assert!(!adapter.call(nap, &sign_up(email)).unwrap().user.as_str().is_empty());
    assert!(arrange(server, |nap| nap.set_verified(email, true)));
}

/// A user who is logged in.
fn logged_in(adapter: &Adapter, server: &Server, nap: &Nap) -> Tokens {
    user(adapter, server, nap, ADA);
    adapter.call(nap, &login(ADA)).unwrap().tokens
}

/// The token in the newest mail to an address.
fn mailed(server: &Server, to: &str) -> VerificationToken {
    let token = arrange(server, |nap| nap.last_mail(to).unwrap().token().map(str::to_owned));
    VerificationToken::new(token.unwrap()).unwrap()
}

#[track_caller]
fn refused<E>(adapter: &Adapter, nap: &Nap, operation: &E, refusal: E::Refusal)
where
    E: Endpoint<Provider = Nap>,
    E::Refusal: Clone + PartialEq,
{
    assert_eq!(reply(adapter.call(nap, operation)), Kind::Refused(refusal), "{}: {}", adapter.name(), E::NAME);
}

/// From sign-up to logout.
fn life_of_a_user(adapter: &Adapter, server: &Server, nap: &Nap) {
    let made = adapter.call(nap, &sign_up(ADA)).unwrap();
    assert_eq!(arrange(server, |nap| nap.user_id(ADA).map(str::to_owned)).as_deref(), Some(made.user.as_str()));
    refused(adapter, nap, &sign_up(ADA), SignUpRefusal::EmailTaken);
    assert_eq!(arrange(server, |nap| nap.mails().count()), 0, "a sign-up sends no mail");

    // Before the address is verified the password is not looked at.
    let wrong = Login::new(ADA, Password::new("wrong").unwrap());
    refused(adapter, nap, &login(ADA), LoginRefusal::VerifyEmailFirst);
    refused(adapter, nap, &wrong, LoginRefusal::VerifyEmailFirst);
    let send = SendVerificationEmail::new(ADA);
    adapter.call(nap, &send).unwrap();
    let earlier = mailed(server, ADA);
    adapter.call(nap, &send).unwrap();
    let verify = VerifyEmail::new(mailed(server, ADA));
    assert_eq!(adapter.call(nap, &verify).unwrap().message, "Email verified successfully!");
    // Twice, and with the earlier mail's.
    adapter.call(nap, &verify).unwrap();
    adapter.call(nap, &VerifyEmail::new(earlier)).unwrap();
    refused(adapter, nap, &send, SendVerificationEmailRefusal::AlreadyVerified);

    // Who is registered is not told apart from who knows the password.
    refused(adapter, nap, &wrong, LoginRefusal::BadCredentials);
    refused(adapter, nap, &login("nobody@one.test"), LoginRefusal::BadCredentials);
    refused(adapter, nap, &login("ADA@one.test"), LoginRefusal::BadCredentials);
    let first = adapter.call(nap, &login(ADA)).unwrap().tokens;
    let claims = UnverifiedClaims::read(&first.session_token).unwrap();
    let claims = claims.without_verification();
    assert_eq!((claims.user.as_ref(), claims.email.as_deref()), (Some(&made.user), Some(ADA)));
    assert_eq!(claims.session.as_ref(), Some(&first.session_id));
    assert_eq!(claims.organization_slug.as_deref(), Some("default"));

    // Each refresh gives a new pair of the same session, and the old refresh token is worth nothing.
    let refresh = Refresh::new(first.refresh_token.clone()).session(first.session_id.clone());
    let second = adapter.call(nap, &refresh).unwrap().tokens;
    assert_eq!(second.session_id, first.session_id);
    assert_ne!(second.refresh_token.expose(), first.refresh_token.expose());
    refused(adapter, nap, &refresh, RefreshRefusal::InvalidToken);
    let third = adapter.call(nap, &Refresh::new(second.refresh_token.clone())).unwrap().tokens;
    let elsewhere = Refresh::new(third.refresh_token).session("another".into());
    assert_eq!(reply(adapter.call(nap, &elsewhere)), Kind::Malformed(Malformed::Mismatch("session_id")));

    // A logout ends the session; that of an older token says so, and ends nothing.
    let tokens = adapter.call(nap, &login(ADA)).unwrap().tokens;
    let newest = adapter.call(nap, &Refresh::new(tokens.refresh_token.clone())).unwrap().tokens;
    let is_there = || arrange(server, |nap| nap.sessions().iter().any(|row| row.id == tokens.session_id.as_str()));
    for outdated in [
        Logout::new(tokens.refresh_token.clone()),
        Logout::by_session_token(tokens.session_token.clone()),
        Logout::new(RefreshToken::new("made-up").unwrap()),
    ] {
        assert_eq!(adapter.call(nap, &outdated).unwrap().message, "Session revoked successfully");
        assert!(is_there());
    }
    let logout = Logout::new(newest.refresh_token.clone());
    for _ in 0..2 {
        adapter.call(nap, &logout).unwrap();
        assert!(!is_there());
    }
    refused(adapter, nap, &Refresh::new(newest.refresh_token), RefreshRefusal::InvalidToken);
    // By session token alone.
    let tokens = adapter.call(nap, &login(ADA)).unwrap().tokens;
    adapter.call(nap, &Logout::by_session_token(tokens.session_token)).unwrap();
    refused(adapter, nap, &Refresh::new(tokens.refresh_token), RefreshRefusal::InvalidToken);
    // One that has expired, five minutes of leeway included.
    let tokens = adapter.call(nap, &login(ADA)).unwrap().tokens;
    server.advance(Duration::from_secs(3_600 + 301));
    let expired = Logout::by_session_token(tokens.session_token);
    refused(adapter, nap, &expired, LogoutRefusal::TokenNotAccepted);
    let _ = adapter.call(nap, &Refresh::new(tokens.refresh_token)).unwrap().tokens;
}

/// What is not let in, or not yet.
fn refusals(adapter: &Adapter, server: &Server, nap: &Nap) {
    let odd = "\"a@b\"@one.test";
    refused(adapter, nap, &sign_up("not an address"), SignUpRefusal::InvalidData);
    refused(adapter, nap, &sign_up(odd), SignUpRefusal::InvalidEmail);
    refused(adapter, nap, &login("not an address"), LoginRefusal::InvalidInput);
    let send = SendVerificationEmail::new;
    refused(adapter, nap, &send("not an address"), SendVerificationEmailRefusal::InvalidData);
    refused(adapter, nap, &send("nobody@one.test"), SendVerificationEmailRefusal::NoSuchUser);
    let made_up = VerifyEmail::new(VerificationToken::new("made-up").unwrap());
    refused(adapter, nap, &made_up, VerifyEmailRefusal::InvalidToken);
    adapter.call(nap, &sign_up("late@one.test")).unwrap();
    adapter.call(nap, &send("late@one.test")).unwrap();
    assert!(arrange(server, |nap| nap.expire_verification_tokens("late@one.test")));
    refused(adapter, nap, &VerifyEmail::new(mailed(server, "late@one.test")), VerifyEmailRefusal::InvalidToken);
    refused(adapter, nap, &login("late@one.test"), LoginRefusal::VerifyEmailFirst);

    // Documented, and given by no real server.
    for operation in ["refresh", "logout"] {
        let plan = FaultPlan::new(Fault::status(StatusCode::BAD_REQUEST)).operation(operation);
        server.with_emulator(|emulator, _| emulator.fault(plan));
    }
    let token = RefreshToken::new("made-up").unwrap();
    refused(adapter, nap, &Refresh::new(token.clone()), RefreshRefusal::InvalidRequest);
    refused(adapter, nap, &Logout::new(token), LogoutRefusal::InvalidRequest);
}

/// Users of several organisations.
fn organizations_decide(adapter: &Adapter, server: &Server, nap: &Nap) {
    let [one, two] = organizations(server);
    refused(adapter, nap, &sign_up("eve@other.test"), SignUpRefusal::NoOrganization);
    let unknown = sign_up("eve@other.test").invite(InviteToken::new("made-up").unwrap());
    refused(adapter, nap, &unknown, SignUpRefusal::InvalidInvite);
    refused(adapter, nap, &login("\"a@b\"@one.test"), LoginRefusal::InvalidEmail);
    let invite = server.with_emulator(|emulator, now| {
        emulator.nap.invite("guest@other.test", &two, "admin", now + Duration::from_secs(60))
    });
    let guest = sign_up("guest@other.test").invite(InviteToken::new(invite).unwrap());
    adapter.call(nap, &guest).unwrap();
    assert!(arrange(server, |nap| nap.set_verified("guest@other.test", true)));
    let tokens = adapter.call(nap, &login("guest@other.test")).unwrap().tokens;
    let claims = UnverifiedClaims::read(&tokens.session_token).unwrap();
    assert_eq!(claims.without_verification().organization_role.as_deref(), Some("admin"));
    // Banned, or out of it: no more refreshes.
    assert!(arrange(server, |nap| nap.ban("guest@other.test", &two)));
    refused(adapter, nap, &Refresh::new(tokens.refresh_token), RefreshRefusal::NoMembership);

    // In two: a choice, which is no login.
    user(adapter, server, nap, "bob@one.test");
    assert!(arrange(server, |nap| nap.set_role("bob@one.test", &two, "owner")));
    let sessions = arrange(server, |nap| nap.sessions().len());
    let kind = reply(adapter.call(nap, &login("bob@one.test").return_to("https://evil.example/")));
    let Kind::Refused(LoginRefusal::ChooseOrganization { flow, .. }) = kind else { panic!("{kind:?}") };
    assert_eq!(arrange(server, |nap| nap.sessions().len()), sessions);
    // Which leads nowhere on real servers, and is documented otherwise.
    let get = GetUserFlow::new(flow.clone());
    refused(adapter, nap, &get, GetUserFlowRefusal::NotServed);
    arrange(server, |nap| nap.settings.documented_flow_route = true);
    let found = adapter.call(nap, &get).unwrap();
    assert_eq!((&found.id, &found.kind, found.email.as_str()), (&flow, &FlowKind::Login, "bob@one.test"));
    let names: Vec<_> = found.organizations.iter().map(|organization| organization.name.as_str()).collect();
    assert_eq!(names, ["One", "Two"]);
    let home = "https://app.example".parse().unwrap();
    assert_eq!(found.return_to.unwrap().same_origin_path(&home), None);
    refused(adapter, nap, &GetUserFlow::new("a/../b ö".into()), GetUserFlowRefusal::NoSuchFlow);
    let plan = FaultPlan::new(Fault::WrongUser).operation("getFlow");
    server.with_emulator(|emulator, _| emulator.fault(plan));
    assert_eq!(reply(adapter.call(nap, &get)), Kind::Malformed(Malformed::Mismatch("id")));
    server.advance(Duration::from_secs(600));
    refused(adapter, nap, &get, GetUserFlowRefusal::NoSuchFlow);

    // In none.
    assert!(arrange(server, |nap| nap.remove_member("bob@one.test", &one) && nap.remove_member("bob@one.test", &two)));
    refused(adapter, nap, &login("bob@one.test"), LoginRefusal::NoOrganization);
}

/// A login by a mailed code, and what it opens.
fn life_of_an_administrator(adapter: &Adapter, server: &Server, nap: &Nap) {
    refused(adapter, nap, &admin::Login::new("not an address"), admin::LoginRefusal::InvalidData);
    refused(adapter, nap, &admin::Login::new("Admin@example.test"), admin::LoginRefusal::NoSuchAdmin);
    let sent = adapter.call(nap, &admin::Login::new(ADMIN)).unwrap();
    let code = arrange(server, |nap| nap.last_mail(ADMIN).unwrap().code().map(str::to_owned)).unwrap();
    let verify = |flow: &FlowId, code: &str| VerifyLogin::new(flow.clone(), AdminCode::new(code).unwrap());
    refused(adapter, nap, &verify(&sent.flow, "wrong"), VerifyLoginRefusal::WrongCode);
    refused(adapter, nap, &verify(&"made-up".into(), &code), VerifyLoginRefusal::NoSuchFlow);
    refused(adapter, nap, &verify(&"".into(), &code), VerifyLoginRefusal::InvalidData);
    let session = adapter.call(nap, &verify(&sent.flow, &code)).unwrap();
    assert!(session.expires.as_ref().unwrap().timestamp() > Timestamp::from_secs(server.now().as_secs()));
    refused(adapter, nap, &verify(&sent.flow, &code), VerifyLoginRefusal::NoSuchFlow);

    // Each call prolongs the token.
    let get = GetConfig::new(session.token);
    for _ in 0..2 {
        server.advance(Duration::from_secs(890));
        let config = adapter.call(nap, &get).unwrap();
        assert_eq!((config.rate.as_str(), config.api_keys.len(), config.multitenancy), ("100000-m", 1, false));
        assert!(config.token_expires.unwrap().timestamp() > Timestamp::from_secs(server.now().as_secs() + 800));
    }
    server.advance(Duration::from_secs(901));
    refused(adapter, nap, &get, GetConfigRefusal::TokenNotAccepted);
    refused(adapter, nap, &GetConfig::new(AdminToken::new("made-up").unwrap()), GetConfigRefusal::TokenNotAccepted);
}

/// Every operation, and every documented status of each as the typed outcome that the calls above expect.
#[test]
fn all_that_is_documented() {
    each(|adapter, server, nap| {
        life_of_a_user(adapter, server, nap);
        refusals(adapter, server, nap);
        let is_nexeres = nap.speaks() == Dialect::Nexeres;
        if is_nexeres {
            life_of_an_administrator(adapter, server, nap);
        }
        organizations_decide(adapter, server, nap);

        let log = server.log();
        let seen: BTreeSet<_> =
            log.iter().map(|seen| (seen.operation.unwrap(), seen.status.unwrap().as_u16())).collect();
        let documented = golden::operations(if is_nexeres { "nexeres" } else { "nap" });
        for operation in &documented {
            for status in &operation.statuses {
                let pair = (operation.id.as_str(), status.code);
                assert!(seen.contains(&pair), "{}: {pair:?} did not happen", adapter.name());
            }
        }
        assert_eq!(documented.len(), if is_nexeres { 10 } else { 7 });
    });
}

/// What cannot be right is not sent.
#[test]
fn what_is_not_sent() {
    each(|adapter, server, nap| {
        for bad in ["1234567", "éééé", &"a".repeat(33), &"漢".repeat(25)] {
            let error = adapter.call(nap, &SignUp::new(ADA, Password::new(bad).unwrap(), "Ada", "L")).unwrap_err();
            assert!(matches!(error, CallError::Build(_)), "{error:?}");
        }
        for id in ["", ".", ".."] {
            assert!(matches!(adapter.call(nap, &GetUserFlow::new(id.into())), Err(CallError::Build(_))));
        }
        if nap.speaks() == Dialect::Nap {
            fn unsupported<T, R: std::error::Error>(outcome: Result<T, CallError<R>>) -> bool {
                matches!(outcome, Err(CallError::Build(error)) if matches!(error.fault(), BuildFault::Unsupported(_)))
            }
            let verify = VerifyLogin::new("flow".into(), AdminCode::new("code").unwrap());
            assert!(unsupported(adapter.call(nap, &admin::Login::new(ADMIN))));
            assert!(unsupported(adapter.call(nap, &verify)));
            assert!(unsupported(adapter.call(nap, &GetConfig::new(AdminToken::new("token").unwrap()))));
        }
        assert_eq!(server.log().len(), 0);
        // The limits of the two: what the server takes as they do.
        for (number, good) in ["12345678", "        ", &"é".repeat(32), &"漢".repeat(24)].into_iter().enumerate() {
            let good = Password::new(good).unwrap();
            let email = format!("{number}@one.test");
            adapter.call(nap, &SignUp::new(&*email, good.clone(), "Ada", "L")).unwrap();
            assert!(arrange(server, |nap| nap.set_verified(&email, true)));
            let _ = adapter.call(nap, &Login::new(email, good)).unwrap().tokens;
        }
    });
}

#[track_caller]
fn our_credential<E>(adapter: &Adapter, server: &Server, nap: &Nap, operation: &E)
where
    E: Endpoint<Provider = Nap>,
    E::Refusal: Clone + PartialEq,
{
    arrange(server, |nap| {
        nap.add_api_key("removed");
        assert!(nap.remove_api_key("removed"));
    });
    for key in ["wrong", "removed"] {
        let key = ApiKey::new(key).unwrap();
        let url = server.nap_url();
        let stranger = Nap::new(url.parse().unwrap(), &key).dialect(nap.speaks());
        assert_eq!(reply(adapter.call(&stranger, operation)), Kind::OurCredential, "{}: {}", adapter.name(), E::NAME);
        // The other generation's words, or no words of its own at all, are about nobody.
        let other = if nap.speaks() == Dialect::Nap { Dialect::Nexeres } else { Dialect::Nap };
        let stranger = Nap::new(url.parse().unwrap(), &key).dialect(other);
        match adapter.call(&stranger, operation) {
            Err(CallError::Build(_)) => assert!(E::NAME.starts_with("nap.admin.")),
            outcome => assert_eq!(reply(outcome), Kind::Unattributed, "{}: {}", adapter.name(), E::NAME),
        }
    }
}

/// Our API key is looked at first: whatever else is right or wrong.
#[test]
fn a_wrong_api_key_is_ours() {
    each(|adapter, server, nap| {
        let tokens = logged_in(adapter, server, nap);
        our_credential(adapter, server, nap, &sign_up("bob@one.test"));
        our_credential(adapter, server, nap, &SendVerificationEmail::new(ADA));
        our_credential(adapter, server, nap, &VerifyEmail::new(VerificationToken::new("made-up").unwrap()));
        our_credential(adapter, server, nap, &login(ADA));
        our_credential(adapter, server, nap, &Login::new(ADA, Password::new("wrong").unwrap()));
        our_credential(adapter, server, nap, &GetUserFlow::new("made-up".into()));
        our_credential(adapter, server, nap, &Refresh::new(tokens.refresh_token.clone()));
        our_credential(adapter, server, nap, &Logout::new(tokens.refresh_token.clone()));
        if nap.speaks() == Dialect::Nexeres {
            let verify = VerifyLogin::new("made-up".into(), AdminCode::new("made-up").unwrap());
            our_credential(adapter, server, nap, &admin::Login::new(ADMIN));
            our_credential(adapter, server, nap, &verify);
            our_credential(adapter, server, nap, &GetConfig::new(AdminToken::new("made-up").unwrap()));
        }
        // None of this has spent the token.
        let _ = adapter.call(nap, &Refresh::new(tokens.refresh_token)).unwrap().tokens;
    });
}

/// 429 says until when in a header of its own, and what is left stands beside each success.
#[test]
fn a_rate_limit_says_until_when() {
    each(|adapter, server, nap| {
        user(adapter, server, nap, ADA);
        server.advance(Duration::from_secs(61));
        arrange(server, |nap| nap.settings.requests = 2);
        let before = server.now();
        let limits = [(); 2].map(|()| adapter.call(nap, &login(ADA)).unwrap().rate_limit.unwrap());
        assert_eq!(limits.map(|limit| (limit.limit, limit.remaining)), [(2, 1), (2, 0)]);
        for _ in 0..2 {
            let Err(CallError::Reply(error)) = adapter.call(nap, &login(ADA)) else { panic!("not throttled") };
            assert_eq!(error.kind(), &Kind::Throttled);
            let Some(RetryAfter::At(until)) = error.retry_after() else { panic!("{error:?}") };
            assert_eq!(until, limits[0].reset);
            assert!((before.as_secs() + 60..=server.now().as_secs() + 60).contains(&until.as_secs()));
        }
        server.advance(Duration::from_secs(60));
        let _ = adapter.call(nap, &login(ADA)).unwrap().tokens;
    });
}

/// Answers as the real server gives them, that are not JSON or not whole in one piece.
#[test]
fn odd_answers() {
    each(|adapter, server, nap| {
        let one_by_one = |response: Response<&str>, expected: Kind<LoginRefusal>| {
            let response = response.map(|body| body.as_bytes().to_vec());
            server.with_emulator(|emulator, _| emulator.fault(Fault::Reply(response)));
            let before = server.log().len();
            assert_eq!(reply(adapter.call(nap, &login(ADA))), expected);
            assert_eq!(server.log().len(), before + 1, "not followed, not sent again");
        };
        user(adapter, server, nap, ADA);
        let text = "text/plain";
        let page = "<a href=\"/api/auth/login\">Moved Permanently</a>.\n\n";
        let with = |status: u16, media: &str| Response::builder().status(status).header("content-type", media);
        one_by_one(with(404, text).body("404 page not found").unwrap(), Kind::Unexpected);
        let moved = with(301, "text/html; charset=utf-8").header("location", "/nap/api/auth/login");
        one_by_one(moved.body(page).unwrap(), Kind::Unexpected);
        let moved = Response::builder().status(307).header("location", "/nap/api/auth/login");
        one_by_one(moved.body("").unwrap(), Kind::Unexpected);
        one_by_one(Response::builder().status(403).body("").unwrap(), Kind::Unattributed);

        // Longer than what comes with its length: in chunks.
        let long = SignUp::new("long@one.test", password(), "F".repeat(512), "L");
        adapter.call(nap, &long).unwrap();
        assert!(arrange(server, |nap| nap.set_verified("long@one.test", true)));
        let tokens = adapter.call(nap, &login("long@one.test")).unwrap().tokens;
        assert!(tokens.session_token.expose().len() > 2_048);
        let claims = UnverifiedClaims::read(&tokens.session_token).unwrap();
        assert_eq!(claims.without_verification().first_name.as_ref().map(String::len), Some(512));

        // Out of order: with words, and without.
        arrange(server, |nap| nap.settings.database_down = true);
        assert_eq!(reply(adapter.call(nap, &login(ADA))), Kind::Unavailable);
        arrange(server, |nap| nap.settings.database_down = false);
        assert!(arrange(server, |nap| nap.break_user(ADA)));
        assert_eq!(reply(adapter.call(nap, &login(ADA))), Kind::Unavailable);
        arrange(server, |nap| nap.settings.cache_down = true);
        let refresh = Refresh::new(tokens.refresh_token);
        assert_eq!(reply(adapter.call(nap, &refresh)), Kind::Unavailable);
        arrange(server, |nap| nap.settings.cache_down = false);
        let _ = adapter.call(nap, &refresh).unwrap().tokens;
    });
}

/// What goes wrong on the way is no login, although address and password were good; and no new pair of tokens.
#[test]
fn no_fault_logs_anybody_in() {
    type Is<R> = fn(&CallError<R>) -> bool;
    fn faults<R>() -> [(Fault, Is<R>, bool); 9] {
        [
            (Fault::DropBefore, |error| matches!(error, CallError::Transport { sent: Sent::Maybe, .. }), false),
            (Fault::DropAfter, |error| matches!(error, CallError::Transport { sent: Sent::Maybe, .. }), true),
            (Fault::Truncated, |error| matches!(error, CallError::Transport { sent: Sent::Maybe, .. }), true),
            (Fault::Html, |error| matches!(error.kind(), Some(Kind::Malformed(Malformed::MediaType))), false),
            (
                Fault::unavailable(Duration::from_secs(7)),
                |error| matches!(error.kind(), Some(Kind::Unavailable)),
                false,
            ),
            (Fault::throttled(Duration::from_secs(7)), |error| matches!(error.kind(), Some(Kind::Throttled)), false),
            (Fault::status(StatusCode::NO_CONTENT), |error| matches!(error.kind(), Some(Kind::Unexpected)), false),
            (Fault::status(StatusCode::FOUND), |error| matches!(error.kind(), Some(Kind::Unexpected)), false),
            (
                Fault::MediaType(HeaderValue::from_static("text/html")),
                |error| matches!(error.kind(), Some(Kind::Malformed(Malformed::MediaType))),
                true,
            ),
        ]
    }
    each(|adapter, server, nap| {
        let strike = |fault: Fault, operation: &str| {
            let plan = FaultPlan::new(fault).provider("nap").operation(operation);
            server.with_emulator(|emulator, _| emulator.fault(plan));
        };
        let mut tokens = logged_in(adapter, server, nap);
        for (fault, is_expected, is_executed) in faults::<LoginRefusal>() {
            let shown = format!("{fault:?}");
            let count = || (server.log().len(), arrange(server, |nap| nap.sessions().len()));
            let (requests, sessions) = count();
            strike(fault, "login");
            let error = adapter.call(nap, &login(ADA)).unwrap_err();
            assert!(is_expected(&error), "{shown}: {error:?}");
            assert_eq!(count(), (requests + 1, sessions + usize::from(is_executed)), "{shown}: not sent again");
        }
        for (fault, is_expected, is_executed) in faults::<RefreshRefusal>() {
            let shown = format!("{fault:?}");
            strike(fault, "refresh");
            let refresh = Refresh::new(tokens.refresh_token);
            let error = adapter.call(nap, &refresh).unwrap_err();
            assert!(is_expected(&error), "{shown}: {error:?}");
            // If the server has seen the token, it is spent, and with it the session.
            tokens = match adapter.call(nap, &refresh) {
                Ok(refreshed) => refreshed.tokens,
                Err(error) => {
                    assert!(is_executed, "{shown}");
                    assert_eq!(error.kind(), Some(&Kind::Refused(RefreshRefusal::InvalidToken)), "{shown}");
                    adapter.call(nap, &login(ADA)).unwrap().tokens
                }
            };
        }
        // The answer to somebody else's login, out of a broken cache.
        user(adapter, server, nap, "bob@one.test");
        let _ = adapter.call(nap, &login("bob@one.test")).unwrap().tokens;
        strike(Fault::Stale, "login");
        assert_eq!(reply(adapter.call(nap, &login(ADA))), Kind::Malformed(Malformed::Mismatch("email")));
    });
}

/// Members that a success may lack, or that say nothing to us.
const OPTIONAL: &[&str] = &[
    "message",
    "debug",
    "orgs",
    "inviteToken",
    "ssoProvider",
    "ssoUserId",
    "returnTo",
    "description",
    "avatarURL",
    "settings",
    "deletedAt",
    "sms",
    "enable",
    golden::UNDOCUMENTED,
];

/// The value once without each of its members, at any depth, with the member's name.
fn without_each(value: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                let mut less = object.clone();
                less.remove(key);
                all.push((key.clone(), less.into()));
                let inner = if key == golden::UNDOCUMENTED { &Value::Null } else { inner };
                all.extend(without_each(inner).into_iter().map(|(deeper, inner)| {
                    let mut other = object.clone();
                    other.insert(key.clone(), inner);
                    (deeper, other.into())
                }));
            }
        }
        Value::Array(list) => {
            for (position, inner) in list.iter().enumerate() {
                all.extend(without_each(inner).into_iter().map(|(deeper, inner)| {
                    let mut other = list.clone();
                    other[position] = inner;
                    (deeper, other.into())
                }));
            }
        }
        _ => {}
    }
    all
}

/// On every row of the golden tables: a success that lacks something is none, and no error's words make it one, or blame
/// our key where the status does not.
#[test]
fn statuses_and_words_go_together() {
    let (mut lacking, mut swapped) = (0, 0);
    for subject in all_in(&World::of_goldens()).iter().filter(|subject| subject.package == "nap") {
        for row in golden::replies(subject.name) {
            let made = subject.operation(&row.operation).make(&mut Table::parse(&row.values)).unwrap();
            if row.is_ok() {
                for (key, less) in without_each(&serde_json::from_slice(&row.body).unwrap()) {
                    if !OPTIONAL.contains(&key.as_str()) {
                        let response = golden::response(200, None, less.to_string().into_bytes());
                        assert!(made.response(&response).is_err(), "{}: without {key}", row.place);
                        lacking += 1;
                    }
                }
            } else if row.status >= 400 && row.form == Form::Object {
                for status in [200, 201, 204, 302, 400, 401, 403, 404, 429, 500] {
                    let response = golden::response(status, row.media.as_deref(), row.body.clone());
                    let kind = golden::kind(&made.response(&response).unwrap_err());
                    let is_ours = status == 401 && row.meaning == "OurCredential";
                    assert_eq!(kind == "OurCredential", is_ours, "{} with {status}", row.place);
                    assert!(status != 403 || subject.name == "nap" || kind == "Unattributed", "{}", row.place);
                    swapped += 1;
                }
            }
        }
    }
    println!("{lacking} lack something, {swapped} with another status");
    assert!(lacking > 100 && swapped > 1_000);
}
