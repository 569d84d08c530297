//! R36: a reader that swaps 401 and 403 is caught, in every operation. Whoever reads one for the other tells a user that
//! the password is wrong when our key is, or rotates a key because somebody mistyped.

use std::collections::BTreeMap;

use authwire_tests::golden::{self, ReplyRow, kind};
use authwire_tests::source::Table;
use authwire_tests::subject::{Subject, all};

/// What the golden tables say of a status of an operation: each meaning with how often.
fn meanings(rows: &[&ReplyRow], status: u16) -> BTreeMap<String, usize> {
    let mut meanings = BTreeMap::new();
    for row in rows.iter().filter(|row| row.status == status) {
        *meanings.entry(row.meaning.clone()).or_default() += 1;
    }
    meanings
}

/// What an operation makes of a row's reply under another status: its kind and nothing else, for the status itself is in
/// every error.
fn kind_under(subject: &Subject, row: &ReplyRow, status: u16) -> String {
    let made = subject.operation(&row.operation).make(&mut Table::parse(&row.values)).expect("golden values");
    let response = golden::response(status, row.media.as_deref(), row.body.clone());
    kind(&made.response(&response).expect_err("an error status"))
}

#[test]
fn whoever_swaps_401_and_403_is_caught() {
    let (mut caught, mut alike) = (Vec::new(), Vec::new());
    for subject in &all() {
        let rows = golden::replies(subject.name);
        for operation in &subject.operations {
            let rows: Vec<_> = rows.iter().filter(|row| row.operation == operation.name).collect();
            let both = [401, 403].map(|status| meanings(&rows, status));
            assert!(both.iter().all(|meanings| !meanings.is_empty()), "{}: a row for 401 and 403", operation.name);
            let told_apart = rows
                .iter()
                .filter(|row| matches!(row.status, 401 | 403))
                .filter(|row| {
                    assert!(kind_under(subject, row, row.status).starts_with(&row.meaning), "{}", row.place);
                    !kind_under(subject, row, 804 - row.status).starts_with(&row.meaning)
                })
                .count();
            if told_apart > 0 {
                caught.push(format!("{}/{}: {told_apart} rows", subject.name, operation.name));
            } else {
                // By the documents both are the same, whatever the body: nothing is there to swap.
                let [first, second] = both.map(|meanings| meanings.into_keys().collect::<Vec<_>>());
                assert_eq!(first, second, "{}: a swap is not seen", operation.name);
                alike.push(format!("{}/{}: {first:?}", subject.name, operation.name));
            }
        }
    }
    println!("caught in {} operations:\n{}", caught.len(), caught.join("\n"));
    println!("the same by the documents in {}:\n{}", alike.len(), alike.join("\n"));
    assert!(caught.len() >= 20);
}
