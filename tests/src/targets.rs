//! The laws as fuzz targets: each takes any bytes and panics when its law is broken.

use std::sync::LazyLock;

use authwire_core::BaseUrl;

use crate::subject::{self, Subject};
use crate::{flows, keepers, laws};

/// A law of bytes.
pub type Target = fn(&[u8]);

/// All of them, by the names of the binaries in `fuzz/` and of the folders in `fuzz/seeds/`.
pub const ALL: &[(&str, Target)] = &[
    ("request", request),
    ("reply", reply),
    ("base_url", base_url),
    ("flow", flow),
    ("scheduler", scheduler),
    ("keeper", keeper),
    ("jwt", jwt),
    ("error", error),
    ("head", head),
    ("png", png),
    ("retry_after", retry_after),
    ("json_object", json_object),
    ("return_to", return_to),
    ("session_token", session_token),
    ("header_secret", header_secret),
    ("id", id),
    ("callback", callback),
];

static SUBJECTS: LazyLock<Vec<Subject>> = LazyLock::new(subject::all);

/// A request is what was meant, or is not built (L1, L4).
pub fn request(input: &[u8]) {
    laws::request(&SUBJECTS, input);
}

/// A reply is an answer, and a success only where documented (L2).
pub fn reply(input: &[u8]) {
    laws::reply(&SUBJECTS, input);
}

/// A base URL is read alike by everybody, or refused (L4).
pub fn base_url(input: &[u8]) {
    laws::base_url(&String::from_utf8_lossy(input));
}

/// A flow ends, whatever comes back and however the clock jumps (the laws of flows).
pub fn flow(input: &[u8]) {
    flows::any(input);
}

/// Many flows at once end as each alone would, and no reply reaches another (the laws of the scheduler).
pub fn scheduler(input: &[u8]) {
    crate::scheduler::play(input);
}

/// A keeper sends no refresh token twice, whatever comes back and however the clock jumps (the laws of keepers).
pub fn keeper(input: &[u8]) {
    keepers::session_keeper(input);
}

/// A token verifies as it was signed, or not at all (Authentiq).
pub fn jwt(input: &[u8]) {
    laws::token_rules(input);
}

/// The status of a reply decides what kind of error it is, whatever its body (Authentiq).
pub fn error(input: &[u8]) {
    static SUBJECT: LazyLock<Subject> = LazyLock::new(|| subject::named("authentiq"));
    laws::error(&SUBJECT, input);
}

/// A body is read only where one thing alone says where it ends.
pub fn head(input: &[u8]) {
    laws::head(input);
}

/// A picture is whole, or refused.
pub fn png(input: &[u8]) {
    laws::png(input);
}

/// A time to wait is read as it was said.
pub fn retry_after(input: &[u8]) {
    laws::retry_after(input);
}

/// Free JSON is one object, kept as it came.
pub fn json_object(input: &[u8]) {
    laws::json_object(&String::from_utf8_lossy(input));
}

/// A place to return to is at home, or nowhere.
pub fn return_to(input: &[u8]) {
    static HOMES: LazyLock<[BaseUrl; 2]> = LazyLock::new(|| {
        ["https://example.com/login", "http://h:8080"].map(|home| BaseUrl::insecure(home).expect("a home"))
    });
    let text = String::from_utf8_lossy(input);
    for home in HOMES.iter() {
        laws::return_to(home, &text);
        laws::return_to(home, &format!("/{text}"));
        laws::return_to(home, &format!("{}://{}{text}", home.scheme(), home.authority()));
    }
}

/// A session token of NAP verifies as it was signed, or not at all.
pub fn session_token(input: &[u8]) {
    laws::session_token(input);
}

/// A credential is visible ASCII, or refused.
pub fn header_secret(input: &[u8]) {
    laws::header_secret(&String::from_utf8_lossy(input));
}

/// An id has one spelling.
pub fn id(input: &[u8]) {
    laws::id(&String::from_utf8_lossy(input));
}

/// A magic link's token comes out as it was put in.
pub fn callback(input: &[u8]) {
    laws::callback(input);
}
