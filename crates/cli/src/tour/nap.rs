//! NAP: somebody signs up, proves an e-mail address and keeps a session, things go wrong, and an administrator of its
//! successor Nexeres has a look.

use std::time::Duration;

use authwire_core::http::StatusCode;
use authwire_core::{CallError, Kind, Malformed, RetryAfter};
use authwire_emulator::nap::{Dialect as EmulatedDialect, Mail};
use authwire_emulator::{Fault, Server};
use authwire_nap::admin::{self, GetConfig, VerifyLogin, VerifyLoginRefusal};
use authwire_nap::keeper::SessionKeeper;
use authwire_nap::sessions::{
    GetUserFlow, GetUserFlowRefusal, LoggedIn, Login, LoginRefusal, Logout, Refresh, RefreshRefusal,
};
use authwire_nap::users::{SendVerificationEmail, SendVerificationEmailRefusal, SignUp, SignUpRefusal, VerifyEmail};
use authwire_nap::{AdminCode, ApiKey, Dialect, Nap, Password, Tokens, UnverifiedClaims, UserId, VerificationToken};

use super::{Said, Stage, Stop};

/// Who logs in.
const ADDRESS: &str = "ada@example.com";
/// What she types.
const PASSWORD: &str = "correct horse battery";
/// Who runs the platform.
const ADMIN: &str = "admin@example.test";
/// What a login of hers should be.
const HERS: &str = "a session of Ada's";

/// Plays the story.
pub(crate) fn play(stage: &mut Stage<'_>) -> Result<(), Stop> {
    let story = Story::new(stage)?;
    let ada = story.sign_up(stage)?;
    story.verification(stage)?;
    let tokens = story.session(stage, &ada)?;
    story.refusals(stage)?;
    let tokens = story.mishaps(stage, &ada, tokens)?;
    story.end(stage, tokens)?;
    story.administrator(stage)
}

struct Story {
    provider: Nap,
    login: Login,
    wrong: Login,
}

impl Story {
    fn new(stage: &Stage<'_>) -> Result<Self, Stop> {
        let key = stage.arrange(|emulator| emulator.nap.api_key().to_owned());
        Ok(Self {
            provider: Nap::new(stage.server().nap_url().parse()?, &ApiKey::new(key)?),
            login: Login::new(ADDRESS, Password::new(PASSWORD)?),
            wrong: Login::new(ADDRESS, Password::new("not-the-password")?),
        })
    }

    /// Ada signs up.
    fn sign_up(&self, stage: &mut Stage<'_>) -> Result<UserId, Stop> {
        let sign_up =
            |password: &str| Ok::<_, Stop>(SignUp::new(ADDRESS, Password::new(password)?, "Augusta", "Lovelace"));
        let title = "Ada signs up with a password that the platform would not take";
        let is_build = |error: &CallError<SignUpRefusal>| matches!(error, CallError::Build(_));
        stage.fails(title, &self.provider, &sign_up("1234567")?, "Build", is_build)?;
        let good = sign_up(PASSWORD)?;
        let made = stage.obtain("Ada signs up", &self.provider, &good, |made| {
            Ok(format!("there is a user; the platform says: {}", made.message))
        })?;
        let refusal = Kind::Refused(SignUpRefusal::EmailTaken);
        stage.refuses("The same once more", &self.provider, &good, refusal)?;
        let title = "She logs in: not before her address is verified";
        stage.refuses(title, &self.provider, &self.login, Kind::Refused(LoginRefusal::VerifyEmailFirst))?;
        Ok(made.user)
    }

    /// Ada proves her address by a link in a mail.
    fn verification(&self, stage: &mut Stage<'_>) -> Result<(), Stop> {
        let send = SendVerificationEmail::new(ADDRESS);
        stage.call("A verification mail is sent to her", &self.provider, &send, |done| Ok(done.message.clone()))?;
        let emulator = stage.server();
        let title = "Ada reads her mail and clicks: her browser asks the application for the link";
        let token = stage.gain(title, || match mailed(emulator, ADDRESS, Mail::token) {
            Some(token) => Ok((token, "the application takes the token out of it".to_owned())),
            None => Err("a link with a token".to_owned()),
        })?;
        let verify = VerifyEmail::new(VerificationToken::new(token)?);
        stage.call("It proves her address; nobody is logged in by it", &self.provider, &verify, |done| {
            Ok(done.message.clone())
        })?;
        let refusal = Kind::Refused(SendVerificationEmailRefusal::AlreadyVerified);
        stage.refuses("Another mail", &self.provider, &send, refusal)
    }

    /// Ada logs in, and her session goes on.
    fn session(&self, stage: &mut Stage<'_>, ada: &UserId) -> Result<Tokens, Stop> {
        let Self { provider, login, wrong } = self;
        let bad = || Kind::Refused(LoginRefusal::BadCredentials);
        stage.refuses("A wrong password", provider, wrong, bad())?;
        let nobody = Login::new("nobody@example.com", Password::new(PASSWORD)?);
        stage.refuses("An address that nobody has: refused alike", provider, &nobody, bad())?;
        let first = stage.obtain("Ada logs in", provider, login, |login| say_login(login, ada))?.tokens;

        let refresh = Refresh::new(first.refresh_token).session(first.session_id);
        let say_pair = |_: &_| Ok("the next pair of tokens, of the same session".to_owned());
        let second = stage.obtain("Her tokens are refreshed", provider, &refresh, say_pair)?.tokens;
        let refusal = Kind::Refused(RefreshRefusal::InvalidToken);
        stage.refuses("The old refresh token is spent", provider, &refresh, refusal)?;

        let title = "Her session is kept; an hour later, three requests of hers need the token at once";
        let keeper = SessionKeeper::new(second, authwire_ureq::now());
        let hour = Duration::from_secs(3_600);
        let keeper = stage.keep::<Refresh, _>(title, provider, keeper, hour, |had, refreshes| {
            let had: Vec<_> = had.iter().flatten().map(|lent| lent.generation.get()).collect();
            if (had.as_slice(), refreshes) == (&[0, 1, 1, 1], 1) {
                Ok("one of them refreshes, and all three have the new token".to_owned())
            } else {
                Err("one refresh, and the new token for all three".to_owned())
            }
        })?;
        Ok(keeper.tokens().clone())
    }

    /// What the platform does not accept, and whose fault it is.
    fn refusals(&self, stage: &mut Stage<'_>) -> Result<(), Stop> {
        let url = stage.server().nap_url();
        let stranger = Nap::new(url.parse()?, &ApiKey::new("not-the-key")?);
        let title = "A wrong API key of ours, and the right password: this is not about Ada";
        stage.refuses(title, &stranger, &self.login, Kind::OurCredential)?;
        let title = "The words of the other generation: nobody is blamed";
        let other = stranger.dialect(Dialect::Nexeres);
        stage.refuses(title, &other, &self.login, Kind::Unattributed)?;
        let flow = GetUserFlow::new("a-flow".into());
        let title = "An operation that is documented and not served";
        stage.refuses(title, &self.provider, &flow, Kind::Refused(GetUserFlowRefusal::NotServed))?;
        let title = "Administrators are Nexeres's alone";
        let admin = admin::Login::new(ADMIN);
        stage.fails(title, &self.provider, &admin, "Build", |error| matches!(error, CallError::Build(_)))
    }

    /// What happens on the way, to a password that is right each time, and to a refresh token.
    fn mishaps(&self, stage: &mut Stage<'_>, ada: &UserId, tokens: Tokens) -> Result<Tokens, Stop> {
        let Self { provider, login, .. } = self;
        let requests = stage.arrange(|emulator| std::mem::take(&mut emulator.nap.settings.requests));
        let title = "The platform wants to be asked less often, and says until when";
        stage.fails(title, provider, login, "Throttled, until a certain time", |error| match error {
            CallError::Reply(error) => {
                *error.kind() == Kind::Throttled && matches!(error.retry_after(), Some(RetryAfter::At(_)))
            }
            _ => false,
        })?;
        stage.arrange(|emulator| emulator.nap.settings.requests = requests);
        stage.arrange(|emulator| emulator.nap.settings.cache_down = true);
        stage.refuses("The platform is out of order, and has no words for it", provider, login, Kind::Unavailable)?;
        stage.arrange(|emulator| emulator.nap.settings.cache_down = false);
        let faults = [
            ("A redirect is not followed", Fault::status(StatusCode::FOUND), Kind::Unexpected),
            ("A captive portal answers 200: that is no login", Fault::Html, Kind::Malformed(Malformed::MediaType)),
        ];
        for (title, fault, kind) in faults {
            stage.arrange(|emulator| emulator.fault(fault));
            stage.refuses(title, provider, login, kind)?;
        }

        let refresh = Refresh::new(tokens.refresh_token).session(tokens.session_id);
        stage.arrange(|emulator| emulator.fault(Fault::DropAfter));
        let title = "A refresh whose reply is lost";
        stage.fails(title, provider, &refresh, "Transport(Sent::Maybe, ..)", CallError::is_uncertain)?;
        let refusal = Kind::Refused(RefreshRefusal::InvalidToken);
        stage.refuses("The platform has seen the token: the session is lost with it", provider, &refresh, refusal)?;
        let again = stage.obtain("Ada logs in again", provider, login, |login| say_login(login, ada))?;
        Ok(again.tokens)
    }

    /// Ada logs out.
    fn end(&self, stage: &mut Stage<'_>, tokens: Tokens) -> Result<(), Stop> {
        let logout = Logout::new(tokens.refresh_token.clone());
        stage.call("Ada logs out", &self.provider, &logout, |done| Ok(done.message.clone()))?;
        let emulator = stage.server();
        let session = tokens.session_id;
        stage.person("The platform's administrator looks for her session", || {
            let sessions = emulator.with_emulator(|emulator, _| emulator.nap.sessions());
            let is_hers = |id: &str| id == session.as_str();
            if sessions.iter().any(|row| is_hers(&row.id)) {
                Err("no session of hers".into())
            } else {
                Ok("gone".into())
            }
        })?;
        let refresh = Refresh::new(tokens.refresh_token);
        let refusal = Kind::Refused(RefreshRefusal::InvalidToken);
        stage.refuses("Her refresh token after that", &self.provider, &refresh, refusal)
    }

    /// Nexeres: an administrator logs in by a mailed code.
    fn administrator(&self, stage: &mut Stage<'_>) -> Result<(), Stop> {
        stage.arrange(|emulator| emulator.nap.settings.dialect = EmulatedDialect::Nexeres);
        let nexeres = self.provider.clone().dialect(Dialect::Nexeres);
        let title = "The platform becomes Nexeres: a code is mailed to its administrator";
        let say_sent = |_: &_| Ok("the mail is on its way; that is no login yet".to_owned());
        let sent = stage.obtain(title, &nexeres, &admin::Login::new(ADMIN), say_sent)?;
        let emulator = stage.server();
        let code = stage.gain("The administrator reads the mail", || match mailed(emulator, ADMIN, Mail::code) {
            Some(code) => Ok((code, "eight letters and digits".to_owned())),
            None => Err("a mail with a code".to_owned()),
        })?;
        let wrong = VerifyLogin::new(sent.flow.clone(), AdminCode::new("not-the-code")?);
        let refusal = Kind::Refused(VerifyLoginRefusal::WrongCode);
        stage.refuses("A wrong code", &nexeres, &wrong, refusal)?;
        let right = VerifyLogin::new(sent.flow, AdminCode::new(code)?);
        let say_token = |_: &_| Ok("an administrator's token, for a quarter of an hour".to_owned());
        let session = stage.obtain("The right code", &nexeres, &right, say_token)?;
        let refusal = Kind::Refused(VerifyLoginRefusal::NoSuchFlow);
        stage.refuses("The same code once more", &nexeres, &right, refusal)?;
        let get = GetConfig::new(session.token.clone());
        stage.call("How the platform is set up", &nexeres, &get, |config| {
            Ok(format!("called {}, with the rate limit {}", config.branding.app_name, config.rate))
        })?;
        stage.server().advance(Duration::from_secs(901));
        let refusal = Kind::Refused(admin::GetConfigRefusal::TokenNotAccepted);
        stage.refuses("A quarter of an hour later", &nexeres, &get, refusal)
    }
}

/// What stands in the newest mail to an address.
fn mailed(server: &Server, to: &str, part: fn(&Mail) -> Option<&str>) -> Option<String> {
    server.with_emulator(|emulator, _| part(emulator.nap.last_mail(to)?).map(str::to_owned))
}

/// The tokens must be of the user who signed up.
fn say_login(login: &LoggedIn, ada: &UserId) -> Said {
    let claims = UnverifiedClaims::read(&login.tokens.session_token);
    let is_hers = claims.is_some_and(|claims| claims.without_verification().user.as_ref() == Some(ada));
    if is_hers {
        Ok("Ada is logged in, with a session token and a refresh token".to_owned())
    } else {
        Err(HERS.to_owned())
    }
}
