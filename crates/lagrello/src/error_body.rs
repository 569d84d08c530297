use alloc::string::String;
use core::fmt;

use authwire_core::ReplyError;
use serde::Deserialize;

/// What the provider says in the body of an error, beside the status: for a person who looks for a fault.
///
/// What an error *means* is its [`kind`](ReplyError::kind), which the status decides. The values of `errorType` are not
/// documented, so they are texts here. Either may hold what the provider chose to quote: its `Debug` shows neither.
///
/// ```
/// use authwire_lagrello::core::Endpoint;
/// use authwire_lagrello::http::Response;
/// use authwire_lagrello::users::GetUser;
/// use authwire_lagrello::{AccessToken, ErrorBody, Lagrello, UserId};
///
/// let provider = Lagrello::new(Lagrello::VENDOR_BASE.parse()?, &AccessToken::new("my-token")?);
/// let reply = Response::builder().status(404).body(r#"{"message": "no alice here", "errorType": "NotFound"}"#).unwrap();
/// let error = GetUser::new(UserId::new("alice")?).response(&provider, &reply).unwrap_err();
/// assert_eq!(ErrorBody::of(&error).unwrap().error_type(), "NotFound");
/// # Ok::<(), authwire_lagrello::core::InvalidValue>(())
/// ```
///
/// Documents: Lagrello API 1.0.0, schema `Error`.
#[derive(Clone, PartialEq, Eq)]
pub struct ErrorBody {
    message: String,
    error_type: String,
}

/// An error body as it is on the wire.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    message: String,
    error_type: String,
}

impl ErrorBody {
    /// Reads it out of an error. `None` if the body was something else, or longer than the 512 bytes that an error keeps.
    #[must_use]
    pub fn of<R>(error: &ReplyError<R>) -> Option<Self> {
        let body = error.excerpt_may_hold_secrets().trim_ascii_start();
        // serde's derive would take an array, too.
        if !body.starts_with(b"{") {
            return None;
        }
        let Wire { message, error_type } = serde_json::from_slice(body).ok()?;
        Some(Self { message, error_type })
    }

    /// The provider's sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The provider's word for the kind of error.
    #[must_use]
    pub fn error_type(&self) -> &str {
        &self.error_type
    }
}

impl fmt::Debug for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorBody").finish_non_exhaustive()
    }
}
