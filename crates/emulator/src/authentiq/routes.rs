//! The operations that are emulated.

use crate::incoming::Incoming;
use crate::route::{Lookup, Route, Routed, look_up};
use http::{Method, Request};

pub(super) static ROUTES: [Route; 14] = [
    Route::new(Method::POST, "/key", "key_register"),
    Route::new(Method::DELETE, "/key", "key_revoke_nosecret"),
    Route::new(Method::GET, "/key/{PK}", "key_retrieve"),
    Route::new(Method::HEAD, "/key/{PK}", "key_head"),
    Route::new(Method::PUT, "/key/{PK}", "key_bind"),
    Route::new(Method::POST, "/key/{PK}", "key_update"),
    Route::new(Method::DELETE, "/key/{PK}", "key_revoke"),
    Route::new(Method::POST, "/login", "push_login_request"),
    Route::new(Method::POST, "/scope", "sign_request"),
    Route::new(Method::POST, "/scope/{job}", "sign_confirm"),
    Route::new(Method::PUT, "/scope/{job}", "sign_update"),
    Route::new(Method::GET, "/scope/{job}", "sign_retrieve"),
    Route::new(Method::HEAD, "/scope/{job}", "sign_retrieve_head"),
    Route::new(Method::DELETE, "/scope/{job}", "sign_delete"),
];

/// The operations that are emulated. The provider's documents give `HEAD /key/{PK}` the id of the GET; here it is
/// `key_head`.
#[must_use]
pub fn routes() -> &'static [Route] {
    &ROUTES
}

/// Says which operation a request is whose path begins with `/key`, `/login` or `/scope`, and what the server reads in it.
///
/// `None` when it is none, or cannot be decoded.
#[must_use]
pub fn route(request: &Request<Vec<u8>>) -> Option<Routed> {
    route_under("", request)
}

/// As [`route`](fn@route), for a base with a path prefix: `""`, or a slash and more without a slash at the end.
#[must_use]
pub fn route_under(prefix: &str, request: &Request<Vec<u8>>) -> Option<Routed> {
    match look_up(&ROUTES, &Incoming::under(prefix, request)?) {
        Lookup::Found(routed) => Some(routed),
        _ => None,
    }
}
