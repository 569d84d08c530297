//! The operations that are emulated.

use crate::incoming::Incoming;
use crate::route::{Lookup, Route, Routed, look_up};
use http::{Method, Request};

pub(super) static ROUTES: [Route; 10] = [
    Route::new(Method::GET, "/servers/{serverid}/sessions/", "getSession"),
    Route::new(Method::GET, "/servers/{serverid}/sessions/qr/enrol", "getQrEnrol"),
    Route::new(Method::GET, "/servers/{serverid}/sessions/qr/login", "getQrLogin"),
    Route::new(Method::POST, "/servers/{serverid}/sessions/registeruser", "registerUser"),
    Route::new(Method::POST, "/servers/{serverid}/sessions/provokelogin", "provokeLogin"),
    Route::new(Method::POST, "/servers/{serverid}/sessions/logout", "logout"),
    Route::new(Method::GET, "/servers/{serverid}/vash", "getServerVash"),
    Route::new(Method::PUT, "/servers/{serverid}/accounts/{accountid}/user", "updateAccountUser"),
    Route::new(Method::POST, "/servers/{serverid}/accounts/{accountid}/provokelogin", "provokeLoginOnAccount"),
    Route::new(Method::POST, "/servers/{serverid}/users/{userid}/provokelogin", "provokeLoginOnUser"),
];

/// The operations that are emulated.
#[must_use]
pub fn routes() -> &'static [Route] {
    &ROUTES
}

/// Says which operation a request is whose path begins with `/servers/`, and what the server reads in it.
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
