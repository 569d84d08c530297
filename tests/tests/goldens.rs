//! What we send and how we read, against tables transcribed from the providers' documents.

use std::collections::BTreeSet;

use authwire_tests::golden;
use authwire_tests::source::Table;
use authwire_tests::subject::{World, all, all_in};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};

#[test]
fn the_operations_are_those_of_the_documents() {
    for subject in all() {
        let ours: BTreeSet<_> = subject
            .operations
            .iter()
            .map(|operation| {
                (operation.id.to_owned(), operation.route.method().to_string(), operation.route.template().to_owned())
            })
            .collect();
        let documented: BTreeSet<_> =
            golden::operations(subject.name).into_iter().map(|row| (row.id, row.method, row.template)).collect();
        assert_eq!(ours, documented, "{}", subject.name);
    }
}

#[test]
fn requests_are_those_of_the_documents() {
    for subject in all_in(&World::of_goldens()) {
        let blocks = golden::requests(subject.name);
        for block in &blocks {
            let place = &block.place;
            let operation = subject.operation(&block.operation);
            let made =
                operation.make(&mut Table::parse(&block.values)).unwrap_or_else(|error| panic!("{place}: {error}"));
            let request = made.request().unwrap_or_else(|error| panic!("{place}: {error}"));
            assert_eq!(request.method().as_str(), block.method, "{place}");
            assert_eq!(
                request.uri().path_and_query().map(ToString::to_string).as_deref(),
                Some(&*block.target),
                "{place}"
            );
            let mut headers = request.headers().clone();
            let length = headers.remove(CONTENT_LENGTH).map(|value| value.to_str().unwrap().parse::<usize>().unwrap());
            assert_eq!(headers, block.headers, "{place}");
            let is_json = headers.get(CONTENT_TYPE).is_some_and(|media| media == "application/json");
            match &block.body {
                None => assert!(request.body().is_empty(), "{place}"),
                Some(body) if is_json => {
                    let ours: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
                    assert_eq!(ours, serde_json::from_str::<serde_json::Value>(body).unwrap(), "{place}");
                }
                Some(body) => assert_eq!(request.body(), body.as_bytes(), "{place}"),
            }
            let expected =
                (!request.body().is_empty() || operation.route.method().expects_body()).then_some(request.body().len());
            assert_eq!(length, expected, "{place}");
        }
        for operation in &subject.operations {
            assert!(blocks.iter().any(|block| block.operation == operation.name), "no golden for {}", operation.name);
        }
        println!("{}: {} requests", subject.name, blocks.len());
    }
}

#[test]
fn replies_mean_what_the_documents_say() {
    for subject in all_in(&World::of_goldens()) {
        let rows = golden::replies(subject.name);
        let mut wrong = Vec::new();
        for row in &rows {
            let operation = subject.operation(&row.operation);
            let made =
                operation.make(&mut Table::parse(&row.values)).unwrap_or_else(|error| panic!("{}: {error}", row.place));
            let outcome = made.response(&row.response());
            assert_eq!(made.accepts(&row.response()), outcome.is_ok(), "{}", row.place);
            if !row.agrees(&outcome) {
                wrong.push(format!("{}: {} is {outcome:?}", row.place, row.meaning));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        println!("{}: {} replies", subject.name, rows.len());
    }
}

/// What a log may say of a provider: where it is, and nothing of who we are to it.
#[test]
fn a_provider_shows_where_it_is() {
    let shown = [
        "NextAuth { base: BaseUrl(https://auth.example/tenant/7), .. }",
        "Lagrello { base: BaseUrl(https://auth.example/tenant/7), .. }",
        "Nap { base: BaseUrl(https://auth.example/tenant/7), dialect: Nap, .. }",
        "Nap { base: BaseUrl(https://auth.example/tenant/7), dialect: Nexeres, .. }",
        "Authentiq { base: BaseUrl(https://auth.example/tenant/7) }",
    ];
    let ours: Vec<_> = all().into_iter().map(|subject| subject.debug).collect();
    assert_eq!(ours, shown);
}

/// Each documented status of each operation is a success or a refusal, unless the documents say that it is about our
/// credential; and two documented statuses never have the same meaning.
#[test]
fn every_documented_status_is_an_outcome_of_its_own() {
    for subject in all() {
        let rows = golden::replies(subject.name);
        for documented in golden::operations(subject.name) {
            let ours: Vec<_> =
                subject.operations.iter().filter(|ours| ours.id == documented.id).map(|ours| ours.name).collect();
            let mut others = BTreeSet::new();
            for status in &documented.statuses {
                let code = status.code;
                let rows = || rows.iter().filter(|row| ours.contains(&&*row.operation) && row.status == code);
                for name in &ours {
                    assert!(rows().any(|row| row.operation == *name), "no row for {name} {code}");
                }
                let meanings: BTreeSet<_> = rows()
                    .map(|row| if row.is_ok() { format!("{code} ok") } else { row.meaning.clone() })
                    .filter(|meaning| status.is_about_us || meaning.ends_with("ok") || meaning.starts_with("Refused"))
                    .collect();
                if status.is_about_us {
                    assert_eq!(meanings, ["OurCredential".to_owned()].into(), "{} {code}", documented.id);
                }
                assert!(!meanings.is_empty(), "no row for {} {code} says what it means", documented.id);
                for meaning in meanings {
                    assert!(others.insert(meaning), "{} {code} means the same as another status", documented.id);
                }
            }
        }
    }
}
