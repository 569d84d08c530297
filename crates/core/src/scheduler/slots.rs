//! Where the flows are: slots that are used again, under a serial number that never is.

use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

use super::Key;

/// How many schedulers there have been in this process: each has keys of its own.
static SCHEDULERS: AtomicUsize = AtomicUsize::new(0);

/// Flows in slots.
pub(super) struct Slots<F> {
    /// Whose they are.
    scheduler: usize,
    slots: Vec<Slot<F>>,
    /// The first of the free slots; each names the next.
    free: Option<usize>,
    /// How many flows there have been.
    serials: u64,
}

enum Slot<F> {
    Free { next: Option<usize> },
    Taken(Held<F>),
}

/// A flow in its slot.
pub(super) struct Held<F> {
    pub(super) flow: F,
    serial: u64,
    /// The number of the request that is in flight.
    pub(super) in_flight: Option<core::num::NonZeroU64>,
}

impl<F> Slots<F> {
    pub(super) fn with_capacity(slots: usize) -> Self {
        let scheduler = SCHEDULERS.fetch_add(1, Ordering::Relaxed);
        Self { scheduler, slots: Vec::with_capacity(slots), free: None, serials: 0 }
    }

    pub(super) fn insert(&mut self, flow: F) -> Key {
        self.serials = self.serials.wrapping_add(1); // 64 bits are not spent
        let serial = self.serials;
        let taken = Slot::Taken(Held { flow, serial, in_flight: None });
        let slot = match self.free.and_then(|slot| Some((slot, self.slots.get_mut(slot)?))) {
            Some((slot, there)) => {
                if let Slot::Free { next } = *there {
                    self.free = next;
                }
                *there = taken;
                slot
            }
            None => {
                self.slots.push(taken);
                self.slots.len().saturating_sub(1)
            }
        };
        self.key(slot, serial)
    }

    /// The flow in a slot, whatever its serial number.
    pub(super) fn at(&mut self, slot: usize) -> Option<(Key, &mut Held<F>)> {
        let scheduler = self.scheduler;
        match self.slots.get_mut(slot) {
            Some(Slot::Taken(held)) => Some((Key { scheduler, slot, serial: held.serial }, held)),
            _ => None,
        }
    }

    pub(super) fn get(&self, key: Key) -> Option<&Held<F>> {
        match self.slots.get(self.slot(key)?) {
            Some(Slot::Taken(held)) if held.serial == key.serial => Some(held),
            _ => None,
        }
    }

    pub(super) fn get_mut(&mut self, key: Key) -> Option<&mut Held<F>> {
        let slot = self.slot(key)?;
        match self.slots.get_mut(slot) {
            Some(Slot::Taken(held)) if held.serial == key.serial => Some(held),
            _ => None,
        }
    }

    pub(super) fn remove(&mut self, key: Key) -> Option<F> {
        self.get(key)?;
        let free = Slot::Free { next: self.free };
        match core::mem::replace(self.slots.get_mut(key.slot)?, free) {
            Slot::Taken(held) => {
                self.free = Some(key.slot);
                Some(held.flow)
            }
            Slot::Free { .. } => None,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Key, &F)> {
        self.slots.iter().enumerate().filter_map(|(slot, there)| match there {
            Slot::Taken(held) => Some((self.key(slot, held.serial), &held.flow)),
            Slot::Free { .. } => None,
        })
    }

    const fn key(&self, slot: usize, serial: u64) -> Key {
        Key { scheduler: self.scheduler, slot, serial }
    }

    /// The slot that a key means, if it is a key of ours.
    fn slot(&self, key: Key) -> Option<usize> {
        (key.scheduler == self.scheduler).then_some(key.slot)
    }
}
