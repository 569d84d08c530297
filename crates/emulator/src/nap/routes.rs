//! The operations that are emulated.

use crate::incoming::Incoming;
use crate::route::{Lookup, Route, Routed, look_up};
use http::{Method, Request};

pub(super) static ROUTES: [Route; 10] = [
    Route::new(Method::POST, "/api/auth/signup", "signup"),
    Route::new(Method::POST, "/api/auth/login", "login"),
    Route::new(Method::GET, "/api/auth/flow/{flowId}", "getFlow"),
    Route::new(Method::POST, "/api/auth/verify-email/send", "verifyEmailSend"),
    Route::new(Method::POST, "/api/auth/verify-email/verify", "verifyEmailVerify"),
    Route::new(Method::POST, "/api/auth/refresh", "refresh"),
    Route::new(Method::POST, "/api/auth/logout", "logout"),
    Route::new(Method::POST, "/api/admin/login", "adminLogin"),
    Route::new(Method::POST, "/api/admin/login/verify", "adminLoginVerify"),
    Route::new(Method::GET, "/api/admin/config", "adminConfig"),
];

/// The operations that are emulated. The provider has no ids for them: these are ours.
#[must_use]
pub fn routes() -> &'static [Route] {
    &ROUTES
}

/// Says which operation a request is whose path begins with `/api/`, and what the server reads in it.
///
/// `None` when it is none, or cannot be decoded.
#[must_use]
pub fn route(request: &Request<Vec<u8>>) -> Option<Routed> {
    route_under("", request)
}

/// As [`route`](fn@route), for a base with a path prefix: `""`, or a slash and more without a slash at the end.
#[must_use]
pub fn route_under(prefix: &str, request: &Request<Vec<u8>>) -> Option<Routed> {
    find(&Incoming::under(prefix, request)?)
}

/// The operation, if it is one. The server never looks at the query.
pub(super) fn find(incoming: &Incoming<'_>) -> Option<Routed> {
    match look_up(&ROUTES, &incoming.at(incoming.path)) {
        Lookup::Found(routed) => Some(routed),
        _ => None,
    }
}
