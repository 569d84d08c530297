use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};

use super::User;
use crate::wire::common;
use crate::{Lagrello, UserId};

/// Gets a user. That there is one says nothing about who is asking: it verifies nobody.
///
/// Not for a user called `email`: that path is the magic link's.
///
/// Needs the permission `READ`. Documents: Lagrello API 1.0.0, `users/get`.
#[derive(Clone)]
#[must_use]
pub struct GetUser {
    pub(crate) user: UserId,
}

impl GetUser {
    /// Gets this user.
    pub fn new(user: UserId) -> Self {
        Self { user }
    }
}

/// Why there is no answer about a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GetUserRefusal {
    /// The tenant has no such user (404).
    #[error("there is no such user")]
    NoSuchUser,
}

impl Endpoint for GetUser {
    type Provider = Lagrello;
    type Output = User;
    type Refusal = GetUserRefusal;
    const NAME: &'static str = "lagrello.users.get";
    // `GET /v1/users/email` is another operation.
    const ROUTE: Route = Route::get("/v1/users/{userId}").except("userId", "email");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        draft.segment("userId", &self.user).accept(Media::JSON);
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<User, ReplyError<GetUserRefusal>> {
        match reply.code() {
            200 => User::read_same(reply, &self.user),
            404 => reply.refused(GetUserRefusal::NoSuchUser),
            _ => common(reply),
        }
    }
}
