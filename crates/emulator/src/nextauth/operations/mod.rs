//! One function for each operation, and the permissions of which one lets it in.

mod provoke;
mod qr;
mod session;
mod user;
mod vash;

use super::NextAuth;
use super::access::Permission::{self, Accounts, Servers, Sessions, Users};
use super::call::{Answered, Call};
use crate::incoming::Incoming;
use crate::reply;
use crate::route::Routed;
use http::{Response, StatusCode};
use std::time::Duration;

pub(super) fn run(
    nextauth: &mut NextAuth,
    now: Duration,
    incoming: &Incoming<'_>,
    routed: &Routed,
) -> Response<Vec<u8>> {
    let (any_of, operation): (&[Permission], Operation) = match routed.operation {
        "getQrEnrol" => (&[Sessions], qr::enrol),
        "getQrLogin" => (&[Sessions], qr::login),
        "getServerVash" => (&[Sessions, Servers], vash::get),
        "registerUser" => (&[Users], user::register),
        "updateAccountUser" => (&[Accounts], user::update_account),
        "getSession" => (&[Sessions], session::get),
        "logout" => (&[Sessions], session::logout),
        "provokeLogin" => (&[Sessions], provoke::session),
        "provokeLoginOnAccount" => (&[Sessions, Accounts], provoke::account),
        "provokeLoginOnUser" => (&[Sessions, Users], provoke::user),
        _ => return reply::empty(StatusCode::NOT_IMPLEMENTED),
    };
    Call::enter(nextauth, now, incoming, routed, any_of).and_then(operation).unwrap_or_else(|refusal| *refusal)
}

/// What an operation does once it was let in.
type Operation = fn(Call<'_>) -> Answered;
