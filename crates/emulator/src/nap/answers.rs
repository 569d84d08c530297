//! How the platform answers.

use super::Nap;
use super::json::Object;
use super::settings::Dialect;
use crate::reply::{self, Refusal};
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderValue, Response, StatusCode};

/// The longest body that comes with its length; a longer one comes chunked.
const LONGEST: usize = 2_048;

/// What an operation answers, or why it does not go on.
pub(super) type Answered = Result<Response<Vec<u8>>, Refusal>;

pub(super) fn json(status: StatusCode, text: String) -> Response<Vec<u8>> {
    let long = text.len() > LONGEST;
    let mut response = reply::body(status, "application/json; charset=utf-8", text.into_bytes());
    if long {
        response.headers_mut().remove(CONTENT_LENGTH);
        response.headers_mut().insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
    response
}

pub(super) fn ok(object: Object) -> Answered {
    Ok(json(StatusCode::OK, object.finish()))
}

/// `{"success":true,"message":"…"}`.
pub(super) fn done(message: &str) -> Answered {
    ok(Object::new().flag("success", true).text("message", message))
}

/// An unknown path, or a known one with another method.
pub(super) fn not_found() -> Response<Vec<u8>> {
    reply::body(StatusCode::NOT_FOUND, "text/plain", b"404 page not found".to_vec())
}

/// A handler that crashed.
pub(super) fn crashed() -> Response<Vec<u8>> {
    reply::empty(StatusCode::INTERNAL_SERVER_ERROR)
}

impl Nap {
    /// An error: the technical text in debug mode only, the code in the older dialect only.
    pub(super) fn error(&self, status: StatusCode, message: &str, debug: &str) -> Refusal {
        self.error_with_debug(status, message, if self.settings.debug { debug } else { "" })
    }

    /// An error whose technical text is always shown.
    pub(super) fn error_with_debug(&self, status: StatusCode, message: &str, debug: &str) -> Refusal {
        let object = Object::new().text("message", message).text("debug", debug);
        let object = match self.settings.dialect {
            Dialect::Nap => object.number("code", status.as_u16()),
            Dialect::Nexeres => object,
        };
        Box::new(json(status, object.finish()))
    }

    pub(super) fn bad_request(&self, message: &str, debug: &str) -> Refusal {
        self.error(StatusCode::BAD_REQUEST, message, debug)
    }

    pub(super) fn unauthorized(&self, message: &str, debug: &str) -> Refusal {
        self.error(StatusCode::UNAUTHORIZED, message, debug)
    }

    /// Something failed that the handler noticed.
    pub(super) fn failed(&self, debug: &str) -> Refusal {
        let message = "An error occurred while processing your request. Please try again later.";
        self.error(StatusCode::INTERNAL_SERVER_ERROR, message, debug)
    }

    /// Stops where the database is needed and down.
    pub(super) fn database_is_up(&self, debug: &str) -> Result<(), Refusal> {
        if self.settings.database_down { Err(self.failed(debug)) } else { Ok(()) }
    }
}
