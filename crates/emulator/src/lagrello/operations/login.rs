//! users/email/send, users/email/auth, users/totp/toggle, users/totp/auth.

use super::super::call::{Answered, Call, done, invalid, no_such_user, ok, unauthorized};
use super::super::mail::{Mail, MailContent};
use super::super::tenant::Link;
use super::super::totp::Totp;
use super::super::{escape, unlike_base64url};
use serde::{Deserialize, Serialize};

/// 400 when there is nowhere to send it to, or no template to put the token in.
pub(super) fn send_link(mut call: Call<'_>) -> Answered {
    let user = call.user()?;
    let id = user.id.clone();
    let to = user.email.clone().ok_or_else(|| invalid("The user has no e-mail address"))?;
    let template = call.tenant()?.callback_url.clone();
    if !template.contains("{}") {
        return Err(invalid("The tenant has no callback URL"));
    }
    let token = unlike_base64url(&mut call.lagrello.seed);
    let url = template.replace("{}", &escape(&token));
    let expires = call.now.saturating_add(call.lagrello.settings.link_lifetime);
    call.lagrello.links.insert(token, Link { tenant: call.tenant, user: id, expires });
    call.lagrello.mails.push(Mail { to, at: call.now, content: MailContent::MagicLink { url } });
    Ok(done())
}

/// A link is good once, in its time, and for its tenant. 404 when its user was deleted since.
pub(super) fn verify_link(mut call: Call<'_>) -> Answered {
    let token = call.required("payload")?.to_owned();
    let wrong = || unauthorized("The token of the end user is wrong");
    let link = call.lagrello.links.get(&token).filter(|link| link.tenant == call.tenant);
    let user = link.filter(|link| call.now < link.expires).ok_or_else(wrong)?.user.clone();
    call.lagrello.links.remove(&token);
    let user = call.tenant()?.users.get(&user).ok_or_else(no_such_user)?;
    Ok(ok(&user.wire()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Toggle {
    enable: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Enabled {
    secret_key: String,
    qr_image: String,
}

/// To enable it again makes a new secret; to disable what is not enabled is done.
pub(super) fn toggle_totp(mut call: Call<'_>) -> Answered {
    let Toggle { enable } = call.body()?;
    let base = call.base();
    let totp = Totp::new(call.lagrello.seed.bytes());
    // The picture takes 40 characters of the name.
    let tenant: String = call.tenant()?.name.chars().take(40).collect();
    let user = call.user()?;
    if !enable {
        user.totp = None;
        return Ok(done());
    }
    let secret_key = totp.secret();
    let (tenant, id) = (escape(&tenant), escape(&user.id));
    let qr_image = format!("{base}/v1/images/totp?tenantName={tenant}&userId={id}&userSecret={secret_key}");
    user.totp = Some(totp);
    Ok(ok(&Enabled { secret_key, qr_image }))
}

/// 401 also for a user who has no TOTP.
pub(super) fn verify_totp(mut call: Call<'_>) -> Answered {
    let given = call.required("payload")?;
    let now = call.now;
    let user = call.user()?;
    if !user.totp.as_mut().is_some_and(|totp| totp.accept(now, given)) {
        return Err(unauthorized("The code of the end user is wrong"));
    }
    Ok(ok(&user.wire()))
}
