use authwire_core::index::{FromSource, Source};
use authwire_core::{BaseUrl, Encoder, InvalidValue, Reason, Value};
use http::Uri;

use super::ListTokens;
use authwire_core::Endpoint;

/// How many tokens a page has at most: 1 to 20.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageSize(u16);

impl PageSize {
    /// The largest page.
    pub const MAX: Self = Self(20);

    /// Pages of so many.
    ///
    /// # Errors
    /// When it is not from 1 to 20.
    pub const fn new(size: u16) -> Result<Self, InvalidValue> {
        match size {
            1..=20 => Ok(Self(size)),
            _ => Err(InvalidValue::new("size", Reason::Not("from 1 to 20"))),
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Value for PageSize {
    fn write(&self, encoder: &mut Encoder<'_>) {
        self.0.write(encoder);
    }
}

impl FromSource for PageSize {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        u16::from_source(field, source).and_then(Self::new)
    }
}

/// Which page a [`PageLink`] names: numbers alone, taken out of the provider's URL. The URL itself is never requested, so
/// that an answer cannot send our access token elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    page: i64,
    size: Option<PageSize>,
}

impl Cursor {
    /// The page's number.
    #[must_use]
    pub const fn page(self) -> i64 {
        self.page
    }

    /// How many tokens a page has, if the link said it.
    #[must_use]
    pub const fn size(self) -> Option<PageSize> {
        self.size
    }
}

/// What an answer says about the page before or after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PageLink {
    /// There is none: nothing, `null` or an empty text stands there.
    End,
    /// There is one: ask for it with [`ListTokens::at`].
    Page(Cursor),
    /// Something stands there that is not another page of this list at our base URL: another origin, another path, no
    /// number, or a page that was there before, so that following it would go in circles. It is not followed, and the
    /// list may be incomplete.
    Elsewhere,
}

impl PageLink {
    pub(super) fn read(link: Option<&str>, base: &BaseUrl) -> Self {
        match link.map(str::trim) {
            None | Some("") => Self::End,
            Some(link) => cursor(link, base).map_or(Self::Elsewhere, Self::Page),
        }
    }

    /// The same, if it leads on from the page that was asked for.
    pub(super) fn beyond(self, asked: Option<i64>, forward: bool) -> Self {
        match (self, asked) {
            (Self::Page(cursor), Some(asked)) if forward && cursor.page <= asked => Self::Elsewhere,
            (Self::Page(cursor), Some(asked)) if !forward && cursor.page >= asked => Self::Elsewhere,
            _ => self,
        }
    }
}

/// The page that a link names, if it is our list's: an absolute URL of our origin, or a path of it.
fn cursor(link: &str, base: &BaseUrl) -> Option<Cursor> {
    let uri: Uri = link.parse().ok()?;
    if !is_ours(&uri, base) || uri.path().strip_prefix(base.prefix())? != ListTokens::ROUTE.template() {
        return None;
    }
    let query = uri.query()?;
    let page = parameter(query, "page")?.parse().ok()?;
    let size = parameter(query, "size").and_then(|size| PageSize::new(size.parse().ok()?).ok());
    Some(Cursor { page, size })
}

fn is_ours(uri: &Uri, base: &BaseUrl) -> bool {
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return uri.scheme().is_none() && uri.authority().is_none() && uri.path().starts_with('/');
    };
    let default_port = if base.is_https() { 443 } else { 80 };
    let port = |authority: &http::uri::Authority| authority.port_u16().unwrap_or(default_port);
    // Host and port alone do not tell of user information, behind which people hide hosts.
    scheme.eq_ignore_ascii_case(base.scheme().as_str())
        && authority.host().eq_ignore_ascii_case(base.authority().host())
        && port(authority) == port(base.authority())
        && !authority.as_str().contains('@')
}

/// The value of a parameter that stands in a query once.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut values = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == name);
    let (_, value) = values.next()?;
    if values.next().is_some() { None } else { Some(value) }
}
