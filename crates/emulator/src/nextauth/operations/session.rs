//! getSession, logout.

use super::super::call::{Answered, Call, done};
use crate::reply;
use crate::seed::base64;
use http::StatusCode;
use serde::Serialize;

/// `LoginStatus`. What does not apply is absent: who is logged in as long as nobody is, the login code afterwards.
#[derive(Serialize)]
struct LoginStatus<'a> {
    loggedin: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    userid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accountid: Option<u64>,
    canprovoke: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    loginqrdata: Option<String>,
    hsid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pk: Option<String>,
}

pub(super) fn get(call: Call<'_>) -> Answered {
    let nonce = call.nonce()?;
    let server = call.server;
    let session = server.session(nonce);
    let loginqrdata = match session.logged_in {
        Some(_) => None,
        None => Some(base64(&server.login_qr(call.seed, call.now, call.lifetime, nonce))),
    };
    let account = session.logged_in.and_then(|id| server.accounts.get(&id));
    let status = LoginStatus {
        loggedin: account.is_some(),
        userid: account.and_then(|account| account.userid.as_deref()),
        accountid: account.map(|account| account.id),
        canprovoke: server.provokable(session).is_some(),
        loginqrdata,
        hsid: server.hsid(nonce),
        pk: account.map(|account| base64(&account.public_key)),
    };
    Ok(reply::json(StatusCode::OK, &status))
}

/// A logout where nobody is logged in is done already. A push stays possible.
pub(super) fn logout(call: Call<'_>) -> Answered {
    let nonce = call.nonce()?;
    call.server.change_session(nonce, |session| session.state.logged_in = None);
    Ok(done())
}
