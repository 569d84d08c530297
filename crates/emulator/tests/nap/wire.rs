//! Requests by hand, and answers taken apart.

use authwire_emulator::nap::{Dialect, Nap};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, Response};
use serde_json::Value;
use std::time::Duration;

/// 2026-11-21T21:35:18Z, and a fraction whose last digit is not 0.
pub(crate) const START: Duration = Duration::new(1_795_296_918, 100_000_003);

/// A platform and its clock.
pub(crate) struct Platform {
    pub(crate) nap: Nap,
    pub(crate) now: Duration,
}

impl Platform {
    pub(crate) fn new() -> Self {
        Self { nap: Nap::new(7), now: START }
    }

    /// Sends a request with the API key.
    pub(crate) fn send(&mut self, request: &str, headers: &[(&str, &str)], body: &str) -> Response<Vec<u8>> {
        let name = match self.nap.settings.dialect {
            Dialect::Nexeres => "X-NEXERES-API-Key",
            _ => "X-NAP-API-Key",
        };
        let key = self.nap.api_key().to_owned();
        let headers: Vec<_> = headers.iter().copied().chain([(name, key.as_str())]).collect();
        self.send_bare(request, &headers, body)
    }

    /// Sends a request as it is.
    pub(crate) fn send_bare(&mut self, request: &str, headers: &[(&str, &str)], body: &str) -> Response<Vec<u8>> {
        let (method, target) = request.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.nap.handle(self.now, &request.body(body.as_bytes().to_vec()).unwrap())
    }

    pub(crate) fn post(&mut self, path: &str, body: &str) -> Response<Vec<u8>> {
        self.send(&format!("POST {path}"), &[], body)
    }

    pub(crate) fn sign_up(&mut self, email: &str) -> Response<Vec<u8>> {
        self.post("/api/auth/signup", &signup_body(email, "abcd1234", "F", ""))
    }

    pub(crate) fn login(&mut self, email: &str) -> Response<Vec<u8>> {
        let body = format!(r#"{{"email":"{email}","password":"abcd1234"}}"#);
        self.post("/api/auth/login", &body)
    }

    /// A verified user.
    pub(crate) fn user(&mut self, email: &str) {
        assert_eq!(self.sign_up(email).status(), 200);
        assert!(self.nap.set_verified(email, true));
    }
}

pub(crate) fn signup_body(email: &str, password: &str, first_name: &str, invite: &str) -> String {
    serde_json::json!({
        "email": email, "password": password, "confirmPassword": password, "firstName": first_name, "lastName": "L",
        "inviteToken": invite,
    })
    .to_string()
}

pub(crate) fn text(response: &Response<Vec<u8>>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

pub(crate) fn json(response: &Response<Vec<u8>>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

pub(crate) fn header<'a>(response: &'a Response<Vec<u8>>, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

/// The JWT inside a session token.
pub(crate) fn jwt(session_token: &str) -> String {
    String::from_utf8(URL_SAFE_NO_PAD.decode(session_token).unwrap()).unwrap()
}

/// A part of the JWT inside a session token.
pub(crate) fn jwt_part(session_token: &str, part: usize) -> String {
    String::from_utf8(URL_SAFE_NO_PAD.decode(jwt(session_token).split('.').nth(part).unwrap()).unwrap()).unwrap()
}
