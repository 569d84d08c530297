use alloc::string::String;
use core::fmt;

use authwire_core::{Malformed, Reply, ReplyError};
use serde::Deserialize;

use crate::UserId;

/// A user of the tenant. Its `Debug` does not show the e-mail address.
///
/// Documents: Lagrello API 1.0.0, schema `User`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// The user's name in your application.
    pub user_id: UserId,
    /// Where magic links go.
    pub email: Option<String>,
}

/// A user as it is on the wire.
#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "userId")]
    user_id: String,
    email: Option<String>,
}

impl User {
    /// Reads a user, whoever it is.
    pub(super) fn read<R>(reply: Reply<'_>) -> Result<Self, ReplyError<R>> {
        reply.json().and_then(|wire: Wire| wire.check(reply))
    }

    /// Reads the user that was asked about: another one is no answer.
    pub(super) fn read_same<R>(reply: Reply<'_>, asked: &UserId) -> Result<Self, ReplyError<R>> {
        match Self::read(reply)? {
            user if user.user_id == *asked => Ok(user),
            _ => reply.mismatch("userId"),
        }
    }

    /// Reads the user that was made or changed. Where the answer has an e-mail address, it must be the one that was
    /// sent, or links would go to somebody else; a provider may write its letters in lower case.
    pub(super) fn read_written<R>(
        reply: Reply<'_>,
        asked: &UserId,
        email: Option<&str>,
    ) -> Result<Self, ReplyError<R>> {
        let wire: Wire = reply.json()?;
        let is_other = |(ours, theirs): (&str, &str)| !ours.eq_ignore_ascii_case(theirs);
        let other_email = email.zip(wire.email.as_deref()).is_some_and(is_other);
        match wire.check(reply)? {
            user if user.user_id != *asked => reply.mismatch("userId"),
            _ if other_email => reply.mismatch("email"),
            user => Ok(user),
        }
    }
}

impl Wire {
    fn check<R>(self, reply: Reply<'_>) -> Result<User, ReplyError<R>> {
        let Ok(user_id) = UserId::new(self.user_id) else {
            return reply.malformed(Malformed::Field("userId"));
        };
        Ok(User { user_id, email: self.email.filter(|email| !email.is_empty()) })
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}
