//! The bytes in a QR code. The vendor's format is not public: this one is the emulator's own.
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `AWE1` |
//! | 1 | `E` to enrol, `L` to log in |
//! | 16 | the virtual server's id |
//! | 16 | the challenge |

const MAGIC: [u8; 4] = *b"AWE1";

/// What a QR code asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QrKind {
    Enrol,
    Login,
}

/// What stands in a QR code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QrData {
    pub(super) kind: QrKind,
    pub(super) server: [u8; 16],
    pub(super) challenge: [u8; 16],
}

impl QrData {
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let kind = match self.kind {
            QrKind::Enrol => b'E',
            QrKind::Login => b'L',
        };
        let mut bytes = MAGIC.to_vec();
        bytes.push(kind);
        bytes.extend(self.server);
        bytes.extend(self.challenge);
        bytes
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&MAGIC)?;
        let (kind, rest) = rest.split_first()?;
        let (server, challenge) = rest.split_at_checked(16)?;
        Some(Self {
            kind: match kind {
                b'E' => QrKind::Enrol,
                b'L' => QrKind::Login,
                _ => return None,
            },
            server: server.try_into().ok()?,
            challenge: challenge.try_into().ok()?,
        })
    }
}
