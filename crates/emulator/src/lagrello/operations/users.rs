//! users/create, users/get, users/update, users/delete.

use super::super::call::{Answered, Call, done, error, invalid, no_such_user, ok, present};
use super::super::mail::is_address;
use super::super::tenant::{User, is_text};
use crate::reply::{self, Refusal};
use http::StatusCode;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CreateUser {
    user_id: String,
    #[serde(default, deserialize_with = "present")]
    email: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UpdateUser {
    #[serde(default, deserialize_with = "present")]
    email: Option<String>,
}

/// A body that is not valid gets 400, which is not among the documented statuses.
pub(super) fn create(mut call: Call<'_>) -> Answered {
    let body: CreateUser = call.body()?;
    if !is_text(&body.user_id, 128) {
        return Err(invalid("userId must have 1 to 128 characters"));
    }
    check_address(body.email.as_deref())?;
    let users = &mut call.tenant()?.users;
    if users.contains_key(&body.user_id) {
        return Err(error(StatusCode::CONFLICT, "Conflict", "The user exists"));
    }
    let user = User::new(&body.user_id, body.email.as_deref());
    let answer = reply::json(StatusCode::CREATED, &user.wire());
    users.insert(body.user_id, user);
    Ok(answer)
}

pub(super) fn get(mut call: Call<'_>) -> Answered {
    Ok(ok(&call.user()?.wire()))
}

pub(super) fn update(mut call: Call<'_>) -> Answered {
    let body: UpdateUser = call.body()?;
    check_address(body.email.as_deref())?;
    let user = call.user()?;
    if body.email.is_some() {
        user.email = body.email;
    }
    Ok(ok(&user.wire()))
}

pub(super) fn delete(mut call: Call<'_>) -> Answered {
    let id = call.path("userId");
    match call.tenant()?.users.remove(id) {
        Some(_) => Ok(done()),
        None => Err(no_such_user()),
    }
}

fn check_address(email: Option<&str>) -> Result<(), Refusal> {
    if email.is_none_or(is_address) { Ok(()) } else { Err(invalid("email must be an e-mail address")) }
}
