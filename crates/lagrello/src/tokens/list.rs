use alloc::vec::Vec;
use core::convert::Infallible;

use authwire_core::{Draft, Endpoint, Media, Object, Provider, Reply, ReplyError, Route, Text};
use serde::Deserialize;

use super::{Cursor, PageLink, PageSize, Token, token};
use crate::Lagrello;
use crate::wire::common;

/// Lists the tenant's access tokens, a page at a time. The list holds the tokens themselves: it is as secret as they are.
///
/// ```
/// use authwire_lagrello::tokens::{ListTokens, PageLink, PageSize, TokenPage};
///
/// /// What to ask for after a page, if there is more.
/// fn next(page: &TokenPage) -> Option<ListTokens> {
///     match page.next {
///         PageLink::Page(cursor) => Some(ListTokens::new().at(cursor)),
///         _ => None,
///     }
/// }
/// let first = ListTokens::new().size(PageSize::MAX);
/// ```
///
/// Documents: Lagrello API 1.0.0, `tokens/list`.
#[derive(Clone, Default)]
#[must_use]
pub struct ListTokens {
    pub(crate) size: Option<PageSize>,
    pub(crate) page: Option<i64>,
}

impl ListTokens {
    /// The first page, of the provider's own size.
    pub fn new() -> Self {
        Self::default()
    }

    /// With so many tokens a page.
    pub fn size(self, size: PageSize) -> Self {
        Self { size: Some(size), ..self }
    }

    /// The page with this number. The provider's documents do not say whether the first is 0 or 1.
    pub fn page(self, page: i64) -> Self {
        Self { page: Some(page), ..self }
    }

    /// The page that another one named.
    pub fn at(self, cursor: Cursor) -> Self {
        Self { size: cursor.size().or(self.size), page: Some(cursor.page()) }
    }
}

/// A page of a tenant's access tokens.
///
/// Documents: Lagrello API 1.0.0, schema `TokenList`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenPage {
    /// The tokens.
    pub tokens: Vec<Token>,
    /// The page after this one.
    pub next: PageLink,
    /// The page before this one.
    pub previous: PageLink,
}

/// The answer as it is on the wire.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    data: Vec<Object<token::Wire<'a>>>,
    #[serde(borrow)]
    paging: Object<Paging<'a>>,
}

/// Declared as two URIs that are always there; a first and a last page have nothing to put in one.
#[derive(Deserialize)]
struct Paging<'a> {
    #[serde(borrow)]
    previous: Option<Text<'a>>,
    #[serde(borrow)]
    next: Option<Text<'a>>,
}

impl Endpoint for ListTokens {
    type Provider = Lagrello;
    type Output = TokenPage;
    type Refusal = Infallible;
    const NAME: &'static str = "lagrello.tokens.list";
    const ROUTE: Route = Route::get("/v1/tokens");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        draft.query_opt("size", self.size).query_opt("page", self.page).accept(Media::JSON);
    }

    fn read(&self, provider: &Lagrello, reply: Reply<'_>) -> Result<TokenPage, ReplyError<Infallible>> {
        match reply.code() {
            200 => {
                let Wire { data, paging: Object(paging) } = reply.json()?;
                Ok(TokenPage {
                    tokens: data.into_iter().map(|Object(wire)| wire.into()).collect(),
                    next: PageLink::read(paging.next.as_deref(), provider.base()).beyond(self.page, true),
                    previous: PageLink::read(paging.previous.as_deref(), provider.base()).beyond(self.page, false),
                })
            }
            _ => common(reply),
        }
    }
}
