//! Where every id, key and challenge of the emulator comes from: a hash in counter mode, started from a seed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// A deterministic source of bytes. Not for real secrets: whoever knows the seed knows them all.
#[derive(Clone)]
pub(crate) struct Seeded {
    key: [u8; 32],
    counter: u64,
}

impl Seeded {
    /// Each provider draws under a label of its own, so that a new provider changes no id of another.
    pub(crate) fn new(seed: u64, label: &str) -> Self {
        Self { key: digest(&[b"authwire-emulator", &seed.to_be_bytes(), label.as_bytes()]), counter: 0 }
    }

    /// The next `N` bytes, 32 at most: what is beyond stays zero.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        self.counter = self.counter.wrapping_add(1);
        let block = digest(&[&self.key, &self.counter.to_be_bytes()]);
        let mut out = [0; N];
        for (to, from) in out.iter_mut().zip(block) {
            *to = from;
        }
        out
    }
}

/// SHA-256 over length-prefixed parts, so that no two lists of parts run together.
pub(crate) fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Standard base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
