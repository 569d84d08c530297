//! Refreshing and logging out.

use super::super::answers::{Answered, done, ok};
use super::super::database::Session;
use super::super::json::Object;
use super::super::token::{Membership, sha256_hex};
use super::Call;

/// The session keeps its id, both tokens are new. The old refresh token is unknown from then on, and presenting it does
/// nothing else. When the session expires is not looked at.
pub(super) fn refresh(call: Call<'_>) -> Answered {
    let Call { nap, now, refresh_token, .. } = call;
    let Some(token) = refresh_token else {
        return Err(nap.unauthorized("No refresh token provided", "Provide a refresh token!"));
    };
    nap.database_is_up("Failed to begin transaction")?;
    let hash = sha256_hex(token);
    let id = nap.database.session_by_refresh_hash(&hash);
    let Some((id, session)) = id.and_then(|id| nap.database.sessions.get(&id).cloned().map(|session| (id, session)))
    else {
        let reused = nap.rotation.refused(&hash).filter(|_| nap.settings.reuse_ends_session);
        if let Some(session) = reused {
            nap.database.delete_session(&session);
        }
        let message = "Invalid refresh token! Please login again.";
        return Err(nap.unauthorized(message, "No session found for refresh token"));
    };
    let member = nap.database.members.get(&(session.user.clone(), session.organization.clone()));
    let member = member.filter(|member| !member.banned).cloned();
    let user = nap.database.users.get(&session.user).cloned();
    let organization = nap.database.organizations.get(&session.organization).cloned();
    let (Some(member), Some(user), Some(organization)) = (member, user, organization) else {
        nap.rotation.refused(&hash);
        let message = "User or organization not found! Please login again.";
        return Err(nap.unauthorized(message, "No user or organization found for session"));
    };
    let membership =
        Membership { id: &organization.id, slug: &organization.slug, name: &organization.name, role: &member.role };
    let pair = nap.pair(now, &id, &user, &membership).ok_or_else(|| nap.failed("Unable to generate new tokens"))?;
    nap.database.put_session(
        &id,
        Session {
            session_hash: pair.session_hash,
            refresh_hash: pair.refresh_hash,
            expires: pair.refresh_expires,
            ..session
        },
    );
    nap.rotation.exchanged(hash, &id);
    ok(Object::new().raw("tokens", &pair.json))
}

/// A valid session token decides alone, and may belong to no session any more; that nothing was ended is not said.
pub(super) fn logout(call: Call<'_>) -> Answered {
    let Call { nap, session_token, refresh_token, .. } = call;
    if session_token.is_none() && refresh_token.is_none() {
        let message = "No session or refresh token provided";
        return Err(nap.unauthorized(message, "Provide either a session token or a refresh token"));
    }
    nap.database_is_up("Failed to begin transaction")?;
    let id = match (session_token, refresh_token) {
        (Some(token), _) => nap.database.session_by_session_hash(&sha256_hex(token)),
        (None, Some(token)) => nap.database.session_by_refresh_hash(&sha256_hex(token)),
        (None, None) => None,
    };
    if let Some(id) = id {
        nap.database.delete_session(&id);
    }
    done("Session revoked successfully")
}
