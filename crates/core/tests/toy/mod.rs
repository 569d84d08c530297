//! A provider whose one operation does what a test tells it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::convert::Infallible;
use std::marker::PhantomData;

use authwire_core::http::{HeaderName, Request, Response};
use authwire_core::secret::{self, Secret};
use authwire_core::{Auth, BaseUrl, BuildError, Credential, Draft, Endpoint, Provider, Reply, ReplyError, Route};

pub(crate) const X_KEY: HeaderName = HeaderName::from_static("x-key");

pub(crate) enum ApiKeyKind {}

impl secret::Kind for ApiKeyKind {
    const NAME: &'static str = "ApiKey";
}

pub(crate) type ApiKey = Secret<ApiKeyKind>;

/// A kind that takes any text, such as a password.
#[derive(Debug)]
pub(crate) enum AnyKind {}

impl secret::Kind for AnyKind {
    const NAME: &'static str = "Any";

    fn check(_: &str) -> Result<(), authwire_core::Reason> {
        Ok(())
    }
}

pub(crate) type AnySecret = Secret<AnyKind>;

pub(crate) struct Toy {
    base: BaseUrl,
    key: Credential,
}

impl Toy {
    pub(crate) fn new() -> Self {
        Self::at("https://toy.example")
    }

    pub(crate) fn at(base: &str) -> Self {
        Self { base: BaseUrl::insecure(base).unwrap(), key: Credential::plain(&ApiKey::new("toy-key").unwrap()) }
    }

    pub(crate) fn with(self, key: Credential) -> Self {
        Self { key, ..self }
    }
}

impl Provider for Toy {
    fn base(&self) -> &BaseUrl {
        &self.base
    }

    fn authenticate(&self, draft: &mut Draft) {
        draft.credential(X_KEY, &self.key);
    }
}

/// A route, as a type.
pub(crate) trait Shape {
    const ROUTE: Route;
    const AUTH: Auth = Auth::Provider;
}

macro_rules! shapes {
    ($($name:ident $route:expr;)*) => {$(
        pub(crate) struct $name;
        impl Shape for $name {
            const ROUTE: Route = $route;
        }
    )*};
}

shapes! {
    Plain Route::get("/plain");
    Root Route::get("/");
    One Route::get("/a/{x}");
    Slash Route::get("/a/{x}/");
    Two Route::get("/a/{x}/b/{y}/c");
    Side Route::get("/{x}/{y}");
    Four Route::get("/{w}/{x}/{y}/{z}");
    Users Route::get("/users/{id}/of/{group}").except("id", "email");
    Get Route::get("/m");
    Head Route::head("/m");
    Post Route::post("/m");
    Put Route::put("/m");
    Patch Route::patch("/m");
    Delete Route::delete("/m");
}

pub(crate) struct Open;

impl Shape for Open {
    const ROUTE: Route = Route::post("/open");
    const AUTH: Auth = Auth::None;
}

/// The operation on the route `S`, written by a closure.
pub(crate) struct Op<S, W>(W, PhantomData<S>);

impl<S: Shape, W: Fn(&mut Draft) -> &mut Draft> Endpoint for Op<S, W> {
    type Provider = Toy;
    type Output = ();
    type Refusal = Infallible;
    const NAME: &'static str = "toy.op";
    const ROUTE: Route = S::ROUTE;
    const IDEMPOTENT: bool = true;
    const AUTH: Auth = S::AUTH;

    fn write(&self, _: &Toy, draft: &mut Draft) {
        (self.0)(draft);
    }

    fn read(&self, _: &Toy, reply: Reply<'_>) -> Result<(), ReplyError<Infallible>> {
        match reply.code() {
            200 => reply.done(),
            _ => reply.other(),
        }
    }
}

/// Builds a request on the route `S`.
pub(crate) fn build<S: Shape>(write: impl Fn(&mut Draft) -> &mut Draft) -> Result<Request<Vec<u8>>, BuildError> {
    build_at::<S>(&Toy::new(), write)
}

pub(crate) fn build_at<S: Shape>(
    toy: &Toy,
    write: impl Fn(&mut Draft) -> &mut Draft,
) -> Result<Request<Vec<u8>>, BuildError> {
    Op::<S, _>(write, PhantomData).request(toy)
}

/// Its path and query, or why there is none.
pub(crate) fn target<S: Shape>(write: impl Fn(&mut Draft) -> &mut Draft) -> Result<String, String> {
    match build::<S>(write) {
        Ok(request) => Ok(request.uri().path_and_query().unwrap().as_str().to_owned()),
        Err(error) => Err(error.fault().to_string()),
    }
}

/// A response with these headers.
pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Response<Vec<u8>> {
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(body.into()).unwrap()
}
