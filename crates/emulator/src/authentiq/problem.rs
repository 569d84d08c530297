//! What the server says when it refuses: the documented error body, and the slug in it.

use super::SlugForm;
use crate::reply;
use http::header::ALLOW;
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    /// `about:blank` where the documents know no slug.
    slug: &'static str,
    title: &'static str,
}

/// The documents' `Error`.
#[derive(Serialize)]
struct Wire<'a> {
    error: u16,
    r#type: &'a str,
    title: &'a str,
    detail: &'a str,
}

impl Problem {
    pub(super) const DUPLICATE_KEY: Self =
        Self::new(StatusCode::CONFLICT, "duplicate-key", "The key is registered already");
    pub(super) const UNKNOWN_KEY: Self = Self::new(StatusCode::NOT_FOUND, "unknown-key", "Unknown key");
    pub(super) const REVOKED_KEY: Self = Self::new(StatusCode::GONE, "revoked-key", "The key is revoked");
    pub(super) const DUPLICATE_HASH: Self = Self::new(StatusCode::CONFLICT, "duplicate-hash", "Bound to another key");
    pub(super) const CONFIRM_FIRST: Self = Self::new(StatusCode::CONFLICT, "confirm-first", "Confirm first");
    pub(super) const AUTH: Self = Self::new(StatusCode::UNAUTHORIZED, "auth-error", "Authentication error");
    pub(super) const AUDIENCE: Self = Self::new(StatusCode::UNAUTHORIZED, "aud-error", "Not the token's audience");
    pub(super) const UNKNOWN_JOB: Self = Self::new(StatusCode::NOT_FOUND, "unknown-job", "Unknown job");
    pub(super) const NOT_SUPPORTED: Self =
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "not-supported", "A token does not belong here");
    pub(super) const RATE_LIMIT: Self = Self::new(StatusCode::TOO_MANY_REQUESTS, "rate-limit", "Too many requests");
    pub(super) const SIGNED_ALREADY: Self = Self::blank(StatusCode::CONFLICT, "Signed with another token already");
    pub(super) const MEDIA_TYPE: Self = Self::blank(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Not the right media type");
    pub(super) const NOT_FOUND: Self = Self::blank(StatusCode::NOT_FOUND, "No such resource");

    const fn new(status: StatusCode, slug: &'static str, title: &'static str) -> Self {
        Self { status, slug, title }
    }

    const fn blank(status: StatusCode, title: &'static str) -> Self {
        Self::new(status, "about:blank", title)
    }

    /// 400: the request cannot be read.
    pub(super) const fn bad_request(title: &'static str) -> Self {
        Self::blank(StatusCode::BAD_REQUEST, title)
    }

    pub(super) fn answer(self, form: SlugForm) -> Response<Vec<u8>> {
        let uri = format!("https://authentiq.example/errors/{}", self.slug);
        let (kind, title) = match form {
            SlugForm::Bare => (self.slug, self.title),
            _ if self.slug == "about:blank" => (self.slug, self.title),
            SlugForm::Uri => (uri.as_str(), self.title),
            SlugForm::Title => ("about:blank", self.slug),
        };
        let wire = Wire { error: self.status.as_u16(), r#type: kind, title, detail: self.title };
        reply::json(self.status, &wire)
    }
}

/// 405 for a path that is known with the methods `allowed`.
pub(super) fn wrong_method(allowed: &str, form: SlugForm) -> Response<Vec<u8>> {
    let mut response = Problem::blank(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed").answer(form);
    if let Ok(value) = HeaderValue::from_str(allowed) {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}
