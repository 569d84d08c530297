//! What the laws are about: each provider's operations with their types forgotten, and what the emulator reads.

mod nextauth;

use std::fmt::Debug;

use authwire_core::index::{AnyEndpoint, AnyRefusal, Entry, Source};
use authwire_core::{Auth, BaseUrl, BuildError, InvalidValue, Provider, ReplyError, Route};
use authwire_emulator::Routed;
use http::{Request, Response};

use crate::documented::Documented;
use crate::source::Plausible;

/// Where the provider is and who we are to it.
#[derive(Clone, Debug)]
pub struct World {
    /// The base URL.
    pub base: BaseUrl,
    /// Our credential.
    pub credential: &'static str,
    /// A second credential, where the provider has one, such as a role to act as.
    pub second: &'static str,
}

impl World {
    /// The world of the laws: a base with a path prefix, and credentials that must not be seen.
    pub fn of_laws() -> Self {
        let base = BaseUrl::new("https://auth.example/tenant/7").expect("a valid base URL");
        Self { base, credential: "SENTINEL-credential-5f3a", second: "SENTINEL-second-credential-77b1" }
    }

    /// The world of the goldens: a base without a prefix, and the credentials of the recorded clients.
    pub fn of_goldens() -> Self {
        let base = BaseUrl::new("https://provider.example").expect("a valid base URL");
        Self { base, credential: "key-1", second: "role-1" }
    }
}

/// A provider under the laws.
pub struct Subject {
    /// The provider's name, the first part of its operations' names.
    pub name: &'static str,
    /// Its operations.
    pub operations: Vec<Operation>,
    /// The provider's `Debug`.
    pub debug: String,
    /// Where it is and who we are.
    pub world: World,
    /// Valid values for fields that have a format.
    pub plausible: Plausible,
    /// How the emulator reads a request under a path prefix.
    pub route: fn(&str, &Request<Vec<u8>>) -> Option<Routed>,
}

/// An operation under the laws.
pub struct Operation {
    /// Its `NAME`.
    pub name: &'static str,
    /// Its method and template.
    pub route: Route,
    /// Whether it may be repeated.
    pub idempotent: bool,
    /// Whether it carries our credential.
    pub auth: Auth,
    /// How the provider's documents call it.
    pub id: &'static str,
    /// What the golden tables say of its replies.
    pub documented: Documented,
    make: Box<Make>,
}

type Make = dyn Fn(&mut dyn Source) -> Result<Box<dyn Made>, InvalidValue> + Send + Sync;

impl Operation {
    /// Makes one from a source.
    ///
    /// # Errors
    /// When a field's type does not take what the source gives.
    pub fn make(&self, source: &mut dyn Source) -> Result<Box<dyn Made>, InvalidValue> {
        (self.make)(source)
    }
}

/// An operation with its values and its provider.
pub trait Made {
    /// Builds the request.
    ///
    /// # Errors
    /// When it cannot be.
    fn request(&self) -> Result<Request<Vec<u8>>, BuildError>;

    /// Reads a response: the success's `Debug`, or why it is none.
    ///
    /// # Errors
    /// When it is no success.
    fn response(&self, response: &Response<Vec<u8>>) -> Result<String, ReplyError<AnyRefusal>>;

    /// The operation's `Debug`.
    fn debug(&self) -> String;
}

struct Bound<P> {
    endpoint: Box<dyn AnyEndpoint<P>>,
    provider: P,
}

impl<P: Provider> Made for Bound<P> {
    fn request(&self) -> Result<Request<Vec<u8>>, BuildError> {
        self.endpoint.request(&self.provider)
    }

    fn response(&self, response: &Response<Vec<u8>>) -> Result<String, ReplyError<AnyRefusal>> {
        self.endpoint.response(&self.provider, response).map(|output| format!("{output:?}"))
    }

    fn debug(&self) -> String {
        format!("{:?}", self.endpoint)
    }
}

/// All providers, in the world of the laws.
pub fn all() -> Vec<Subject> {
    all_in(&World::of_laws())
}

/// All providers in this world.
pub fn all_in(world: &World) -> Vec<Subject> {
    vec![nextauth::subject(world)]
}

impl Subject {
    /// The operation with this `NAME`.
    pub fn operation(&self, name: &str) -> &Operation {
        self.operations.iter().find(|operation| operation.name == name).unwrap_or_else(|| panic!("no operation {name}"))
    }

    fn of<P: Provider + Clone + Debug + Send + Sync + 'static>(
        world: &World,
        provider: P,
        index: &'static [Entry<P>],
        ids: &[(&str, &'static str)],
        plausible: Plausible,
        route: fn(&str, &Request<Vec<u8>>) -> Option<Routed>,
    ) -> Self {
        let name = index[0].name().split('.').next().unwrap_or_default();
        let operations = index.iter().map(|entry| {
            let provider = provider.clone();
            let known = ids.iter().find(|(name, _)| *name == entry.name());
            Operation {
                name: entry.name(),
                route: entry.route(),
                idempotent: entry.is_idempotent(),
                auth: entry.auth(),
                id: known.unwrap_or_else(|| panic!("no documented id for {}", entry.name())).1,
                documented: Documented::of(name, entry.name()),
                make: Box::new(move |source| {
                    Ok(Box::new(Bound { endpoint: entry.make(source)?, provider: provider.clone() }))
                }),
            }
        });
        Self {
            name,
            operations: operations.collect(),
            debug: format!("{provider:?}"),
            world: world.clone(),
            plausible,
            route,
        }
    }
}
