use thiserror::Error;

/// A value that cannot be sent: which one, and what is wrong with it. Never the value itself, which may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[error("{what} {reason}")]
pub struct InvalidValue {
    what: &'static str,
    reason: Reason,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum Reason {
    /// It is empty, where the provider needs something. An empty path value would be another route.
    #[error("is empty")]
    Empty,
    /// It is `.` or `..`. Somebody on the way would resolve it, and the request would reach another route.
    #[error("is a dot segment, which would change the route")]
    DotSegment,
    /// It is a word that stands at this place in another route of the same provider.
    #[error("is a word of another route")]
    Reserved,
    /// It is longer than this many bytes.
    #[error("is longer than {max} bytes")]
    TooLong {
        /// The most bytes that are accepted.
        max: usize,
    },
    /// It has a byte that is not visible ASCII (0x21 to 0x7E), which cannot travel in a header.
    #[error("has a byte that is not visible ASCII at position {position}")]
    NotVisibleAscii {
        /// Where the first such byte is, counted from 0.
        position: usize,
    },
    /// It is not of the form that the text says, for example "32 bytes in base64".
    #[error("is not {0}")]
    Not(&'static str),
}

impl InvalidValue {
    /// Says that the value called `what` (a wire name or a type's name, never the value) is wrong, and why.
    #[must_use]
    pub const fn new(what: &'static str, reason: Reason) -> Self {
        Self { what, reason }
    }

    /// Which value it is: its name on the wire, or its type.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        self.what
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }
}
