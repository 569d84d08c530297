use alloc::string::String;

use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};
use serde::Serialize;

use super::User;
use crate::wire::common;
use crate::{Lagrello, UserId};

/// Makes a user in the tenant. A user called `email` could not be got, changed or deleted afterwards: see [`GetUser`].
///
/// [`GetUser`]: crate::users::GetUser
///
/// Needs the permission `WRITE`. Documents: Lagrello API 1.0.0, `users/create`.
#[derive(Clone)]
#[must_use]
pub struct CreateUser {
    pub(crate) user: UserId,
    pub(crate) email: Option<String>,
}

impl CreateUser {
    /// Makes a user of this name.
    pub fn new(user: UserId) -> Self {
        Self { user, email: None }
    }

    /// With this e-mail address: magic links go there.
    pub fn email(self, email: impl Into<String>) -> Self {
        Self { email: Some(email.into()), ..self }
    }
}

/// Why no user was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CreateUserRefusal {
    /// The tenant has a user of this name (409).
    #[error("there is such a user already")]
    AlreadyExists,
}

/// The body as it is on the wire.
#[derive(Serialize)]
struct Wire<'a> {
    #[serde(rename = "userId")]
    user_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

impl Endpoint for CreateUser {
    type Provider = Lagrello;
    type Output = User;
    type Refusal = CreateUserRefusal;
    const NAME: &'static str = "lagrello.users.create";
    const ROUTE: Route = Route::post("/v1/users");
    const IDEMPOTENT: bool = false; // a repeat is told that the user exists

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        draft.accept(Media::JSON).json(&Wire { user_id: self.user.as_str(), email: self.email.as_deref() });
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<User, ReplyError<CreateUserRefusal>> {
        match reply.code() {
            201 => User::read_written(reply, &self.user, self.email.as_deref()),
            409 => reply.refused(CreateUserRefusal::AlreadyExists),
            _ => common(reply),
        }
    }
}
