//! One function for each operation.

mod admin;
mod flow;
mod login;
mod session;
mod signup;
mod verify_email;

use super::Nap;
use super::answers::{Answered, not_found};
use crate::route::Routed;
use http::Response;
use std::time::Duration;

/// A request that passed everything that comes before the operations.
pub(super) struct Call<'a> {
    pub(super) nap: &'a mut Nap,
    pub(super) now: Duration,
    pub(super) body: &'a [u8],
    pub(super) routed: &'a Routed,
    /// Only a valid one.
    pub(super) session_token: Option<&'a str>,
    /// As it came.
    pub(super) refresh_token: Option<&'a str>,
    /// As it came.
    pub(super) admin_token: Option<&'a str>,
}

pub(super) fn run(call: Call<'_>) -> Response<Vec<u8>> {
    let operation: fn(Call<'_>) -> Answered = match call.routed.operation {
        "signup" => signup::run,
        "login" => login::run,
        "getFlow" => flow::get,
        "verifyEmailSend" => verify_email::send,
        "verifyEmailVerify" => verify_email::verify,
        "refresh" => session::refresh,
        "logout" => session::logout,
        "adminLogin" => admin::login,
        "adminLoginVerify" => admin::verify,
        "adminConfig" => admin::config,
        _ => return not_found(),
    };
    operation(call).unwrap_or_else(|refusal| *refusal)
}
