//! Authentiq: a phone's key is registered, bound to an address and a number that an authority has verified, used for a
//! login, and revoked in both ways.

use std::time::Duration;

use authwire_authentiq::flows::AwaitSignature;
use authwire_authentiq::jwt::{AuthentiqId, Claims, Ed25519, Ed25519Key, Jws, PushToken, SignError, Verification};
use authwire_authentiq::keys::{
    BindKey, BindKeyRefusal, ConfirmRevocation, ConfirmRevocationRefusal, KeyInfo, RegisterKey, RegisterKeyRefusal,
    RequestRevocation, RetrieveKey, RetrieveKeyRefusal, RevokeKey, RevokeKeyRefusal, UpdateKey,
};
use authwire_authentiq::login::{PushLogin, PushLoginRefusal};
use authwire_authentiq::scopes::{
    ConfirmScope, ConfirmScopeRefusal, DeleteScope, JobContent, RequestScope, RequestScopeRefusal, RetrieveScope,
    SignScope, SignScopeRefusal, UnknownJob, UnverifiedJwt,
};
use authwire_authentiq::{Authentiq, Code, DeviceToken, JobId, PublicKey, RevocationSecret};
use authwire_core::http::{Response, StatusCode};
use authwire_core::{CallError, InvalidValue, Kind, Malformed, Reason, Timestamp};
use authwire_emulator::{Fault, Server};

use super::{Said, Stage, Stop};

/// Who is verified.
const ADDRESS: &str = "ada@example.com";
const NUMBER: &str = "+46701234567";
/// Who asks her phone for a login, and where it then connects to.
const SITE: &str = "https://app.example/";
const CALLBACK: &str = "https://app.example/session/7";
/// A code that nobody was sent: the emulator's begin with a zero.
const WRONG_CODE: &str = "999999";

/// Plays the story.
pub(crate) fn play(stage: &mut Stage<'_>) -> Result<(), Stop> {
    let story = Story::new(stage)?;
    let secret = story.registration(stage)?;
    let address = story.address(stage)?;
    let number = story.number(stage)?;
    story.binding(stage, &address, &number)?;
    story.login(stage)?;
    story.mishaps(stage)?;
    story.new_phone(stage, &secret)?;
    story.lost_phone(stage)
}

struct Story {
    provider: Authentiq,
    /// The key on Ada's phone, and the one on her next.
    key: Ed25519Key,
    next: Ed25519Key,
    /// Whose signature is relied upon.
    issuer: PublicKey,
}

impl Story {
    fn new(stage: &Stage<'_>) -> Result<Self, Stop> {
        let issuer = stage.arrange(|emulator| PublicKey::new(emulator.authentiq.issuer().id()))?;
        Ok(Self {
            provider: Authentiq::new(stage.server().authentiq_url().parse()?),
            // A phone takes 32 bytes from a cryptographic random source; a story is the same each time.
            key: Ed25519Key::from_seed(&[0xad; 32]),
            next: Ed25519Key::from_seed(&[0xae; 32]),
            issuer,
        })
    }

    fn ada(&self) -> PublicKey {
        self.key.public()
    }

    /// Ada's phone makes a key, which becomes her name.
    fn registration(&self, stage: &mut Stage<'_>) -> Result<RevocationSecret, Stop> {
        let title = "Ada's phone makes a key, and signs that it is hers";
        let id = stage.gain(title, || match registration(&self.key, "phone-1") {
            Ok(id) => Ok((id, "the public half is her Authentiq ID".to_owned())),
            Err(_) => Err("a signed token".to_owned()),
        })?;
        let register = RegisterKey::new(id);
        let title = "It is registered";
        let secret = stage.obtain(title, &self.provider, &register, |_| {
            Ok("a secret that revokes the key, shown this once".to_owned())
        })?;
        let refusal = Kind::Refused(RegisterKeyRefusal::DuplicateKey);
        stage.refuses("The same once more", &self.provider, &register, refusal)?;
        Ok(secret)
    }

    /// Her e-mail address, step by step.
    fn address(&self, stage: &mut Stage<'_>) -> Result<Jws, Stop> {
        let provider = &self.provider;
        let request = RequestScope::new(signed(Claims::about_email(self.ada(), ADDRESS).sign(&self.key))?);
        let title = "She asks to have her e-mail address verified";
        let job = stage.obtain(title, provider, &request, |_| Ok("a job, and a code by e-mail".to_owned()))?;
        stage.arrange(|emulator| emulator.authentiq.settings.rate_limit = 1);
        let refusal = Kind::Refused(RequestScopeRefusal::RateLimit);
        stage.refuses("Once more, too soon", provider, &request, refusal)?;

        let sign = SignScope::new(job.clone(), authority(stage.server(), &job)?);
        let refusal = Kind::Refused(SignScopeRefusal::ConfirmFirst);
        stage.refuses("The authority signs what nobody has confirmed", provider, &sign, refusal)?;
        let wrong = ConfirmScope::new(job.clone()).code(Code::new(WRONG_CODE)?);
        let refusal = Kind::Refused(ConfirmScopeRefusal::WrongCode);
        stage.refuses("A wrong code", provider, &wrong, refusal)?;
        self.confirm(stage, &job, ADDRESS, "Ada reads the code in her mail")?;
        let title = "The authority signs";
        stage.call(title, provider, &sign, |_| Ok("a token of the issuer's is there".to_owned()))?;

        let title = "The token is fetched";
        let retrieve = RetrieveScope::new(job.clone());
        let content = stage.obtain(title, provider, &retrieve, |content| match content {
            JobContent::Jwt(_) => Ok("a token that nobody has verified yet".to_owned()),
            _ => Err("a token".to_owned()),
        })?;
        let token = self.verified(stage, content, |claims| claims.email.as_deref() == Some(ADDRESS))?;
        let delete = DeleteScope::new(job);
        stage.call("The job is done with", provider, &delete, |()| Ok("deleted".to_owned()))?;
        stage.refuses("The same once more", provider, &delete, Kind::Refused(UnknownJob))?;
        Ok(token)
    }

    /// Her phone number: the issuer signs by itself, and a flow waits for it.
    fn number(&self, stage: &mut Stage<'_>) -> Result<Jws, Stop> {
        let provider = &self.provider;
        let request = RequestScope::new(signed(Claims::about_phone(self.ada(), NUMBER).sign(&self.key))?);
        let title = "She asks the same for her phone number";
        let job = stage.obtain(title, provider, &request, |_| Ok("a job, and a code by text message".to_owned()))?;
        self.confirm(stage, &job, NUMBER, "Ada reads the text message")?;
        let flow = AwaitSignature::new(job, stage.deadline()).pace(stage.polling());
        let server = stage.server();
        let signs = move || {
            server.with_emulator(|emulator, _| emulator.authentiq.settings.signing_delay = Some(Duration::ZERO));
            Ok("it signs by itself".to_owned())
        };
        let title = "The token is waited for";
        let deed = ("The issuer gets round to it", signs);
        let token = stage.drive::<RetrieveScope, _>(title, provider, flow, deed, |_: &UnverifiedJwt| {
            Ok("a token that nobody has verified yet".to_owned())
        })?;
        self.verified(stage, JobContent::Jwt(token), |claims| claims.phone.as_deref() == Some(NUMBER))
    }

    fn confirm(&self, stage: &mut Stage<'_>, job: &JobId, to: &str, title: &'static str) -> Result<(), Stop> {
        let code = read_code(stage, to, title)?;
        let confirm = ConfirmScope::new(job.clone()).code(code);
        let title = "The job is confirmed";
        stage.call(title, &self.provider, &confirm, |()| Ok("that is no signature yet".to_owned()))
    }

    /// Whoever relies upon a token verifies it first.
    fn verified(
        &self,
        stage: &mut Stage<'_>,
        content: JobContent,
        is_right: impl FnOnce(&Claims) -> bool,
    ) -> Result<Jws, Stop> {
        let rules = Verification::new(Timestamp::from_unix(stage.server().now()));
        stage.gain("It is verified", || {
            let JobContent::Jwt(token) = content else { return Err("a token".to_owned()) };
            match token.verify(&rules, &self.issuer, &self.ada(), &Ed25519) {
                Ok(claims) if is_right(&claims) => {
                    Ok((token.into_jws(), "the issuer signed it, and it is about Ada".to_owned()))
                }
                _ => Err("a token of the issuer's about Ada".to_owned()),
            }
        })
    }

    /// What the issuer has signed goes into a token that Ada signs.
    fn binding(&self, stage: &mut Stage<'_>, address: &Jws, number: &Jws) -> Result<(), Stop> {
        let id = AuthentiqId::new(self.ada()).signed_email(address).signed_phone(number);
        let update = UpdateKey::new(self.ada(), signed(id.sign(&self.key))?);
        let title = "Her key is bound to both";
        stage.call(title, &self.provider, &update, |()| Ok("the issuer keeps their hashes".to_owned()))?;
        let title = "What is known of her key";
        stage.call(title, &self.provider, &RetrieveKey::new(self.ada()), |info| self.say_key(info))
    }

    fn say_key(&self, info: &KeyInfo) -> Said {
        if info.key == self.ada() && info.status.as_deref() == Some("confirmed") {
            Ok("it is confirmed".to_owned())
        } else {
            Err("Ada's key, confirmed".to_owned())
        }
    }

    /// A site that Ada gave a push token logs her in without a password.
    fn login(&self, stage: &mut Stage<'_>) -> Result<(), Stop> {
        let provider = &self.provider;
        let token = self.push_token()?;
        let push = PushLogin::new(CALLBACK, token.clone());
        let title = "A site asks Ada's phone for a login";
        stage.call(title, provider, &push, |()| Ok("the push is on its way; that is no login yet".to_owned()))?;
        let server = stage.server();
        stage.person("Her phone shows it, and she agrees", || {
            let pushed = server.with_emulator(|emulator, _| {
                emulator.authentiq.pushes().next_back().is_some_and(|push| push.callback == CALLBACK)
            });
            if pushed { Ok("it connects to the site".to_owned()) } else { Err("a push to her phone".to_owned()) }
        })?;
        let elsewhere = PushLogin::new("https://evil.example/", token.clone());
        let refusal = Kind::Refused(PushLoginRefusal::Audience);
        stage.refuses("Another site has got hold of the token", provider, &elsewhere, refusal)?;
        let nowhere = PushLogin::new("", token);
        let title = "A callback that leads nowhere";
        stage.fails(title, provider, &nowhere, "Build", |error| matches!(error, CallError::Build(_)))
    }

    fn push_token(&self) -> Result<Jws, Stop> {
        signed(PushToken::new(self.ada(), Authentiq::VENDOR_BASE, SITE).sign(&self.key))
    }

    /// What happens on the way, to a question that is right each time.
    fn mishaps(&self, stage: &mut Stage<'_>) -> Result<(), Stop> {
        let mut page = Response::new(b"<html><head><title>500 Server Error</title></head></html>".to_vec());
        *page.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        let faults = [
            (
                "A 401 where none is documented: nobody is blamed",
                Fault::status(StatusCode::UNAUTHORIZED),
                Kind::Unattributed,
            ),
            ("The issuer wants to be asked less often", Fault::throttled(Duration::from_secs(5)), Kind::Throttled),
            ("The issuer is out of order, and says so with a page", Fault::Reply(page), Kind::Unavailable),
            ("A redirect is not followed", Fault::status(StatusCode::FOUND), Kind::Unexpected),
            ("A captive portal answers 200: that is no key", Fault::Html, Kind::Malformed(Malformed::MediaType)),
            ("Another key comes back", Fault::WrongUser, Kind::Malformed(Malformed::Mismatch("sub"))),
        ];
        for (title, fault, kind) in faults {
            stage.arrange(|emulator| emulator.fault(fault));
            stage.refuses(title, &self.provider, &RetrieveKey::new(self.ada()), kind)?;
        }
        Ok(())
    }

    /// Ada gets a new phone, and revokes the key on the old one by its secret.
    fn new_phone(&self, stage: &mut Stage<'_>, secret: &RevocationSecret) -> Result<(), Stop> {
        let provider = &self.provider;
        let next = self.next.public();
        let register = RegisterKey::new(signed(registration(&self.next, "phone-2"))?);
        stage.arrange(|emulator| emulator.fault(Fault::DropAfter));
        let title = "Ada has a new phone with a key of its own, and the reply is lost";
        stage.fails(title, provider, &register, "Transport(Sent::Maybe, ..)", CallError::is_uncertain)?;
        let refusal = Kind::Refused(RegisterKeyRefusal::DuplicateKey);
        stage.refuses("The key is registered: its secret is lost", provider, &register, refusal)?;
        let id = AuthentiqId::new(next).email(ADDRESS).phone(NUMBER);
        let bind = BindKey::new(next, signed(id.sign(&self.next))?);
        let refusal = Kind::Refused(BindKeyRefusal::DuplicateHash);
        stage.refuses("Her address is bound to the old key", provider, &bind, refusal)?;

        let wrong = RevokeKey::new(self.ada(), RevocationSecret::new("made-up")?);
        let refusal = Kind::Refused(RevokeKeyRefusal::WrongSecret);
        stage.refuses("The old key is revoked with a wrong secret", provider, &wrong, refusal)?;
        let revoke = RevokeKey::new(self.ada(), secret.clone());
        stage.call("The old key is revoked with its secret", provider, &revoke, |()| Ok("for good".to_owned()))?;
        let refusal = Kind::Refused(RetrieveKeyRefusal::RevokedKey);
        stage.refuses("What is known of it", provider, &RetrieveKey::new(self.ada()), refusal)?;
        let push = PushLogin::new(CALLBACK, self.push_token()?);
        let refusal = Kind::Refused(PushLoginRefusal::RevokedKey);
        stage.refuses("A login on the old phone", provider, &push, refusal)?;
        let title = "The new key is bound to her address and number";
        stage.call(title, provider, &bind, |()| Ok("they are free again".to_owned()))
    }

    /// The new phone is lost, and nobody has its secret: her address and number revoke the key.
    fn lost_phone(&self, stage: &mut Stage<'_>) -> Result<(), Stop> {
        let provider = &self.provider;
        let title = "The new phone is lost: Ada asks by her address and number to revoke its key";
        let request = RequestRevocation::new(ADDRESS, NUMBER);
        stage.call(title, provider, &request, |()| Ok("a code by e-mail; nothing is revoked yet".to_owned()))?;
        let confirm = |code| ConfirmRevocation::new(ADDRESS, NUMBER, code);
        let wrong = confirm(Code::new(WRONG_CODE)?);
        let refusal = Kind::Refused(ConfirmRevocationRefusal::WrongCode);
        stage.refuses("A wrong code", provider, &wrong, refusal)?;
        let right = confirm(read_code(stage, ADDRESS, "Ada reads the code in her mail")?);
        stage.call("The key is revoked", provider, &right, |()| Ok("for good".to_owned()))?;
        let title = "The same once more: no key is bound to them now";
        stage.refuses(title, provider, &right, Kind::Refused(ConfirmRevocationRefusal::UnknownKey))?;
        let refusal = Kind::Refused(RetrieveKeyRefusal::RevokedKey);
        stage.refuses("What is known of it", provider, &RetrieveKey::new(self.next.public()), refusal)
    }
}

fn registration(key: &Ed25519Key, device: &str) -> Result<Jws, SignError<std::convert::Infallible>> {
    let token = DeviceToken::new(device).map_err(SignError::Invalid)?;
    AuthentiqId::new(key.public()).device_token(token).sign(key)
}

fn signed<E>(token: Result<Jws, SignError<E>>) -> Result<Jws, Stop> {
    token.map_err(|error| match error {
        SignError::Invalid(invalid) => invalid.into(),
        _ => InvalidValue::new("JWT", Reason::Not("a token that its own key can sign")).into(),
    })
}

/// What the authority signs about a job.
fn authority(server: &Server, job: &JobId) -> Result<Jws, Stop> {
    let token = server.with_emulator(|emulator, now| {
        let authentiq = &emulator.authentiq;
        authentiq.issuer().sign_job(authentiq, now, job.expose())
    });
    Ok(Jws::new(token.unwrap_or_default())?)
}

/// The code in the newest message to Ada.
fn read_code(stage: &mut Stage<'_>, to: &str, title: &'static str) -> Result<Code, Stop> {
    let server = stage.server();
    stage.gain(title, || {
        let code = server.with_emulator(|emulator, _| emulator.authentiq.code_for(to).map(str::to_owned));
        match code.and_then(|code| Code::new(code).ok()) {
            Some(code) => Ok((code, "six digits".to_owned())),
            None => Err("a message with a code".to_owned()),
        }
    })
}
