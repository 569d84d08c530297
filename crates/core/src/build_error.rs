use thiserror::Error;

use crate::{InvalidValue, MAX_TARGET};

/// A request that could not be built. Nothing was sent.
///
/// Names the operation and what was wrong, never a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[error("{operation}: not sent: {fault}")]
pub struct BuildError {
    operation: &'static str,
    fault: BuildFault,
}

/// Why a request could not be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum BuildFault {
    /// A value cannot be sent.
    #[error("{0}")]
    Value(InvalidValue),
    /// The whole request target (path and query) would be longer than [`MAX_TARGET`] bytes.
    #[error("the request target is longer than {MAX_TARGET} bytes")]
    TargetTooLong,
    /// The provider, as it was set up, does not have this: the text says what.
    #[error("{0}")]
    Unsupported(&'static str),
    /// The body could not be written as JSON.
    #[error("the body cannot be written as JSON")]
    Json,
    /// The operation's code and its route do not agree about this path value: a defect of the provider crate.
    #[error("the path value {0} does not fit the route")]
    Segment(&'static str),
}

impl BuildError {
    /// A request of the operation `operation` that could not be built.
    #[must_use]
    pub const fn new(operation: &'static str, fault: BuildFault) -> Self {
        Self { operation, fault }
    }

    /// The operation's [`NAME`](crate::Endpoint::NAME).
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        self.operation
    }

    /// What was wrong.
    #[must_use]
    pub const fn fault(&self) -> BuildFault {
        self.fault
    }
}

impl From<InvalidValue> for BuildFault {
    fn from(invalid: InvalidValue) -> Self {
        Self::Value(invalid)
    }
}
