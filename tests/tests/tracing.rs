//! What the spans of both adapters say: an operation's name, its status, what came of it and how long it took. That they
//! say nothing else is shown in `canaries`.

mod common;
#[path = "common/spans.rs"]
mod spans;

use std::collections::BTreeMap;

use authwire_core::Endpoint;
use authwire_emulator::{Fault, Server};
use authwire_nextauth::flows::AwaitLogin;
use authwire_nextauth::sessions::{GetSession, Logout};
use authwire_nextauth::{ApiKey, NextAuth, Nonce, UserId};
use common::Adapter;
use spans::Spans;

/// The fields of our spans, in the order in which they began: their name, then field and value.
fn ours(spans: &Spans) -> Vec<(&'static str, BTreeMap<&'static str, String>)> {
    let mut found: BTreeMap<u64, (&'static str, BTreeMap<&'static str, String>)> = BTreeMap::new();
    for line in spans.take() {
        if line.target.starts_with("authwire") && line.span > 0 {
            found.entry(line.span).or_insert((line.name, BTreeMap::new()));
        }
        // What is recorded later comes without the span's name.
        if let Some((_, fields)) = found.get_mut(&line.span).filter(|_| !line.field.is_empty()) {
            fields.insert(line.field, line.value);
        }
    }
    found.into_values().collect()
}

#[test]
fn a_span_an_operation() {
    let server = Server::start().unwrap();
    let (provider, id) = common::nextauth(&server, &server.nextauth_url());
    let stranger = NextAuth::new(server.nextauth_url().parse().unwrap(), &ApiKey::new("not-ours").unwrap());
    let nonce = || Nonce::from_text("a-stored-nonce").unwrap();
    let get = GetSession::new(id.clone(), nonce());
    let spans = Spans::default();
    for adapter in Adapter::both(None) {
        let _watch = tracing::subscriber::set_default(spans.clone());
        drop(spans.take());
        let expect = |operation: &str, status: Option<&str>, outcome: &str| {
            let [(name, fields)] = &ours(&spans)[..] else { panic!("one span, of {operation}") };
            let field = |name| fields.get(name).map(String::as_str);
            assert_eq!((*name, field("operation")), ("authwire.call", Some(operation)), "{}", adapter.name());
            assert_eq!((field("status"), field("outcome")), (status, Some(outcome)), "{operation}");
            assert!(field("elapsed_us").unwrap().parse::<u64>().is_ok());
        };
        drop(adapter.call(&provider, &get).unwrap());
        expect(GetSession::NAME, Some("200"), "ok");
        adapter.call(&provider, &Logout::new(id.clone(), nonce())).unwrap();
        expect(Logout::NAME, Some("200"), "ok");
        drop(adapter.call(&stranger, &get).unwrap_err());
        expect(GetSession::NAME, Some("401"), "our_credential");
        for (fault, status, outcome) in [
            (Fault::status(http::StatusCode::SERVICE_UNAVAILABLE), Some("503"), "unavailable"),
            (Fault::status(http::StatusCode::FOUND), Some("302"), "unexpected"),
            (Fault::DropAfter, None, "lost"),
        ] {
            server.with_emulator(|emulator, _| emulator.fault(fault));
            drop(adapter.call(&provider, &get).unwrap_err());
            expect(GetSession::NAME, status, outcome);
        }
        let unbuilt = authwire_nextauth::users::ProvokeLoginOnUser::new(id.clone(), nonce(), UserId::new(".."));
        drop(adapter.call(&provider, &unbuilt).unwrap_err());
        expect(authwire_nextauth::users::ProvokeLoginOnUser::NAME, None, "not_built");
    }
}

/// A flow's requests have no operation of their own.
#[test]
fn a_span_an_exchange_of_a_flow() {
    let server = Server::start().unwrap();
    let (provider, id) = common::nextauth(&server, &server.nextauth_url());
    let spans = Spans::default();
    for adapter in Adapter::both(None) {
        let _watch = tracing::subscriber::set_default(spans.clone());
        drop(spans.take());
        let deadline = adapter.now().saturating_add(std::time::Duration::from_millis(200));
        let nonce = Nonce::from_text("a-stored-nonce").unwrap();
        adapter.drive(&provider, &mut AwaitLogin::new(id.clone(), nonce, deadline)).unwrap_err();
        let [(name, fields)] = &ours(&spans)[..] else { panic!("one poll") };
        let field = |name| fields.get(name).map(String::as_str);
        assert_eq!((*name, field("operation")), ("authwire.exchange", None));
        assert_eq!((field("status"), field("outcome")), (Some("200"), Some("reply")));
    }
}
