use alloc::string::String;

use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};
use serde::Serialize;

use super::User;
use crate::wire::common;
use crate::{Lagrello, UserId};

/// Changes a user's e-mail address. Whoever reads the new address's mail can log in as this user from now on.
///
/// An answer with another address than the one that was sent is an error.
///
/// Not for a user called `email`: a router that looks at paths before methods takes it for the magic link's.
///
/// Needs the permission `WRITE`. Documents: Lagrello API 1.0.0, `users/update`.
#[derive(Clone)]
#[must_use]
pub struct UpdateUser {
    pub(crate) user: UserId,
    pub(crate) email: Option<String>,
}

impl UpdateUser {
    /// Changes nothing of this user yet.
    pub fn new(user: UserId) -> Self {
        Self { user, email: None }
    }

    /// To this e-mail address.
    pub fn email(self, email: impl Into<String>) -> Self {
        Self { email: Some(email.into()), ..self }
    }
}

/// Why a user was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateUserRefusal {
    /// The tenant has no such user (404).
    #[error("there is no such user")]
    NoSuchUser,
}

/// The body as it is on the wire.
#[derive(Serialize)]
struct Wire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

impl Endpoint for UpdateUser {
    type Provider = Lagrello;
    type Output = User;
    type Refusal = UpdateUserRefusal;
    const NAME: &'static str = "lagrello.users.update";
    const ROUTE: Route = Route::patch("/v1/users/{userId}").except("userId", "email");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        draft.segment("userId", &self.user).accept(Media::JSON).json(&Wire { email: self.email.as_deref() });
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<User, ReplyError<UpdateUserRefusal>> {
        match reply.code() {
            200 => User::read_written(reply, &self.user, self.email.as_deref()),
            404 => reply.refused(UpdateUserRefusal::NoSuchUser),
            _ => common(reply),
        }
    }
}
