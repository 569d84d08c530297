use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;

use authwire_core::{BuildFault, Draft, Endpoint, InvalidValue, Media, Reason, Reply, ReplyError, Route};
use serde::Serialize;

use super::{Permission, Permissions, Token, token};
use crate::Lagrello;
use crate::wire::{common, has_characters};

/// Makes a new access token for the tenant. The provider gives every token the permission to read.
///
/// Needs the permission `ADMIN`. Documents: Lagrello API 1.0.0, `tokens/create`.
#[derive(Clone)]
#[must_use]
pub struct CreateToken {
    pub(crate) name: String,
    pub(crate) permissions: Option<Permissions>,
}

impl CreateToken {
    /// Makes a token with this name of 1 to 128 characters.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), permissions: None }
    }

    /// With these permissions.
    pub fn permissions(self, permissions: impl IntoIterator<Item = Permission>) -> Self {
        Self { permissions: Some(permissions.into_iter().collect()), ..self }
    }
}

/// The body as it is on the wire.
#[derive(Serialize)]
struct Wire<'a> {
    #[serde(rename = "tokenName")]
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<Vec<&'a str>>,
}

impl Endpoint for CreateToken {
    type Provider = Lagrello;
    type Output = Token;
    type Refusal = Infallible;
    const NAME: &'static str = "lagrello.tokens.create";
    const ROUTE: Route = Route::post("/v1/tokens");
    const IDEMPOTENT: bool = false; // a repeat makes another token

    fn write(&self, _: &Lagrello, draft: &mut Draft) {
        if !has_characters(&self.name, 128) {
            draft.refuse(BuildFault::Value(InvalidValue::new("tokenName", Reason::Not("1 to 128 characters long"))));
        }
        let names = self.permissions.as_ref().map(Permissions::as_slice);
        let permissions = names.map(|names| names.iter().map(Permission::as_str).collect());
        draft.accept(Media::JSON).json(&Wire { name: &self.name, permissions });
    }

    fn read(&self, _: &Lagrello, reply: Reply<'_>) -> Result<Token, ReplyError<Infallible>> {
        match reply.code() {
            200 => reply.json::<token::Wire<'_>, _>().map(Token::from),
            _ => common(reply),
        }
    }
}
