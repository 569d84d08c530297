//! One function for each operation, and the permission that lets it in.

mod images;
mod login;
mod tenants;
mod tokens;
mod users;

use super::Lagrello;
use super::call::Permission::{self, Admin, Read, Write};
use super::call::{Answered, Call};
use crate::incoming::Incoming;
use crate::reply;
use crate::route::Routed;
use http::{Response, StatusCode};
use std::time::Duration;

/// READ looks and verifies. WRITE changes users and the tenant, and sends mail to users. ADMIN is for what reaches beyond:
/// tokens (a list of them holds their keys: with READ one could take another token's permissions), the card, the end of
/// the tenant. None of them includes another, but every token has READ.
pub(super) fn run(
    lagrello: &mut Lagrello,
    now: Duration,
    incoming: &Incoming<'_>,
    routed: &Routed,
) -> Response<Vec<u8>> {
    let (needed, operation): (Option<Permission>, Operation) = match routed.operation {
        "users/create" => (Some(Write), users::create),
        "users/get" => (Some(Read), users::get),
        "users/update" => (Some(Write), users::update),
        "users/delete" => (Some(Write), users::delete),
        "users/email/send" => (Some(Write), login::send_link),
        "users/email/auth" => (Some(Read), login::verify_link),
        "users/totp/toggle" => (Some(Write), login::toggle_totp),
        "users/totp/auth" => (Some(Read), login::verify_totp),
        "tenants/create" => (None, tenants::create),
        "tenants/get" => (Some(Read), tenants::get),
        "tenant/update" => (Some(Write), tenants::update),
        "tenants/delete" => (Some(Admin), tenants::request_deletion),
        "tenants/activate" => (Some(Write), tenants::activate),
        "tenants/cardtoken" => (Some(Admin), tenants::card_token),
        "tokens/list" => (Some(Admin), tokens::list),
        "tokens/create" => (Some(Admin), tokens::create),
        "tokens/delete" => (Some(Admin), tokens::delete),
        "images/totp" => (None, images::totp),
        _ => return reply::empty(StatusCode::NOT_IMPLEMENTED),
    };
    Call::enter(lagrello, now, incoming, routed, needed).and_then(operation).unwrap_or_else(|refusal| *refusal)
}

/// What an operation does once it was let in.
type Operation = fn(Call<'_>) -> Answered;
