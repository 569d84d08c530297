//! What will happen when, in virtual time.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use authwire_core::Timestamp;

/// Events in their order; among those of the same time, in the order in which they were planned.
pub(super) struct Events<T> {
    heap: BinaryHeap<Reverse<Event<T>>>,
    planned: u64,
}

struct Event<T> {
    at: Timestamp,
    order: u64,
    what: T,
}

impl<T> Events<T> {
    pub(super) fn new() -> Self {
        Self { heap: BinaryHeap::new(), planned: 0 }
    }

    pub(super) fn plan(&mut self, at: Timestamp, what: T) {
        self.planned += 1;
        self.heap.push(Reverse(Event { at, order: self.planned, what }));
    }

    pub(super) fn next_at(&self) -> Option<Timestamp> {
        self.heap.peek().map(|Reverse(event)| event.at)
    }

    /// The next event that is not after `now`.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<T> {
        self.next_at().filter(|at| *at <= now)?;
        self.heap.pop().map(|Reverse(event)| event.what)
    }
}

impl<T> PartialEq for Event<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Event<T> {}

impl<T> PartialOrd for Event<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Event<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}
