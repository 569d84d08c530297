use std::error::Error;
use std::io;

use authwire_core::transport::SetupError;
use authwire_core::{BuildError, InvalidValue};

/// Why the tool could not do its work. That a step of the tour is not as it should be is not one of these: the tour says
/// it in its summary.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The output cannot be written.
    #[error("the output cannot be written")]
    Output(#[source] io::Error),
    /// The emulator cannot be started; perhaps the port is taken.
    #[error("the emulator cannot be started")]
    Emulator(#[source] io::Error),
    /// The async runtime cannot be started.
    #[error("the async runtime cannot be started")]
    Runtime(#[source] io::Error),
    /// Nothing would stop the emulator in an orderly way.
    #[error("ctrl-c cannot be waited for")]
    Signal(#[source] ctrlc::Error),
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes")]
    Randomness,
    /// An adapter's client cannot be set up.
    #[error("the HTTP client cannot be set up")]
    Client(#[from] SetupError),
    /// What the emulator says of itself makes no sense.
    #[error("the emulator gave a value that makes no sense")]
    Value(#[from] InvalidValue),
    /// A request to the emulator cannot be built.
    #[error("a request to the emulator cannot be built")]
    Request(#[source] BuildError),
    /// There is no such provider.
    #[error("there is no provider of this name")]
    NoSuchProvider,
}

/// An error and what lies beneath it, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
