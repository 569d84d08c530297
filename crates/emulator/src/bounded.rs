//! A map that forgets its oldest entries, so that an emulator under load keeps its size.

use std::borrow::Borrow;
use std::collections::BTreeMap;

/// Keeps at most `limit` entries; a new one pushes out the one that was put in first.
#[derive(Clone)]
pub(crate) struct BoundedMap<K, V> {
    limit: usize,
    next: u64,
    entries: BTreeMap<K, (u64, V)>,
    order: BTreeMap<u64, K>,
}

impl<K: Ord + Clone, V> BoundedMap<K, V> {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, next: 0, entries: BTreeMap::new(), order: BTreeMap::new() }
    }

    /// Another limit. What is beyond goes when the next entry comes.
    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entries.get(key).map(|(_, value)| value)
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.entries.get_mut(key).map(|(_, value)| value)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.values_mut().map(|(_, value)| value)
    }

    /// Puts `value` in; an entry that is replaced becomes the newest.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.remove(&key);
        let serial = self.next;
        self.next = self.next.wrapping_add(1);
        self.order.insert(serial, key.clone());
        self.entries.insert(key, (serial, value));
        while self.entries.len() > self.limit {
            let Some((_, oldest)) = self.order.pop_first() else {
                break;
            };
            self.entries.remove(&oldest);
        }
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (serial, value) = self.entries.remove(key)?;
        self.order.remove(&serial);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::BoundedMap;

    #[test]
    fn the_oldest_goes_first() {
        let mut map = BoundedMap::new(2);
        map.insert("a", 1);
        map.insert("b", 2);
        map.insert("a", 3); // now the newest
        map.insert("c", 4);
        assert_eq!(map.get(&"b"), None);
        assert_eq!(map.get(&"a"), Some(&3));
        assert_eq!(map.remove(&"a"), Some(3));
        map.insert("d", 5);
        assert_eq!(map.get(&"c"), Some(&4));
    }
}
