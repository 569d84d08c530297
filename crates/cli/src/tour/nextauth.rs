//! nextAuth: a phone is enrolled by QR code, logs in by QR code and by push, a login moves to another
//! program, and things go wrong.

use std::time::Duration;

use authwire_core::http::StatusCode;
use authwire_core::{CallError, Kind, Malformed};
use authwire_emulator::nextauth::{NextAuth as Emulated, Phone, PhoneError, Prompt};
use authwire_emulator::{Fault, FaultPlan, Server};
use authwire_nextauth::accounts::{UpdateAccountUser, UpdateAccountUserRefusal};
use authwire_nextauth::flows::{AwaitLogin, Login};
use authwire_nextauth::servers::GetServerVash;
use authwire_nextauth::sessions::{
    GetQrEnrol, GetQrLogin, GetSession, LoginStatus, Logout, ProvokeLogin, RegisterUser,
};
use authwire_nextauth::users::ProvokeLoginOnUser;
use authwire_nextauth::{AccountId, ApiKey, NextAuth, Nonce, QrCode, ServerId, SessionInfo, UserContext, UserId};

use super::{Said, Stage, Stop};
use crate::Failure;

/// Who logs in.
const USER: &str = "ada";
/// Where from, as the phone is to show it.
const BROWSER: &str = "Firefox on Linux";

/// Plays the story.
pub(crate) fn play(stage: &mut Stage<'_>) -> Result<(), Stop> {
    let mut story = Story::new(stage)?;
    story.enrolment(stage)?;
    story.login(stage)?;
    story.moved_login(stage)?;
    story.push(stage)?;
    story.refusals(stage)?;
    story.mishaps(stage)
}

struct Story {
    provider: NextAuth,
    server: ServerId,
    user: UserId,
    phone: Phone,
    /// Of the browser's session. A new one after each login and logout.
    nonce: Nonce,
}

impl Story {
    fn new(stage: &Stage<'_>) -> Result<Self, Stop> {
        let (server, key) = stage
            .arrange(|emulator| (emulator.nextauth.server_id().to_owned(), emulator.nextauth.api_key().to_owned()));
        Ok(Self {
            provider: NextAuth::new(stage.server().nextauth_url().parse()?, &ApiKey::new(key)?),
            server: ServerId::new(&server)?,
            user: UserId::new(USER),
            phone: Phone::named(1, "Ada's phone"),
            nonce: new_nonce()?,
        })
    }

    fn get_session(&self) -> GetSession {
        GetSession::new(self.server.clone(), self.nonce.clone())
    }

    fn logout(&self) -> Logout {
        Logout::new(self.server.clone(), self.nonce.clone())
    }

    fn await_login(&self, stage: &Stage<'_>) -> AwaitLogin {
        AwaitLogin::new(self.server.clone(), self.nonce.clone(), stage.deadline()).pace(stage.polling())
    }

    /// Ada's phone gets an account, and the account gets her name.
    fn enrolment(&mut self, stage: &mut Stage<'_>) -> Result<(), Stop> {
        let Self { provider, server, nonce, .. } = &*self;
        let vash = GetServerVash::new(server.clone());
        stage.call("The picture by which Ada knows the true server", provider, &vash, |picture| {
            Ok(format!("a PNG picture of {} bytes", picture.len()))
        })?;
        let enrol = GetQrEnrol::new(server.clone(), nonce.clone(), "Ada at the tour");
        let code = stage.obtain("A QR code to enrol a phone", provider, &enrol, say_code)?;
        stage.qr(code.as_bytes())?;
        stage.call("Is anybody logged in?", provider, &self.get_session(), say_nobody)?;

        let (phone, emulator) = (&mut self.phone, stage.server());
        stage.person("Ada scans the code with her phone, and approves", || {
            let act = |nextauth: &mut Emulated, now| phone.scan_and_approve(nextauth, now, code.as_bytes());
            on_phone(emulator, act).map(|account| format!("the phone has the account {account} now"))
        })?;

        let Self { provider, server, nonce, user, .. } = &*self;
        stage.call("Who is logged in?", provider, &self.get_session(), |status| match status {
            LoginStatus::LoggedIn { account, user: None, .. } => Ok(format!("the account {account}, of no user yet")),
            _ => Err("a login of an account that has no user".to_owned()),
        })?;
        let register = RegisterUser::new(server.clone(), nonce.clone(), user.clone());
        stage.call("The account becomes Ada's", provider, &register, |()| Ok(format!("coupled to the user {user}")))?;
        stage.call("Who is logged in?", provider, &self.get_session(), say_ada)?;
        self.log_out(stage, "She logs out")
    }

    /// In another browser, Ada logs in by scanning a code. One poll fails on the way.
    fn login(&mut self, stage: &mut Stage<'_>) -> Result<(), Stop> {
        self.nonce = new_nonce()?;
        let context = UserContext::new().session(SessionInfo::new().ip("192.0.2.7").user_agent(BROWSER));
        let login = GetQrLogin::new(self.server.clone(), self.nonce.clone()).context(context);
        let code =
            stage.obtain("A QR code to log in, and what the phone is to show", &self.provider, &login, say_code)?;
        stage.qr(code.as_bytes())?;

        let ill = FaultPlan::new(Fault::status(StatusCode::SERVICE_UNAVAILABLE));
        stage.arrange(|emulator| emulator.fault(ill.provider("nextauth").operation("getSession")));
        let flow = self.await_login(stage);
        let (phone, emulator) = (&mut self.phone, stage.server());
        let scan = || {
            let act = |nextauth: &mut Emulated, now| {
                let prompt = phone.scan(nextauth, now, code.as_bytes())?;
                let told = shows_the_browser(&prompt);
                phone.approve(nextauth, now, prompt).map(|account| (account, told))
            };
            match on_phone(emulator, act)? {
                (account, true) => Ok(format!("the phone showed where from; the account {account} confirms")),
                (_, false) => Err("a prompt that shows where the login comes from".to_owned()),
            }
        };
        let title = "Wait for her to log in; the first poll meets a provider that is out of order";
        stage.drive::<GetSession, _>(title, &self.provider, flow, ("Ada scans and approves", scan), say_login)?;
        self.log_out(stage, "She logs out")
    }

    /// In a third browser: the program that waits is not the one that began.
    fn moved_login(&mut self, stage: &mut Stage<'_>) -> Result<(), Stop> {
        self.nonce = new_nonce()?;
        let login = GetQrLogin::new(self.server.clone(), self.nonce.clone());
        let code = stage.obtain("A QR code to log in, in another browser", &self.provider, &login, say_code)?;
        stage.qr(code.as_bytes())?;
        let title = "A program begins to wait, and its login is stored: a nonce, a pace and a deadline";
        let flow = stage.hand_over::<GetSession, _>(title, &self.provider, self.await_login(stage))?;
        let (phone, emulator) = (&mut self.phone, stage.server());
        let scan = || {
            let act = |nextauth: &mut Emulated, now| phone.scan_and_approve(nextauth, now, code.as_bytes());
            on_phone(emulator, act).map(|account| format!("the account {account} confirms"))
        };
        let title = "Another program restores it, and goes on waiting";
        stage.drive::<GetSession, _>(title, &self.provider, flow, ("Ada scans and approves", scan), say_login)?;
        self.log_out(stage, "She logs out")
    }

    /// A login is pushed to the phone: first she declines, then she approves.
    fn push(&mut self, stage: &mut Stage<'_>) -> Result<(), Stop> {
        let provoke = ProvokeLogin::new(self.server.clone(), self.nonce.clone());
        stage.call("A login is pushed to her phone", &self.provider, &provoke, say_rings)?;
        let (phone, emulator) = (&self.phone, stage.server());
        stage.person("Ada did not ask for it, and declines", || {
            let act = |nextauth: &mut Emulated, now| phone.decline(nextauth, now, pushed(phone, nextauth, now)?);
            on_phone(emulator, act).map(|()| "nobody is let in".to_owned())
        })?;
        stage.call("Is anybody logged in?", &self.provider, &self.get_session(), say_nobody)?;

        stage.call("A login is pushed again", &self.provider, &provoke, say_rings)?;
        let flow = self.await_login(stage);
        let (phone, emulator) = (&mut self.phone, stage.server());
        let approve = || {
            let act = |nextauth: &mut Emulated, now| {
                let prompt = pushed(phone, nextauth, now)?;
                phone.approve(nextauth, now, prompt)
            };
            on_phone(emulator, act).map(|account| format!("the account {account} confirms"))
        };
        let person = ("This time Ada approves", approve);
        stage.drive::<GetSession, _>("Wait for her to log in", &self.provider, flow, person, say_login)?;
        Ok(())
    }

    /// What the provider does not accept, each as the type that it is.
    fn refusals(&mut self, stage: &mut Stage<'_>) -> Result<(), Stop> {
        let Self { provider, server, nonce, user, .. } = &*self;
        let nobody = UpdateAccountUser::new(server.clone(), AccountId::new(404_404), user.clone());
        let refusal = Kind::Refused(UpdateAccountUserRefusal::NoSuchAccount);
        stage.refuses("An account that does not exist", provider, &nobody, refusal)?;

        let elsewhere = ProvokeLoginOnUser::new(server.clone(), nonce.clone(), UserId::new(".."));
        stage.fails("A user id that would change the path", provider, &elsewhere, "Build", |error| {
            matches!(error, CallError::Build(_))
        })?;

        let stranger = NextAuth::new(stage.server().nextauth_url().parse()?, &ApiKey::new("not-the-key")?);
        stage.refuses("A wrong API key", &stranger, &self.get_session(), Kind::OurCredential)?;
        stage.arrange(|emulator| emulator.nextauth.settings.bad_key_status = StatusCode::FORBIDDEN);
        let ours = UpdateAccountUser::new(server.clone(), AccountId::new(1), user.clone());
        let title = "The same as 403, where a 403 may be about the user name: nobody is blamed";
        stage.refuses(title, &stranger, &ours, Kind::Unattributed)?;
        stage.arrange(|emulator| emulator.nextauth.settings.bad_key_status = StatusCode::UNAUTHORIZED);
        Ok(())
    }

    /// What happens on the way.
    fn mishaps(&mut self, stage: &mut Stage<'_>) -> Result<(), Stop> {
        let get_session = self.get_session();
        stage.arrange(|emulator| emulator.fault(Fault::unavailable(Duration::from_secs(30))));
        stage.refuses(
            "The provider is out of order, for 30 seconds as it says",
            &self.provider,
            &get_session,
            Kind::Unavailable,
        )?;
        stage.call("It is well again sooner", &self.provider, &get_session, say_ada)?;

        stage.arrange(|emulator| emulator.fault(Fault::Html));
        let title = "A captive portal answers 200: that is no login";
        let kind = Kind::Malformed(Malformed::MediaType);
        stage.refuses(title, &self.provider, &get_session, kind)?;

        stage.arrange(|emulator| emulator.fault(Fault::DropAfter));
        let title = "She logs out, and the reply is lost";
        let should_be = "Transport(Sent::Maybe, ..)";
        stage.fails(title, &self.provider, &self.logout(), should_be, CallError::is_uncertain)?;
        self.log_out(stage, "It may be repeated: she logs out")
    }

    fn log_out(&self, stage: &mut Stage<'_>, title: &'static str) -> Result<(), Stop> {
        stage.call(title, &self.provider, &self.logout(), |()| Ok("done".to_owned()))?;
        stage.call("Is anybody logged in?", &self.provider, &self.get_session(), say_nobody)
    }
}

fn new_nonce() -> Result<Nonce, Stop> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|_| Stop::Failed(Failure::Randomness))?;
    Ok(Nonce::from_random(random)?)
}

fn say_code(code: &QrCode) -> Said {
    match code {
        QrCode::Data(data) => Ok(format!("{} bytes for a QR code", data.len())),
        _ => Err("the data of a QR code".to_owned()),
    }
}

fn say_nobody(status: &LoginStatus) -> Said {
    if status.is_logged_in() { Err("nobody".to_owned()) } else { Ok("nobody is logged in".to_owned()) }
}

fn say_ada(status: &LoginStatus) -> Said {
    match status {
        LoginStatus::LoggedIn { account, user: Some(user), .. } => is_ada(*account, user),
        _ => Err(format!("a login of the user {USER}")),
    }
}

fn say_login(login: &Login) -> Said {
    match &login.user {
        Some(user) => is_ada(login.account, user),
        None => Err(format!("a login of the user {USER}")),
    }
}

fn is_ada(account: AccountId, user: &UserId) -> Said {
    if user.as_str() == USER {
        Ok(format!("the user {user} is logged in, with the account {account}"))
    } else {
        Err(format!("a login of the user {USER}"))
    }
}

fn say_rings(_: &()) -> Said {
    Ok("the phone rings; that is no login yet".to_owned())
}

/// Whether the phone shows what the application sent along.
fn shows_the_browser(prompt: &Prompt) -> bool {
    let session = prompt.context.as_ref().and_then(|context| context.sessioninfo.as_ref());
    session.is_some_and(|session| session.useragent.as_deref() == Some(BROWSER))
}

/// The login that was pushed to the phone.
fn pushed(phone: &Phone, nextauth: &Emulated, now: Duration) -> Result<Prompt, PhoneError> {
    phone.notifications(nextauth, now).pop().ok_or(PhoneError::UnknownChallenge)
}

/// Lets a person use the phone.
fn on_phone<T>(
    server: &Server,
    act: impl FnOnce(&mut Emulated, Duration) -> Result<T, PhoneError>,
) -> Result<T, String> {
    let done = server.with_emulator(|emulator, now| act(&mut emulator.nextauth, now));
    done.map_err(|error| format!("a phone that takes it, but it says: {error}"))
}
