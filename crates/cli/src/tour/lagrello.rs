//! Lagrello: somebody logs in by a magic link, then with the codes of an authenticator app, and things go wrong.

use std::time::Duration;

use authwire_core::http::StatusCode;
use authwire_core::{CallError, Kind, Malformed};
use authwire_emulator::lagrello::Authenticator;
use authwire_emulator::{Fault, Server};
use authwire_lagrello::tenants::{GetTenant, Tenant};
use authwire_lagrello::users::{
    CreateUser, CreateUserRefusal, DeleteUser, DisableTotp, EnableTotp, GetUser, GetUserRefusal, SendMagicLink,
    SendMagicLinkRefusal, User, VerifyMagicLink, VerifyMagicLinkRefusal, VerifyTotp, VerifyTotpRefusal,
};
use authwire_lagrello::{
    AccessToken, CallbackUrl, Lagrello, MagicLinkToken, OtpauthUri, TotpCode, UserId, Verified, otpauth_uri,
};

use super::{Said, Stage, Stop};

/// Who logs in.
const USER: &str = "ada";
/// Where her mail goes.
const ADDRESS: &str = "ada@example.com";
/// For how long a code is shown.
const STEP: Duration = Duration::from_secs(30);

/// Plays the story.
pub(crate) fn play(stage: &mut Stage<'_>) -> Result<(), Stop> {
    let story = Story::new(stage)?;
    let tenant = story.beginning(stage)?;
    story.magic_link(stage, &tenant)?;
    let app = story.enrolment(stage, &tenant)?;
    story.refusals(stage, &app)?;
    story.mishaps(stage, &app)?;
    story.end(stage, &app)
}

struct Story {
    provider: Lagrello,
    user: UserId,
}

impl Story {
    fn new(stage: &Stage<'_>) -> Result<Self, Stop> {
        let token = stage.arrange(|emulator| emulator.lagrello.access_token().to_owned());
        Ok(Self {
            provider: Lagrello::new(stage.server().lagrello_url().parse()?, &AccessToken::new(token)?),
            user: UserId::new(USER)?,
        })
    }

    fn verify(&self, code: TotpCode) -> VerifyTotp {
        VerifyTotp::new(self.user.clone(), code)
    }

    /// The tenant is asked what it is called, and Ada becomes one of its users.
    fn beginning(&self, stage: &mut Stage<'_>) -> Result<Tenant, Stop> {
        let title = "What the tenant is called, and where its magic links lead";
        let tenant = stage.obtain(title, &self.provider, &GetTenant::new(), |tenant| {
            Ok(format!("{}, with a template for its links", tenant.name))
        })?;
        let create = CreateUser::new(self.user.clone()).email(ADDRESS);
        stage.call("The application makes a user for Ada", &self.provider, &create, say_user)?;
        let refusal = Kind::Refused(CreateUserRefusal::AlreadyExists);
        stage.refuses("The same once more", &self.provider, &create, refusal)?;
        Ok(tenant)
    }

    /// Ada logs in by a link in a mail. It is good once.
    fn magic_link(&self, stage: &mut Stage<'_>, tenant: &Tenant) -> Result<(), Stop> {
        let Self { provider, user } = self;
        let template = CallbackUrl::new(tenant.callback_url.as_str())?;
        let send = SendMagicLink::new(user.clone());
        stage.call("A magic link is sent to her", provider, &send, |()| {
            Ok("the mail is on its way; that is no login yet".to_owned())
        })?;
        let emulator = stage.server();
        let title = "Ada reads her mail and clicks: her browser asks the application for the link";
        let token = stage.gain(title, || match click(emulator).and_then(|url| template.token_from(&url).ok()) {
            Some(token) => Ok((token, "the application takes the token out of it".to_owned())),
            None => Err("a link that fits the template".to_owned()),
        })?;
        let verify = VerifyMagicLink::new(token);
        stage.call("Whose link is it?", provider, &verify, say_verified)?;

        let refusal = Kind::Refused(VerifyMagicLinkRefusal::WrongLink);
        stage.refuses("The same link once more", provider, &verify, refusal)?;
        let made_up = VerifyMagicLink::new(MagicLinkToken::new("made-up")?);
        let refusal = Kind::Refused(VerifyMagicLinkRefusal::WrongLink);
        stage.refuses("A link that was made up", provider, &made_up, refusal)?;
        let nobody = SendMagicLink::new(UserId::new("nobody")?);
        let refusal = Kind::Refused(SendMagicLinkRefusal::NoSuchUser);
        stage.refuses("A link for a user who is not there", provider, &nobody, refusal)
    }

    /// Ada's authenticator app gets a secret, and a first code proves that it has it.
    fn enrolment(&self, stage: &mut Stage<'_>, tenant: &Tenant) -> Result<Authenticator, Stop> {
        let Self { provider, user } = self;
        let title = "Codes are turned on for her";
        let enable = EnableTotp::new(user.clone());
        let key = stage.obtain(title, provider, &enable, |_| Ok("a secret, for a QR code of our own".to_owned()))?;
        let uri = otpauth_uri(&key.secret, &tenant.name, user.as_str())?;
        stage.qr(uri.expose().as_bytes())?;
        let title = "Ada scans the code with her authenticator app";
        let app = stage.gain(title, || scan(&uri, &tenant.name))?;

        let first = self.verify(code(stage.server(), &app)?);
        stage.call("Her first code", provider, &first, say_verified)?;
        let refusal = Kind::Refused(VerifyTotpRefusal::WrongCode);
        stage.refuses("The same code once more", provider, &first, refusal)?;
        Ok(app)
    }

    /// What the provider does not accept, and whose fault it is.
    fn refusals(&self, stage: &mut Stage<'_>, app: &Authenticator) -> Result<(), Stop> {
        let Self { provider, user } = self;
        let wrong = self.verify(wrong_code(stage.server(), app)?);
        let refusal = Kind::Refused(VerifyTotpRefusal::WrongCode);
        stage.refuses("A wrong code: this is about Ada", provider, &wrong, refusal)?;

        next_code(stage)?;
        let right = self.verify(code(stage.server(), app)?);
        let stranger = Lagrello::new(stage.server().lagrello_url().parse()?, &AccessToken::new("not-the-token")?);
        let title = "A wrong access token of ours, and a right code: this is not about Ada";
        stage.refuses(title, &stranger, &right, Kind::OurCredential)?;
        let nobody = VerifyTotp::new(UserId::new("nobody")?, code(stage.server(), app)?);
        let refusal = Kind::Refused(VerifyTotpRefusal::NoSuchUser);
        stage.refuses("A user who is not there", provider, &nobody, refusal)?;

        let elsewhere = DeleteUser::new(UserId::new("../tenant")?);
        let title = "A user id that would delete the tenant";
        stage.fails(title, provider, &elsewhere, "Build", |error| matches!(error, CallError::Build(_)))?;

        stage.arrange(|emulator| emulator.fault(Fault::status(StatusCode::UNAUTHORIZED)));
        let title = "A 401 where none is documented: nobody is blamed";
        stage.refuses(title, provider, &GetUser::new(user.clone()), Kind::Unattributed)
    }

    /// What happens on the way, to a code that is right each time.
    fn mishaps(&self, stage: &mut Stage<'_>, app: &Authenticator) -> Result<(), Stop> {
        let provider = &self.provider;
        let verify = self.verify(code(stage.server(), app)?);
        let faults = [
            ("The provider wants to be asked less often", Fault::throttled(Duration::from_secs(5)), Kind::Throttled),
            ("The provider is out of order", Fault::unavailable(Duration::from_secs(30)), Kind::Unavailable),
            ("A redirect is not followed", Fault::status(StatusCode::FOUND), Kind::Unexpected),
            ("A captive portal answers 200: that is no login", Fault::Html, Kind::Malformed(Malformed::MediaType)),
            (
                "The record of somebody else comes back: that is no login either",
                Fault::WrongUser,
                Kind::Malformed(Malformed::Mismatch("userId")),
            ),
        ];
        for (title, fault, kind) in faults {
            stage.arrange(|emulator| emulator.fault(fault));
            stage.refuses(title, provider, &verify, kind)?;
        }

        next_code(stage)?;
        let verify = self.verify(code(stage.server(), app)?);
        stage.arrange(|emulator| emulator.fault(Fault::DropAfter));
        let title = "She types it, and the reply is lost";
        stage.fails(title, provider, &verify, "Transport(Sent::Maybe, ..)", CallError::is_uncertain)?;
        let refusal = Kind::Refused(VerifyTotpRefusal::WrongCode);
        stage.refuses("The provider has seen the code: it is spent", provider, &verify, refusal)?;
        next_code(stage)?;
        let verify = self.verify(code(stage.server(), app)?);
        stage.call("The next code logs her in", provider, &verify, say_verified)
    }

    /// Ada leaves.
    fn end(&self, stage: &mut Stage<'_>, app: &Authenticator) -> Result<(), Stop> {
        let Self { provider, user } = self;
        let disable = DisableTotp::new(user.clone());
        stage.call("Codes are turned off for her", provider, &disable, |()| Ok("done".to_owned()))?;
        next_code(stage)?;
        let verify = self.verify(code(stage.server(), app)?);
        let refusal = Kind::Refused(VerifyTotpRefusal::WrongCode);
        stage.refuses("What her app shows is worth nothing now", provider, &verify, refusal)?;
        let delete = DeleteUser::new(user.clone());
        stage.call("She leaves, and is deleted", provider, &delete, |()| Ok("done".to_owned()))?;
        let refusal = Kind::Refused(GetUserRefusal::NoSuchUser);
        stage.refuses("Is she there?", provider, &GetUser::new(user.clone()), refusal)
    }
}

/// Ada's app reads the code.
fn scan(uri: &OtpauthUri, tenant: &str) -> Result<(Authenticator, String), String> {
    match Authenticator::scan(uri.expose()) {
        Some(app) if app.issuer() == Some(tenant) => Ok((app, format!("the app has an entry for {tenant}"))),
        _ => Err(format!("an app with an entry for {tenant}")),
    }
}

/// Half a minute goes by, on the emulator's clock.
fn next_code(stage: &mut Stage<'_>) -> Result<(), Stop> {
    stage.server().advance(STEP);
    stage.person("Half a minute later", || Ok("Ada's app shows another code".to_owned()))
}

/// What the app shows.
fn code(server: &Server, app: &Authenticator) -> Result<TotpCode, Stop> {
    Ok(TotpCode::new(app.code(server.now()))?)
}

/// A code that the app shows neither now nor around now.
fn wrong_code(server: &Server, app: &Authenticator) -> Result<TotpCode, Stop> {
    let before = server.now().saturating_sub(2 * STEP);
    let around: Vec<_> = (0..5).map(|steps| app.code(before.saturating_add(steps * STEP))).collect();
    // Of six texts, five codes leave one.
    let wrong = (0..6).map(|number| format!("{number:06}")).find(|code| !around.contains(code));
    Ok(TotpCode::new(wrong.unwrap_or_default())?)
}

/// The URL that Ada's browser asks for when she clicks the link in her newest mail.
fn click(server: &Server) -> Option<String> {
    server.with_emulator(|emulator, _| emulator.lagrello.last_mail(ADDRESS)?.click().map(str::to_owned))
}

fn say_user(user: &User) -> Said {
    is_ada(user).map(|()| format!("the user {}", user.user_id))
}

fn say_verified(verified: &Verified<User>) -> Said {
    is_ada(verified.get()).map(|()| format!("the user {} is logged in", verified.get().user_id))
}

fn is_ada(user: &User) -> Result<(), String> {
    if user.user_id.as_str() == USER { Ok(()) } else { Err(format!("the user {USER}")) }
}
