//! The mails that the platform sent.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

/// How many mails are kept.
const MAILS: usize = 10_000;

/// A mail. Its `Debug` does not print the text, which lets people in.
#[derive(Clone)]
#[non_exhaustive]
pub struct Mail {
    /// When it was sent, since the Unix epoch.
    pub at: Duration,
    /// To whom.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl Mail {
    /// The link in it, if it is a verification mail.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.text.split_whitespace().find(|word| word.contains("://"))
    }

    /// The token in the link.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        let (_, token) = self.link()?.split_once("?token=")?;
        Some(token)
    }

    /// The code that stands alone on a line, if it is a mail to an administrator.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.text.lines().find(|line| line.len() == 8 && line.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("to", &self.to).field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// The last 10,000 mails.
#[derive(Clone, Default)]
pub(super) struct Mailbox(VecDeque<Mail>);

impl Mailbox {
    pub(super) fn push(&mut self, mail: Mail) {
        self.0.push_back(mail);
        while self.0.len() > MAILS {
            self.0.pop_front();
        }
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Mail> {
        self.0.iter()
    }
}
