//! What the browser is told when it does not go well: never a provider's status, never an error's text.

use std::error::Error;

use authwire_core::{CallError, InvalidValue, Kind, SnapshotError, Timestamp};
use authwire_hyper::now;
use authwire_nextauth::flows::AwaitLoginError;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use redis::RedisError;

/// Why there is no login.
#[derive(Debug, PartialEq)]
pub(crate) enum Trouble {
    /// There is none to wait for, or its time is over.
    StartAgain,
    /// The phone's account belongs to nobody we know.
    NotRegistered,
    /// The provider or Redis has no answer now.
    Unavailable(Timestamp),
    /// What the provider answers is not what it should: also, that it does not accept our key.
    BadGateway,
    /// Our own fault.
    Broken,
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        match self {
            Self::StartAgain => (StatusCode::GONE, "This login is over: start again.").into_response(),
            Self::NotRegistered => (StatusCode::FORBIDDEN, "This phone is not registered here.").into_response(),
            Self::Unavailable(until) => {
                let text = "Logging in is not possible at the moment: try again later.";
                (StatusCode::SERVICE_UNAVAILABLE, retry_after(until), text).into_response()
            }
            Self::BadGateway => {
                (StatusCode::BAD_GATEWAY, "Logging in is not possible: we look into it.").into_response()
            }
            Self::Broken => (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.").into_response(),
        }
    }
}

/// The header, within a second and a minute: the provider may have said anything.
pub(crate) fn retry_after(until: Timestamp) -> [(axum::http::HeaderName, String); 1] {
    let millis = until.as_millis().saturating_sub(now().as_millis());
    [(RETRY_AFTER, millis.div_ceil(1_000).clamp(1, 60).to_string())]
}

/// A line for the operator. The errors of authwire hold no secret; of others' we print what they are, not their text.
pub(crate) fn log(what: &str, error: &dyn std::fmt::Display) {
    eprintln!("login: {what}: {error}");
}

impl<R: Error> From<CallError<R>> for Trouble {
    fn from(error: CallError<R>) -> Self {
        log("asking the provider", &error);
        match &error {
            CallError::Build(_) => Self::Broken,
            CallError::Transport { .. } => Self::Unavailable(now()),
            CallError::Reply(reply) => match reply.kind() {
                Kind::Throttled | Kind::Unavailable => {
                    Self::Unavailable(reply.retry_after().map_or(now(), |after| after.at(now())))
                }
                _ => Self::BadGateway,
            },
        }
    }
}

impl From<AwaitLoginError> for Trouble {
    fn from(error: AwaitLoginError) -> Self {
        if error == AwaitLoginError::TimedOut {
            return Self::StartAgain;
        }
        log("waiting for a login", &error);
        match error {
            AwaitLoginError::Build(_) | AwaitLoginError::Ended => Self::Broken,
            _ => Self::BadGateway,
        }
    }
}

impl From<SnapshotError> for Trouble {
    /// Left by a version of this program that stored logins in another form.
    fn from(error: SnapshotError) -> Self {
        log("reading a stored login", &error);
        Self::StartAgain
    }
}

impl From<RedisError> for Trouble {
    fn from(error: RedisError) -> Self {
        log("Redis", &error.category());
        Self::Unavailable(now())
    }
}

impl From<getrandom::Error> for Trouble {
    fn from(error: getrandom::Error) -> Self {
        log("randomness", &error);
        Self::Broken
    }
}

impl From<InvalidValue> for Trouble {
    fn from(error: InvalidValue) -> Self {
        log("a value", &error);
        Self::Broken
    }
}
