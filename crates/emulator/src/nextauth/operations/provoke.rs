//! provokeLogin, provokeLoginOnAccount, provokeLoginOnUser.
//!
//! The documents know success alone. Here 404 says that there is no such account or user, and 409 that there is
//! nothing to push to: a silent 200 would let a test pass that rang no phone.

use super::super::call::{Answered, Call, done};
use crate::reply;
use http::StatusCode;

pub(super) fn session(call: Call<'_>) -> Answered {
    let nonce = call.nonce()?;
    let session = call.server.session(nonce);
    match call.server.provokable(session) {
        Some(account) => push(call, nonce, &[account]),
        None => nobody(),
    }
}

pub(super) fn account(call: Call<'_>) -> Answered {
    let nonce = call.nonce()?;
    let id = call.path("accountid").parse().ok();
    let Some(account) = id.and_then(|id: u64| call.server.accounts.get(&id)) else {
        return reply::refuse(reply::message(StatusCode::NOT_FOUND, "Account not found"));
    };
    if account.blocked {
        return nobody();
    }
    let id = account.id;
    push(call, nonce, &[id])
}

pub(super) fn user(call: Call<'_>) -> Answered {
    let nonce = call.nonce()?;
    let userid = call.path("userid");
    if !call.server.users.contains(userid) {
        return reply::refuse(reply::message(StatusCode::NOT_FOUND, "User not found"));
    }
    let accounts: Vec<_> = call
        .server
        .accounts
        .values()
        .filter(|account| account.userid.as_deref() == Some(userid) && !account.blocked)
        .map(|account| account.id)
        .collect();
    if accounts.is_empty() {
        return nobody();
    }
    push(call, nonce, &accounts)
}

fn push(call: Call<'_>, nonce: &str, accounts: &[u64]) -> Answered {
    let context = call.user_context()?;
    call.server.keep_context(nonce, context.as_ref());
    for account in accounts {
        call.server.push(call.seed, call.now, call.lifetime, nonce, *account, context.clone());
    }
    Ok(done())
}

fn nobody() -> Answered {
    reply::refuse(reply::message(StatusCode::CONFLICT, "No account to push to"))
}
