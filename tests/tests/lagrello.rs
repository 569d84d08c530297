//! Lagrello through both adapters against the emulator, over real sockets.

mod common;

use std::collections::BTreeSet;
use std::time::Duration;

use authwire_core::{CallError, Endpoint, Kind, Malformed, Sent};
use authwire_emulator::lagrello::{Authenticator, Lagrello as Emulated, MailContent, PageEnd, Permission as May};
use authwire_emulator::{Fault, FaultPlan, Server};
use authwire_lagrello::images::{GetTotpImage, GetTotpImageRefusal};
use authwire_lagrello::tenants::{
    ActivateTenant, ActivateTenantRefusal, Company, CreateTenant, GetCardToken, GetTenant, RequestTenantDeletion,
    UpdateTenant,
};
use authwire_lagrello::tokens::{
    CreateToken, DeleteToken, DeleteTokenRefusal, ListTokens, PageLink, PageSize, Permission,
};
use authwire_lagrello::users::{
    CreateUser, CreateUserRefusal, DeleteUser, DeleteUserRefusal, DisableTotp, DisableTotpRefusal, EnableTotp,
    EnableTotpRefusal, GetUser, GetUserRefusal, SendMagicLink, SendMagicLinkRefusal, UpdateUser, UpdateUserRefusal,
    VerifyMagicLink, VerifyMagicLinkRefusal, VerifyTotp, VerifyTotpRefusal,
};
use authwire_lagrello::{AccessToken, CallbackUrl, Lagrello, MagicLinkToken, TotpCode, UserId, otpauth_uri};
use authwire_tests::golden;
use common::{Adapter, lagrello, reply};
use http::StatusCode;

const ALICE: &str = "tenant-7/alice ö";
const ADDRESS: &str = "alice@example.com";
const TEMPLATE: &str = "https://app.example.com/login/{}";

fn alice() -> UserId {
    UserId::new(ALICE).unwrap()
}

fn nobody() -> UserId {
    UserId::new("nobody").unwrap()
}

/// The emulated tenant, by its id.
fn arrange<R>(server: &Server, change: impl FnOnce(&mut Emulated, &str) -> R) -> R {
    server.with_emulator(|emulator, _| {
        let tenant = emulator.lagrello.tenant_id().to_owned();
        change(&mut emulator.lagrello, &tenant)
    })
}

/// The same server with another access token.
fn with_token(server: &Server, token: &str) -> Lagrello {
    Lagrello::new(server.lagrello_url().parse().unwrap(), &AccessToken::new(token).unwrap())
}

/// Alice reads her mail and clicks.
fn click(server: &Server, template: &str) -> MagicLinkToken {
    let clicked =
        arrange(server, |lagrello, _| lagrello.last_mail(ADDRESS).unwrap().click().map(str::to_owned)).unwrap();
    CallbackUrl::new(template).unwrap().token_from(&clicked).unwrap()
}

/// What the app shows, so many steps of 30 seconds away from now.
fn code(server: &Server, phone: &Authenticator, steps: u32) -> TotpCode {
    TotpCode::new(phone.code(server.now() + steps * Duration::from_secs(30))).unwrap()
}

/// A code that is not good now, nor will be soon.
fn wrong_code(server: &Server, phone: &Authenticator) -> TotpCode {
    let good: Vec<_> = (0..=10_u32)
        .map(|steps| phone.code(server.now() + steps * Duration::from_secs(30) - Duration::from_secs(150)))
        .collect();
    let wrong = (0..).map(|number| format!("{number:06}")).find(|code| !good.contains(code));
    TotpCode::new(wrong.unwrap()).unwrap()
}

/// Turns TOTP on for Alice, whose app scans the code.
fn enroll(adapter: &Adapter, provider: &Lagrello) -> Authenticator {
    let key = adapter.call(provider, &EnableTotp::new(alice())).unwrap();
    let uri = otpauth_uri(&key.secret, "Example Company", "alice").unwrap();
    Authenticator::scan(uri.expose()).unwrap()
}

fn life_of_users(adapter: &Adapter, server: &Server, provider: &Lagrello) {
    let made = adapter.call(provider, &CreateUser::new(alice()).email("old@example.com")).unwrap();
    assert_eq!((made.user_id.as_str(), made.email.as_deref()), (ALICE, Some("old@example.com")));
    let changed = adapter.call(provider, &UpdateUser::new(alice()).email(ADDRESS)).unwrap();
    assert_eq!(changed.email.as_deref(), Some(ADDRESS));
    assert_eq!(adapter.call(provider, &GetUser::new(alice())).unwrap(), changed);

    // A magic link: once, for the tenant's template as it is then, and not for ever.
    for template in [TEMPLATE, "https://app.example.com/?next=%2F&token={}&lang=sv"] {
        let callback = CallbackUrl::new(template).unwrap();
        let tenant = adapter.call(provider, &UpdateTenant::new().callback_url(callback)).unwrap();
        assert_eq!(tenant.callback_url, template);
        adapter.call(provider, &SendMagicLink::new(alice())).unwrap();
        let verify = VerifyMagicLink::new(click(server, template));
        let verified = adapter.call(provider, &verify).unwrap().expect_user(&alice()).unwrap();
        assert_eq!(verified.get(), &changed);
        assert_eq!(reply(adapter.call(provider, &verify)), Kind::Refused(VerifyMagicLinkRefusal::WrongLink));
    }
    adapter.call(provider, &UpdateTenant::new().callback_url(CallbackUrl::new(TEMPLATE).unwrap())).unwrap();
    adapter.call(provider, &SendMagicLink::new(alice())).unwrap();
    let late = VerifyMagicLink::new(click(server, TEMPLATE));
    server.advance(Duration::from_secs(901));
    assert_eq!(reply(adapter.call(provider, &late)), Kind::Refused(VerifyMagicLinkRefusal::WrongLink));

    // TOTP: on, a first code, a used one, a wrong one, the next one; a new secret ends the old one; off.
    let verify = |code: TotpCode| adapter.call(provider, &VerifyTotp::new(alice(), code));
    let wrong = Kind::Refused(VerifyTotpRefusal::WrongCode);
    let phone = enroll(adapter, provider);
    let first = code(server, &phone, 0);
    assert_eq!(verify(first.clone()).unwrap().get(), &changed);
    assert_eq!(reply(verify(first)), wrong, "used");
    assert_eq!(reply(verify(wrong_code(server, &phone))), wrong);
    server.advance(Duration::from_secs(30));
    assert_eq!(verify(code(server, &phone, 0)).unwrap().into_inner(), changed);
    let other = enroll(adapter, provider);
    assert_eq!(reply(verify(code(server, &phone, 1))), wrong, "of the old secret");
    assert!(verify(code(server, &other, 0)).is_ok());
    adapter.call(provider, &DisableTotp::new(alice())).unwrap();
    assert_eq!(reply(verify(code(server, &other, 1))), wrong, "turned off");

    adapter.call(provider, &DeleteUser::new(alice())).unwrap();
    assert_eq!(reply(adapter.call(provider, &GetUser::new(alice()))), Kind::Refused(GetUserRefusal::NoSuchUser));
}

/// The provider's picture holds what ours would, and its URL, which is as secret, leads to it.
fn pictures(adapter: &Adapter, server: &Server, provider: &Lagrello) {
    adapter.call(provider, &CreateUser::new(alice())).unwrap();
    let key = adapter.call(provider, &EnableTotp::new(alice())).unwrap();
    let stranger = Lagrello::without_token(server.lagrello_url().parse().unwrap());
    let get = GetTotpImage::new().tenant_name("Example Company").user(alice()).secret(key.secret);
    let picture = adapter.call(&stranger, &get).unwrap();
    assert!(picture.as_bytes().starts_with(b"\x89PNG"));
    assert_eq!(adapter.call(provider, &get).unwrap(), picture, "no access token is asked for");
    let request = get.request(provider).unwrap();
    assert_eq!(key.qr_image.unwrap().expose(), request.uri().to_string());
    assert!(!request.headers().contains_key("authorization"));
    adapter.call(provider, &DeleteUser::new(alice())).unwrap();
}

fn company() -> Company {
    Company::new("Example AB")
        .address("Storgatan 1")
        .city("Malmö")
        .postal_code("111 22")
        .country("SE")
        .org_number("556000-0000")
        .vat_number("SE556000000001")
}

fn life_of_a_tenant(adapter: &Adapter, server: &Server) {
    let stranger = Lagrello::without_token(server.lagrello_url().parse().unwrap());
    let made = adapter.call(&stranger, &CreateTenant::new("Malmö & Co", "boss@example.com")).unwrap();
    assert_eq!((made.name.as_str(), made.activated, made.callback_url.as_str()), ("Malmö & Co", false, ""));
    let mail = || arrange(server, |lagrello, _| lagrello.last_mail("boss@example.com").cloned()).unwrap();
    let MailContent::Welcome { token_key } = mail().content else { panic!("a welcome") };
    let provider = with_token(server, &token_key);
    assert_eq!(adapter.call(&provider, &GetTenant::new()).unwrap(), made);

    let callback = CallbackUrl::new("app://login/{}").unwrap();
    let changed = adapter.call(&provider, &UpdateTenant::new().callback_url(callback)).unwrap();
    assert_eq!((&changed.id, changed.callback_url.as_str()), (&made.id, "app://login/{}"));
    let activated = adapter.call(&provider, &ActivateTenant::new(company())).unwrap();
    assert_eq!((&activated.company, activated.activated), (&company(), true));
    assert_eq!(adapter.call(&provider, &GetTenant::new()).unwrap(), activated);
    let cards = [(); 2].map(|()| adapter.call(&provider, &GetCardToken::new()).unwrap());
    assert_ne!(cards[0].expose(), cards[1].expose());

    // Deletion is asked for, and then confirmed by a person.
    adapter.call(&provider, &RequestTenantDeletion::new()).unwrap();
    assert_eq!(adapter.call(&provider, &GetTenant::new()).unwrap(), activated);
    let mail = mail();
    assert!(arrange(server, |lagrello, _| lagrello.confirm_deletion(&mail)));
    assert_eq!(reply(adapter.call(&provider, &GetTenant::new())), Kind::OurCredential);
}

/// Follows the pages, forth and back, however the list says that there are no more.
fn life_of_tokens(adapter: &Adapter, server: &Server, provider: &Lagrello) {
    let before = adapter.call(provider, &ListTokens::new()).unwrap().tokens.len();
    let mut made = Vec::new();
    for number in 0..7 {
        let create = CreateToken::new(format!("ci-{number}"));
        let token = adapter.call(provider, &create.permissions([Permission::Write, Permission::new("FLY")])).unwrap();
        assert_eq!(token.permissions.as_slice(), [Permission::Read, Permission::Write, Permission::new("FLY")]);
        assert!(token.created_at.timestamp().is_some());
        made.push(token);
    }
    let keys: Vec<_> = made.iter().map(|token| token.key.expose()).collect();
    for page_end in [PageEnd::Null, PageEnd::Empty, PageEnd::Absent] {
        arrange(server, |lagrello, _| lagrello.settings.page_end = page_end);
        let mut ask = ListTokens::new().size(PageSize::new(3).unwrap());
        let (mut seen, mut pages) = (Vec::new(), Vec::new());
        loop {
            let page = adapter.call(provider, &ask).unwrap();
            assert_eq!(page.previous == PageLink::End, pages.is_empty());
            seen.extend(page.tokens.iter().map(|token| token.key.expose().to_owned()));
            pages.push(page.tokens.len());
            match page.next {
                PageLink::Page(cursor) => ask = ListTokens::new().at(cursor),
                PageLink::End => break,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(seen.len(), before + 7);
        assert_eq!(seen[before..], keys, "the oldest first");
        let back = adapter.call(provider, &ask).unwrap().previous;
        let PageLink::Page(back) = back else { panic!("{back:?}") };
        let page = adapter.call(provider, &ListTokens::new().at(back)).unwrap();
        assert_eq!(page.tokens[0].key.expose(), seen[3 * (pages.len() - 2)]);
    }
    // A list that says to be elsewhere is not followed.
    arrange(server, |lagrello, _| lagrello.settings.public_base = Some("https://evil.example".into()));
    let page = adapter.call(provider, &ListTokens::new().size(PageSize::new(1).unwrap())).unwrap();
    assert_eq!(page.next, PageLink::Elsewhere);
    arrange(server, |lagrello, _| lagrello.settings.public_base = None);

    // A token does what it may, until it is deleted.
    let weak = with_token(server, keys[0]);
    assert!(adapter.call(&weak, &GetTenant::new()).is_ok());
    assert_eq!(reply(adapter.call(&weak, &ListTokens::new())), Kind::OurCredential);
    for token in &made {
        adapter.call(provider, &DeleteToken::new(token.key.clone())).unwrap();
    }
    assert_eq!(reply(adapter.call(&weak, &GetTenant::new())), Kind::OurCredential);
    let again = DeleteToken::new(made[0].key.clone());
    assert_eq!(reply(adapter.call(provider, &again)), Kind::Refused(DeleteTokenRefusal::NoSuchToken));
}

/// Our access token is wrong, deleted or too weak: the one thing that it is, for each operation that sends it.
fn our_credential<E>(adapter: &Adapter, server: &Server, operation: &E)
where
    E: Endpoint<Provider = Lagrello>,
    E::Refusal: Clone + PartialEq,
{
    let [removed, weak] = server.with_emulator(|emulator, now| {
        let tenant = emulator.lagrello.tenant_id().to_owned();
        let removed = emulator.lagrello.add_token(now, &tenant, &[May::Read, May::Write, May::Admin]).unwrap();
        assert!(emulator.lagrello.remove_token(&removed));
        [removed, emulator.lagrello.add_token(now, &tenant, &[]).unwrap()]
    });
    for token in ["wrong", &removed, &weak] {
        let outcome = reply(adapter.call(&with_token(server, token), operation));
        assert_eq!(outcome, Kind::OurCredential, "{}: {}", adapter.name(), E::NAME);
    }
}

fn refused<E>(adapter: &Adapter, provider: &Lagrello, operation: &E, refusal: E::Refusal)
where
    E: Endpoint<Provider = Lagrello>,
    E::Refusal: Clone + PartialEq,
{
    let outcome = reply(adapter.call(provider, operation));
    assert_eq!(outcome, Kind::Refused(refusal), "{}: {}", adapter.name(), E::NAME);
}

fn refusals(adapter: &Adapter, server: &Server, provider: &Lagrello) {
    arrange(server, |lagrello, tenant| lagrello.add_user(tenant, ALICE, Some(ADDRESS)));
    let link = || VerifyMagicLink::new(MagicLinkToken::new("made-up").unwrap());
    let totp = |user| VerifyTotp::new(user, TotpCode::new("123456").unwrap());

    our_credential(adapter, server, &CreateUser::new(nobody()));
    our_credential(adapter, server, &GetUser::new(alice()));
    our_credential(adapter, server, &UpdateUser::new(alice()));
    our_credential(adapter, server, &DeleteUser::new(alice()));
    our_credential(adapter, server, &EnableTotp::new(alice()));
    our_credential(adapter, server, &DisableTotp::new(alice()));
    our_credential(adapter, server, &totp(alice()));
    our_credential(adapter, server, &SendMagicLink::new(alice()));
    our_credential(adapter, server, &link());
    our_credential(adapter, server, &GetTenant::new());
    our_credential(adapter, server, &UpdateTenant::new());
    our_credential(adapter, server, &RequestTenantDeletion::new());
    our_credential(adapter, server, &ActivateTenant::new(company()));
    our_credential(adapter, server, &GetCardToken::new());
    our_credential(adapter, server, &ListTokens::new());
    our_credential(adapter, server, &CreateToken::new("ci"));
    our_credential(adapter, server, &DeleteToken::new(AccessToken::new("unknown").unwrap()));

    refused(adapter, provider, &GetUser::new(nobody()), GetUserRefusal::NoSuchUser);
    refused(adapter, provider, &UpdateUser::new(nobody()).email(ADDRESS), UpdateUserRefusal::NoSuchUser);
    refused(adapter, provider, &DeleteUser::new(nobody()), DeleteUserRefusal::NoSuchUser);
    refused(adapter, provider, &EnableTotp::new(nobody()), EnableTotpRefusal::NoSuchUser);
    refused(adapter, provider, &DisableTotp::new(nobody()), DisableTotpRefusal::NoSuchUser);
    refused(adapter, provider, &SendMagicLink::new(nobody()), SendMagicLinkRefusal::NoSuchUser);
    refused(adapter, provider, &totp(nobody()), VerifyTotpRefusal::NoSuchUser);
    refused(adapter, provider, &totp(alice()), VerifyTotpRefusal::WrongCode);
    refused(adapter, provider, &link(), VerifyMagicLinkRefusal::WrongLink);
    let unknown = DeleteToken::new(AccessToken::new("unknown").unwrap());
    refused(adapter, provider, &unknown, DeleteTokenRefusal::NoSuchToken);
    refused(adapter, provider, &CreateUser::new(alice()), CreateUserRefusal::AlreadyExists);
    let nowhere = company().city("");
    refused(adapter, provider, &ActivateTenant::new(nowhere), ActivateTenantRefusal::Invalid);
    refused(adapter, provider, &GetTotpImage::new(), GetTotpImageRefusal::Invalid);

    // Nowhere to send a link to, and no template to send.
    arrange(server, |lagrello, tenant| lagrello.add_user(tenant, "carol", None));
    let carol = UserId::new("carol").unwrap();
    refused(adapter, provider, &SendMagicLink::new(carol), SendMagicLinkRefusal::Invalid);
    arrange(server, |lagrello, tenant| lagrello.set_callback_url(tenant, ""));
    refused(adapter, provider, &SendMagicLink::new(alice()), SendMagicLinkRefusal::Invalid);
    arrange(server, |lagrello, tenant| lagrello.set_callback_url(tenant, TEMPLATE));

    // A link whose user was deleted since.
    adapter.call(provider, &SendMagicLink::new(alice())).unwrap();
    let verify = VerifyMagicLink::new(click(server, TEMPLATE));
    arrange(server, |lagrello, tenant| lagrello.delete_user(tenant, ALICE));
    refused(adapter, provider, &verify, VerifyMagicLinkRefusal::NoSuchUser);
}

/// Every operation, and every documented status of each as the typed outcome that the calls above expect.
#[test]
fn all_that_is_documented() {
    for adapter in Adapter::both(None) {
        let server = Server::start().unwrap();
        let provider = lagrello(&server);
        life_of_users(&adapter, &server, &provider);
        pictures(&adapter, &server, &provider);
        life_of_a_tenant(&adapter, &server);
        life_of_tokens(&adapter, &server, &provider);
        refusals(&adapter, &server, &provider);

        let log = server.log();
        let seen: BTreeSet<_> =
            log.iter().map(|seen| (seen.operation.unwrap(), seen.status.unwrap().as_u16())).collect();
        let documented = golden::operations("lagrello");
        for operation in &documented {
            for status in &operation.statuses {
                let pair = (operation.id.as_str(), status.code);
                assert!(seen.contains(&pair), "{}: {pair:?} did not happen", adapter.name());
            }
        }
        assert_eq!(documented.len(), 18);
    }
}

/// The same request, and nothing but whose credential is wrong differs. Ours is looked at first.
#[test]
fn whose_credential_is_wrong() {
    for adapter in Adapter::both(None) {
        let server = Server::start().unwrap();
        let (provider, stranger) = (lagrello(&server), with_token(&server, "wrong"));
        arrange(&server, |lagrello, tenant| lagrello.add_user(tenant, ALICE, Some(ADDRESS)));
        let phone = enroll(&adapter, &provider);
        let right = VerifyTotp::new(alice(), code(&server, &phone, 0));
        let wrong = VerifyTotp::new(alice(), wrong_code(&server, &phone));
        let unknown = VerifyTotp::new(nobody(), code(&server, &phone, 0));
        for verify in [&right, &wrong, &unknown] {
            assert_eq!(reply(adapter.call(&stranger, verify)), Kind::OurCredential);
        }
        assert_eq!(reply(adapter.call(&provider, &wrong)), Kind::Refused(VerifyTotpRefusal::WrongCode));
        assert_eq!(reply(adapter.call(&provider, &unknown)), Kind::Refused(VerifyTotpRefusal::NoSuchUser));
        // Nothing of this has spent the code.
        assert!(adapter.call(&provider, &right).is_ok());

        adapter.call(&provider, &SendMagicLink::new(alice())).unwrap();
        let link = VerifyMagicLink::new(click(&server, TEMPLATE));
        assert_eq!(reply(adapter.call(&stranger, &link)), Kind::OurCredential);
        let made_up = VerifyMagicLink::new(MagicLinkToken::new("made-up").unwrap());
        assert_eq!(reply(adapter.call(&stranger, &made_up)), Kind::OurCredential);
        assert_eq!(reply(adapter.call(&provider, &made_up)), Kind::Refused(VerifyMagicLinkRefusal::WrongLink));
        assert!(adapter.call(&provider, &link).is_ok());
        // A token of another tenant is a good one, whose tenant has neither the user nor the link.
        let elsewhere =
            server.with_emulator(|emulator, now| emulator.lagrello.add_tenant(now, "Other", "b@example.com").1);
        let elsewhere = with_token(&server, &elsewhere);
        assert_eq!(reply(adapter.call(&elsewhere, &right)), Kind::Refused(VerifyTotpRefusal::NoSuchUser));
        adapter.call(&provider, &SendMagicLink::new(alice())).unwrap();
        let link = VerifyMagicLink::new(click(&server, TEMPLATE));
        assert_eq!(reply(adapter.call(&elsewhere, &link)), Kind::Refused(VerifyMagicLinkRefusal::WrongLink));
        assert!(adapter.call(&provider, &link).is_ok());
        assert!(server.log().iter().all(|seen| seen.operation.is_some()));
    }
}

/// What goes wrong on the way verifies nobody, although code and link were good.
#[test]
fn no_fault_verifies_anybody() {
    type Is<R> = fn(&CallError<R>) -> bool;
    fn faults<R>() -> [(Fault, Is<R>); 9] {
        [
            (Fault::DropBefore, |error| matches!(error, CallError::Transport { sent: Sent::Maybe, .. })),
            (Fault::DropAfter, |error| matches!(error, CallError::Transport { sent: Sent::Maybe, .. })),
            (Fault::Truncated, |error| matches!(error, CallError::Transport { sent: Sent::Maybe, .. })),
            (Fault::Html, |error| matches!(error.kind(), Some(Kind::Malformed(Malformed::MediaType)))),
            (Fault::unavailable(Duration::from_secs(7)), |error| matches!(error.kind(), Some(Kind::Unavailable))),
            (Fault::throttled(Duration::from_secs(7)), |error| matches!(error.kind(), Some(Kind::Throttled))),
            (Fault::status(StatusCode::NO_CONTENT), |error| matches!(error.kind(), Some(Kind::Unexpected))),
            (Fault::status(StatusCode::FOUND), |error| matches!(error.kind(), Some(Kind::Unexpected))),
            (Fault::MediaType(http::HeaderValue::from_static("text/html")), |error| {
                matches!(error.kind(), Some(Kind::Malformed(Malformed::MediaType)))
            }),
        ]
    }
    for adapter in Adapter::both(None) {
        let server = Server::start().unwrap();
        let provider = lagrello(&server);
        arrange(&server, |lagrello, tenant| lagrello.add_user(tenant, ALICE, Some(ADDRESS)));
        let phone = enroll(&adapter, &provider);
        let strike = |fault: Fault, operation: &str| {
            let plan = FaultPlan::new(fault).provider("lagrello").operation(operation);
            server.with_emulator(|emulator, _| emulator.fault(plan));
        };
        let link = || {
            adapter.call(&provider, &SendMagicLink::new(alice())).unwrap();
            VerifyMagicLink::new(click(&server, TEMPLATE))
        };
        let totp = || {
            server.advance(Duration::from_secs(30));
            VerifyTotp::new(alice(), code(&server, &phone, 0))
        };

        for (fault, is_expected) in faults::<VerifyTotpRefusal>() {
            let (shown, verify) = (format!("{}: {fault:?}", adapter.name()), totp());
            let is_spent = matches!(fault, Fault::DropAfter | Fault::Truncated | Fault::MediaType(_));
            strike(fault, "users/totp/auth");
            let before = server.log().len();
            let error = adapter.call(&provider, &verify).unwrap_err();
            assert!(is_expected(&error), "{shown}: {error:?}");
            assert_eq!(server.log().len(), before + 1, "{shown}: not sent again");
            // The first look may have spent the code.
            assert_eq!(adapter.call(&provider, &verify).is_err(), is_spent, "{shown}");
        }
        for (fault, is_expected) in faults::<VerifyMagicLinkRefusal>() {
            let (shown, verify) = (format!("{}: {fault:?}", adapter.name()), link());
            let is_spent = matches!(fault, Fault::DropAfter | Fault::Truncated | Fault::MediaType(_));
            strike(fault, "users/email/auth");
            let error = adapter.call(&provider, &verify).unwrap_err();
            assert!(is_expected(&error), "{shown}: {error:?}");
            assert_eq!(adapter.call(&provider, &verify).is_err(), is_spent, "{shown}");
        }

        // Somebody else's record. A link says who it is: whoever expects somebody compares.
        strike(Fault::WrongUser, "users/totp/auth");
        assert_eq!(reply(adapter.call(&provider, &totp())), Kind::Malformed(Malformed::Mismatch("userId")));
        strike(Fault::WrongUser, "users/email/auth");
        assert!(adapter.call(&provider, &link()).unwrap().expect_user(&alice()).is_err());
        strike(Fault::WrongUser, "users/get");
        let outcome = reply(adapter.call(&provider, &GetUser::new(alice())));
        assert_eq!(outcome, Kind::Malformed(Malformed::Mismatch("userId")));
    }
}

/// Ids that other clients let change the route: not sent, or read by the server as they are.
#[test]
fn a_user_id_reaches_the_server_whole_or_not_at_all() {
    let ids =
        ["alice", "a/b", "%2e%2e", "..", ".", "../tenant", "/", "email", "a?b=c#d", "🔑", "a b+c", "\\..\\", "x/"];
    let refused_ids = ["%2e%2e", "..", ".", "../tenant", "/", "email", "\\..\\", "x/"];
    for adapter in Adapter::both(None) {
        let server = Server::start().unwrap();
        let provider = lagrello(&server);
        let mut refused = Vec::new();
        for id in ids {
            arrange(&server, |lagrello, tenant| lagrello.add_user(tenant, id, None));
            let before = server.log().len();
            match adapter.call(&provider, &DeleteUser::new(UserId::new(id).unwrap())) {
                Ok(()) => assert!(!arrange(&server, |lagrello, tenant| lagrello.users(tenant).contains(&id))),
                Err(CallError::Build(_)) => {
                    assert_eq!(server.log().len(), before, "nothing was sent");
                    refused.push(id);
                }
                Err(error) => panic!("{}: {id:?}: {error}", adapter.name()),
            }
        }
        assert_eq!(refused, refused_ids);
        assert!(arrange(&server, |lagrello, tenant| lagrello.has_tenant(tenant)));
    }
}
