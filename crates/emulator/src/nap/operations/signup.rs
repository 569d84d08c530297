//! Signing up.

use super::super::Nap;
use super::super::answers::{Answered, ok};
use super::super::database::{DEFAULT_ORGANIZATION, Member, User, password_hash, uuid_v7};
use super::super::email;
use super::super::json::{Fields, Object};
use super::Call;
use crate::reply::Refusal;
use std::time::Duration;

/// The longest name that the database takes, in characters, and the longest password that is hashed, in bytes.
const LONGEST_NAME: usize = 512;
const LONGEST_PASSWORD: usize = 72;

pub(super) fn run(call: Call<'_>) -> Answered {
    let Call { nap, now, body, .. } = call;
    let invalid = || nap.bad_request("Invalid request data", "Please check your input and try again.");
    let known = ["email", "password", "confirmPassword", "firstName", "lastName", "inviteToken"];
    let fields = Fields::parse(body, &known).ok_or_else(invalid)?;
    let [address, password, first_name, last_name] =
        ["email", "password", "firstName", "lastName"].map(|name| fields.text(name));
    let fits = email::is_valid(address)
        && (8..=32).contains(&password.chars().count())
        && fields.text("confirmPassword") == password
        && !first_name.is_empty()
        && !last_name.is_empty();
    if !fits {
        return Err(invalid());
    }
    let Some(domain) = email::domain(address) else {
        let message = "Invalid request! Please input a valid email and try again.";
        return Err(nap.bad_request(message, "Invalid email domain!"));
    };
    nap.database_is_up("Failed to begin transaction!")?;
    let (organization, role) = if nap.settings.multi_tenant {
        organization(nap, now, address, domain, fields.text("inviteToken").trim())?
    } else {
        (DEFAULT_ORGANIZATION.to_owned(), "member".to_owned())
    };
    if password.len() > LONGEST_PASSWORD {
        return Err(nap.failed("Failed to hash password!"));
    }
    // What the database itself refuses: a text too long for its column, or with a NUL in it.
    let stored = |text: &str| text.chars().count() <= LONGEST_NAME && !text.contains('\0');
    if ![address, first_name, last_name].into_iter().all(stored) {
        return Err(nap.failed("Failed to create user!"));
    }
    if nap.database.emails.contains_key(address) {
        let message = "Email is already registered! Please login or use a different email.";
        return Err(nap.bad_request(message, "User with this email already exists!"));
    }
    let id = uuid_v7(&mut nap.seed, now);
    let salt = nap.seed.bytes();
    let user = User {
        id: id.clone(),
        email: address.to_owned(),
        salt,
        password_hash: password_hash(&salt, password),
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
        avatar_url: None,
        verified: false,
        broken: false,
    };
    nap.database.emails.insert(user.email.clone(), id.clone());
    nap.database.users.insert(id.clone(), user);
    nap.database.members.insert((id.clone(), organization), Member { role, banned: false });
    ok(Object::new().text("userId", &id).text("message", "Signup successful!"))
}

/// The organisation and role of a new user where there are several. An invitation is not used up.
fn organization(
    nap: &Nap,
    now: Duration,
    address: &str,
    domain: &str,
    invite: &str,
) -> Result<(String, String), Refusal> {
    if invite.is_empty() {
        let found = nap.database.domains.get(domain).filter(|domain| domain.verified && domain.auto_join);
        return match found {
            Some(domain) => Ok((domain.organization.clone(), "member".to_owned())),
            None => Err(nap.unauthorized(
                "Email is not associated to any Organizations! Please contact your administrator.",
                "No organization found for domain that has auto-join enabled! If you have not verified the domain yet, \
                 please do so.",
            )),
        };
    }
    let refuse = |why| Err(nap.unauthorized("Invalid invite token! Please check your token and try again.", why));
    let invitation = nap.database.invitations.get(invite).filter(|invitation| now < invitation.expires);
    let Some(invitation) = invitation else {
        return refuse("No invitation found for the provided token!");
    };
    if invitation.email != address {
        return refuse("The invite token does not match the provided email!");
    }
    if !nap.database.organizations.contains_key(&invitation.organization) {
        return refuse("No organization found for the provided invitation!");
    }
    Ok((invitation.organization.clone(), invitation.role.clone()))
}
