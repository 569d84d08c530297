//! The providers that the tool knows: a new one is a line here, a function below and a story in `tour/`.

use authwire_core::Endpoint;
use authwire_core::http::Request;
use authwire_core::index::Entry;
use authwire_emulator::Server;
use serde::Serialize;

use crate::Failure;
use crate::tour::{self, Stage, Stop};

/// A provider.
pub(crate) struct Known {
    /// Its name on the command line, which is also its path on the emulator.
    pub(crate) name: &'static str,
    /// Its story for the tour.
    pub(crate) play: fn(&mut Stage<'_>) -> Result<(), Stop>,
    /// Its operations.
    pub(crate) operations: fn() -> Vec<Operation>,
    /// How to reach it on an emulator.
    pub(crate) access: fn(&Server) -> Result<Access, Failure>,
}

static ALL: [Known; 4] = [
    Known {
        name: "nextauth",
        play: tour::nextauth::play,
        operations: || list(authwire_nextauth::INDEX),
        access: nextauth,
    },
    Known {
        name: "lagrello",
        play: tour::lagrello::play,
        operations: || list(authwire_lagrello::INDEX),
        access: lagrello,
    },
    Known { name: "nap", play: tour::nap::play, operations: || list(authwire_nap::INDEX), access: nap },
    Known {
        name: "authentiq",
        play: tour::authentiq::play,
        operations: || list(authwire_authentiq::INDEX),
        access: authentiq,
    },
];

/// What a program needs to talk to an emulated provider.
pub(crate) struct Access {
    /// The emulator's ids and credentials, each with what it is.
    pub(crate) values: Vec<(&'static str, String)>,
    /// A request to try.
    pub(crate) request: Request<Vec<u8>>,
}

/// An operation, as a person or a program wants to know it.
#[derive(Debug, Serialize)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) method: String,
    pub(crate) template: &'static str,
    /// Whether it may be sent again when its reply was lost.
    pub(crate) repeatable: bool,
}

/// The names of all providers.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|known| known.name)
}

/// All providers, or the one of this name.
pub(crate) fn chosen(name: Option<&str>) -> impl Iterator<Item = &'static Known> {
    ALL.iter().filter(move |known| name.is_none_or(|name| name == known.name))
}

fn list<P>(index: &'static [Entry<P>]) -> Vec<Operation> {
    let operation = |entry: &Entry<P>| Operation {
        name: entry.name(),
        method: entry.route().method().to_string(),
        template: entry.route().template(),
        repeatable: entry.is_idempotent(),
    };
    index.iter().map(operation).collect()
}

fn nextauth(server: &Server) -> Result<Access, Failure> {
    use authwire_nextauth::sessions::GetSession;
    use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};

    let (id, key, role) = server.with_emulator(|emulator, _| {
        let nextauth = &emulator.nextauth;
        (nextauth.server_id().to_owned(), nextauth.api_key().to_owned(), nextauth.role_id().to_owned())
    });
    let provider = NextAuth::new(server.nextauth_url().parse()?, &ApiKey::new(key.as_str())?);
    let operation = GetSession::new(ServerId::new(&id)?, Nonce::from_text("a-browser")?);
    Ok(Access {
        request: operation.request(&provider).map_err(Failure::Request)?,
        values: vec![("virtual server", id), ("API key", key), ("role id", role)],
    })
}

fn lagrello(server: &Server) -> Result<Access, Failure> {
    use authwire_lagrello::tenants::GetTenant;
    use authwire_lagrello::{AccessToken, Lagrello};

    let (tenant, token) = server.with_emulator(|emulator, _| {
        let lagrello = &emulator.lagrello;
        (lagrello.tenant_id().to_owned(), lagrello.access_token().to_owned())
    });
    let provider = Lagrello::new(server.lagrello_url().parse()?, &AccessToken::new(token.as_str())?);
    Ok(Access {
        request: GetTenant::new().request(&provider).map_err(Failure::Request)?,
        values: vec![("tenant", tenant), ("access token", token)],
    })
}

fn nap(server: &Server) -> Result<Access, Failure> {
    use authwire_nap::users::SignUp;
    use authwire_nap::{ApiKey, Nap, Password};

    let key = server.with_emulator(|emulator, _| emulator.nap.api_key().to_owned());
    let provider = Nap::new(server.nap_url().parse()?, &ApiKey::new(key.as_str())?);
    let operation = SignUp::new("ada@example.com", Password::new("correct horse battery")?, "Ada", "Lovelace");
    Ok(Access { request: operation.request(&provider).map_err(Failure::Request)?, values: vec![("API key", key)] })
}

/// There is no credential to print. What can be tried is a job for the test issuer, which needs no registered key.
fn authentiq(server: &Server) -> Result<Access, Failure> {
    use authwire_authentiq::Authentiq;
    use authwire_authentiq::jwt::{Claims, Ed25519Key, Signer};
    use authwire_authentiq::scopes::RequestScope;

    let [issuer, test_issuer] = server.with_emulator(|emulator, _| {
        [emulator.authentiq.issuer(), emulator.authentiq.test_issuer()].map(|authority| authority.id().to_owned())
    });
    let provider = Authentiq::new(server.authentiq_url().parse()?);
    let key = Ed25519Key::from_seed(&[0xad; 32]);
    let claims = Claims::about_email(key.public(), "ada@example.com");
    let unsigned = claims.unsigned(key.public())?;
    let signature = key.sign(unsigned.signing_input()).unwrap_or_else(|never| match never {});
    let token = unsigned.with_signature(signature);
    Ok(Access {
        request: RequestScope::new(token).with_test_issuer().request(&provider).map_err(Failure::Request)?,
        values: vec![("issuer's key", issuer), ("test issuer", test_issuer)],
    })
}
