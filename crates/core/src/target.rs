use alloc::vec::Vec;

/// What most path and queries fit in, in bytes.
const SHORT: usize = 256;

/// A request target in the making: path and query, written from left to right. It is on the stack unless it is long.
pub(crate) struct Target {
    short: [u8; SHORT],
    /// All of it, once it is longer than [`SHORT`]; else empty.
    long: Vec<u8>,
    length: usize,
}

impl Target {
    pub(crate) const fn new() -> Self {
        Self { short: [0; SHORT], long: Vec::new(), length: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        if self.long.is_empty() { self.short.get(..self.length).unwrap_or_default() } else { &self.long }
    }

    #[inline]
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let end = self.length.saturating_add(bytes.len());
        match self.short.get_mut(self.length..end) {
            Some(room) => room.copy_from_slice(bytes),
            None => self.push_long(bytes),
        }
        self.length = end;
    }

    #[cold]
    fn push_long(&mut self, bytes: &[u8]) {
        if self.long.is_empty() {
            self.long.extend_from_slice(self.short.get(..self.length).unwrap_or_default());
        }
        self.long.extend_from_slice(bytes);
    }
}
