use core::fmt;

use crate::UserId;
use crate::users::User;

/// A person whose code or link the provider has accepted just now. Only the two operations that verify a person make one,
/// [`VerifyTotp`](crate::users::VerifyTotp) and [`VerifyMagicLink`](crate::users::VerifyMagicLink): a function that takes
/// a `Verified<User>` cannot be called for anybody else.
///
/// It says that the provider verified them, not when: do not keep it, make a session of yours from it.
///
/// ```compile_fail
/// # use authwire_lagrello::{Verified, users::User};
/// fn forge(user: User) -> Verified<User> {
///     Verified(user) // nor is there any other way
/// }
/// ```
#[derive(PartialEq, Eq)]
#[must_use]
pub struct Verified<T>(T);

/// The person who was verified is another one than was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another user was verified than the one that was expected")]
#[non_exhaustive]
pub struct AnotherUser;

impl<T> Verified<T> {
    pub(crate) fn new(person: T) -> Self {
        Self(person)
    }

    /// Who it is.
    #[must_use]
    pub fn get(&self) -> &T {
        &self.0
    }

    /// Who it is, by value; the type forgets that they were verified.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl Verified<User> {
    /// The same if it is this user. A magic link names its user by itself: whoever clicks somebody else's link is
    /// somebody else. Where a browser's session knows for whom it asked, compare.
    ///
    /// # Errors
    /// [`AnotherUser`] when it is another one.
    pub fn expect_user(self, expected: &UserId) -> Result<Self, AnotherUser> {
        if self.0.user_id == *expected { Ok(self) } else { Err(AnotherUser) }
    }
}

impl<T: fmt::Debug> fmt::Debug for Verified<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Verified").field(&self.0).finish()
    }
}
