//! getServerVash.

use super::super::call::{Answered, Call};
use crate::picture::identicon_png;
use crate::reply;
use http::StatusCode;

pub(super) fn get(call: Call<'_>) -> Answered {
    identicon_png(&call.server.public_key)
        .map(reply::bytes)
        .ok_or_else(|| reply::empty(StatusCode::INTERNAL_SERVER_ERROR))
}
