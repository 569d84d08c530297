//! The operations against the emulated issuer, which verifies signatures by an implementation of its own and knows nothing
//! of this crate: whole stories, and every refusal where it comes from.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use std::fmt::Debug;

use authwire_authentiq::flows::AwaitSignature;
use authwire_authentiq::jwt::{AuthentiqId, Claims, Jws, PushToken, Verification, Verified};
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
use authwire_authentiq::{Authentiq, Code, DeviceToken, JobId, PublicKey, RevocationSecret};
use authwire_core::{Endpoint, Flow, Kind, Reply, ReplyError, Step, Timestamp};
use authwire_emulator::Memory;
use authwire_emulator::authentiq::{RevocationStart, SignedForm, SlugForm};
use common::{Ring, RingKey, key};

const EMAIL: &str = "alice@example.com";
const NUMBER: &str = "+31612345678";
const SITE: &str = "https://connect.example/";
const CALLBACK: &str = "https://connect.example/s?id=7&x=%2F";

struct Issuer {
    memory: Memory,
    provider: Authentiq,
}

impl Issuer {
    fn new() -> Self {
        let provider = Authentiq::new("https://issuer.example/authentiq".parse().unwrap());
        Self { memory: Memory::new(1), provider }
    }

    fn call<E: Endpoint<Provider = Authentiq>>(&self, operation: &E) -> Result<E::Output, ReplyError<E::Refusal>> {
        let request = operation.request(&self.provider).unwrap();
        operation.response(&self.provider, &self.memory.send(&request).unwrap())
    }

    /// The refusal that this operation gets.
    fn refusal<E: Endpoint<Provider = Authentiq, Refusal: Copy>>(&self, operation: &E) -> E::Refusal {
        *self.call(operation).unwrap_err().refusal().expect("a documented refusal")
    }

    fn with<R>(&self, with: impl FnOnce(&mut authwire_emulator::authentiq::Authentiq) -> R) -> R {
        self.memory.with_emulator(|emulator, _| with(&mut emulator.authentiq))
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.memory.now())
    }

    fn code(&self, to: &str) -> Code {
        Code::new(self.with(|server| server.code_for(to).unwrap().to_owned())).unwrap()
    }

    fn issuer(&self) -> PublicKey {
        PublicKey::new(&self.with(|server| server.issuer().id().to_owned())).unwrap()
    }

    fn register(&self, signer: &RingKey) -> RevocationSecret {
        let id = AuthentiqId::new(signer.public()).device_token(DeviceToken::new("device-1").unwrap());
        self.call(&RegisterKey::new(id.sign(signer).unwrap())).unwrap()
    }

    fn bind(&self, signer: &RingKey) -> Result<(), ReplyError<BindKeyRefusal>> {
        let id = AuthentiqId::new(signer.public()).email(EMAIL).phone(NUMBER);
        self.call(&BindKey::new(signer.public(), id.sign(signer).unwrap()))
    }

    fn job(&self) -> JobId {
        self.call(&RequestScope::new(Claims::about_email(key(), EMAIL).sign(&RingKey::user()).unwrap())).unwrap()
    }

    fn authority_signs(&self, job: &JobId) -> Jws {
        let signed = self.memory.with_emulator(|emulator, now| {
            let server = &emulator.authentiq;
            server.issuer().sign_job(server, now, job.expose())
        });
        Jws::new(signed.unwrap()).unwrap()
    }

    /// Verifies an attribute and brings its token home.
    fn verified(&self, claims: Claims) -> Jws {
        let to = claims.email.clone().or(claims.phone.clone()).unwrap();
        let job = self.call(&RequestScope::new(claims.sign(&RingKey::user()).unwrap())).unwrap();
        self.call(&ConfirmScope::new(job.clone()).code(self.code(&to))).unwrap();
        let token = self.authority_signs(&job);
        self.call(&SignScope::new(job.clone(), token)).unwrap();
        let JobContent::Jwt(jwt) = self.call(&RetrieveScope::new(job)).unwrap() else { panic!("not signed") };
        jwt.into_jws()
    }
}

fn no_job() -> JobId {
    JobId::new("00000000000000000000").unwrap()
}

#[test]
fn a_key_lives() {
    let issuer = Issuer::new();
    let user = RingKey::user();
    assert_eq!(issuer.refusal(&CheckKey::new(key())), CheckKeyRefusal::UnknownKey);
    assert_eq!(issuer.refusal(&RetrieveKey::new(key())), RetrieveKeyRefusal::UnknownKey);
    let secret = issuer.register(&user);
    let again = RegisterKey::new(AuthentiqId::new(key()).sign(&user).unwrap());
    assert_eq!(issuer.refusal(&again), RegisterKeyRefusal::DuplicateKey);
    issuer.call(&CheckKey::new(key())).unwrap();
    let info = issuer.call(&RetrieveKey::new(key())).unwrap();
    assert_eq!((info.key, info.status.as_deref(), info.since), (key(), Some("registered"), Some(issuer.now())));
    let update = AuthentiqId::new(key()).encryption_key(RingKey::issuer().public());
    issuer.call(&BindKey::new(key(), update.sign(&user).unwrap())).unwrap();
    issuer.with(|server| assert_eq!(server.encryption_key(common::KEY), Some(common::ISSUER_KEY)));
    // The secret has characters that must be escaped.
    assert!(secret.expose().contains('+') && secret.expose().contains('/'));
    let wrong = RevokeKey::new(key(), RevocationSecret::new("x").unwrap());
    assert_eq!(issuer.refusal(&wrong), RevokeKeyRefusal::WrongSecret);
    issuer.call(&RevokeKey::new(key(), secret.clone())).unwrap();
    issuer.call(&RevokeKey::new(key(), secret)).unwrap();
    assert_eq!(issuer.refusal(&CheckKey::new(key())), CheckKeyRefusal::RevokedKey);
    assert_eq!(issuer.refusal(&RetrieveKey::new(key())), RetrieveKeyRefusal::RevokedKey);
    assert_eq!(issuer.bind(&user).unwrap_err().refusal(), Some(&BindKeyRefusal::RevokedKey));
    let stranger = RevokeKey::new(RingKey::issuer().public(), RevocationSecret::new("x").unwrap());
    assert_eq!(issuer.refusal(&stranger), RevokeKeyRefusal::UnknownKey);
}

#[test]
fn a_lost_phone_is_revoked_by_a_mailed_code() {
    for start in [RevocationStart::Pending, RevocationStart::ConfirmFirst] {
        let issuer = Issuer::new();
        issuer.with(|server| server.settings.revocation_start = start);
        let ask = RequestRevocation::new(EMAIL, NUMBER);
        let confirm = |code: &Code| ConfirmRevocation::new(EMAIL, NUMBER, code.clone());
        assert_eq!(issuer.refusal(&ask), RequestRevocationRefusal::UnknownKey);
        issuer.register(&RingKey::user());
        issuer.bind(&RingKey::user()).unwrap();
        issuer.call(&ask).unwrap();
        issuer.call(&ask).unwrap(); // the code is outstanding: 409, which says the same
        issuer.with(|server| assert_eq!(server.messages().count(), 1));
        let wrong = Code::new("999999").unwrap();
        assert_eq!(issuer.refusal(&confirm(&wrong)), ConfirmRevocationRefusal::WrongCode);
        let code = issuer.code(EMAIL);
        assert!(code.expose().starts_with('0'));
        issuer.call(&confirm(&code)).unwrap();
        assert_eq!(issuer.refusal(&confirm(&code)), ConfirmRevocationRefusal::UnknownKey, "on a repeat it means: done");
        assert_eq!(issuer.refusal(&CheckKey::new(key())), CheckKeyRefusal::RevokedKey);
    }
}

#[test]
fn scopes_are_verified_and_bind_a_key() {
    let issuer = Issuer::new();
    let user = RingKey::user();
    issuer.register(&user);
    let email = issuer.verified(Claims::about_email(key(), EMAIL));
    let phone = issuer.verified(Claims::about_phone(key(), NUMBER).kind("mobile"));
    let rules = Verification::new(issuer.now());
    let claims: Verified<Claims> = rules.issued_by(&issuer.issuer(), &key(), &phone, &Ring).unwrap();
    assert_eq!((claims.phone.as_deref(), claims.kind.as_deref()), (Some(NUMBER), Some("mobile")));
    let id = AuthentiqId::new(key()).signed_email(&email).signed_phone(&phone);
    let update = UpdateKey::new(key(), id.sign(&user).unwrap());
    issuer.call(&update).unwrap();
    assert_eq!(issuer.call(&RetrieveKey::new(key())).unwrap().status.as_deref(), Some("confirmed"));
    // Another key cannot have the same address, whichever way it asks.
    let other = RingKey::from_seed(&[7; 32]);
    issuer.register(&other);
    assert_eq!(issuer.bind(&other).unwrap_err().refusal(), Some(&BindKeyRefusal::DuplicateHash));
    let claims = format!(r#"{{"sub":"{}","scope":"email","email":"{EMAIL}"}}"#, other.public());
    let proof = Jws::new(issuer.with(|server| server.issuer().sign_claims(&claims))).unwrap();
    let id = AuthentiqId::new(other.public()).signed_email(&proof).sign(&other).unwrap();
    assert_eq!(issuer.refusal(&UpdateKey::new(other.public(), id.clone())), UpdateKeyRefusal::DuplicateHash);
    let nobody = RingKey::from_seed(&[8; 32]);
    let claims = claims.replace(&other.public().to_string(), &nobody.public().to_string());
    let proof = Jws::new(issuer.with(|server| server.issuer().sign_claims(&claims))).unwrap();
    let id = AuthentiqId::new(nobody.public()).signed_email(&proof).sign(&nobody).unwrap();
    assert_eq!(issuer.refusal(&UpdateKey::new(nobody.public(), id.clone())), UpdateKeyRefusal::UnknownKey);
    assert_eq!(issuer.refusal(&BindKey::new(nobody.public(), id.clone())), BindKeyRefusal::UnknownKey);
    // A path that the signature does not fit is answered with 401, of which the documents say nothing.
    let mismatch = issuer.call(&UpdateKey::new(key(), id)).unwrap_err();
    assert_eq!(*mismatch.kind(), Kind::Unattributed);
}

#[test]
fn a_job_lives() {
    let issuer = Issuer::new();
    let job = issuer.job();
    assert_eq!(issuer.call(&CheckScope::new(job.clone())).unwrap(), JobState::NotSigned);
    assert!(matches!(issuer.call(&RetrieveScope::new(job.clone())), Ok(JobContent::NotSigned)));
    let token = issuer.authority_signs(&job);
    let sign = SignScope::new(job.clone(), token.clone());
    assert_eq!(issuer.refusal(&sign), SignScopeRefusal::ConfirmFirst);
    let confirm = |code: &str| ConfirmScope::new(job.clone()).code(Code::new(code).unwrap());
    assert_eq!(issuer.refusal(&confirm("999999")), ConfirmScopeRefusal::WrongCode);
    assert_eq!(issuer.refusal(&ConfirmScope::new(job.clone())), ConfirmScopeRefusal::WrongCode);
    issuer.call(&confirm(issuer.code(EMAIL).expose())).unwrap();
    assert_eq!(issuer.call(&CheckScope::new(job.clone())).unwrap(), JobState::NotSigned);
    for form in [SignedForm::Jwt, SignedForm::Json] {
        issuer.with(|server| server.settings.signed_form = form);
        let echo = issuer.call(&sign).unwrap().unwrap();
        assert_eq!(echo.as_jws().expose(), token.expose(), "a repeat is the same again");
    }
    assert_eq!(issuer.call(&CheckScope::new(job.clone())).unwrap(), JobState::Signed);
    let JobContent::Jwt(jwt) = issuer.call(&RetrieveScope::new(job.clone())).unwrap() else { panic!("not signed") };
    let rules = Verification::new(issuer.now());
    let claims = jwt.verify(&rules, &issuer.issuer(), &key(), &Ring).unwrap();
    assert_eq!(claims.email.as_deref(), Some(EMAIL));
    assert!(
        jwt.verify(&rules, &key(), &key(), &Ring).is_err()
            && jwt.verify(&rules, &issuer.issuer(), &issuer.issuer(), &Ring).is_err()
    );
    issuer.call(&DeleteScope::new(job.clone())).unwrap();
    assert_eq!(issuer.refusal(&DeleteScope::new(job)), UnknownJob);
    assert_eq!(issuer.refusal(&CheckScope::new(no_job())), UnknownJob);
    assert_eq!(issuer.refusal(&RetrieveScope::new(no_job())), UnknownJob);
    assert_eq!(issuer.refusal(&ConfirmScope::new(no_job())), ConfirmScopeRefusal::UnknownJob);
    assert_eq!(issuer.refusal(&SignScope::new(no_job(), token)), SignScopeRefusal::UnknownJob);
}

#[test]
fn the_issuer_signs_by_itself_and_the_flow_waits_for_it() {
    let issuer = Issuer::new();
    issuer.with(|server| server.settings.signing_delay = Some(std::time::Duration::from_secs(12)));
    let job = issuer.job();
    issuer.call(&ConfirmScope::new(job.clone()).code(issuer.code(EMAIL))).unwrap();
    let deadline = issuer.now().saturating_add(std::time::Duration::from_secs(60));
    let mut flow = AwaitSignature::new(job, deadline);
    let mut polls = 0;
    let token = loop {
        match flow.step(&issuer.provider, issuer.now()).unwrap() {
            Step::Send(request) => {
                polls += 1;
                let response = issuer.memory.send(&request).unwrap();
                flow.reply(&issuer.provider, issuer.now(), Reply::from(&response));
            }
            Step::Wait(until) => issuer.memory.advance(until.since(issuer.now())),
            Step::Done(token) => break token,
        }
    };
    assert_eq!(polls, 4, "at 0, 5, 10 and 15 seconds");
    assert!(token.verify(&Verification::new(issuer.now()), &issuer.issuer(), &key(), &Ring).is_ok());
}

#[test]
fn the_test_issuer_needs_no_code_and_is_not_the_issuer() {
    let issuer = Issuer::new();
    let claims = Claims::about_email(key(), EMAIL).sign(&RingKey::user()).unwrap();
    let job = issuer.call(&RequestScope::new(claims).with_test_issuer()).unwrap();
    issuer.call(&ConfirmScope::new(job.clone())).unwrap();
    let JobContent::Jwt(jwt) = issuer.call(&RetrieveScope::new(job)).unwrap() else { panic!("not signed") };
    let rules = Verification::new(issuer.now());
    assert!(jwt.verify(&rules, &issuer.issuer(), &key(), &Ring).is_err());
    let test_issuer = PublicKey::new(&issuer.with(|server| server.test_issuer().id().to_owned())).unwrap();
    assert!(jwt.verify(&rules, &test_issuer, &key(), &Ring).is_ok());
}

#[test]
fn too_many_messages_to_one_address_are_refused() {
    let issuer = Issuer::new();
    issuer.with(|server| server.settings.rate_limit = 1);
    issuer.job();
    let again = RequestScope::new(Claims::about_email(key(), EMAIL).sign(&RingKey::user()).unwrap());
    assert_eq!(issuer.refusal(&again), RequestScopeRefusal::RateLimit);
}

#[test]
fn a_login_is_pushed() {
    let issuer = Issuer::new();
    let user = RingKey::user();
    let token = PushToken::new(key(), Authentiq::VENDOR_BASE, "https://other.example/").and_audience(SITE);
    let token = token.expires(issuer.now()).sign(&user).unwrap();
    let push = PushLogin::new(CALLBACK, token.clone());
    for form in [SlugForm::Bare, SlugForm::Uri, SlugForm::Title] {
        issuer.with(|server| server.settings.slug_form = form);
        assert_eq!(issuer.refusal(&push), PushLoginRefusal::UnknownKey);
        let elsewhere = PushLogin::new("https://evil.example/", token.clone());
        assert_eq!(issuer.refusal(&elsewhere), PushLoginRefusal::Audience);
        // A token that somebody else signed, as far as its header goes.
        let forged = PushToken::new(key(), "i", SITE).unsigned().unwrap().with_signature([1; 64]);
        assert_eq!(issuer.refusal(&PushLogin::new(CALLBACK, forged)), PushLoginRefusal::NotSelfSigned);
    }
    issuer.register(&user);
    issuer.call(&push).unwrap();
    issuer.with(|server| {
        let callbacks: Vec<_> = server.pushes().map(|push| (push.callback.clone(), push.devtoken.clone())).collect();
        assert_eq!(callbacks, [(CALLBACK.to_owned(), "device-1".to_owned())]);
    });
    issuer.with(|server| server.revoke_key(common::KEY));
    assert_eq!(issuer.refusal(&push), PushLoginRefusal::RevokedKey);
    // A second later the token is too old.
    issuer.memory.advance(std::time::Duration::from_secs(1));
    assert_eq!(issuer.refusal(&push), PushLoginRefusal::NotSelfSigned);
}

#[test]
fn a_server_that_fails_blames_nobody() {
    use authwire_emulator::Fault;
    let issuer = Issuer::new();
    fn kind<R: Copy + Debug>(result: Result<impl Debug, ReplyError<R>>) -> Kind<R> {
        result.unwrap_err().into_kind()
    }
    for status in [500_u16, 502, 503] {
        let status = http::StatusCode::from_u16(status).unwrap();
        let page = http::Response::builder().status(status).header("content-type", "text/html");
        let page = page.body(b"<html>Error: Server Error</html>".to_vec()).unwrap();
        issuer.memory.with_emulator(|emulator, _| emulator.fault(Fault::Reply(page)));
        assert_eq!(kind(issuer.call(&CheckScope::new(no_job()))), Kind::Unavailable);
    }
    issuer.memory.with_emulator(|emulator, _| emulator.fault(Fault::Html));
    assert!(matches!(kind(issuer.call(&RetrieveKey::new(key()))), Kind::Malformed(_)), "a captive portal's 200");
    issuer.register(&RingKey::user());
    issuer.memory.with_emulator(|emulator, _| emulator.fault(Fault::WrongUser));
    assert!(matches!(kind(issuer.call(&RetrieveKey::new(key()))), Kind::Malformed(_)), "somebody else's record");
}
