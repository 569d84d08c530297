//! Who is due when: a heap that knows where each slot stands in it.
//!
//! Crates that do this were looked at: `priority-queue` finds a place through a hash table, which our slots, small
//! numbers in a row, do not need, and brings three crates into every provider's tree; `indexed_priority_queue` panics on
//! a slot that it does not hold.

use alloc::vec::Vec;

use crate::Timestamp;

/// How many children a place of the heap has. With four it is half as deep as with two, and they lie side by side.
const CHILDREN: usize = 4;
/// The place of a slot that is not in the heap.
const NOWHERE: usize = usize::MAX;

/// Slots by the time at which they are due; among equals, the one that was set first.
#[derive(Clone, Default)]
pub(super) struct Queue {
    heap: Vec<Entry>,
    /// By slot, where its entry is. Beside the slots rather than in them: a step changes several of these, and close
    /// together they stay in the processor's cache.
    places: Vec<usize>,
    /// How many times an entry was set: the order among those that are due at the same time.
    set: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    due: Timestamp,
    order: u64,
    slot: usize,
}

impl Queue {
    pub(super) fn with_capacity(slots: usize) -> Self {
        Self { heap: Vec::with_capacity(slots), places: Vec::with_capacity(slots), set: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }

    /// The slot that comes first, and when it is due.
    pub(super) fn first(&self) -> Option<(Timestamp, usize)> {
        self.heap.first().map(|entry| (entry.due, entry.slot))
    }

    /// Puts a slot in, or moves it: due at this time, after all others that are due then.
    pub(super) fn set(&mut self, slot: usize, due: Timestamp) {
        self.set = self.set.wrapping_add(1); // 64 bits are not spent
        let entry = Entry { due, order: self.set, slot };
        match self.place(slot) {
            Some(place) => self.settle(place, entry),
            None => {
                if self.places.len() <= slot {
                    self.places.resize(slot.saturating_add(1), NOWHERE);
                }
                self.heap.push(entry);
                self.rise(self.heap.len().saturating_sub(1), entry);
            }
        }
    }

    /// Takes a slot out.
    pub(super) fn remove(&mut self, slot: usize) {
        let Some(place) = self.place(slot) else { return };
        if let Some(place) = self.places.get_mut(slot) {
            *place = NOWHERE;
        }
        // The last one fills the gap, unless it was the last that went.
        if let Some(last) = self.heap.pop() {
            if last.slot != slot {
                self.settle(place, last);
            }
        }
    }

    fn place(&self, slot: usize) -> Option<usize> {
        self.places.get(slot).copied().filter(|place| *place != NOWHERE)
    }

    /// Puts an entry where the one at `place` is now, and from there to where it belongs.
    fn settle(&mut self, place: usize, entry: Entry) {
        let place = self.rise(place, entry);
        self.sink(place, entry);
    }

    /// From `place` towards the first, as long as those before it are later. Says where it came to rest.
    fn rise(&mut self, mut place: usize, entry: Entry) -> usize {
        while let Some(before) = place.checked_sub(1).map(|at| at / CHILDREN) {
            match self.heap.get(before) {
                Some(parent) if *parent > entry => {
                    let parent = *parent;
                    self.put(place, parent);
                    place = before;
                }
                _ => break,
            }
        }
        self.put(place, entry);
        place
    }

    /// From `place` away from the first, as long as one after it is earlier.
    fn sink(&mut self, mut place: usize, entry: Entry) {
        while let Some((below, child)) = self.earliest_child(place) {
            if child > entry {
                break;
            }
            self.put(place, child);
            place = below;
        }
        self.put(place, entry);
    }

    fn earliest_child(&self, place: usize) -> Option<(usize, Entry)> {
        let from = place.saturating_mul(CHILDREN).saturating_add(1);
        let children = self.heap.get(from..)?.iter().take(CHILDREN);
        (from..).zip(children.copied()).min_by_key(|(_, child)| *child)
    }

    fn put(&mut self, place: usize, entry: Entry) {
        if let (Some(to), Some(at)) = (self.heap.get_mut(place), self.places.get_mut(entry.slot)) {
            *to = entry;
            *at = place;
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;
    use proptest::prelude::*;

    use super::{Queue, Timestamp};

    proptest! {
        /// A sorted map does the same, slowly.
        #[test]
        fn it_is_in_order_and_holds_each_slot_once(
            script in proptest::collection::vec((0..40usize, proptest::option::weighted(0.8, 0..9u64)), 0..400)
        ) {
            let mut queue = Queue::default();
            let mut model = BTreeMap::new();
            for (count, (slot, due)) in script.into_iter().enumerate() {
                match due.map(Timestamp::from_millis) {
                    Some(due) => {
                        queue.set(slot, due);
                        model.insert(slot, (due, count));
                    }
                    None => {
                        queue.remove(slot);
                        model.remove(&slot);
                    }
                }
                prop_assert_eq!(queue.len(), model.len());
                let first = model.iter().min_by_key(|(_, when)| **when).map(|(slot, (due, _))| (*due, *slot));
                prop_assert_eq!(queue.first(), first);
                for (slot, place) in queue.places.iter().enumerate() {
                    prop_assert_eq!(queue.heap.get(*place).map(|entry| entry.slot), model.get(&slot).map(|_| slot));
                }
            }
        }
    }
}
