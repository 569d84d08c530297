use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use crate::{BaseUrl, BuildError, Draft, Reply, ReplyError, Route};

/// Where a provider is and who we are to it: base URL and credentials. Each provider crate has one.
pub trait Provider {
    /// Where the provider is.
    fn base(&self) -> &BaseUrl;

    /// Puts our own credential on a request.
    fn authenticate(&self, draft: &mut Draft);
}

/// Whether an operation carries our credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Auth {
    /// As [`Provider::authenticate`] puts it on.
    Provider,
    /// No credential: the operation is open to anybody.
    None,
}

/// One operation of a provider. The implementing struct *is* the request: make one, turn it into an
/// [`http::Request`] with [`request`](Self::request), send that by any means, and hand the [`http::Response`] to
/// [`response`](Self::response).
pub trait Endpoint {
    /// The provider that has this operation.
    type Provider: Provider;
    /// What the documented success gives, and nothing looser does.
    type Output: fmt::Debug;
    /// The refusals that the provider documents for this operation.
    type Refusal: Error + Send + Sync + 'static;

    /// The operation's name, such as `nextauth.sessions.get`: the only part of a request that a log or an error names.
    const NAME: &'static str;
    /// Method and path template.
    const ROUTE: Route;
    /// Whether a repeat after a lost reply has no further effect, so that it may be sent again.
    const IDEMPOTENT: bool;
    /// Whether the request carries our credential.
    const AUTH: Auth = Auth::Provider;

    /// Writes path values, query, headers and body.
    fn write(&self, provider: &Self::Provider, draft: &mut Draft);

    /// Says what a reply means.
    ///
    /// # Errors
    /// For every reply that is not the documented success.
    fn read(&self, provider: &Self::Provider, reply: Reply<'_>) -> Result<Self::Output, ReplyError<Self::Refusal>>;

    /// Builds the request. Its own `Debug` (that of `http`) shows the URI and the body, which may hold secrets of the
    /// end user: do not print it.
    ///
    /// # Errors
    /// When a value cannot be sent. Nothing was.
    fn request(&self, provider: &Self::Provider) -> Result<http::Request<Vec<u8>>, BuildError> {
        let mut draft = Draft::new(Self::NAME, const { &Self::ROUTE });
        draft.start(provider.base());
        if Self::AUTH == Auth::Provider {
            provider.authenticate(&mut draft);
        }
        self.write(provider, &mut draft);
        draft.finish(provider.base(), const { Self::ROUTE.plain() })
    }

    /// Reads the response to that request.
    ///
    /// # Errors
    /// For every reply that is not the documented success.
    fn response<B: AsRef<[u8]>>(
        &self,
        provider: &Self::Provider,
        response: &http::Response<B>,
    ) -> Result<Self::Output, ReplyError<Self::Refusal>> {
        self.read(provider, Reply::new(Self::NAME, response))
    }
}

/// An operation that may be sent again when its reply was lost. Implemented by the provider crates for exactly the
/// operations whose [`IDEMPOTENT`](Endpoint::IDEMPOTENT) is true; what retries asks for it, so that retrying another
/// operation does not compile.
pub trait Idempotent: Endpoint {}
