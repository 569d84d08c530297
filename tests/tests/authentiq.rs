//! Authentiq through both adapters against the emulator, over real sockets.

mod common;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Duration;

use authwire_authentiq::flows::AwaitSignature;
use authwire_authentiq::jwt::{AuthentiqId, Claims, Ed25519, Ed25519Key, Jws, PushToken, Verification};
use authwire_authentiq::keys::{
    BindKey, BindKeyRefusal, CheckKey, CheckKeyRefusal, ConfirmRevocation, ConfirmRevocationRefusal, RegisterKey,
    RegisterKeyRefusal, RequestRevocation, RequestRevocationRefusal, RetrieveKey, RetrieveKeyRefusal, RevokeKey,
    RevokeKeyRefusal, UpdateKey, UpdateKeyRefusal,
};
use authwire_authentiq::login::{PushLogin, PushLoginRefusal};
use authwire_authentiq::scopes::{
    CheckScope, ConfirmScope, ConfirmScopeRefusal, DeleteScope, JobContent, JobState, RequestScope,
    RequestScopeRefusal, RetrieveScope, SignScope, SignScopeRefusal, UnknownJob,
};
use authwire_authentiq::{Authentiq, Code, DeviceToken, INDEX, JobId, PublicKey, RevocationSecret};
use authwire_core::{Auth, CallError, Endpoint, Kind, Malformed, Method, Sent, Timestamp};
use authwire_emulator::authentiq::{Authentiq as Emulated, KeyState, RevocationStart, SignedForm, SlugForm};
use authwire_emulator::{Fault, FaultPlan, Server};
use authwire_tests::{golden, laws, subject};
use common::{Adapter, reply};
use http::{HeaderValue, Response, StatusCode};
use proptest::collection::vec;
use proptest::prelude::*;

const SITE: &str = "https://connect.example/";
const CALLBACK: &str = "https://connect.example/s?id=7&x=%2F";

/// The emulated issuer, and one adapter that asks it.
struct World<'a> {
    adapter: &'a Adapter,
    server: &'a Server,
    provider: Authentiq,
    /// All refusals that came: operation, status, meaning.
    refused: RefCell<BTreeSet<(String, u16, String)>>,
    persons: Cell<u16>,
}

/// A person whose key is registered and bound, with a job in each state, and a revocation that waits for its code.
struct Person {
    key: Ed25519Key,
    email: String,
    phone: String,
    secret: RevocationSecret,
    waiting: JobId,
    confirmed: JobId,
    signed: JobId,
    revocation: Code,
}

impl Person {
    fn id(&self) -> PublicKey {
        self.key.public()
    }

    fn bound(&self) -> Jws {
        AuthentiqId::new(self.id()).email(&*self.email).phone(&*self.phone).sign(&self.key).unwrap()
    }

    fn claims(&self) -> Jws {
        Claims::about_email(self.id(), &*self.email).sign(&self.key).unwrap()
    }

    fn push(&self) -> Jws {
        PushToken::new(self.id(), Authentiq::VENDOR_BASE, SITE).sign(&self.key).unwrap()
    }
}

fn signer(seed: u8) -> Ed25519Key {
    Ed25519Key::from_seed(&[seed; 32])
}

fn registration(key: &Ed25519Key) -> RegisterKey {
    let id = AuthentiqId::new(key.public()).device_token(DeviceToken::new("device-1").unwrap());
    RegisterKey::new(id.sign(key).unwrap())
}

fn code(text: &str) -> Code {
    Code::new(text).unwrap()
}

fn no_job() -> JobId {
    JobId::new("00000000000000000000").unwrap()
}

impl<'a> World<'a> {
    fn new(adapter: &'a Adapter, server: &'a Server) -> Self {
        server.with_emulator(|emulator, _| emulator.authentiq.settings.rate_limit = 1_000_000);
        let provider = Authentiq::new(server.authentiq_url().parse().unwrap());
        Self { adapter, server, provider, refused: RefCell::default(), persons: Cell::new(0) }
    }

    fn call<E: Endpoint<Provider = Authentiq>>(&self, operation: &E) -> Result<E::Output, CallError<E::Refusal>> {
        self.adapter.call(&self.provider, operation)
    }

    fn refused<E>(&self, operation: &E, refusal: E::Refusal)
    where
        E: Endpoint<Provider = Authentiq>,
        E::Refusal: Clone + PartialEq,
    {
        let error = match self.call(operation) {
            Err(CallError::Reply(error)) => error,
            Err(error) => panic!("{}: no reply: {error}", E::NAME),
            Ok(_) => panic!("{}: a success", E::NAME),
        };
        assert_eq!(error.refusal(), Some(&refusal), "{}: {}", self.adapter.name(), E::NAME);
        self.refused.borrow_mut().insert((E::NAME.into(), error.status(), format!("Refused({refusal:?})")));
    }

    /// The same, where the emulator has no occasion for what is documented.
    fn refused_by<E>(&self, status: StatusCode, slug: &str, operation: &E, refusal: E::Refusal)
    where
        E: Endpoint<Provider = Authentiq>,
        E::Refusal: Clone + PartialEq,
    {
        let body = serde_json::json!({ "error": status.as_u16(), "type": slug, "title": "t", "detail": "d" });
        self.strike(answer(status, "application/json", &body.to_string()));
        self.refused(operation, refusal);
    }

    /// A refusal that the operation does not document: nobody is blamed.
    fn unattributed<E>(&self, operation: &E)
    where
        E: Endpoint<Provider = Authentiq>,
        E::Refusal: Clone + PartialEq,
    {
        assert_eq!(reply(self.call(operation)), Kind::Unattributed, "{}: {}", self.adapter.name(), E::NAME);
    }

    /// Not over the network: how the world came to be.
    fn arrange<E: Endpoint<Provider = Authentiq>>(&self, operation: &E) -> E::Output {
        let provider = Authentiq::new("http://localhost".parse().unwrap());
        let request = operation.request(&provider).unwrap();
        let response = self.server.with_emulator(|emulator, now| emulator.authentiq.handle(now, &request));
        operation.response(&provider, &response).unwrap_or_else(|error| panic!("{}: {error}", E::NAME))
    }

    fn with<R>(&self, with: impl FnOnce(&mut Emulated) -> R) -> R {
        self.server.with_emulator(|emulator, _| with(&mut emulator.authentiq))
    }

    fn strike(&self, fault: Fault) {
        self.server.with_emulator(|emulator, _| emulator.fault(FaultPlan::new(fault).provider("authentiq")));
    }

    fn rules(&self) -> Verification {
        Verification::new(Timestamp::from_unix(self.server.now()))
    }

    fn code_for(&self, to: &str) -> Code {
        code(&self.with(|server| server.code_for(to).unwrap().to_owned()))
    }

    fn issuer(&self) -> PublicKey {
        PublicKey::new(&self.with(|server| server.issuer().id().to_owned())).unwrap()
    }

    /// What the authority signs about a job.
    fn authority(&self, job: &JobId) -> Jws {
        let signed = self.server.with_emulator(|emulator, now| {
            let server = &emulator.authentiq;
            server.issuer().sign_job(server, now, job.expose())
        });
        Jws::new(signed.unwrap()).unwrap()
    }

    fn person(&self) -> Person {
        let number = self.persons.get() + 1;
        self.persons.set(number);
        let mut seed = [0xff; 32];
        seed[..2].copy_from_slice(&number.to_be_bytes());
        let key = Ed25519Key::from_seed(&seed);
        let (email, phone) = (format!("alice+{number}@example.com"), format!("+316{number}"));
        let job = || {
            let job = self.arrange(&RequestScope::new(Claims::about_email(key.public(), &*email).sign(&key).unwrap()));
            (job, self.code_for(&email))
        };
        let secret = self.arrange(&registration(&key));
        let (waiting, _) = job();
        let (confirmed, its_code) = job();
        self.arrange(&ConfirmScope::new(confirmed.clone()).code(its_code));
        let (signed, its_code) = job();
        self.arrange(&ConfirmScope::new(signed.clone()).code(its_code));
        self.arrange(&SignScope::new(signed.clone(), self.authority(&signed)));
        let revocation = code("000000");
        let mut person = Person { key, email, phone, secret, waiting, confirmed, signed, revocation };
        self.arrange(&BindKey::new(person.id(), person.bound()));
        self.arrange(&RequestRevocation::new(&*person.email, &*person.phone));
        person.revocation = self.code_for(&person.email);
        person
    }
}

fn answer(status: StatusCode, media: &'static str, body: &str) -> Fault {
    let mut response = Response::new(body.as_bytes().to_vec());
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", HeaderValue::from_static(media));
    Fault::Reply(response)
}

fn life_of_a_key(world: &World<'_>) {
    let user = signer(1);
    let key = user.public();
    let id = || AuthentiqId::new(key);
    world.refused(&CheckKey::new(key), CheckKeyRefusal::UnknownKey);
    world.refused(&RetrieveKey::new(key), RetrieveKeyRefusal::UnknownKey);
    let bind = BindKey::new(key, id().email("ada@example.com").phone("+3161").sign(&user).unwrap());
    world.refused(&bind, BindKeyRefusal::UnknownKey);

    let secret = world.call(&registration(&user)).unwrap();
    world.refused(&registration(&user), RegisterKeyRefusal::DuplicateKey);
    world.call(&CheckKey::new(key)).unwrap();
    let info = world.call(&RetrieveKey::new(key)).unwrap();
    assert_eq!((info.key, info.status.as_deref()), (key, Some("registered")));
    world.call(&bind).unwrap();
    world.call(&bind).unwrap();
    let rekey = id().encryption_key(signer(2).public()).sign(&user).unwrap();
    world.call(&BindKey::new(key, rekey)).unwrap();
    assert_eq!(world.call(&RetrieveKey::new(key)).unwrap().status.as_deref(), Some("confirmed"));
    let name = key.to_string();
    world.with(|server| {
        assert_eq!((server.devtoken(&name), server.key_state(&name)), (Some("device-1"), Some(KeyState::Bound)));
        assert_eq!(server.encryption_key(&name), Some(&*signer(2).public().to_string()));
    });

    // By the secret, in which are characters that must be escaped; again it is done again.
    assert!(secret.expose().contains('+') && secret.expose().contains('/'));
    world.refused(&RevokeKey::new(key, RevocationSecret::new("x").unwrap()), RevokeKeyRefusal::WrongSecret);
    world.refused(&RevokeKey::new(signer(3).public(), secret.clone()), RevokeKeyRefusal::UnknownKey);
    world.call(&RevokeKey::new(key, secret.clone())).unwrap();
    world.call(&RevokeKey::new(key, secret.clone())).unwrap();
    world.refused_by(StatusCode::GONE, "revoked-key", &RevokeKey::new(key, secret), RevokeKeyRefusal::RevokedKey);
    world.refused(&CheckKey::new(key), CheckKeyRefusal::RevokedKey);
    world.refused(&RetrieveKey::new(key), RetrieveKeyRefusal::RevokedKey);
    world.refused(&bind, BindKeyRefusal::RevokedKey);
    world.refused(&registration(&user), RegisterKeyRefusal::DuplicateKey);
}

/// By e-mail, phone number and the code that comes by e-mail.
fn a_lost_phone(world: &World<'_>) {
    for (seed, start) in [(11, RevocationStart::Pending), (12, RevocationStart::ConfirmFirst)] {
        world.with(|server| server.settings.revocation_start = start);
        let user = signer(seed);
        let (email, phone) = (format!("b+{seed}@example.com"), format!("+1 202 {seed}"));
        let ask = RequestRevocation::new(&*email, &*phone);
        let confirm = |code: &Code| ConfirmRevocation::new(&*email, &*phone, code.clone());
        world.refused(&ask, RequestRevocationRefusal::UnknownKey);
        world.refused(&confirm(&code("000000")), ConfirmRevocationRefusal::UnknownKey);
        world.call(&registration(&user)).unwrap();
        let id = AuthentiqId::new(user.public()).email(&*email).phone(&*phone);
        world.call(&BindKey::new(user.public(), id.sign(&user).unwrap())).unwrap();
        world.refused(&confirm(&code("000000")), ConfirmRevocationRefusal::WrongCode);
        let before = world.with(|server| server.messages().count());
        world.call(&ask).unwrap();
        world.call(&ask).unwrap(); // 409 says that the code is on its way
        assert_eq!(world.with(|server| server.messages().count()), before + 1);
        let right = world.code_for(&email);
        assert!(right.expose().starts_with('0'), "a code is a text");
        world.refused(&confirm(&code("999999")), ConfirmRevocationRefusal::WrongCode);
        world.call(&CheckKey::new(user.public())).unwrap();
        let elsewhere = ConfirmRevocation::new(&*email, "+1 202 99", right.clone());
        world.refused(&elsewhere, ConfirmRevocationRefusal::UnknownKey);
        world.call(&confirm(&right)).unwrap();
        world.refused(&CheckKey::new(user.public()), CheckKeyRefusal::RevokedKey);
        world.refused(&confirm(&right), ConfirmRevocationRefusal::UnknownKey);
        let unauthorized = StatusCode::UNAUTHORIZED;
        world.refused_by(unauthorized, "auth-error", &ask, RequestRevocationRefusal::NotAuthentic);
        let first = StatusCode::CONFLICT;
        world.refused_by(first, "confirm-first", &confirm(&right), ConfirmRevocationRefusal::ConfirmFirst);
    }
    world.with(|server| server.settings.revocation_start = RevocationStart::Pending);
}

/// From the request to the token, and the token into a key. Returns the token.
fn life_of_a_job(world: &World<'_>, user: &Ed25519Key, claims: &Claims, form: SignedForm) -> Jws {
    world.with(|server| server.settings.signed_form = form);
    let to = claims.email.clone().or_else(|| claims.phone.clone()).unwrap();
    let job = world.call(&RequestScope::new(claims.sign(user).unwrap())).unwrap();
    let is_signed = || world.call(&CheckScope::new(job.clone())).unwrap();
    let retrieve = || world.call(&RetrieveScope::new(job.clone())).unwrap();
    assert_eq!(is_signed(), JobState::NotSigned);
    let sign = SignScope::new(job.clone(), world.authority(&job));
    world.refused(&sign, SignScopeRefusal::ConfirmFirst);
    let confirm = ConfirmScope::new(job.clone());
    world.refused(&confirm, ConfirmScopeRefusal::WrongCode);
    world.refused(&confirm.clone().code(code("999999")), ConfirmScopeRefusal::WrongCode);
    let right = confirm.code(world.code_for(&to));
    world.call(&right).unwrap();
    world.call(&right).unwrap();
    // Confirmed is not signed.
    assert_eq!(is_signed(), JobState::NotSigned);
    assert!(matches!(retrieve(), JobContent::NotSigned));

    // Not by the person themselves, nor by an authority that nobody knows.
    world.unattributed(&SignScope::new(job.clone(), claims.sign(user).unwrap()));
    let echo = world.call(&sign).unwrap().unwrap();
    assert_eq!(echo.as_jws().expose(), world.call(&sign).unwrap().unwrap().as_jws().expose());
    assert_eq!(is_signed(), JobState::Signed);
    let JobContent::Jwt(jwt) = retrieve() else { panic!("not signed") };
    assert_eq!(jwt.as_jws().expose(), echo.as_jws().expose());
    let verified = jwt.verify(&world.rules(), &world.issuer(), &user.public(), &Ed25519).unwrap();
    assert_eq!((&verified.email, &verified.phone, &verified.scope), (&claims.email, &claims.phone, &claims.scope));
    assert_eq!(*verified.signer(), world.issuer());
    let stranger = signer(99).public();
    assert!(jwt.verify(&world.rules(), &stranger, &user.public(), &Ed25519).is_err());
    assert!(jwt.verify(&world.rules(), &world.issuer(), &stranger, &Ed25519).is_err());

    world.call(&DeleteScope::new(job.clone())).unwrap();
    world.refused(&DeleteScope::new(job.clone()), UnknownJob);
    world.refused(&CheckScope::new(job.clone()), UnknownJob);
    world.refused(&RetrieveScope::new(job.clone()), UnknownJob);
    world.refused(&SignScope::new(job.clone(), jwt.as_jws().clone()), SignScopeRefusal::UnknownJob);
    world.refused(&ConfirmScope::new(job.clone()), ConfirmScopeRefusal::UnknownJob);
    let not_allowed = StatusCode::METHOD_NOT_ALLOWED;
    world.refused_by(not_allowed, "not-supported", &ConfirmScope::new(job), ConfirmScopeRefusal::NotSupported);
    jwt.into_jws()
}

fn life_of_scopes(world: &World<'_>) {
    let (user, other) = (signer(21), signer(22));
    let [email, phone] = [
        (Claims::about_email(user.public(), "c@example.com"), SignedForm::Jwt),
        (Claims::about_phone(user.public(), "+44 20 7946 0000"), SignedForm::Json),
    ]
    .map(|(claims, form)| life_of_a_job(world, &user, &claims, form));
    let update = |key: &Ed25519Key| {
        let id = AuthentiqId::new(key.public()).signed_email(&email).signed_phone(&phone);
        UpdateKey::new(key.public(), id.sign(key).unwrap())
    };
    world.refused(&update(&user), UpdateKeyRefusal::UnknownKey);
    world.call(&registration(&user)).unwrap();
    world.call(&update(&user)).unwrap();
    world.call(&update(&user)).unwrap();
    assert_eq!(world.call(&RetrieveKey::new(user.public())).unwrap().status.as_deref(), Some("confirmed"));

    // Whoever signs for somebody else, and what is bound already.
    world.call(&registration(&other)).unwrap();
    world.unattributed(&update(&other));
    let same = Claims::about_email(other.public(), "c@example.com");
    let token = world.server.with_emulator(|emulator, _| {
        let claims = format!(r#"{{"sub":"{}","scope":"email","email":"c@example.com"}}"#, same.subject);
        Jws::new(emulator.authentiq.issuer().sign_claims(&claims)).unwrap()
    });
    let id = AuthentiqId::new(other.public()).signed_email(&token);
    world.refused(&UpdateKey::new(other.public(), id.sign(&other).unwrap()), UpdateKeyRefusal::DuplicateHash);
    let id = AuthentiqId::new(other.public()).email("c@example.com").sign(&other).unwrap();
    world.refused(&BindKey::new(other.public(), id.clone()), BindKeyRefusal::DuplicateHash);
    world.unattributed(&BindKey::new(user.public(), id));
    world.with(|server| server.revoke_key(&user.public().to_string()));
    world.refused(&update(&user), UpdateKeyRefusal::RevokedKey);

    // Too many messages to one address.
    world.with(|server| server.settings.rate_limit = 1);
    let ask = RequestScope::new(Claims::about_email(user.public(), "d@example.com").sign(&user).unwrap());
    world.call(&ask).unwrap();
    world.refused(&ask, RequestScopeRefusal::RateLimit);
    world.with(|server| server.settings.rate_limit = 1_000_000);
    // Signed by somebody else than it is about, as far as it says.
    let forged = Claims::about_email(user.public(), "d@example.com").unsigned(user.public()).unwrap();
    world.unattributed(&RequestScope::new(forged.with_signature([1; 64])));
}

/// Waits over the network until the issuer has signed by itself.
fn the_flow(world: &World<'_>) {
    world.with(|server| server.settings.signing_delay = Some(Duration::from_millis(80)));
    let user = signer(31);
    let claims = Claims::about_email(user.public(), "e@example.com").sign(&user).unwrap();
    let job = world.call(&RequestScope::new(claims)).unwrap();
    world.call(&ConfirmScope::new(job.clone()).code(world.code_for("e@example.com"))).unwrap();
    world.strike(Fault::DropAfter);
    let deadline = world.adapter.now().saturating_add(Duration::from_secs(10));
    let before = world.server.log().len();
    let mut flow = AwaitSignature::new(job, deadline).pace(Duration::from_millis(15));
    let jwt = world.adapter.drive(&world.provider, &mut flow).unwrap();
    assert!(jwt.verify(&world.rules(), &world.issuer(), &user.public(), &Ed25519).is_ok());
    // On an idle machine some came too early, besides.
    assert!(world.server.log().len() >= before + 2, "one was lost, and one had the token");
    world.with(|server| server.settings.signing_delay = None);
}

fn the_test_issuer(world: &World<'_>) {
    let user = signer(41);
    let claims = Claims::about_phone(user.public(), "+3162").sign(&user).unwrap();
    let job = world.call(&RequestScope::new(claims).with_test_issuer()).unwrap();
    world.call(&ConfirmScope::new(job.clone())).unwrap();
    let JobContent::Jwt(jwt) = world.call(&RetrieveScope::new(job)).unwrap() else { panic!("not signed") };
    assert!(jwt.verify(&world.rules(), &world.issuer(), &user.public(), &Ed25519).is_err(), "worth nothing");
    let tester = PublicKey::new(&world.with(|server| server.test_issuer().id().to_owned())).unwrap();
    assert!(jwt.verify(&world.rules(), &tester, &user.public(), &Ed25519).is_ok());
    // Nor does it bind a key.
    world.call(&registration(&user)).unwrap();
    let id = AuthentiqId::new(user.public()).signed_phone(jwt.as_jws()).sign(&user).unwrap();
    world.unattributed(&UpdateKey::new(user.public(), id));
}

fn push_login(world: &World<'_>, seed: u8) {
    let user = signer(seed);
    let token = PushToken::new(user.public(), "i", "https://other.example/").and_audience(SITE).sign(&user).unwrap();
    let push = PushLogin::new(CALLBACK, token.clone());
    world.refused(&push, PushLoginRefusal::UnknownKey);
    world.refused(&PushLogin::new("https://evil.example/", token), PushLoginRefusal::Audience);
    let forged = PushToken::new(user.public(), "i", SITE).unsigned().unwrap().with_signature([1; 64]);
    world.refused(&PushLogin::new(CALLBACK, forged), PushLoginRefusal::NotSelfSigned);
    world.call(&registration(&user)).unwrap();
    let before = world.with(|server| server.pushes().count());
    world.call(&push).unwrap();
    world.with(|server| {
        let pushed: Vec<_> = server.pushes().skip(before).map(|push| (&*push.callback, &*push.sub)).collect();
        assert_eq!(pushed, [(CALLBACK, &*user.public().to_string())]);
        assert!(server.revoke_key(&user.public().to_string()));
    });
    world.refused(&push, PushLoginRefusal::RevokedKey);
}

/// Every operation; every documented status of each happened, and every refusal that the golden tables have arrived as
/// itself, wherever the emulator puts its name.
#[test]
fn all_that_is_documented() {
    for adapter in Adapter::both(None) {
        for form in [SlugForm::Bare, SlugForm::Uri, SlugForm::Title] {
            let server = Server::start().unwrap();
            let world = World::new(&adapter, &server);
            world.with(|server| server.settings.slug_form = form);
            life_of_a_key(&world);
            a_lost_phone(&world);
            life_of_scopes(&world);
            the_flow(&world);
            the_test_issuer(&world);
            push_login(&world, 51);

            let log = server.log();
            let seen: BTreeSet<_> =
                log.iter().filter_map(|seen| Some((seen.operation.unwrap(), seen.status?.as_u16()))).collect();
            let documented = golden::operations("authentiq");
            for operation in &documented {
                for status in &operation.statuses {
                    let pair = (operation.id.as_str(), status.code);
                    assert!(seen.contains(&pair), "{}: {pair:?} did not happen", adapter.name());
                }
            }
            assert_eq!(documented.len(), 14);
            let rows = golden::replies("authentiq").into_iter().filter(|row| row.meaning.starts_with("Refused("));
            let expected: BTreeSet<_> = rows.map(|row| (row.operation, row.status, row.meaning)).collect();
            assert_eq!(*world.refused.borrow(), expected, "{} {form:?}", adapter.name());
            assert_eq!(expected.len(), 32);
            // Nothing is sent that could be a credential of ours.
            let is_credential = |name: &http::HeaderName| ["authorization", "cookie"].contains(&name.as_str());
            assert!(!log.iter().flat_map(|seen| seen.headers.keys()).any(is_credential));
        }
    }
}

#[test]
fn there_is_no_credential_of_ours() {
    assert_eq!(INDEX.len(), 15);
    assert!(INDEX.iter().all(|entry| entry.auth() == Auth::None));
}

/// The reply with the revocation secret is lost: nobody knows whether the key is registered, and nothing is sent twice.
#[test]
fn a_lost_registration() {
    for adapter in Adapter::both(None) {
        for fault in [Fault::DropBefore, Fault::DropAfter, Fault::Truncated] {
            let server = Server::start().unwrap();
            let world = World::new(&adapter, &server);
            let user = signer(61);
            let is_registered = !matches!(fault, Fault::DropBefore);
            world.strike(fault);
            let error = world.call(&registration(&user)).unwrap_err();
            assert!(matches!(error, CallError::Transport { sent: Sent::Maybe, .. }), "{error:?}");
            assert_eq!(server.log().len(), 1, "not sent again");
            let again = world.call(&registration(&user));
            if !is_registered {
                assert!(again.is_ok());
                continue;
            }
            assert_eq!(reply(again), Kind::Refused(RegisterKeyRefusal::DuplicateKey));
            // It works all the same, and there is a way to revoke it.
            world.call(&CheckKey::new(user.public())).unwrap();
            let id = AuthentiqId::new(user.public()).email("f@example.com").phone("+3163").sign(&user).unwrap();
            world.call(&BindKey::new(user.public(), id)).unwrap();
            world.call(&RequestRevocation::new("f@example.com", "+3163")).unwrap();
            let code = world.code_for("f@example.com");
            world.call(&ConfirmRevocation::new("f@example.com", "+3163", code)).unwrap();
            let outcome = reply(world.call(&CheckKey::new(user.public())));
            assert_eq!(outcome, Kind::Refused(CheckKeyRefusal::RevokedKey));
        }
    }
}

/// App Engine's pages, when an instance is out of order or there is none.
const PAGES: [(StatusCode, &str); 3] = [
    (StatusCode::INTERNAL_SERVER_ERROR, "<html><head><title>500 Server Error</title></head><h1>Error</h1></html>"),
    (StatusCode::BAD_GATEWAY, "<!DOCTYPE html><html lang=en><title>Error 502</title></html>"),
    (StatusCode::SERVICE_UNAVAILABLE, "<html><body><h1>Over Quota</h1>unknown-key</body></html>"),
];

impl World<'_> {
    /// An operation that succeeds, and none of what may go wrong on the way makes a success of it.
    fn faults<E>(&self, make: impl Fn(&Person) -> E)
    where
        E: Endpoint<Provider = Authentiq>,
        E::Output: Debug,
        E::Refusal: Clone + PartialEq,
    {
        let outcome_of = |operation: &E, fault: Fault| {
            self.strike(fault);
            let before = self.server.log().len();
            let outcome = self.call(operation);
            assert_eq!(self.server.log().len(), before + 1, "{}: sent once", E::NAME);
            outcome
        };
        // None of these is carried out, so that one operation will do, and succeeds in the end.
        let operation = make(&self.person());
        let outcome = |fault: Fault| outcome_of(&operation, fault);
        let shown = |fault: &str| format!("{}: {} {fault}", self.adapter.name(), E::NAME);
        for (status, page) in PAGES {
            let kind = reply(outcome(answer(status, "text/html; charset=UTF-8", page)));
            assert_eq!(kind, Kind::Unavailable, "{}", shown(page));
        }
        let kind = reply(outcome(Fault::unavailable(Duration::from_secs(7))));
        assert_eq!(kind, Kind::Unavailable, "{}", shown("503"));
        let kind = reply(outcome(Fault::throttled(Duration::from_secs(7))));
        let is_documented = E::NAME == "authentiq.scopes.request";
        assert!(is_documented && matches!(kind, Kind::Refused(_)) || kind == Kind::Throttled, "{}", shown("429"));
        let kind = reply(outcome(Fault::status(StatusCode::FOUND)));
        assert_eq!(kind, Kind::Unexpected, "{}", shown("302"));
        let is_uncertain = |outcome: Result<E::Output, CallError<E::Refusal>>| {
            matches!(outcome, Err(CallError::Transport { sent: Sent::Maybe, .. }))
        };
        assert!(is_uncertain(outcome(Fault::DropBefore)), "{}", shown("dropped before"));
        match outcome(Fault::status(StatusCode::NO_CONTENT)) {
            // What 204 is documented to say of a job.
            Ok(not_signed) => assert_eq!(format!("{not_signed:?}"), "NotSigned", "{}", shown("204")),
            Err(error) => assert_eq!(error.kind(), Some(&Kind::Unexpected), "{}", shown("204")),
        }
        // An answer to HEAD has no body that could tell a portal from the issuer.
        let is_head = matches!(E::ROUTE.method(), Method::Head);
        let is_another_type = |kind| matches!(kind, Kind::Malformed(Malformed::MediaType) | Kind::Unexpected);
        if !is_head {
            assert!(is_another_type(reply(outcome(Fault::Html))), "{}", shown("a portal's page"));
        }
        assert!(self.call(&operation).is_ok(), "{}", shown("without a fault"));

        // These are carried out.
        let outcome = |fault: Fault| outcome_of(&make(&self.person()), fault);
        assert!(is_uncertain(outcome(Fault::DropAfter)), "{}", shown("dropped after"));
        if !is_head {
            assert!(is_uncertain(outcome(Fault::Truncated)), "{}", shown("truncated"));
            let html = Fault::MediaType(HeaderValue::from_static("text/html"));
            assert!(is_another_type(reply(outcome(html))), "{}", shown("another media type"));
        }
    }
}

#[test]
fn no_fault_is_a_success_of_any_operation() {
    for adapter in Adapter::both(None) {
        let server = Server::start().unwrap();
        let world = World::new(&adapter, &server);
        let fresh = |person: &Person| {
            let mut seed = *person.id().as_bytes();
            seed[0] ^= 1;
            Ed25519Key::from_seed(&seed)
        };
        world.faults(|person| registration(&fresh(person)));
        world.faults(|person| BindKey::new(person.id(), person.bound()));
        world.faults(|person| {
            let id = AuthentiqId::new(person.id()).signed_email(&world.authority(&person.signed));
            UpdateKey::new(person.id(), id.sign(&person.key).unwrap())
        });
        world.faults(|person| CheckKey::new(person.id()));
        world.faults(|person| RetrieveKey::new(person.id()));
        world.faults(|person| RevokeKey::new(person.id(), person.secret.clone()));
        world.faults(|person| RequestRevocation::new(&*person.email, &*person.phone));
        world.faults(|person| ConfirmRevocation::new(&*person.email, &*person.phone, person.revocation.clone()));
        world.faults(|person| PushLogin::new(CALLBACK, person.push()));
        world.faults(|person| RequestScope::new(person.claims()));
        world.faults(|person| {
            let job = world.arrange(&RequestScope::new(person.claims()));
            ConfirmScope::new(job).code(world.code_for(&person.email))
        });
        world.faults(|person| SignScope::new(person.confirmed.clone(), world.authority(&person.confirmed)));
        world.faults(|person| RetrieveScope::new(person.signed.clone()));
        world.faults(|person| CheckScope::new(person.signed.clone()));
        world.faults(|person| DeleteScope::new(person.waiting.clone()));

        // Somebody else's record, and a token that was signed about somebody else.
        let person = world.person();
        world.strike(Fault::WrongUser);
        let outcome = reply(world.call(&RetrieveKey::new(person.id())));
        assert_eq!(outcome, Kind::Malformed(Malformed::Mismatch("sub")));
        let other = world.person();
        world.strike(answer(StatusCode::OK, "application/jwt", world.authority(&other.signed).expose()));
        let content = world.call(&RetrieveScope::new(person.signed.clone())).unwrap();
        let JobContent::Jwt(jwt) = content else { panic!("{content:?}") };
        assert!(jwt.verify(&world.rules(), &world.issuer(), &person.id(), &Ed25519).is_err());
        assert!(jwt.verify(&world.rules(), &world.issuer(), &other.id(), &Ed25519).is_ok());
        // 200 and 204 of a job tell different things.
        let states = [&person.confirmed, &person.signed].map(|job| world.call(&CheckScope::new(job.clone())).unwrap());
        assert_eq!(states, [JobState::NotSigned, JobState::Signed]);
        world.refused(&CheckScope::new(no_job()), UnknownJob);
    }
}

proptest! {
    // ed25519-dalek is slow where it is not optimised.
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_token_verifies_as_it_was_signed_or_not_at_all(input in vec(any::<u8>(), 0..200)) {
        laws::token(&input);
    }

    #[test]
    fn the_rules_of_a_token_hold_whatever_signatures_are(inputs in vec(vec(any::<u8>(), 0..200), 50)) {
        inputs.iter().for_each(|input| laws::token_rules(input));
    }

    #[test]
    fn the_status_decides_what_an_error_is(inputs in vec(vec(any::<u8>(), 0..100), 20)) {
        thread_local!(static SUBJECT: subject::Subject = subject::named("authentiq"));
        SUBJECT.with(|subject| inputs.iter().for_each(|input| laws::error(subject, input)));
    }
}
