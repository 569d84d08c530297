//! What each operation sends, and what it takes each reply for, against tables that were transcribed from the provider's
//! documents.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use authwire_authentiq::{Authentiq, INDEX};
use authwire_core::Auth;
use authwire_core::index::{AnyEndpoint, Entry};
use common::{Table, lines};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{Request, Response};

const OPERATIONS: &str = include_str!("golden/authentiq.operations");
const REQUESTS: &str = include_str!("golden/authentiq.requests");
const REPLIES: &str = include_str!("golden/authentiq.replies");
const HTML: &str = "<!DOCTYPE html><html><body><h1>Error: Server Error</h1></body></html>";

/// Our names and the documents'; `DELETE /key` is two of ours.
const IDS: &[(&str, &str)] = &[
    ("authentiq.keys.bind", "key_bind"),
    ("authentiq.keys.check", "key_head"),
    ("authentiq.keys.confirm_revocation", "key_revoke_nosecret"),
    ("authentiq.keys.register", "key_register"),
    ("authentiq.keys.request_revocation", "key_revoke_nosecret"),
    ("authentiq.keys.retrieve", "key_retrieve"),
    ("authentiq.keys.revoke", "key_revoke"),
    ("authentiq.keys.update", "key_update"),
    ("authentiq.login.push", "push_login_request"),
    ("authentiq.scopes.check", "sign_retrieve_head"),
    ("authentiq.scopes.confirm", "sign_confirm"),
    ("authentiq.scopes.delete", "sign_delete"),
    ("authentiq.scopes.request", "sign_request"),
    ("authentiq.scopes.retrieve", "sign_retrieve"),
    ("authentiq.scopes.sign", "sign_update"),
];

fn provider() -> Authentiq {
    Authentiq::new("https://provider.example".parse().unwrap())
}

fn entry(name: &str) -> &'static Entry<Authentiq> {
    INDEX.iter().find(|entry| entry.name() == name).unwrap_or_else(|| panic!("no operation {name}"))
}

fn operation(name: &str, values: &str) -> Box<dyn AnyEndpoint<Authentiq>> {
    entry(name).make(&mut Table::parse(values)).unwrap()
}

#[test]
fn all_fourteen_operations_are_there_with_their_routes() {
    let mut documented = BTreeMap::new();
    for line in lines(OPERATIONS) {
        let cells: Vec<_> = line.split(" | ").collect();
        documented.insert(cells[0], (cells[1], cells[2]));
    }
    assert_eq!(documented.len(), 14);
    let mut met = BTreeSet::new();
    assert_eq!(INDEX.len(), IDS.len());
    for (name, id) in IDS {
        let route = entry(name).route();
        assert_eq!((route.method().to_string().as_str(), route.template()), documented[id], "{name}");
        assert_eq!(entry(name).auth(), Auth::None, "{name}: there is no credential of ours");
        met.insert(*id);
    }
    assert_eq!(met, documented.into_keys().collect());
}

#[test]
fn what_must_not_be_repeated_is_known() {
    let once: Vec<_> = INDEX.iter().filter(|entry| !entry.is_idempotent()).map(Entry::name).collect();
    let expected = ["keys.register", "keys.request_revocation", "login.push", "scopes.request"];
    assert_eq!(once, expected.map(|name| format!("authentiq.{name}")));
}

#[test]
fn requests_are_as_documented() {
    let mut covered = BTreeSet::new();
    let blocks: Vec<Vec<&str>> = REQUESTS
        .split("\n\n")
        .map(|block| lines(block).collect::<Vec<_>>())
        .filter(|block: &Vec<_>| !block.is_empty())
        .collect();
    for block in &blocks {
        let (name, values) = block[0].split_once(" | ").unwrap();
        let request = operation(name, values).request(&provider()).unwrap_or_else(|error| panic!("{values}: {error}"));
        check_request(&request, &block[1..], values);
        covered.insert(name);
    }
    assert_eq!(covered, INDEX.iter().map(Entry::name).collect(), "an operation without a golden");
}

fn check_request(request: &Request<Vec<u8>>, golden: &[&str], place: &str) {
    let (method, target) = golden[0].split_once(' ').unwrap();
    assert_eq!(request.method(), method, "{place}");
    assert_eq!(request.uri().to_string(), format!("https://provider.example{target}"), "{place}");
    let mut headers = BTreeMap::new();
    let mut body = "";
    for line in &golden[1..] {
        match line.split_once(": ") {
            Some((name, value)) if !line.starts_with('{') => {
                headers.insert(name.to_owned(), value.to_owned());
            }
            _ => body = line,
        }
    }
    if body.starts_with('{') {
        let sent: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(sent, serde_json::from_str::<serde_json::Value>(body).unwrap(), "{place}");
    } else {
        assert_eq!(request.body(), body.as_bytes(), "{place}");
    }
    if !body.is_empty() || ["POST", "PUT"].contains(&method) {
        headers.insert(CONTENT_LENGTH.to_string(), request.body().len().to_string());
    }
    let sent = request.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    assert_eq!(sent.collect::<BTreeMap<_, _>>(), headers, "{place}");
}

struct Row<'a> {
    place: String,
    operation: Box<dyn AnyEndpoint<Authentiq>>,
    name: &'a str,
    status: u16,
    media: Option<&'a str>,
    body: &'a str,
    meaning: &'a str,
}

fn rows() -> Vec<Row<'static>> {
    let rows = lines(REPLIES).map(|line| {
        let cells: Vec<_> = line.splitn(6, " | ").collect();
        let [name, values, status, media, body, meaning] = cells[..] else { panic!("not six cells: {line}") };
        Row {
            place: line.to_owned(),
            operation: operation(name, values),
            name,
            status: status.parse().unwrap(),
            media: (media != "-").then_some(media),
            body: match body {
                "-" => "",
                "<html>" => HTML,
                text => text,
            },
            meaning,
        }
    });
    rows.collect()
}

impl Row<'_> {
    /// `ok` and the output, or the kind of the error.
    fn outcome(&self, media: Option<&str>, body: &[u8]) -> String {
        let mut response = Response::new(body.to_vec());
        *response.status_mut() = self.status.try_into().unwrap();
        if let Some(media) = media {
            response.headers_mut().insert(CONTENT_TYPE, media.parse().unwrap());
        }
        match self.operation.response(&provider(), &response) {
            Ok(output) => format!("ok {output:?}"),
            Err(error) => {
                assert_eq!(error.status(), self.status);
                format!("{:?}", error.kind())
            }
        }
    }
}

#[test]
fn replies_mean_what_is_documented() {
    for row in rows() {
        let outcome = row.outcome(row.media, row.body.as_bytes());
        assert!(outcome.starts_with(row.meaning), "{}\nis {outcome}", row.place);
    }
}

#[test]
fn every_documented_reply_of_every_operation_has_a_row() {
    let met: BTreeSet<(&str, u16)> = rows().iter().map(|row| (row.name, row.status)).collect();
    for line in lines(OPERATIONS) {
        let cells: Vec<_> = line.split(" | ").collect();
        for (name, _) in IDS.iter().filter(|(_, id)| *id == cells[0]) {
            for status in cells[3].split(',').map(|status| status.parse().unwrap()) {
                assert!(met.contains(&(name, status)), "{name}: no row for {status}");
            }
            let failed = met.iter().any(|(met, status)| met == name && *status >= 500);
            assert!(failed, "{name}: no row for a server's error");
        }
    }
}

#[test]
fn no_part_and_no_paraphrase_of_a_success_is_one() {
    let mut successes = 0;
    for row in rows().iter().filter(|row| row.meaning.starts_with("ok ") && !row.body.is_empty()) {
        successes += 1;
        for end in 0..row.body.len() {
            if let Some(part) = row.body.get(..end) {
                let outcome = row.outcome(row.media, part.as_bytes());
                assert!(!outcome.starts_with("ok "), "{}\ncut at {end} is {outcome}", row.place);
            }
        }
        let mut others =
            vec![format!("[{}]", row.body), format!("{}{}", row.body, row.body), format!("\u{feff}{}", row.body)];
        others.extend([HTML.into(), "null".into(), "[]".into(), format!("\"{}\"", row.body), format!("{}x", row.body)]);
        for other in others {
            let outcome = row.outcome(row.media, other.as_bytes());
            assert!(!outcome.starts_with("ok "), "{}\nas {other:?} is {outcome}", row.place);
        }
        // A 409 that says the same as a success is an error body, whose media type tells nothing.
        if row.status != 409 {
            let outcome = row.outcome(Some("text/html"), row.body.as_bytes());
            assert!(outcome.starts_with("Malformed(MediaType)"), "{}\nas HTML is {outcome}", row.place);
        }
    }
    assert!(successes > 30);
}

#[test]
fn only_documented_statuses_are_successes() {
    for row in rows().iter().filter(|row| row.meaning.starts_with("ok ")) {
        for status in 100..1_000 {
            let documented = match row.name.rsplit_once('.').unwrap().1 {
                "register" => vec![201],
                "request" => vec![201],
                "confirm" => vec![202],
                "check" | "retrieve" if row.name.starts_with("authentiq.scopes") => vec![200, 204],
                "request_revocation" => vec![200, 409],
                _ => vec![200],
            };
            let other = Row { status, place: String::new(), operation: operation_of(row), ..*row };
            let outcome = other.outcome(row.media, row.body.as_bytes());
            assert!(!outcome.starts_with("ok ") || documented.contains(&status), "{status} of {}", row.place);
            let server_error = (500..600).contains(&status);
            assert_eq!(outcome == "Unavailable", server_error, "{status} of {}: {outcome}", row.place);
            assert!(!outcome.starts_with("OurCredential"), "nobody has a credential here");
        }
    }
}

fn operation_of(row: &Row<'_>) -> Box<dyn AnyEndpoint<Authentiq>> {
    let values = row.place.split(" | ").nth(1).unwrap();
    operation(row.name, values)
}
