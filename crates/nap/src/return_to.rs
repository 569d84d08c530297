use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use authwire_core::BaseUrl;

/// Where a browser is to be sent after a login, as whoever began the login wished it. The platform stores any text.
///
/// Sent to a browser as it is, it is an open redirect: a link to *your* login page that ends on somebody else's site.
/// Take [`same_origin_path`](Self::same_origin_path).
#[derive(Clone, PartialEq, Eq)]
pub struct UntrustedReturnTo(Box<str>);

impl UntrustedReturnTo {
    /// A text that somebody gave.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into().into_boxed_str())
    }

    /// The text as it came. Anybody may have written it.
    #[must_use]
    pub fn untrusted_text(&self) -> &str {
        &self.0
    }

    /// The path (with query and fragment) if that stays on the origin of `home`: a path from `/` on, or a URL of exactly
    /// that scheme and authority. `None` for everything else, and for whatever a browser or a server on the way may
    /// read otherwise: white space, control characters and other than ASCII, a backslash, an empty segment, and a slash or
    /// backslash that is escaped.
    ///
    /// ```
    /// use authwire_nap::UntrustedReturnTo;
    ///
    /// let home = "https://app.example".parse()?;
    /// let path = |text: &str| UntrustedReturnTo::new(text).same_origin_path(&home).map(String::from);
    /// assert_eq!(path("/inbox?page=2").as_deref(), Some("/inbox?page=2"));
    /// assert_eq!(path("https://app.example/inbox").as_deref(), Some("/inbox"));
    /// assert_eq!(path("//evil.example/"), None);
    /// assert_eq!(path("/\\evil.example/"), None);
    /// assert_eq!(path("https://app.example.evil.example/"), None);
    /// # Ok::<(), authwire_core::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn same_origin_path(&self, home: &BaseUrl) -> Option<&str> {
        let text = &*self.0;
        let target = match text.strip_prefix(home.scheme().as_str()).and_then(|rest| rest.strip_prefix("://")) {
            Some(rest) => rest.strip_prefix(home.authority().as_str())?,
            None => text,
        };
        let path = target.split(['?', '#']).next().unwrap_or(target);
        let plain = target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if plain && path.starts_with('/') && !path.contains("//") && !hides_slash(path) { Some(target) } else { None }
    }
}

/// Whether a path has `%2f` or `%5c`: a server that decodes too early makes another path of it.
fn hides_slash(path: &str) -> bool {
    let escape = |piece: &str| piece.get(..2).is_some_and(|hex| matches!(hex, "2f" | "2F" | "5c" | "5C"));
    path.split('%').skip(1).any(escape)
}

impl fmt::Debug for UntrustedReturnTo {
    /// Not the text: a URL may hold a code or a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UntrustedReturnTo(..)")
    }
}
