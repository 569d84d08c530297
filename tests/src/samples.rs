//! Bodies that a hostile or broken server may send.

/// A small whole PNG picture of one pixel, put together by hand from ISO 15948.
pub const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, // signature
    0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b,
    0x55, // 1 x 1, grey
    0, 0, 0, 10, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1, 0x48, 0xaf, 0xa4,
    0x71, // one pixel
    0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

/// A page such as a captive portal, a proxy or a load balancer sends.
pub const HTML: &str =
    "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Invalid user name or password</body></html>";

/// Bodies that are an answer to nothing.
pub const JUNK: &[&[u8]] = &[
    b"",
    HTML.as_bytes(),
    b"null",
    b"true",
    b"[]",
    b"{",
    b"{}",
    b"\"\"",
    b"0",
    b"1e400",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe",
    b"{\"\\ud800\":1}",
    b"{}{}",
    b"Limit exceeded",
    b"404 page not found",
    PNG,
];

/// Media types, none included, that a reply may bear.
pub const MEDIA: &[Option<&str>] = &[
    None,
    Some("application/json"),
    Some("application/json; charset=utf-8"),
    Some("Application/JSON"),
    Some("application/problem+json"),
    Some("application/octet-stream"),
    Some("image/png"),
    Some("application/jwt"),
    Some("text/html; charset=utf-8"),
    Some("text/plain"),
    Some(""),
    Some(";"),
];
