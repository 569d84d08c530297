//! Logging in.

use super::super::Nap;
use super::super::answers::{Answered, crashed, json, ok};
use super::super::database::{DEFAULT_ORGANIZATION, Flow, Session, User, password_hash, uuid_v7};
use super::super::email;
use super::super::json::{Fields, Object};
use super::super::settings::Dialect;
use super::super::token::Membership;
use super::Call;
use http::StatusCode;
use std::time::Duration;

pub(super) fn run(call: Call<'_>) -> Answered {
    let Call { nap, now, body, .. } = call;
    let invalid = || nap.bad_request("Invalid input data", "Bad Request");
    let fields = Fields::parse(body, &["email", "password", "flowReturnTo"]).ok_or_else(invalid)?;
    let (address, password) = (fields.text("email"), fields.text("password"));
    if !email::is_valid(address) || password.is_empty() {
        return Err(invalid());
    }
    if nap.settings.multi_tenant && email::domain(address).is_none() {
        let message = "Invalid request! Please input a valid email and try again.";
        return Err(nap.bad_request(message, "Invalid email domain!"));
    }
    nap.database_is_up("Failed to begin transaction!")?;
    let Some(user) = nap.database.user_by_email(address).cloned() else {
        return Err(nap.unauthorized("Invalid email or password! Please try again.", "User not found!"));
    };
    if user.broken {
        return Err(Box::new(crashed()));
    }
    if !user.verified {
        // Before the password is looked at.
        let object = Object::new().text("message", "Please verify your email before logging in.");
        let status = match nap.settings.dialect {
            Dialect::Nap => StatusCode::FORBIDDEN,
            Dialect::Nexeres => StatusCode::OK,
        };
        return Ok(json(status, object.flag("requireEmailVerification", true).finish()));
    }
    if user.password_hash != password_hash(&user.salt, password) {
        return Err(nap.unauthorized("Invalid credentials! Please try again.", "Password mismatch!"));
    }
    if !nap.settings.multi_tenant {
        // Constants: neither the organisation's name nor the role is read from the database.
        let constant =
            Membership { id: DEFAULT_ORGANIZATION, slug: "default", name: "Default Organization", role: "member" };
        return open_session(nap, now, &user, &constant);
    }
    let organizations = nap.database.organizations_of(&user.id);
    match organizations.as_slice() {
        [] => {
            let status = match nap.settings.dialect {
                Dialect::Nap => StatusCode::FORBIDDEN,
                Dialect::Nexeres => StatusCode::UNAUTHORIZED,
            };
            let message = "You do not belong to any organization! Please contact your administrator.";
            Err(nap.error(status, message, "No organizations found for the user!"))
        }
        [(organization, member)] => {
            let (organization, member) = ((*organization).clone(), (*member).clone());
            let membership = Membership {
                id: &organization.id,
                slug: &organization.slug,
                name: &organization.name,
                role: &member.role,
            };
            open_session(nap, now, &user, &membership)
        }
        _ => {
            let id = uuid_v7(&mut nap.seed, now);
            let flow = Flow {
                user: user.id,
                return_to: fields.get("flowReturnTo").map(str::to_owned),
                created: now,
                expires: now.saturating_add(nap.settings.flow_lifetime),
            };
            nap.database.flows.insert(id.clone(), flow);
            ok(Object::new()
                .text("message", "Multiple organizations found. Please select an organization to continue.")
                .flag("requireEmailVerification", false)
                .text("flowId", &id))
        }
    }
}

fn open_session(nap: &mut Nap, now: Duration, user: &User, membership: &Membership<'_>) -> Answered {
    let id = uuid_v7(&mut nap.seed, now);
    let pair = nap.pair(now, &id, user, membership).ok_or_else(|| nap.failed("Failed to generate token pair!"))?;
    nap.database.put_session(
        &id,
        Session {
            user: user.id.clone(),
            organization: membership.id.to_owned(),
            session_hash: pair.session_hash,
            refresh_hash: pair.refresh_hash,
            expires: pair.refresh_expires,
        },
    );
    ok(Object::new()
        .text("message", "Login successful")
        .raw("tokens", &pair.json)
        .flag("requireEmailVerification", false))
}
