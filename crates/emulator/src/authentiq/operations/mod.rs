//! One function for each operation.

mod key;
mod login;
mod revocation;
mod scope;
mod signature;

use super::Authentiq;
use super::call::{Answered, Call};
use crate::incoming::Incoming;
use crate::reply;
use crate::route::Routed;
use http::{Response, StatusCode};
use std::time::Duration;

/// What an operation does.
type Operation = fn(Call<'_>) -> Answered;

pub(super) fn run(
    authentiq: &mut Authentiq,
    now: Duration,
    incoming: &Incoming<'_>,
    routed: &Routed,
) -> Response<Vec<u8>> {
    let operation: Operation = match routed.operation {
        "key_register" => key::register,
        "key_retrieve" => key::retrieve,
        "key_head" => key::head,
        "key_bind" => key::bind,
        "key_update" => key::update,
        "key_revoke" => revocation::by_secret,
        "key_revoke_nosecret" => revocation::by_code,
        "push_login_request" => login::push,
        "sign_request" => scope::request,
        "sign_confirm" => scope::confirm,
        "sign_delete" => scope::delete,
        "sign_update" => signature::update,
        "sign_retrieve" => signature::retrieve,
        "sign_retrieve_head" => signature::head,
        _ => return reply::empty(StatusCode::NOT_IMPLEMENTED),
    };
    let form = authentiq.settings.slug_form;
    authentiq.sign_if_due(now, routed.path_value("job").unwrap_or_default());
    operation(Call::new(authentiq, now, incoming, routed)).unwrap_or_else(|problem| problem.answer(form))
}
