//! A client of nextAuth by hand: raw requests, so that nothing but the emulator is under test.

// Each test file uses its own part of this.
#![allow(dead_code)]

use authwire_emulator::nextauth::NextAuth;
use http::{Request, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::time::Duration;

pub(crate) const NOW: Duration = Duration::from_secs(1_800_000_000);
pub(crate) const NONCE: &str = "0123456789abcdef0123456789abcdef";

pub(crate) fn escape(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// `{s}` in the path stands for the default server's id.
pub(crate) fn request(nextauth: &NextAuth, line: &str) -> Request<Vec<u8>> {
    let (method, path) = line.split_once(' ').unwrap();
    Request::builder()
        .method(method)
        .uri(path.replace("{s}", &escape(nextauth.server_id())))
        .header("x-apikey", nextauth.api_key())
        .header("x-nonce", NONCE)
        .body(Vec::new())
        .unwrap()
}

pub(crate) fn with_json(mut request: Request<Vec<u8>>, json: &str) -> Request<Vec<u8>> {
    let media = http::HeaderValue::from_static("application/json");
    request.headers_mut().insert("content-type", media);
    *request.body_mut() = json.as_bytes().to_vec();
    request
}

pub(crate) fn ask(nextauth: &mut NextAuth, line: &str) -> Response<Vec<u8>> {
    let request = request(nextauth, line);
    nextauth.handle(NOW, &request)
}

pub(crate) fn status(nextauth: &mut NextAuth, line: &str) -> u16 {
    ask(nextauth, line).status().as_u16()
}

pub(crate) fn json(response: &Response<Vec<u8>>) -> Value {
    assert_eq!(response.headers()["content-type"], "application/json");
    serde_json::from_slice(response.body()).unwrap()
}

pub(crate) fn session(nextauth: &mut NextAuth) -> Value {
    let response = ask(nextauth, "GET /servers/{s}/sessions/");
    assert_eq!(response.status(), 200);
    json(&response)
}

/// A "200, no body".
pub(crate) fn done(nextauth: &mut NextAuth, line: &str) {
    assert_empty(&ask(nextauth, line), 200);
}

pub(crate) fn assert_empty(response: &Response<Vec<u8>>, status: u16) {
    assert_eq!(response.status(), status);
    assert!(response.body().is_empty());
    assert_eq!(response.headers()["content-length"], "0");
    assert!(!response.headers().contains_key("content-type"));
}

pub(crate) fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}
