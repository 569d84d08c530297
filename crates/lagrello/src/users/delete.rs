use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};

use crate::wire::common;
use crate::{Lagrello, UserId};

/// Deletes a user. End this user's sessions with your application too: the provider knows nothing of them.
///
/// Not for a user called `email`: a router that looks at paths before methods takes it for the magic link's.
///
/// Needs the permission `WRITE`. Documents: Lagrello API 1.0.0, `users/delete`.
#[derive(Clone)]
#[must_use]
pub struct DeleteUser {
    pub(crate) user: UserId,
}

impl DeleteUser {
    /// Deletes this user.
    pub fn new(user: UserId) -> Self {
        Self { user }
    }
}

/// Why a user was not deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeleteUserRefusal {
    /// The tenant has no such user (404): after a repeat, it is done.
    #[error("there is no such user")]
    NoSuchUser,
}

impl Endpoint for DeleteUser {
    type Provider = Lagrello;
    type Output = ();
    type Refusal = DeleteUserRefusal;
    const NAME: &'static str = "lagrello.users.delete";
    const ROUTE: Route = Route::delete("/v1/users/{userId}").except("userId", "email");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        draft.segment("userId", &self.user).accept(Media::JSON);
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<(), ReplyError<DeleteUserRefusal>> {
        match reply.code() {
            204 => reply.done(),
            404 => reply.refused(DeleteUserRefusal::NoSuchUser),
            _ => common(reply),
        }
    }
}
