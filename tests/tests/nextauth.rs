//! nextAuth through both adapters against the emulator, over real sockets.

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use authwire_core::transport::TransportKind;
use authwire_core::{CallError, Endpoint, JsonObject, Kind, Sent};
use authwire_emulator::nextauth::{Permission, Phone, PromptKind};
use authwire_emulator::{Fault, FaultPlan, Server};
use authwire_nextauth::accounts::{ProvokeLoginOnAccount, UpdateAccountUser, UpdateAccountUserRefusal};
use authwire_nextauth::flows::{AwaitLogin, AwaitLoginError};
use authwire_nextauth::servers::{GetServerVash, GetServerVashRefusal};
use authwire_nextauth::sessions::{
    GetQrEnrol, GetQrLogin, GetSession, LoginStatus, Logout, ProvokeLogin, RegisterUser,
};
use authwire_nextauth::users::ProvokeLoginOnUser;
use authwire_nextauth::{
    AccountId, ApiKey, NextAuth, Nonce, QrCode, QrFormat, RoleId, ServerId, SessionInfo, UserContext, UserId,
};
use common::{Adapter, TlsFront, reply};
use http::StatusCode;

fn nonce(number: u8) -> Nonce {
    let mut random = [number; 32];
    random[0] = !number;
    Nonce::from_random(random).unwrap()
}

/// Enrolment, login, push, decline, logout: all ten operations.
fn life_of_a_user(adapter: &Adapter, server: &Server, provider: &NextAuth, id: &ServerId) {
    let mut phone = Phone::new(7);
    let picture = adapter.call(provider, &GetServerVash::new(id.clone())).unwrap();
    assert!(picture.starts_with(b"\x89PNG"));

    // Enrolment: the phone gets an account and the session is logged in, coupled to nobody.
    let first = nonce(1);
    let enrol = GetQrEnrol::new(id.clone(), first.clone(), "Zoë & Co");
    let code = adapter.call(provider, &enrol).unwrap();
    let account = server
        .with_emulator(|emulator, now| phone.scan_and_approve(&mut emulator.nextauth, now, code.as_bytes()))
        .unwrap();
    let account = AccountId::new(account.try_into().unwrap());
    let status = adapter.call(provider, &GetSession::new(id.clone(), first.clone())).unwrap();
    assert!(matches!(status, LoginStatus::LoggedIn { account: it, user: None, .. } if it == account), "{status:?}");
    adapter.call(provider, &RegisterUser::new(id.clone(), first.clone(), "zoë/../#1".into())).unwrap();
    let status = adapter.call(provider, &GetSession::new(id.clone(), first.clone())).unwrap();
    let is_zoe = |user: &Option<UserId>| user.as_ref().is_some_and(|user| user.as_str() == "zoë/../#1");
    assert!(matches!(&status, LoginStatus::LoggedIn { user, .. } if is_zoe(user)), "{status:?}");
    adapter.call(provider, &Logout::new(id.clone(), first.clone())).unwrap();
    let status = adapter.call(provider, &GetSession::new(id.clone(), first)).unwrap();
    assert!(!status.is_logged_in());

    // A login by QR code, with what the app is to show: the GET carries its body.
    let second = nonce(2);
    let info = JsonObject::new(r#"{"city":"Gent"}"#).unwrap();
    let context = UserContext::new().session(SessionInfo::new().ip("192.0.2.7").user_agent("Firefox").info(info));
    let login = GetQrLogin::new(id.clone(), second.clone()).context(context.clone());
    let code = adapter.call(provider, &login).unwrap();
    let QrCode::Data(data) = &code else { panic!("data was asked for") };
    let status = adapter.call(provider, &GetSession::new(id.clone(), second.clone())).unwrap();
    assert_eq!(status.session().login_qr.as_ref(), Some(data), "two ways to the same code");
    let picture = adapter.call(provider, &login.format(QrFormat::Png { side: Some(300) })).unwrap();
    assert!(matches!(picture, QrCode::Png(_)));
    server.with_emulator(|emulator, now| {
        let prompt = phone.scan(&emulator.nextauth, now, data).unwrap();
        let shown = prompt.context.as_ref().and_then(|context| context.sessioninfo.as_ref()).unwrap();
        assert_eq!(shown.ip.as_deref(), Some("192.0.2.7"), "the body of the GET arrived");
        assert_eq!(shown.info.as_deref(), Some(r#"{"city":"Gent"}"#));
        phone.approve(&mut emulator.nextauth, now, prompt).unwrap();
    });
    let mut flow = AwaitLogin::new(id.clone(), second.clone(), adapter.now().saturating_add(Duration::from_secs(20)));
    let login = adapter.drive(provider, &mut flow).unwrap();
    assert_eq!(login.account, account);

    // Another user, by name, for the same account.
    let changed = adapter.call(provider, &UpdateAccountUser::new(id.clone(), account, "bob".into())).unwrap();
    assert_eq!(changed.user.as_ref().map(UserId::as_str), Some("bob"));

    // Three ways to push; the first is declined.
    adapter.call(provider, &Logout::new(id.clone(), second.clone())).unwrap();
    adapter.call(provider, &ProvokeLogin::new(id.clone(), second.clone()).context(context.clone())).unwrap();
    answer_push(&mut phone, server, false);
    assert!(!adapter.call(provider, &GetSession::new(id.clone(), second.clone())).unwrap().is_logged_in());
    adapter.call(provider, &ProvokeLogin::new(id.clone(), second.clone())).unwrap();
    answer_push(&mut phone, server, true);
    assert!(adapter.call(provider, &GetSession::new(id.clone(), second)).unwrap().is_logged_in());
    let third = nonce(3);
    let push = ProvokeLoginOnAccount::new(id.clone(), third.clone(), account).context(context.clone());
    adapter.call(provider, &push).unwrap();
    answer_push(&mut phone, server, true);
    assert!(adapter.call(provider, &GetSession::new(id.clone(), third)).unwrap().is_logged_in());
    let fourth = nonce(4);
    adapter
        .call(provider, &ProvokeLoginOnUser::new(id.clone(), fourth.clone(), "bob".into()).context(context))
        .unwrap();
    answer_push(&mut phone, server, true);
    assert!(adapter.call(provider, &GetSession::new(id.clone(), fourth)).unwrap().is_logged_in());
}

fn answer_push(phone: &mut Phone, server: &Server, approve: bool) {
    server.with_emulator(|emulator, now| {
        let prompt = phone.notifications(&emulator.nextauth, now).pop().expect("the phone rings");
        assert_eq!(prompt.kind, PromptKind::Push);
        if approve {
            phone.approve(&mut emulator.nextauth, now, prompt).unwrap();
        } else {
            phone.decline(&mut emulator.nextauth, now, prompt).unwrap();
        }
    });
}

#[test]
fn a_life_over_plain_sockets() {
    for adapter in Adapter::both(None) {
        let server = Server::start().unwrap();
        let (provider, id) = common::nextauth(&server, &server.nextauth_url());
        life_of_a_user(&adapter, &server, &provider, &id);
        let operations: BTreeSet<_> = server.log().iter().filter_map(|seen| seen.operation).collect();
        assert_eq!(operations.len(), 10, "{}: {operations:?}", adapter.name());
    }
}

#[test]
fn a_life_over_tls() {
    for which in 0..2 {
        let server = Server::start().unwrap();
        let front = TlsFront::start(&server);
        let adapter = &Adapter::both(Some(&front.authority))[which];
        let (provider, id) = common::nextauth(&server, &front.url("nextauth"));
        life_of_a_user(adapter, &server, &provider, &id);

        // Without the throw-away authority nothing is said.
        let before = server.log().len();
        let stranger = &Adapter::both(None)[which];
        let outcome = stranger.call(&provider, &GetSession::new(id, nonce(1)));
        let Err(CallError::Transport { sent, source }) = outcome else { panic!("{outcome:?}") };
        assert_eq!((sent, source.kind()), (Sent::No, TransportKind::Tls), "{}", adapter.name());
        assert_eq!(server.log().len(), before);
    }
}

/// Each documented status, and those around, arrive as the typed outcome.
#[test]
fn refusals_and_failures() {
    for adapter in Adapter::both(None) {
        let server = Server::start().unwrap();
        let (provider, id) = common::nextauth(&server, &server.nextauth_url());
        let session = GetSession::new(id.clone(), nonce(1));

        let wrong = NextAuth::new(server.nextauth_url().parse().unwrap(), &ApiKey::new("wrong").unwrap());
        assert_eq!(reply(adapter.call(&wrong, &session)), Kind::OurCredential);
        server.with_emulator(|emulator, _| emulator.nextauth.settings.bad_key_status = StatusCode::FORBIDDEN);
        assert_eq!(reply(adapter.call(&wrong, &session)), Kind::OurCredential);
        let update = |account| UpdateAccountUser::new(id.clone(), AccountId::new(account), "alice".into());
        assert_eq!(reply(adapter.call(&wrong, &update(1))), Kind::Unattributed, "a 403 that may mean two things");
        assert_eq!(reply(adapter.call(&provider, &update(-1))), Kind::Refused(UpdateAccountUserRefusal::NoSuchAccount));

        let mut phone = Phone::new(7);
        let code = adapter.call(&provider, &GetQrEnrol::new(id.clone(), nonce(2), "a").user("alice".into())).unwrap();
        let account =
            server.with_emulator(|emulator, now| phone.scan_and_approve(&mut emulator.nextauth, now, code.as_bytes()));
        let account = AccountId::new(account.unwrap().try_into().unwrap());
        let invalid = UpdateAccountUser::new(id.clone(), account, "x".repeat(300).into());
        assert_eq!(reply(adapter.call(&provider, &invalid)), Kind::Refused(UpdateAccountUserRefusal::InvalidUserName));
        server.with_emulator(|emulator, _| emulator.nextauth.settings.explain_invalid_user_name = false);
        assert_eq!(reply(adapter.call(&provider, &invalid)), Kind::Unattributed);

        let nowhere = ServerId::new("AAAA").unwrap();
        assert_eq!(
            reply(adapter.call(&provider, &GetServerVash::new(nowhere.clone()))),
            Kind::Refused(GetServerVashRefusal::NoSuchServer)
        );
        assert_eq!(reply(adapter.call(&provider, &GetSession::new(nowhere, nonce(1)))), Kind::Unexpected);

        // A role that may not, and one that may be acted as.
        let (weak, key) = server.with_emulator(|emulator, _| {
            let role = emulator.nextauth.add_role();
            let key = emulator.nextauth.add_api_key(&role).unwrap();
            let server = emulator.nextauth.server_id().to_owned();
            emulator.nextauth.grant(&role, &server, Permission::Accounts);
            (role, key)
        });
        let weakly = NextAuth::new(server.nextauth_url().parse().unwrap(), &ApiKey::new(key).unwrap());
        assert_eq!(reply(adapter.call(&weakly, &session)), Kind::OurCredential);
        let acting = provider.clone().acting_as(&RoleId::new(weak).unwrap());
        assert_eq!(reply(adapter.call(&acting, &session)), Kind::OurCredential, "the role's permissions count");

        type Expected = (Fault, fn(&Kind<std::convert::Infallible>) -> bool);
        let faults: [Expected; 6] = [
            (Fault::unavailable(Duration::from_secs(7)), |kind| *kind == Kind::Unavailable),
            (Fault::throttled(Duration::from_secs(7)), |kind| *kind == Kind::Throttled),
            (Fault::Html, |kind| matches!(kind, Kind::Malformed(_))),
            (Fault::MediaType(http::HeaderValue::from_static("text/plain")), |kind| matches!(kind, Kind::Malformed(_))),
            (Fault::status(StatusCode::FOUND), |kind| *kind == Kind::Unexpected),
            (Fault::status(StatusCode::NO_CONTENT), |kind| *kind == Kind::Unexpected),
        ];
        for (fault, is_expected) in faults {
            let shown = format!("{fault:?}");
            server.with_emulator(|emulator, _| emulator.fault(fault));
            let kind = reply(adapter.call(&provider, &session));
            assert!(is_expected(&kind), "{}: {shown}: {kind:?}", adapter.name());
            assert!(adapter.call(&provider, &session).is_ok(), "the next call works");
        }
        for fault in [Fault::DropBefore, Fault::DropAfter, Fault::Truncated] {
            let plan = FaultPlan::new(fault).operation("getSession");
            server.with_emulator(|emulator, _| emulator.fault(plan));
            let before = server.log().len();
            let outcome = adapter.call(&provider, &session);
            assert!(matches!(outcome, Err(CallError::Transport { sent: Sent::Maybe, .. })), "{outcome:?}");
            assert_eq!(server.log().len(), before + 1, "{}: not sent again", adapter.name());
            assert!(adapter.call(&provider, &session).is_ok(), "the next call works");
        }
    }
}

/// User ids that other clients let change the route: refused, or delivered as they are.
#[test]
fn a_user_id_reaches_the_server_whole_or_not_at_all() {
    let ids = [
        "..",
        ".",
        "",
        "a/b",
        "%2e%2e",
        "../",
        "🔑",
        "\0",
        "a?b=c#d",
        "a&b",
        "+ ",
        "\\..\\",
        "alice",
        &"x".repeat(10_000),
        &"x".repeat(20_000),
    ];
    let mut refused = Vec::new();
    for adapter in Adapter::both(None) {
        let server = Server::start().unwrap();
        let (provider, id) = common::nextauth(&server, &server.nextauth_url());
        for user in ids {
            let push = ProvokeLoginOnUser::new(id.clone(), nonce(1), user.into());
            let register = RegisterUser::new(id.clone(), nonce(1), user.into());
            check(&adapter, &server, &provider, &push, user, &mut refused);
            check(&adapter, &server, &provider, &register, user, &mut refused);
        }
    }
    let [dots, dot, empty, nul, long] = ["..", ".", "", "\0", &"x".repeat(20_000)].map(str::to_owned);
    let once = [
        ("nextauth.users.provoke_login", dots),
        ("nextauth.users.provoke_login", dot),
        ("nextauth.users.provoke_login", empty.clone()),
        ("nextauth.sessions.register_user", empty),
        ("nextauth.users.provoke_login", nul.clone()),
        ("nextauth.sessions.register_user", nul),
        ("nextauth.users.provoke_login", long.clone()),
        ("nextauth.sessions.register_user", long),
    ];
    assert_eq!(refused, [once.clone(), once].concat());
}

fn check<E: Endpoint<Provider = NextAuth>>(
    adapter: &Adapter,
    server: &Server,
    provider: &NextAuth,
    operation: &E,
    user: &str,
    refused: &mut Vec<(&'static str, String)>,
) {
    let before = server.log().len();
    match adapter.call(provider, operation) {
        Err(CallError::Build(error)) => {
            assert_eq!(server.log().len(), before, "nothing was sent");
            assert!(!error.to_string().is_empty());
            refused.push((E::NAME, user.to_owned()));
        }
        Err(CallError::Reply(_)) | Ok(_) => {
            let log = server.log();
            assert_eq!(log.len(), before + 1);
            let seen = log.last().unwrap();
            let mut request = http::Request::new(Vec::new());
            *request.method_mut() = seen.method.clone();
            *request.uri_mut() = seen.target.parse().unwrap();
            let (_, routed) = authwire_emulator::route(&request).expect("a route");
            let documented = if E::NAME.ends_with("register_user") { "registerUser" } else { "provokeLoginOnUser" };
            assert_eq!(routed.operation, documented);
            let read = routed.path_value("userid").or(routed.query_value("userid"));
            assert_eq!(read, Some(user), "{}", adapter.name());
        }
        Err(error) => panic!("{}: {user:?}: {error}", adapter.name()),
    }
}

/// The flow survives failures on the way, and ends at its deadline.
#[test]
fn waiting_for_a_login() {
    for adapter in Adapter::both(None) {
        let server = Server::start().unwrap();
        let (provider, id) = common::nextauth(&server, &server.nextauth_url());
        let mut phone = authwire_tests::enrolled_phone(&server);
        let code = adapter.call(&provider, &GetQrLogin::new(id.clone(), nonce(1))).unwrap();
        let deadline = adapter.now().saturating_add(Duration::from_secs(30));
        let mut flow = AwaitLogin::new(id.clone(), nonce(1), deadline).pace(Duration::from_millis(20));
        server.with_emulator(|emulator, _| {
            for fault in [
                Fault::status(StatusCode::SERVICE_UNAVAILABLE),
                Fault::DropAfter,
                Fault::status(StatusCode::INTERNAL_SERVER_ERROR),
                Fault::throttled(Duration::ZERO),
            ] {
                emulator.fault(FaultPlan::new(fault).operation("getSession"));
            }
        });
        let login = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(100));
                server
                    .with_emulator(|emulator, now| phone.scan_and_approve(&mut emulator.nextauth, now, code.as_bytes()))
            });
            adapter.drive(&provider, &mut flow).unwrap()
        });
        assert_eq!(login.user.as_ref().map(UserId::as_str), Some("alice"));
        assert_eq!(adapter.drive(&provider, &mut flow), Err(AwaitLoginError::Ended));

        let deadline = adapter.now().saturating_add(Duration::from_millis(200));
        let mut nobody = AwaitLogin::new(id, nonce(9), deadline).pace(Duration::from_millis(20));
        assert_eq!(adapter.drive(&provider, &mut nobody), Err(AwaitLoginError::TimedOut));
    }
}
