//! getServerVash.

use super::super::call::{Answered, Call};
use crate::picture::identicon_png;
use crate::reply;

pub(super) fn get(call: Call<'_>) -> Answered {
    Ok(reply::picture(identicon_png(&call.server.public_key)))
}
