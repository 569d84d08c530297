//! What the tests share: a source of field values, and samples of bodies.

// Each test file uses its own part of this.
#![allow(dead_code)]

use std::collections::BTreeMap;

use authwire_lagrello::core::index::{AnyEndpoint, Source};
use authwire_lagrello::http::Response;
use authwire_lagrello::http::header::CONTENT_TYPE;
use authwire_lagrello::{AccessToken, INDEX, Lagrello};

/// A whole PNG picture of one pixel, put together by hand from ISO 15948.
pub(crate) const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, // signature
    0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b,
    0x55, // 1 x 1, grey
    0, 0, 0, 10, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1, 0x48, 0xaf, 0xa4,
    0x71, // one pixel
    0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

/// A page such as a captive portal or a proxy sends.
pub(crate) const HTML: &str = "<!DOCTYPE html><html><body>Unauthorized: your token is wrong</body></html>";

pub(crate) fn provider() -> Lagrello {
    let token = AccessToken::new("key-1").unwrap();
    Lagrello::new("https://provider.example".parse().unwrap(), &token)
}

pub(crate) fn response(status: u16, media: Option<&str>, body: impl Into<Vec<u8>>) -> Response<Vec<u8>> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status.try_into().unwrap();
    if let Some(media) = media {
        response.headers_mut().insert(CONTENT_TYPE, media.parse().unwrap());
    }
    response
}

/// Makes an operation from `name=value` words; `%20` in a value is a space.
pub(crate) fn make(name: &str, values: &str) -> Box<dyn AnyEndpoint<Lagrello>> {
    let values = values.split_whitespace().map(|word| {
        let (name, value) = word.split_once('=').unwrap_or_else(|| panic!("not name=value: {word}"));
        (name, value.replace("%20", " "))
    });
    let entry = INDEX.iter().find(|entry| entry.name() == name).unwrap_or_else(|| panic!("no operation {name}"));
    entry.make(&mut Table(values.collect())).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Values from a table: what is not in it is not given.
struct Table<'a>(BTreeMap<&'a str, String>);

impl Source for Table<'_> {
    fn text(&mut self, field: &'static str) -> String {
        self.0.get(field).unwrap_or_else(|| panic!("no value for {field}")).clone()
    }

    fn is_given(&mut self, field: &'static str) -> bool {
        self.0.contains_key(field)
    }
}
