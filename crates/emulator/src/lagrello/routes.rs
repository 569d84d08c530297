//! The operations that are emulated.

use crate::incoming::Incoming;
use crate::route::{Lookup, Route, Routed, look_up};
use http::{Method, Request};

/// The literal route stands before the one with a user id, whose path it also is.
pub(super) static ROUTES: [Route; 18] = [
    Route::new(Method::POST, "/v1/users", "users/create"),
    Route::new(Method::GET, "/v1/users/email", "users/email/auth"),
    Route::new(Method::GET, "/v1/users/{userId}", "users/get"),
    Route::new(Method::PATCH, "/v1/users/{userId}", "users/update"),
    Route::new(Method::DELETE, "/v1/users/{userId}", "users/delete"),
    Route::new(Method::GET, "/v1/users/{userId}/totp", "users/totp/auth"),
    Route::new(Method::POST, "/v1/users/{userId}/totp", "users/totp/toggle"),
    Route::new(Method::POST, "/v1/users/{userId}/email", "users/email/send"),
    Route::new(Method::GET, "/v1/tenant", "tenants/get"),
    Route::new(Method::POST, "/v1/tenant", "tenants/create"),
    Route::new(Method::PATCH, "/v1/tenant", "tenant/update"),
    Route::new(Method::DELETE, "/v1/tenant", "tenants/delete"),
    Route::new(Method::POST, "/v1/tenant/activate", "tenants/activate"),
    Route::new(Method::GET, "/v1/tenant/cardtoken", "tenants/cardtoken"),
    Route::new(Method::GET, "/v1/tokens", "tokens/list"),
    Route::new(Method::POST, "/v1/tokens", "tokens/create"),
    Route::new(Method::DELETE, "/v1/tokens/{id}", "tokens/delete"),
    Route::new(Method::GET, "/v1/images/totp", "images/totp"),
];

/// The operations that are emulated. The provider's documents call the deletion of a tenant by the id of its creation;
/// here it is `tenants/delete`.
#[must_use]
pub fn routes() -> &'static [Route] {
    &ROUTES
}

/// Says which operation a request is whose path begins with `/v1/`, and what the server reads in it.
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
