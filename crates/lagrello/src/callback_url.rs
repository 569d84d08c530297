use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use authwire_core::index::{FromSource, Source};
use authwire_core::{InvalidValue, Reason};
use percent_encoding::percent_decode_str;

use crate::MagicLinkToken;

/// The place of the token in a template.
const PLACE: &str = "{}";

/// The template of a tenant's magic links (`callbackUrl`): a URL of your application with `{}` where the provider puts the
/// token. It has exactly one `{}` and no control character. It is a template, not a URL, and is not read as one.
///
/// ```
/// use authwire_lagrello::CallbackUrl;
///
/// let callback = CallbackUrl::new("https://app.example.com/login/{}")?;
/// // What the user's browser asked for, whole or, as a web server sees it, from the path on.
/// let token = callback.token_from("https://app.example.com/login/mlt-8f3a")?;
/// assert_eq!(token.expose(), "mlt-8f3a");
/// assert_eq!(callback.token_from("/login/mlt-8f3a?utm_source=mail")?.expose(), "mlt-8f3a");
/// assert!(callback.token_from("https://evil.example/login/mlt-8f3a").is_err());
/// # Ok::<(), authwire_lagrello::core::InvalidValue>(())
/// ```
///
/// Documents: Lagrello API 1.0.0, schema `UpdateTenantRequest`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CallbackUrl(Box<str>);

impl CallbackUrl {
    /// A template.
    ///
    /// # Errors
    /// When the text has not exactly one `{}`, or has a control character.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidValue> {
        let text = text.into();
        let reason = match text.matches(PLACE).count() {
            1 if !text.contains(char::is_control) => return Ok(Self(text.into_boxed_str())),
            1 => Reason::Not("free of control characters"),
            _ => Reason::Not("a URL with one {} where the token goes"),
        };
        Err(InvalidValue::new("callbackUrl", reason))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes the magic-link token out of the URL that a user's click asked for.
    ///
    /// `clicked` is that URL whole, or from its path on, as it stands in a request. Its scheme, host and port must be the
    /// template's, if it has them. Behind the template may follow what a mail program or a proxy adds: a query, more of
    /// it, or a fragment. The token is decoded once; `+` stays a plus sign. The rest of the template must come back as it is
    /// written: write it as a browser would, without spaces and with what is not ASCII escaped.
    ///
    /// A link's URL is a credential until it is used: keep it out of your access logs, and do not let the page that
    /// answers it load anything from elsewhere, to which the browser would tell the URL.
    ///
    /// # Errors
    /// When the URL does not fit the template, or holds no token. The error does not quote it.
    pub fn token_from(&self, clicked: &str) -> Result<MagicLinkToken, InvalidValue> {
        let unfit = InvalidValue::new("clicked URL", Reason::Not("one that fits the callback template"));
        let raw = self.find(clicked).ok_or(unfit)?;
        let token = percent_decode_str(raw).decode_utf8().map_err(|_| unfit)?;
        MagicLinkToken::new(token)
    }

    fn find<'a>(&self, clicked: &'a str) -> Option<&'a str> {
        let (origin, template) = split_origin(&self.0);
        let (clicked_origin, rest) = split_origin(clicked);
        let same_origin = match (origin, clicked_origin) {
            (Some(ours), Some(theirs)) => ours == theirs,
            // From the path on, as a web server sees it.
            (_, None) => true,
            (None, Some(_)) => false,
        };
        if !same_origin {
            return None;
        }
        // A browser asks for `/` where a URL has no path.
        let without_path = |text: &str| text.starts_with('?');
        let rest = if without_path(template) { rest.strip_prefix('/').unwrap_or(rest) } else { rest };
        let (before, after) = template.split_once(PLACE)?;
        let found = rest.strip_prefix(before)?;
        let ends: &[char] = match before.rfind(['?', '#']).and_then(|at| before.get(at..)) {
            Some(part) if part.starts_with('#') => &['/', '?', '&'],
            Some(_) => &['&', '#'],
            None => &['/', '?', '#'],
        };
        // A template may go on within the segment or the parameter: `/login/{}.html`.
        let own = after.split(ends).next().unwrap_or_default();
        let (raw, tail) = found.split_at(found.find(ends).unwrap_or(found.len()));
        let raw = raw.strip_suffix(own)?;
        let tail = tail.strip_prefix(after.strip_prefix(own)?)?;
        let is_extra = tail.is_empty() || tail.starts_with(['?', '#', '&']);
        if is_extra { Some(raw) } else { None }
    }
}

/// Scheme, host and port, as far as they can be written in more than one way.
#[derive(PartialEq, Eq)]
struct Origin {
    scheme: String,
    authority: String,
}

/// Splits `scheme://host:port` off a URL that has it; a default port is left out.
fn split_origin(url: &str) -> (Option<Origin>, &str) {
    let Some((scheme, rest)) = url.split_once("://") else { return (None, url) };
    if scheme.contains(['/', '?', '#']) {
        return (None, url); // part of a query
    }
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let scheme = scheme.to_ascii_lowercase();
    let mut authority = authority.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => "",
    };
    if let Some(host) = authority.strip_suffix(default_port) {
        authority = host.into();
    }
    (Some(Origin { scheme, authority }), rest)
}

impl FromStr for CallbackUrl {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::new(text)
    }
}

impl TryFrom<String> for CallbackUrl {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, InvalidValue> {
        Self::new(text)
    }
}

impl fmt::Display for CallbackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for CallbackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallbackUrl({:?})", self.0)
    }
}

impl FromSource for CallbackUrl {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Self::new(source.text(field))
    }
}
