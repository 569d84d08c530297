//! images/totp.

use super::super::call::{Answered, Call, invalid};
use super::super::escape;
use super::super::tenant::is_text;
use crate::picture::qr_png;
use crate::reply;
use http::StatusCode;

const SIDE: u32 = 300;

/// All three parameters are optional by the documents. Without a name the label is shorter; without a secret there is
/// nothing to draw, and that is a 400.
pub(super) fn totp(call: Call<'_>) -> Answered {
    let text = |name: &str, max: usize| match call.optional(name) {
        Some(text) if !is_text(text, max) => Err(invalid(&format!("{name} must have 1 to {max} characters"))),
        text => Ok(text.map(escape)),
    };
    let issuer = text("tenantName", 40)?;
    let user = text("userId", 128)?.unwrap_or_default();
    let secret = text("userSecret", 128)?.ok_or_else(|| invalid("userSecret is missing"))?;
    let content = match issuer {
        Some(issuer) => format!("otpauth://totp/{issuer}:{user}?secret={secret}&issuer={issuer}"),
        None => format!("otpauth://totp/{user}?secret={secret}"),
    };
    let picture = qr_png(content.as_bytes(), SIDE).ok_or_else(|| invalid("Too long for a QR code"))?;
    Ok(reply::body(StatusCode::OK, "image/png", picture))
}
