//! registerUser, updateAccountUser.

use super::super::account::is_user_name;
use super::super::call::{Answered, Call, done};
use crate::reply;
use http::StatusCode;

/// The documents know success alone. 409 when nobody is logged in, and 400 for an invalid name, are the emulator's:
/// a 403 would read as a fault of the API key.
pub(super) fn register(call: Call<'_>) -> Answered {
    let nonce = call.nonce()?;
    let userid = call.required("userid")?;
    if !is_user_name(userid) {
        return reply::refuse(reply::bad_request("Invalid user name"));
    }
    let Some(account) = call.server.session(nonce).logged_in else {
        let why = "Nobody is logged in on this session";
        return reply::refuse(reply::message(StatusCode::CONFLICT, why));
    };
    call.server.couple(account, userid);
    Ok(done())
}

pub(super) fn update_account(call: Call<'_>) -> Answered {
    let userid = call.required("userid")?;
    let id = call.path("accountid").parse().ok();
    let Some(id) = id.filter(|id| call.server.accounts.contains_key(id)) else {
        return reply::refuse(reply::message(StatusCode::NOT_FOUND, "Account not found"));
    };
    if !is_user_name(userid) {
        return reply::refuse(if call.explain_invalid_user_name {
            reply::message(StatusCode::FORBIDDEN, "Invalid user name")
        } else {
            reply::empty(StatusCode::FORBIDDEN)
        });
    }
    call.server.couple(id, userid);
    match call.server.accounts.get(&id) {
        Some(account) => Ok(reply::json(StatusCode::OK, &account.wire())),
        None => reply::refuse(reply::empty(StatusCode::INTERNAL_SERVER_ERROR)),
    }
}
