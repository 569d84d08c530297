//! `key_revoke`, `key_revoke_nosecret`.

use super::super::RevocationStart;
use super::super::call::{Answered, Call, status};
use super::super::contact::ContactHash;
use super::super::key::KeyState;
use super::super::message::{Channel, Purpose};
use super::super::problem::Problem;
use http::StatusCode;

/// The right secret again is done again, so that a client may repeat it.
pub(super) fn by_secret(call: Call<'_>) -> Answered {
    let secret = call.required("secret")?;
    let key = call.authentiq.keys.get_mut(call.path("PK")).ok_or(Problem::UNKNOWN_KEY)?;
    if key.secret != secret {
        return Err(Problem::AUTH);
    }
    key.revoke();
    Ok(status(StatusCode::OK, "done"))
}

/// Without a code, one goes out by e-mail; with it, the key is revoked. The pair of address and number finds the key.
pub(super) fn by_code(call: Call<'_>) -> Answered {
    let (address, number) = (call.required("email")?, call.required("phone")?);
    let code = call.query("code");
    let authentiq = call.authentiq;
    let (email, phone) = (ContactHash::email(address), ContactHash::phone(number));
    let found = authentiq.keys.values_mut().find(|key| key.is_bound_to(email, phone));
    let key = found.filter(|key| key.state() == KeyState::Bound).ok_or(Problem::UNKNOWN_KEY)?;
    match (code, &key.revocation_code) {
        (Some(code), Some(sent)) if code == sent => {
            key.revoke();
            Ok(status(StatusCode::OK, "done"))
        }
        (Some(_), _) => Err(Problem::AUTH),
        (None, Some(_)) => Err(Problem::CONFIRM_FIRST),
        (None, None) => {
            let code = super::super::new_code(&mut authentiq.seed);
            key.revocation_code = Some(code.clone());
            authentiq.send(call.now, address, Channel::Email, Purpose::Revocation, code);
            match authentiq.settings.revocation_start {
                RevocationStart::Pending => Ok(status(StatusCode::OK, "pending")),
                RevocationStart::ConfirmFirst => Err(Problem::CONFIRM_FIRST),
            }
        }
    }
}
