//! What a success must say, beside its status, to be one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use authwire_authentiq::jwt::{AuthentiqId, Jws};
use authwire_authentiq::keys::{BindKey, ConfirmRevocation, RequestRevocation, RevokeKey, UpdateKey};
use authwire_authentiq::login::PushLogin;
use authwire_authentiq::scopes::{ConfirmScope, DeleteScope};
use authwire_authentiq::{Authentiq, Code, JobId, RevocationSecret};
use authwire_core::{Endpoint, Kind, Malformed};
use common::{RingKey, key};
use http::Response;

const JOB: &str = "Zm9vYmFyYmF6cXV1eC0x";

/// `Ok`, or what is wrong with the body.
type Read = Result<(), Malformed>;

fn read<E: Endpoint<Provider = Authentiq, Output = ()>>(operation: &E, status: u16, body: &str) -> Read {
    let provider = Authentiq::new(Authentiq::VENDOR_BASE.parse().unwrap());
    let reply = Response::builder().status(status).body(body.to_owned()).unwrap();
    operation.response(&provider, &reply).map_err(|error| match error.kind() {
        Kind::Malformed(malformed) => *malformed,
        _ => panic!("{}: {error}", E::NAME),
    })
}

fn id() -> Jws {
    AuthentiqId::new(key()).sign(&RingKey::user()).unwrap()
}

/// Every operation that answers with a word alone, at its success's status: name, word, and how a body is read.
type Row = (&'static str, &'static str, Box<dyn Fn(&str) -> Read>);

/// A key is gone or it is not: nothing is taken for granted.
fn revocations() -> Vec<Row> {
    let revoke = RevokeKey::new(key(), RevocationSecret::new("s-1").unwrap());
    let request = RequestRevocation::new("a@example.com", "+31612345678");
    let confirm = ConfirmRevocation::new("a@example.com", "+31612345678", Code::new("012345").unwrap());
    vec![
        ("revoke", "done", Box::new(move |body| read(&revoke, 200, body))),
        ("request_revocation", "pending", Box::new(move |body| read(&request, 200, body))),
        ("confirm_revocation", "done", Box::new(move |body| read(&confirm, 200, body))),
    ]
}

fn others() -> Vec<Row> {
    let job = || JobId::new(JOB).unwrap();
    let (bind, update) = (BindKey::new(key(), id()), UpdateKey::new(key(), id()));
    let push = PushLogin::new("https://connect.example/s", id());
    let (confirm, delete) = (ConfirmScope::new(job()), DeleteScope::new(job()));
    vec![
        ("bind", "confirmed", Box::new(move |body| read(&bind, 200, body))),
        ("update", "confirmed", Box::new(move |body| read(&update, 200, body))),
        ("push", "sent", Box::new(move |body| read(&push, 200, body))),
        ("confirm", "confirmed", Box::new(move |body| read(&confirm, 202, body))),
        ("delete", "done", Box::new(move |body| read(&delete, 200, body))),
    ]
}

#[test]
fn a_revocation_must_say_so() {
    for (name, word, read) in revocations() {
        assert_eq!(read(&format!(r#"{{"status":"{word}"}}"#)), Ok(()), "{name}");
        for body in ["{}", r#"{"status":null}"#, r#"{"state":"done"}"#, r#"{"status":"sent"}"#] {
            assert_eq!(read(body), Err(Malformed::Field("status")), "{name}: {body}");
        }
    }
}

#[test]
fn an_error_under_a_successs_status_is_no_success() {
    for (name, word, read) in revocations().into_iter().chain(others()) {
        for body in [
            r#"{"error":401,"type":"auth-error","title":"t","detail":"d"}"#.to_owned(),
            format!(r#"{{"error":"unknown-key","status":"{word}"}}"#),
            format!(r#"{{"status":"{word}","error":{{}}}}"#),
        ] {
            assert_eq!(read(&body), Err(Malformed::Field("error")), "{name}: {body}");
        }
        // Nothing was wrong.
        assert_eq!(read(&format!(r#"{{"status":"{word}","error":null}}"#)), Ok(()), "{name}");
    }
    // The other operations do not need the word.
    for (name, _, read) in others() {
        assert_eq!(read("{}"), Ok(()), "{name}");
    }
}
