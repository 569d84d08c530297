//! What the emulator needs of each provider.

use crate::incoming::Incoming;
use crate::route::{Lookup, Route, Routed, look_up};
use http::{Response, StatusCode};
use std::time::Duration;

/// The server side of one provider.
pub(crate) trait Provider {
    /// The path prefix, without slashes.
    fn name(&self) -> &'static str;

    fn routes(&self) -> &'static [Route];

    /// The names of top-level JSON fields that say whom an answer is about: [`crate::Fault::WrongUser`] changes them.
    fn identity_fields(&self) -> &'static [&'static str];

    /// Runs a recognised operation.
    fn run(&mut self, now: Duration, incoming: &Incoming<'_>, routed: &Routed) -> Response<Vec<u8>>;

    /// Answers what is no operation, for the reason that `lookup` gives.
    fn stray(&mut self, _now: Duration, _incoming: &Incoming<'_>, lookup: &Lookup) -> Response<Vec<u8>> {
        match lookup {
            Lookup::WrongMethod(allowed) => crate::reply::wrong_method(allowed),
            Lookup::Malformed => crate::reply::bad_request("Malformed path or query"),
            _ => crate::reply::message(StatusCode::NOT_FOUND, "No such resource"),
        }
    }
}

/// Looks the request up and runs it, or says why not.
pub(crate) fn answer(provider: &mut dyn Provider, now: Duration, incoming: &Incoming<'_>) -> Response<Vec<u8>> {
    match look_up(provider.routes(), incoming) {
        Lookup::Found(routed) => provider.run(now, incoming, &routed),
        stray => provider.stray(now, incoming, &stray),
    }
}
