//! What we send and how we read, against tables transcribed from the provider's documents.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use authwire_lagrello::INDEX;
use authwire_lagrello::core::index::{AnyEndpoint, Entry};
use authwire_lagrello::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use authwire_lagrello::http::{HeaderMap, HeaderName, HeaderValue};
use common::{HTML, PNG, entry, lines, make, provider, response};
use serde_json::Value;

const OPERATIONS: &str = include_str!("golden/lagrello.operations");
const REQUESTS: &str = include_str!("golden/lagrello.requests");
const REPLIES: &str = include_str!("golden/lagrello.replies");

/// Our names and the documents'.
const IDS: [(&str, &str); 19] = [
    ("lagrello.images.totp", "images/totp"),
    ("lagrello.tenants.activate", "tenants/activate"),
    ("lagrello.tenants.card_token", "tenants/cardtoken"),
    ("lagrello.tenants.create", "tenants/create"),
    ("lagrello.tenants.get", "tenants/get"),
    ("lagrello.tenants.request_deletion", "tenants/delete"),
    ("lagrello.tenants.update", "tenant/update"),
    ("lagrello.tokens.create", "tokens/create"),
    ("lagrello.tokens.delete", "tokens/delete"),
    ("lagrello.tokens.list", "tokens/list"),
    ("lagrello.users.create", "users/create"),
    ("lagrello.users.delete", "users/delete"),
    ("lagrello.users.disable_totp", "users/totp/toggle"),
    ("lagrello.users.enable_totp", "users/totp/toggle"),
    ("lagrello.users.get", "users/get"),
    ("lagrello.users.send_magic_link", "users/email/send"),
    ("lagrello.users.update", "users/update"),
    ("lagrello.users.verify_magic_link", "users/email/auth"),
    ("lagrello.users.verify_totp", "users/totp/auth"),
];

#[test]
fn the_operations_are_those_of_the_documents() {
    let ids = BTreeMap::from(IDS);
    let ours: BTreeSet<_> = INDEX
        .iter()
        .map(|entry| {
            let route = entry.route();
            format!("{} | {} | {}", ids[entry.name()], route.method(), route.template())
        })
        .collect();
    let documented: BTreeSet<_> =
        lines(OPERATIONS).map(|(_, line)| line.rsplit_once(" | ").unwrap().0.to_owned()).collect();
    assert_eq!(ours, documented);
    assert_eq!((INDEX.len(), documented.len()), (19, 18));
}

#[test]
fn what_may_be_repeated() {
    let once: BTreeSet<_> = INDEX
        .iter()
        .filter(|entry| !entry.is_idempotent())
        .map(|entry| entry.name().split_once('.').unwrap().1)
        .collect();
    let expected = BTreeSet::from([
        "tenants.activate",
        "tenants.create",
        "tenants.request_deletion",
        "tokens.create",
        "users.create",
        "users.disable_totp",
        "users.enable_totp",
        "users.send_magic_link",
        "users.verify_magic_link",
        "users.verify_totp",
    ]);
    assert_eq!(once, expected);
}

#[test]
fn requests_are_those_of_the_documents() {
    let mut lines = lines(REQUESTS).peekable();
    let mut seen = BTreeSet::new();
    let mut count = 0;
    while let Some((number, line)) = lines.next() {
        let (operation, values) = line.split_once(" |").unwrap();
        let request = make(operation, values).request(&provider()).unwrap_or_else(|error| panic!("{number}: {error}"));
        let (_, request_line) = lines.next().unwrap();
        let uri = request.uri();
        assert_eq!((uri.scheme_str(), uri.authority().unwrap().as_str()), (Some("https"), "provider.example"));
        assert_eq!(format!("{} {}", request.method(), uri.path_and_query().unwrap()), request_line, "line {number}");

        let mut expected = HeaderMap::new();
        let mut body = None;
        while let Some((_, line)) = lines.next_if(|(_, line)| !line.starts_with("lagrello.")) {
            if line.starts_with('{') {
                body = Some(line);
            } else {
                let (name, value) = line.split_once(": ").unwrap();
                expected.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
            }
        }
        let mut headers = request.headers().clone();
        let length = headers.remove(CONTENT_LENGTH).map(|value| value.to_str().unwrap().parse::<usize>().unwrap());
        assert_eq!(headers, expected, "line {number}");
        assert!(headers.get("authorization").is_none_or(HeaderValue::is_sensitive));
        match body {
            None => assert!(request.body().is_empty(), "line {number}"),
            Some(body) => {
                assert_eq!(headers[CONTENT_TYPE], "application/json");
                let ours: Value = serde_json::from_slice(request.body()).unwrap();
                assert_eq!(ours, serde_json::from_str::<Value>(body).unwrap(), "line {number}");
            }
        }
        let has_length = entry(operation).route().method().expects_body();
        assert_eq!(length, has_length.then_some(request.body().len()), "line {number}");
        seen.insert(operation);
        count += 1;
    }
    assert_eq!(count, 29);
    assert_eq!(seen, INDEX.iter().map(Entry::name).collect());
}

struct Row {
    number: usize,
    operation: &'static str,
    values: &'static str,
    status: u16,
    media: Option<&'static str>,
    body: Vec<u8>,
    meaning: &'static str,
}

fn rows() -> impl Iterator<Item = Row> {
    lines(REPLIES).map(|(number, line)| {
        let cells: Vec<&str> = line.splitn(6, " | ").collect();
        let [operation, values, status, media, body, meaning] = cells[..] else { panic!("line {number}") };
        let body = match body {
            "-" => Vec::new(),
            "<html>" => HTML.into(),
            "<png>" => PNG.into(),
            text => text.into(),
        };
        let media = Some(media).filter(|media| *media != "-");
        Row { number, operation, values, status: status.parse().unwrap(), media, body, meaning }
    })
}

/// What a reply means to an operation, as the table writes it.
fn meaning(operation: &dyn AnyEndpoint<authwire_lagrello::Lagrello>, row: &Row, body: &[u8]) -> String {
    match operation.response(&provider(), &response(row.status, row.media, body)) {
        Ok(output) => format!("ok {output:?}"),
        Err(error) => {
            assert_eq!((error.status(), error.operation()), (row.status, row.operation));
            format!("{:?}", error.kind())
        }
    }
}

#[test]
fn replies_mean_what_the_documents_say() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in rows() {
        let found = meaning(&*make(row.operation, row.values), &row, &row.body);
        if !found.starts_with(row.meaning) {
            wrong.push(format!("line {}: {} is {found}", row.number, row.meaning));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(count, 792);
}

/// Each documented status of each operation has rows, and no two of an operation mean the same.
#[test]
fn every_documented_status_is_an_outcome_of_its_own() {
    let rows: Vec<_> = rows().collect();
    for (_, line) in lines(OPERATIONS) {
        let cells: Vec<&str> = line.split(" | ").collect();
        let ours: Vec<_> = IDS.iter().filter(|(_, id)| *id == cells[0]).map(|(name, _)| *name).collect();
        let mut meanings = BTreeSet::new();
        for status in cells[3].split(',').map(|status| status.parse::<u16>().unwrap()) {
            let outcome = rows
                .iter()
                .filter(|row| row.status == status && ours.contains(&row.operation))
                .map(|row| if row.meaning.starts_with("ok ") { format!("ok {status}") } else { row.meaning.to_owned() })
                .find(|meaning| !meaning.starts_with("Malformed"));
            let outcome = outcome.unwrap_or_else(|| panic!("no row for {} {status}", cells[0]));
            assert!(meanings.insert(outcome), "{} {status}", cells[0]);
        }
    }
}

/// The success rows of the table, changed by rule.
#[test]
fn no_other_status_and_no_part_of_a_success_is_one() {
    let mut count = 0;
    for row in rows().filter(|row| row.meaning.starts_with("ok ")) {
        let operation = make(row.operation, row.values);
        for status in 100..1000 {
            let changed = Row { status, body: row.body.clone(), ..row };
            if status != row.status {
                assert!(
                    !meaning(&*operation, &changed, &row.body).starts_with("ok"),
                    "line {} as {status}",
                    row.number
                );
            }
        }
        let whole = row.body.trim_ascii_end();
        for length in 0..whole.len() {
            assert!(!meaning(&*operation, &row, &whole[..length]).starts_with("ok"), "line {} cut", row.number);
            count += 1;
        }
        for behind in ["x", "{}", "<", "\0"] {
            let longer = [&row.body[..], behind.as_bytes()].concat();
            assert!(!meaning(&*operation, &row, &longer).starts_with("ok"), "line {} and {behind}", row.number);
        }
    }
    assert!(count > 1_000);
}
