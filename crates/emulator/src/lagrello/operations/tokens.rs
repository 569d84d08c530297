//! tokens/list, tokens/create, tokens/delete.

use super::super::call::{Answered, Call, Permission, done, invalid, not_found, ok, present};
use super::super::tenant::{Token, TokenWire, is_text};
use super::super::{NewToken, PageEnd};
use crate::reply;
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// The largest page, and the one that is given unless another is asked for.
const LARGEST: usize = 20;

#[derive(Serialize)]
struct TokenList<'a> {
    data: Vec<TokenWire<'a>>,
    paging: Paging,
}

#[derive(Serialize)]
struct Paging {
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Option<String>>,
}

/// The first page is 1; behind the last one are empty ones.
pub(super) fn list(call: Call<'_>) -> Answered {
    let number = |name: &str, usual: usize, most: usize| match call.optional(name).map(str::parse) {
        None => Ok(usual),
        Some(Ok(number)) if (1..=most).contains(&number) => Ok(number),
        Some(_) => Err(invalid(&format!("{name} is out of range"))),
    };
    let size = number("size", LARGEST, LARGEST)?;
    let page = number("page", 1, usize::MAX)?;
    let mut tokens: Vec<&Token> = call.lagrello.tokens.values().filter(|token| token.tenant == call.tenant).collect();
    tokens.sort_unstable_by_key(|token| token.serial);
    let skipped = (page - 1).saturating_mul(size);
    let more = tokens.len() > skipped.saturating_add(size);
    let base = call.base();
    let link = |there: bool, page: usize| match (there, call.lagrello.settings.page_end) {
        (true, _) => Some(Some(format!("{base}/v1/tokens?size={size}&page={page}"))),
        (false, PageEnd::Null) => Some(None),
        (false, PageEnd::Empty) => Some(Some(String::new())),
        (false, PageEnd::Absent) => None,
    };
    Ok(ok(&TokenList {
        data: tokens.iter().skip(skipped).take(size).map(|token| token.wire()).collect(),
        paging: Paging { previous: link(page > 1, page - 1), next: link(more, page.saturating_add(1)) },
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CreateToken {
    token_name: String,
    #[serde(default, deserialize_with = "present")]
    permissions: Option<Vec<String>>,
}

/// READ is always among the permissions. One that the server does not know is kept, and allows nothing.
pub(super) fn create(call: Call<'_>) -> Answered {
    let body: CreateToken = call.body()?;
    if !is_text(&body.token_name, 128) {
        return Err(invalid("tokenName must have 1 to 128 characters"));
    }
    let mut permissions = vec![Permission::Read.as_str().to_owned()];
    for permission in body.permissions.unwrap_or_default() {
        if !permissions.contains(&permission) {
            permissions.push(permission);
        }
    }
    let new = NewToken { name: &body.token_name, created_by: &call.token_name, permissions };
    let key = call.lagrello.put_token(call.now, &call.tenant, new);
    match call.lagrello.tokens.get(&key) {
        Some(token) => Ok(ok(&token.wire())),
        None => Ok(reply::empty(StatusCode::INTERNAL_SERVER_ERROR)),
    }
}

/// A token may delete itself: it is then unknown, and a repeat gets 403.
pub(super) fn delete(call: Call<'_>) -> Answered {
    let key = call.path("id");
    let known = call.lagrello.tokens.get(key).is_some_and(|token| token.tenant == call.tenant);
    if !known {
        return Err(not_found("The token could not be found"));
    }
    call.lagrello.tokens.remove(key);
    Ok(done())
}
