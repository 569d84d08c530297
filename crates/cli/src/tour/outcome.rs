use std::error::Error;

use authwire_core::{CallError, Kind, ReplyError, RetryAfter};

use crate::failure::chain;

/// What came out of a call, in two forms.
pub(super) struct Outcome {
    /// The type of it.
    pub(super) name: String,
    /// The same for a person.
    pub(super) said: String,
}

impl Outcome {
    pub(super) fn new(name: &str, said: &str) -> Self {
        Self { name: name.to_owned(), said: said.to_owned() }
    }

    pub(super) fn ok(said: &str) -> Self {
        Self::new("Ok", said)
    }
}

/// A call's error: as it is typed, and what its texts say. They hold no secret, which is a law of the library.
pub(super) fn of_error<R: Error + 'static>(error: &CallError<R>) -> Outcome {
    match error {
        CallError::Build(build) => {
            Outcome { name: "Build".to_owned(), said: format!("nothing was sent: {}", build.fault()) }
        }
        CallError::Transport { sent, source } => {
            Outcome { name: format!("Transport(Sent::{sent:?}, {:?})", source.kind()), said: chain(error) }
        }
        CallError::Reply(reply) => Outcome { name: format!("{:?}", reply.kind()), said: of_reply(reply) },
    }
}

fn of_reply<R: Error + 'static>(error: &ReplyError<R>) -> String {
    let text = match error.kind() {
        Kind::Refused(refusal) => chain(refusal),
        // Operation and status stand on the line already.
        _ => {
            let text = chain(error);
            let known = format!("{}: status {}: ", error.operation(), error.status());
            text.strip_prefix(&known).map_or(text.clone(), str::to_owned)
        }
    };
    match error.retry_after() {
        Some(RetryAfter::After(time)) => format!("{text}; it may be asked again after {} s", time.as_secs()),
        Some(RetryAfter::At(time) | RetryAfter::Both { at: time, .. }) => {
            format!("{text}; it may be asked again at {time}")
        }
        None => text,
    }
}
