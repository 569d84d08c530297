//! What others collected to break readers; where it is from, and under which licence, is in `vectors/README.md`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What JSONTestSuite says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Must {
    /// `y_`: it is JSON.
    Accept,
    /// `n_`: it is not.
    Reject,
    /// `i_`: readers differ.
    Either,
}

/// A file of JSONTestSuite.
#[derive(Clone, Debug)]
pub struct Json {
    /// Its name, without `.json`.
    pub name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What is said of it.
    pub must: Must,
}

/// All files of JSONTestSuite.
pub fn json() -> Vec<Json> {
    let lines = include_str!("../vectors/jsontestsuite.txt").lines().filter(|line| !line.starts_with('#'));
    let files = lines.map(|line| {
        let mut pieces = line.split(' ');
        let name = pieces.next().expect("a name");
        let bytes = pieces.flat_map(|piece| {
            let (times, piece) = piece.split_once('*').unwrap_or(("1", piece));
            STANDARD.decode(piece).expect("base64").repeat(times.parse().expect("a number"))
        });
        let must = match name.as_bytes().first() {
            Some(b'y') => Must::Accept,
            Some(b'n') => Must::Reject,
            _ => Must::Either,
        };
        Json { name, bytes: bytes.collect(), must }
    });
    files.collect()
}

/// A vector of the web-platform-tests' URL tests.
#[derive(Clone, Debug)]
pub struct Url {
    /// A text.
    pub input: String,
    /// What it is relative to.
    pub base: Option<String>,
    /// How a browser writes what it reads; `None` if it refuses.
    pub href: Option<String>,
}

/// All URL tests of the web-platform-tests.
pub fn urls() -> Vec<Url> {
    let lines = include_str!("../vectors/urltestdata.txt").lines().filter(|line| !line.starts_with('#'));
    let urls = lines.map(|line| {
        let (input, base, href) = serde_json::from_str(line).expect("three texts");
        Url { input, base, href }
    });
    urls.collect()
}
