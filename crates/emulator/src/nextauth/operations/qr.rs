//! getQrEnrol, getQrLogin.

use super::super::account::is_user_name;
use super::super::call::{Answered, Call};
use super::super::qr_data::QrKind;
use super::super::session::ChallengeKind;
use crate::picture::qr_png;
use crate::reply::{self, Refusal};

/// The documented side in pixels when none is asked for, and the largest that is drawn.
const SIDE: u32 = 500;
const LARGEST: u32 = 4096;

pub(super) fn enrol(call: Call<'_>) -> Answered {
    let nonce = call.nonce()?;
    let name = call.required("name")?.to_owned();
    let userid = call.optional("userid").map(str::to_owned);
    if userid.as_deref().is_some_and(|name| !is_user_name(name)) {
        return reply::refuse(reply::bad_request("Invalid user name"));
    }
    let form = Form::of(&call)?;
    let kind = ChallengeKind::Enrol { name, userid };
    let challenge = call.server.challenge(call.seed, call.now, call.lifetime, nonce, kind);
    form.answer(call.server.qr(QrKind::Enrol, challenge))
}

pub(super) fn login(call: Call<'_>) -> Answered {
    let nonce = call.nonce()?;
    let form = Form::of(&call)?;
    let context = call.user_context()?;
    call.server.keep_context(nonce, context.as_ref());
    let data = call.server.login_qr(call.seed, call.now, call.lifetime, nonce);
    form.answer(data)
}

/// How the code is wanted.
enum Form {
    Raw,
    Png(u32),
}

impl Form {
    fn of(call: &Call<'_>) -> Result<Self, Refusal> {
        let side = match call.optional("s").map(str::parse) {
            None => SIDE,
            Some(Ok(side)) if (1..=LARGEST).contains(&side) => side,
            Some(_) => return reply::refuse(reply::bad_request("s must be a number from 1 to 4096")),
        };
        match call.optional("img") {
            None => Ok(Self::Raw),
            Some("png") => Ok(Self::Png(side)),
            Some(_) => reply::refuse(reply::bad_request("img must be png")),
        }
    }

    fn answer(self, data: Vec<u8>) -> Answered {
        match self {
            Self::Raw => Ok(reply::bytes(data)),
            Self::Png(side) => Ok(reply::picture(qr_png(&data, side))),
        }
    }
}
