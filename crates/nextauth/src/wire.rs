//! What many operations share on the wire: header names, and what a status means where an operation says nothing else.

use alloc::string::String;
use alloc::vec::Vec;

use authwire_core::{Malformed, Reply, ReplyError};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use http::HeaderName;

use crate::UserId;
use crate::ids::has_control;

pub(crate) const X_APIKEY: HeaderName = HeaderName::from_static("x-apikey");
pub(crate) const X_SU: HeaderName = HeaderName::from_static("x-su");
pub(crate) const X_NONCE: HeaderName = HeaderName::from_static("x-nonce");

/// Statuses that an operation does not document. nextAuth documents no answer to a wrong API key or a missing
/// permission; a 401, or a 403 where none is documented, can only be about our key: the end user has no credential here.
pub(crate) fn common<T, R>(reply: Reply<'_>) -> Result<T, ReplyError<R>> {
    match reply.code() {
        401 | 403 => reply.our_credential(),
        _ => reply.other(),
    }
}

/// Decodes base64 that is strict in one alphabet, with or without padding.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    [STANDARD, URL_SAFE, STANDARD_NO_PAD, URL_SAFE_NO_PAD].iter().find_map(|engine| engine.decode(text).ok())
}

/// A user id from a reply. Empty means that there is none; with a control character it is no user id, and we never sent
/// such a one.
pub(crate) fn user_id<R>(reply: Reply<'_>, text: Option<String>) -> Result<Option<UserId>, ReplyError<R>> {
    match text {
        Some(text) if has_control(&text) => reply.malformed(Malformed::Field("userid")),
        Some(text) if !text.is_empty() => Ok(Some(UserId::new(text))),
        _ => Ok(None),
    }
}
