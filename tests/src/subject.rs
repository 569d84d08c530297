//! What the laws are about: each provider's operations with their types forgotten, and what the emulator reads.
//!
//! A new provider is a file beside this one, a line in [`all_in`], and three tables in `golden/`, named in `golden.rs`.

mod authentiq;
mod lagrello;
mod nap;
mod nextauth;

use std::fmt::Debug;

use authwire_core::index::{AnyEndpoint, AnyRefusal, Entry, Source};
use authwire_core::{Auth, BaseUrl, BuildError, InvalidValue, Provider, ReplyError, Route};
use authwire_emulator::Routed;
use http::{Request, Response};

use crate::documented::Documented;
use crate::source::{Plausible, Table};

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
        Self { base, credential: "SENTINEL-5f3a9c01d7e6b842", second: "SENTINEL-77b1e20c4fa9d365" }
    }

    /// The world of the goldens: a base without a prefix, and the credentials of the recorded clients.
    pub fn of_goldens() -> Self {
        let base = BaseUrl::new("https://provider.example").expect("a valid base URL");
        Self { base, credential: "key-1", second: "role-1" }
    }
}

/// A provider under the laws, in one of its dialects where it has several.
pub struct Subject {
    /// What its golden tables are called: the provider's name, or the dialect's.
    pub name: &'static str,
    /// Its crate, without the project's name before it, and the first part of its operations' names.
    pub package: &'static str,
    /// Its operations.
    pub operations: Vec<Operation>,
    /// The provider's `Debug`.
    pub debug: String,
    /// Where it is and who we are.
    pub world: World,
    /// Valid values for fields that have a format.
    pub plausible: Plausible,
    /// How fields arrive that do not arrive as the text that was given.
    pub shapes: &'static [(&'static str, Shape)],
    /// Fields that this dialect sends under another name than the index has.
    pub renamed: &'static [(&'static str, &'static str)],
    /// How the emulator reads a request under a path prefix.
    pub route: fn(&str, &Request<Vec<u8>>) -> Option<Routed>,
}

/// How a text that was given arrives, if not as it is, in a JSON body as a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As the JSON value that it is, whatever its white space.
    Json,
    /// As an array of the words between its commas.
    List,
    /// As the whole body, byte for byte: a signed token, whose claims a second reader sees.
    Token,
    /// Not at all: the answer is held against it.
    Unsent,
    /// Only where this other field is not given.
    Unless(&'static str),
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
    /// The wire names of its fields.
    pub fields: &'static [&'static str],
    /// How the provider's documents call it; where they have no ids, how the emulator does.
    pub id: &'static str,
    /// The same for readers: the documents' title where they have no ids.
    pub title: &'static str,
    /// What it always sends besides its fields, by name: what tells apart two operations of ours that are one of the
    /// documents', and, as `{field}`, what it sends a second time.
    pub fixed: Table,
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

    /// Reads a response and drops what came out, without a look at it: whether it is a success.
    fn accepts(&self, response: &Response<Vec<u8>>) -> bool;

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

    fn accepts(&self, response: &Response<Vec<u8>>) -> bool {
        self.endpoint.accepts(&self.provider, response)
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
    let [nap, nexeres] = nap::subjects(world);
    vec![nextauth::subject(world), lagrello::subject(world), nap, nexeres, authentiq::subject(world)]
}

/// The provider, or dialect, of this name, in the world of the laws.
pub fn named(name: &str) -> Subject {
    all().into_iter().find(|subject| subject.name == name).unwrap_or_else(|| panic!("no provider {name}"))
}

impl Subject {
    /// The operation with this `NAME`.
    pub fn operation(&self, name: &str) -> &Operation {
        self.operations.iter().find(|operation| operation.name == name).unwrap_or_else(|| panic!("no operation {name}"))
    }

    /// How a field arrives, if not as the text that was given.
    pub fn shape(&self, field: &str) -> Option<Shape> {
        self.shapes.iter().find(|(name, _)| *name == field).map(|(_, shape)| *shape)
    }

    /// Under which name a field arrives.
    pub fn wire_name<'a>(&self, field: &'a str) -> &'a str {
        self.renamed.iter().find(|(name, _)| *name == field).map_or(field, |(_, other)| *other)
    }

    /// `ids` has a row for each operation: our name, the documents' id and, behind a space, what it always sends.
    fn of<P: Provider + Clone + Debug + Send + Sync + 'static>(
        name: &'static str,
        world: &World,
        provider: P,
        index: impl IntoIterator<Item = &'static Entry<P>>,
        ids: &[(&str, &'static str)],
        plausible: Plausible,
        route: fn(&str, &Request<Vec<u8>>) -> Option<Routed>,
    ) -> Self {
        let operations = index.into_iter().map(|entry| {
            let provider = provider.clone();
            let known = ids.iter().find(|(name, _)| *name == entry.name());
            let known = known.unwrap_or_else(|| panic!("no documented id for {}", entry.name())).1;
            let (id, fixed) = known.split_once(' ').unwrap_or((known, ""));
            Operation {
                name: entry.name(),
                route: entry.route(),
                idempotent: entry.is_idempotent(),
                auth: entry.auth(),
                fields: entry.fields(),
                id,
                title: id,
                fixed: Table::parse(fixed),
                documented: Documented::of(name, entry.name()),
                make: Box::new(move |source| {
                    Ok(Box::new(Bound { endpoint: entry.make(source)?, provider: provider.clone() }))
                }),
            }
        });
        Self {
            name,
            package: name,
            operations: operations.collect(),
            debug: format!("{provider:?}"),
            world: world.clone(),
            plausible,
            shapes: &[],
            renamed: &[],
            route,
        }
    }
}
