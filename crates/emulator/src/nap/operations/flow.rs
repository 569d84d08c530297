//! Reading a login that waits for the choice of an organisation. Served only where the emulator is set up as documented.

use super::super::answers::{Answered, ok};
use super::super::database::Organization;
use super::super::json::{Object, list};
use super::super::time::rfc3339;
use super::Call;
use http::StatusCode;

pub(super) fn get(call: Call<'_>) -> Answered {
    let Call { nap, now, routed, .. } = call;
    let id = routed.path_value("flowId").unwrap_or_default().trim_matches(' ');
    // This error shows its technical text in production, too.
    let gone = || nap.error_with_debug(StatusCode::BAD_REQUEST, "Flow not found", "Not Found");
    let flow = nap.database.flows.get(id).filter(|flow| now < flow.expires).ok_or_else(gone)?;
    let user = nap.database.users.get(&flow.user).ok_or_else(gone)?;
    let organizations = nap.database.organizations_of(&user.id).into_iter().map(|(organization, _)| json(organization));
    let offset = nap.settings.utc_offset_minutes;
    let object = Object::new()
        .text("id", id)
        .text("type", "login")
        .text("userId", &user.id)
        .text("email", &user.email)
        .raw("orgs", &list(organizations))
        .flag("mfaRequired", false)
        .flag("mfaVerified", false)
        .text_opt("returnTo", flow.return_to.as_deref().filter(|text| !text.is_empty()))
        .text("createdAt", &rfc3339(flow.created, offset))
        .text("expiresAt", &rfc3339(flow.expires, offset));
    ok(object)
}

fn json(organization: &Organization) -> String {
    let created = rfc3339(organization.created, 0);
    let object = Object::new()
        .text("id", &organization.id)
        .text("name", &organization.name)
        .text("slug", &organization.slug)
        .text_opt("description", organization.description.as_deref())
        .text_opt("avatarURL", organization.avatar_url.as_deref());
    let object = match &organization.settings {
        Some(settings) => object.raw("settings", settings),
        None => object,
    };
    object.text("createdAt", &created).text("updatedAt", &created).finish()
}
