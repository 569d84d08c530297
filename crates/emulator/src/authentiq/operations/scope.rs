//! `sign_request`, `sign_confirm`, `sign_delete`.

use super::super::call::{Answered, Call, JWT, status};
use super::super::contact::ContactHash;
use super::super::job::{Job, Progress, Scope, Statement};
use super::super::message::{Channel, Purpose};
use super::super::problem::Problem;
use super::super::token::{Token, encode, looks_like_token};
use crate::reply;
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// Anybody may ask: the key need not be registered.
pub(super) fn request(call: Call<'_>) -> Answered {
    #[derive(Serialize)]
    struct Wire<'a> {
        job: &'a str,
        status: &'a str,
    }
    let test = match call.query("test").map(str::parse::<i64>) {
        None => false,
        Some(Ok(number)) => number != 0,
        Some(Err(_)) => return Err(Problem::bad_request("test is not a number")),
    };
    let token = call.token()?;
    if token.self_signed().is_err() && !call.authentiq.trusts(&token.kid) {
        return Err(Problem::AUTH);
    }
    let statement = statement(&token)?;
    let (contact, channel) = match statement.scope {
        Scope::Email => (ContactHash::email(&statement.value), Channel::Email),
        Scope::Phone => (ContactHash::phone(&statement.value), Channel::Sms),
    };
    if !call.authentiq.limiter.take(call.now, contact, &call.authentiq.settings) {
        return Err(Problem::RATE_LIMIT);
    }
    let id = encode(&call.authentiq.seed.bytes::<15>());
    let code = super::super::new_code(&mut call.authentiq.seed);
    call.authentiq.send(call.now, &statement.value, channel, Purpose::Scope, code.clone());
    let job = Job { statement, code, test, progress: Progress::Waiting };
    call.authentiq.jobs.insert(id.clone(), job);
    Ok(reply::json(StatusCode::CREATED, &Wire { job: &id, status: "waiting" }))
}

/// One scope a job, and the claim of the same name.
fn statement(token: &Token) -> Result<Statement, Problem> {
    const UNKNOWN: Problem = Problem::bad_request("Neither an e-mail address nor a phone number");
    let scope = token.claims.text("scope").and_then(Scope::named).ok_or(UNKNOWN)?;
    let value = token.claims.text(scope.name()).filter(|value| !value.is_empty()).ok_or(UNKNOWN)?;
    Ok(Statement {
        sub: token.sub.clone().ok_or(Problem::AUTH)?,
        scope,
        value: value.to_owned(),
        kind: token.claims.optional_text("type")?.map(str::to_owned),
    })
}

/// The code comes as the member `code` of a JSON object, or in the query; the documents do not say.
pub(super) fn confirm(call: Call<'_>) -> Answered {
    #[derive(Deserialize)]
    struct Wire {
        code: Option<String>,
    }
    if call.says(JWT) || looks_like_token(call.text()) {
        return Err(Problem::NOT_SUPPORTED);
    }
    let body = match call.incoming.body {
        [] => Wire { code: None },
        _ if !call.incoming.says_json() => return Err(Problem::MEDIA_TYPE),
        json => serde_json::from_slice(json).map_err(|_| Problem::bad_request("Malformed JSON"))?,
    };
    let code = body.code.as_deref().or(call.query("code")).filter(|code| !code.is_empty());
    let require = call.authentiq.settings.require_code;
    let job = call.authentiq.jobs.get_mut(&call.path("job").to_owned()).ok_or(Problem::UNKNOWN_JOB)?;
    let required = require && !job.test;
    job.confirm(call.now, code, required)?;
    Ok(status(StatusCode::ACCEPTED, "confirmed"))
}

pub(super) fn delete(call: Call<'_>) -> Answered {
    let removed = call.authentiq.jobs.remove(&call.path("job").to_owned());
    removed.map(|_| status(StatusCode::OK, "done")).ok_or(Problem::UNKNOWN_JOB)
}
