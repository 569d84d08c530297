//! How an emulated provider answers: one function for each kind of body.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

/// An answer other than success, boxed because an `Err` should be small.
pub(crate) type Refusal = Box<Response<Vec<u8>>>;

pub(crate) const JSON: &str = "application/json";
pub(crate) const BINARY: &str = "application/octet-stream";
const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// No body at all: `content-length: 0` and no media type.
pub(crate) fn empty(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(0_u64));
    response
}

/// A body of the given media type.
pub(crate) fn body(status: StatusCode, media: &'static str, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = empty(status);
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    *response.body_mut() = body;
    response
}

/// A 200 with raw bytes.
pub(crate) fn bytes(bytes: Vec<u8>) -> Response<Vec<u8>> {
    body(StatusCode::OK, BINARY, bytes)
}

/// A 200 with a picture; 500 when it could not be drawn.
pub(crate) fn picture(picture: Option<Vec<u8>>) -> Response<Vec<u8>> {
    picture.map_or_else(|| empty(StatusCode::INTERNAL_SERVER_ERROR), bytes)
}

/// A JSON value.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response<Vec<u8>> {
    match serde_json::to_vec(value) {
        Ok(text) => body(status, JSON, text),
        Err(_) => empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// `{"message": "…"}`: what an error says unless the provider documents another body.
pub(crate) fn message(status: StatusCode, message: &str) -> Response<Vec<u8>> {
    #[derive(Serialize)]
    struct Message<'a> {
        message: &'a str,
    }
    json(status, &Message { message })
}

/// Plain text.
pub(crate) fn text(status: StatusCode, text: &str) -> Response<Vec<u8>> {
    body(status, TEXT, text.as_bytes().to_vec())
}

/// An HTML page.
pub(crate) fn html(status: StatusCode, page: &str) -> Response<Vec<u8>> {
    body(status, HTML, page.as_bytes().to_vec())
}

/// A request that could not be read.
pub(crate) fn bad_request(why: &str) -> Response<Vec<u8>> {
    message(StatusCode::BAD_REQUEST, why)
}

/// The path is known, the method is not one of `allowed`.
pub(crate) fn wrong_method(allowed: &str) -> Response<Vec<u8>> {
    let mut response = message(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed");
    if let Ok(value) = HeaderValue::from_str(allowed) {
        response.headers_mut().insert(http::header::ALLOW, value);
    }
    response
}

/// Answers with a refusal.
pub(crate) fn refuse<T>(response: Response<Vec<u8>>) -> Result<T, Refusal> {
    Err(Box::new(response))
}
