//! The answers given so far, for the fault that repeats one.

use crate::bounded::BoundedMap;
use http::{Method, Response};

/// How many answers are remembered, and how long one may be: a picture is not worth it.
const ANSWERS: usize = 1_000;
const LONGEST: usize = 64 * 1024;

/// The last answer to each method and target.
#[derive(Clone)]
pub(crate) struct StaleAnswers(BoundedMap<(String, String), Response<Vec<u8>>>);

impl StaleAnswers {
    pub(crate) fn new() -> Self {
        Self(BoundedMap::new(ANSWERS))
    }

    pub(crate) fn remember(&mut self, method: &Method, target: &str, response: &Response<Vec<u8>>) {
        if response.body().len() <= LONGEST {
            self.0.insert((method.as_str().to_owned(), target.to_owned()), response.clone());
        }
    }

    pub(crate) fn recall(&self, method: &Method, target: &str) -> Option<Response<Vec<u8>>> {
        self.0.get(&(method.as_str().to_owned(), target.to_owned())).cloned()
    }
}
