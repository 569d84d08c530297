//! `key_register`, `key_retrieve`, `key_head`, `key_bind`, `key_update`.

use super::super::call::{Answered, Call, status};
use super::super::contact::ContactHash;
use super::super::job::Scope;
use super::super::key::{Key, KeyState};
use super::super::problem::Problem;
use super::super::token::{Token, looks_like_token, public_key};
use super::super::unlike_base64url;
use crate::reply;
use http::StatusCode;
use serde::Serialize;
use std::time::Duration;

/// Revoked or not, a key is registered once.
pub(super) fn register(call: Call<'_>) -> Answered {
    #[derive(Serialize)]
    struct Wire<'a> {
        status: &'a str,
        secret: &'a str,
    }
    let token = call.token()?;
    let sub = token.self_signed()?.to_owned();
    if call.authentiq.keys.contains_key(&sub) {
        return Err(Problem::DUPLICATE_KEY);
    }
    let mut key = Key::new(unlike_base64url(&mut call.authentiq.seed), call.now);
    Update::of(&token)?.device(&mut key);
    let answer = reply::json(StatusCode::CREATED, &Wire { status: "registered", secret: &key.secret });
    call.authentiq.keys.insert(sub, key);
    Ok(answer)
}

pub(super) fn retrieve(call: Call<'_>) -> Answered {
    #[derive(Serialize)]
    struct Wire<'a> {
        sub: &'a str,
        status: &'a str,
        since: String,
    }
    let id = call.path("PK");
    let key = call.authentiq.keys.get(id).ok_or(Problem::UNKNOWN_KEY)?;
    key.live()?;
    let status = match key.state() {
        KeyState::Bound => "confirmed",
        _ => "registered",
    };
    Ok(reply::json(StatusCode::OK, &Wire { sub: id, status, since: rfc3339(key.since) }))
}

pub(super) fn head(call: Call<'_>) -> Answered {
    let key = call.authentiq.keys.get(call.path("PK")).ok_or(Problem::UNKNOWN_KEY)?;
    key.live()?;
    Ok(reply::empty(StatusCode::OK))
}

/// Replaces what the token names, and leaves the rest: nothing is unbound in silence.
pub(super) fn bind(call: Call<'_>) -> Answered {
    let (id, token) = own_token(&call)?;
    let update = Update::of(&token)?;
    let email = update.email.map(ContactHash::email);
    let phone = update.phone.map(ContactHash::phone);
    write(call, &id, &update, email, phone)
}

/// Binds what a trusted issuer has signed about the same key, wherever it stands in the token. What the test issuer signed
/// is worth nothing here.
pub(super) fn update(call: Call<'_>) -> Answered {
    let (id, token) = own_token(&call)?;
    let (mut email, mut phone) = (None, None);
    for text in token.claims.texts().into_iter().filter(|text| looks_like_token(text)) {
        let Ok(inner) = Token::read(&call.authentiq.settings, call.now, text) else { continue };
        if !call.authentiq.trusts(&inner.kid) || inner.sub.as_deref() != Some(&id) {
            continue;
        }
        let scope = inner.claims.text("scope").and_then(Scope::named);
        match scope.and_then(|scope| Some((scope, inner.claims.text(scope.name())?))) {
            Some((Scope::Email, address)) => email = Some(ContactHash::email(address)),
            Some((Scope::Phone, number)) => phone = Some(ContactHash::phone(number)),
            None => {}
        }
    }
    if email.is_none() && phone.is_none() {
        return Err(Problem::AUTH);
    }
    write(call, &id, &Update::default(), email, phone)
}

/// The token of the key that the path names, signed by that key.
fn own_token(call: &Call<'_>) -> Result<(String, Token), Problem> {
    let id = call.path("PK");
    // A second spelling of a key is no key.
    if public_key(id).is_none() {
        return Err(Problem::UNKNOWN_KEY);
    }
    let token = call.token()?;
    if token.self_signed()? != id {
        return Err(Problem::AUTH);
    }
    Ok((id.to_owned(), token))
}

fn write(
    call: Call<'_>,
    id: &str,
    update: &Update<'_>,
    email: Option<ContactHash>,
    phone: Option<ContactHash>,
) -> Answered {
    let keys = &mut call.authentiq.keys;
    keys.get(id).ok_or(Problem::UNKNOWN_KEY)?.live()?;
    let taken = |key: &Key| (email.is_some() && key.email == email) || (phone.is_some() && key.phone == phone);
    if keys.iter().any(|(other, key)| other != id && taken(key)) {
        return Err(Problem::DUPLICATE_HASH);
    }
    if let Some(key) = keys.get_mut(id) {
        update.device(key);
        key.email = email.or(key.email);
        key.phone = phone.or(key.phone);
    }
    Ok(status(StatusCode::OK, "confirmed"))
}

/// What a token may say about its key.
#[derive(Default)]
struct Update<'a> {
    devtoken: Option<&'a str>,
    pk: Option<&'a str>,
    email: Option<&'a str>,
    phone: Option<&'a str>,
}

impl<'a> Update<'a> {
    fn of(token: &'a Token) -> Result<Self, Problem> {
        let text = |name| token.claims.optional_text(name);
        Ok(Self { devtoken: text("devtoken")?, pk: text("pk")?, email: text("email")?, phone: text("phone")? })
    }

    fn device(&self, key: &mut Key) {
        if let Some(devtoken) = self.devtoken {
            key.devtoken = Some(devtoken.to_owned());
        }
        if let Some(pk) = self.pk {
            key.pk = Some(pk.to_owned());
        }
    }
}

fn rfc3339(time: Duration) -> String {
    let seconds = i64::try_from(time.as_secs()).ok();
    let time = seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    time.unwrap_or(jiff::Timestamp::MAX).to_string()
}
