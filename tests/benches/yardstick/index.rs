//! Every operation of every provider, each with the fullest of the successes that the golden tables have of it.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::rc::Rc;

use authwire_tests::golden;
use authwire_tests::source::Table;
use authwire_tests::subject::{Made, Operation, World, all_in};

use http::header::CONTENT_TYPE;

use super::Side;

/// The largest body that counts: what a larger one costs is its own.
const LARGE: usize = 1_024;

/// An operation with its values.
pub(crate) struct Indexed {
    pub(crate) side: Side,
    /// Whether its request has a JSON body.
    #[allow(dead_code, reason = "one of the two programs asks")]
    pub(crate) has_json: bool,
}

/// The operations' names.
pub(crate) fn names() -> BTreeSet<&'static str> {
    let subjects = all_in(&World::of_goldens());
    subjects.iter().flat_map(|subject| &subject.operations).map(|operation| operation.name).collect()
}

/// The operation of this name; of two dialects, the first one's.
pub(crate) fn operation(name: &str) -> Option<Indexed> {
    let subjects = all_in(&World::of_goldens());
    subjects.iter().find_map(|subject| {
        let operation = subject.operations.iter().find(|operation| operation.name == name)?;
        let rows = golden::replies(subject.name);
        let counts = |row: &&golden::ReplyRow| row.operation == name && row.is_ok() && row.body.len() <= LARGE;
        let row = rows.iter().filter(counts).max_by_key(|row| row.body.len()).expect("a golden success");
        let made: Rc<dyn Made> = operation.make(&mut Table::parse(&row.values)).expect("an operation").into();
        let reply = row.response();
        assert!(made.accepts(&reply), "{}", row.place);
        let request = made.request().expect("a request");
        let has_json = request.headers().get(CONTENT_TYPE).is_some_and(|media| media == "application/json");
        Some(Indexed { side: side(made, reply), has_json })
    })
}

fn side(made: Rc<dyn Made>, reply: http::Response<Vec<u8>>) -> Side {
    let builder = Rc::clone(&made);
    Side {
        build: Box::new(move || drop(black_box(builder.request()))),
        parse: Box::new(move || assert!(made.accepts(black_box(&reply)))),
    }
}

/// The length up to which a path value is measured, in bytes.
pub(crate) const LONGEST: usize = 10_000;

/// Builds the request of this operation with a path value of so many bytes; `None` if it takes none of [`LONGEST`].
pub(crate) fn grown(name: &str, bytes: usize) -> Option<Box<dyn Fn()>> {
    let subjects = all_in(&World::of_goldens());
    subjects.iter().find_map(|subject| {
        let operation = subject.operations.iter().find(|operation| operation.name == name)?;
        let blocks = golden::requests(subject.name);
        let block = blocks.iter().find(|block| block.operation == name).expect("a golden request");
        let table = Table::parse(&block.values);
        let value = operation.route.names().find(|value| grow(operation, &table, value, LONGEST).is_some())?;
        let made = grow(operation, &table, value, bytes).expect("a shorter value fits too");
        Some(Box::new(move || drop(black_box(made.request()))) as Box<dyn Fn()>)
    })
}

/// The operation with this path value so many bytes long, one in eight to be escaped; `None` if it cannot be.
fn grow(operation: &Operation, table: &Table, name: &str, bytes: usize) -> Option<Box<dyn Made>> {
    let mut table = table.clone();
    *table.0.get_mut(name)? = "alice@ex".chars().cycle().take(bytes).collect();
    operation.make(&mut table).ok().filter(|made| made.request().is_ok())
}
