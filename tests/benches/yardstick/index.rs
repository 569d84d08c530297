//! Every operation of every provider, each with the fullest of the successes that the golden tables have of it.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::rc::Rc;

use authwire_tests::golden::{self, ReplyRow};
use authwire_tests::source::Table;
use authwire_tests::subject::{Made, Operation, World, all_in};

use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::{BASE, KEY, Side, hand};

/// The largest body that counts: what a larger one costs is its own.
const LARGE: usize = 1_024;

/// An operation with its values.
pub(crate) struct Indexed {
    pub(crate) side: Side,
    /// Whether its request has a JSON body.
    #[allow(dead_code, reason = "one of the two programs asks")]
    pub(crate) has_json: bool,
    /// How many texts and lists its reply has: what an answer with nothing borrowed is made of.
    #[allow(dead_code, reason = "one of the two programs asks")]
    pub(crate) texts: u64,
}

/// The operations by name; of two dialects, the first one's.
pub(crate) fn operations() -> BTreeMap<&'static str, Indexed> {
    let mut indexed = BTreeMap::new();
    for subject in all_in(&World::of_goldens()) {
        let rows = golden::replies(subject.name);
        for operation in &subject.operations {
            let row = fullest(&rows, operation.name);
            let made: Rc<dyn Made> = operation.make(&mut Table::parse(&row.values)).expect("an operation").into();
            let reply = row.response();
            assert!(made.accepts(&reply), "{}", row.place);
            let request = made.request().expect("a request");
            let has_json = request.headers().get(CONTENT_TYPE).is_some_and(|media| media == "application/json");
            let texts = texts_in(reply.body());
            indexed.entry(operation.name).or_insert_with(|| Indexed { side: side(made, reply), has_json, texts });
        }
    }
    indexed
}

/// The longest success that counts.
fn fullest<'a>(rows: &'a [ReplyRow], name: &str) -> &'a ReplyRow {
    let counts = |row: &&ReplyRow| row.operation == name && row.is_ok() && row.body.len() <= LARGE;
    rows.iter().filter(counts).max_by_key(|row| row.body.len()).expect("a golden success")
}

/// The operation that costs most, by hand.
#[allow(dead_code, reason = "one of the two programs asks")]
pub(crate) fn costliest_by_hand() -> (&'static str, Side) {
    let name = "nap.sessions.get_user_flow";
    let rows = golden::replies("nap");
    let row = fullest(&rows, name);
    let flow = Table::parse(&row.values).0.remove("flowId").expect("a value");
    let (asked, reply) = (flow.clone(), row.response());
    let side = Side {
        build: Box::new(move || {
            drop(black_box(hand::get_user_flow(black_box(BASE), black_box(KEY), black_box(&flow))))
        }),
        parse: Box::new(move || {
            drop(black_box(hand::user_flow(black_box(&reply), black_box(&asked)).expect("a success")))
        }),
    };
    (name, side)
}

/// The texts and lists of a JSON value; any other body is one text, or none.
fn texts_in(body: &[u8]) -> u64 {
    fn count(value: &Value) -> u64 {
        match value {
            Value::String(_) => 1,
            Value::Array(values) => 1 + values.iter().map(count).sum::<u64>(),
            Value::Object(members) => members.values().map(count).sum(),
            _ => 0,
        }
    }
    let is_empty = body.is_empty();
    serde_json::from_slice(body).map_or(u64::from(!is_empty), |value| count(&value))
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

/// Makes the step that builds the request with a path value of so many bytes.
pub(crate) type Grow = Box<dyn Fn(usize) -> Box<dyn Fn()>>;

/// The operations that take a path value of [`LONGEST`] bytes.
pub(crate) fn grown() -> BTreeMap<&'static str, Grow> {
    let mut growing: BTreeMap<&'static str, Grow> = BTreeMap::new();
    for subject in all_in(&World::of_goldens()) {
        let blocks = golden::requests(subject.name);
        for operation in subject.operations {
            let block = blocks.iter().find(|block| block.operation == operation.name).expect("a golden request");
            let table = Table::parse(&block.values);
            let value = operation.route.names().find(|value| grow(&operation, &table, value, LONGEST).is_some());
            let Some(value) = value else { continue };
            growing.entry(operation.name).or_insert_with(|| {
                Box::new(move |bytes| {
                    let made = grow(&operation, &table, value, bytes).expect("a shorter value fits too");
                    Box::new(move || drop(black_box(made.request())))
                })
            });
        }
    }
    growing
}

/// The operation with this path value so many bytes long, one in eight to be escaped; `None` if it cannot be.
fn grow(operation: &Operation, table: &Table, name: &str, bytes: usize) -> Option<Box<dyn Made>> {
    let mut table = table.clone();
    *table.0.get_mut(name)? = "alice@ex".chars().cycle().take(bytes).collect();
    operation.make(&mut table).ok().filter(|made| made.request().is_ok())
}
