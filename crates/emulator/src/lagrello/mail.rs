//! The mails that the provider sends, and what a person does with them.

use std::fmt;
use std::time::Duration;

/// A mail that was sent. Its `Debug` shows neither the link nor the token in it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mail {
    /// The address.
    pub to: String,
    /// When it was sent, since the Unix epoch.
    pub at: Duration,
    /// What it says.
    pub content: MailContent,
}

/// What a mail says.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MailContent {
    /// To the administrator of a new tenant: its first access token, with all permissions. How a tenant gets its first
    /// token is not documented.
    Welcome {
        /// The token's key.
        token_key: String,
    },
    /// To a user: a magic link, the tenant's callback URL with a token in it.
    MagicLink {
        /// The link.
        url: String,
    },
    /// To the administrator: whether the tenant is really to be deleted.
    ConfirmDeletion {
        /// What [`Lagrello::confirm_deletion`](super::Lagrello::confirm_deletion) takes.
        code: String,
    },
}

impl Mail {
    /// Clicks the magic link: the URL that the person's browser asks the application for.
    #[must_use]
    pub fn click(&self) -> Option<&str> {
        match &self.content {
            MailContent::MagicLink { url } => Some(url),
            _ => None,
        }
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("to", &self.to).field("content", &self.content).finish_non_exhaustive()
    }
}

impl fmt::Debug for MailContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Welcome { .. } => "Welcome",
            Self::MagicLink { .. } => "MagicLink",
            Self::ConfirmDeletion { .. } => "ConfirmDeletion",
        })
    }
}

/// What looks like an address: something on both sides of one `@`, no white space or control character. The provider does
/// not say what it accepts.
pub(super) fn is_address(text: &str) -> bool {
    let mut sides = text.split('@');
    let side = |side: Option<&str>| side.is_some_and(|side| !side.is_empty());
    side(sides.next())
        && side(sides.next())
        && sides.next().is_none()
        && !text.contains(|character: char| character.is_whitespace() || character.is_control())
}
