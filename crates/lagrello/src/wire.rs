//! What many operations share on the wire: what a status means where an operation says nothing else, path values, and
//! how answers are read.

use alloc::borrow::Cow;
use alloc::string::String;

use authwire_core::secret::Kind;
use authwire_core::{Encoder, Reason, Reply, ReplyError, Secret, Value};
use percent_encoding::percent_decode_str;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// Statuses that an operation does not document. A 403 is about our access token, everywhere on this API. A 401 is about
/// an end user's code or link; where an operation takes none, nobody can say whom it means.
pub(crate) fn common<T, R>(reply: Reply<'_>) -> Result<T, ReplyError<R>> {
    match reply.code() {
        403 => reply.our_credential(),
        _ => reply.other(),
    }
}

/// A path value that is refused where somebody on the way, who decodes it once more and tidies the path, would reach
/// another route: `DELETE /v1/users/..%2Ftenant` would delete the tenant.
pub(crate) struct Segment<'a>(pub(crate) &'a str);

impl Value for Segment<'_> {
    fn write(&self, encoder: &mut Encoder<'_>) {
        if let Err(reason) = check_segment(self.0) {
            encoder.refuse(reason);
        }
        encoder.text(self.0);
    }
}

/// Checks that a text, however often it is decoded, does not begin or end with a slash and has no dot segment between
/// slashes. Behind a `;` stand parameters, which some routers drop.
fn check_segment(text: &str) -> Result<(), Reason> {
    // Most have nothing to split or decode, and are the one piece that there is.
    let is_plain = text.bytes().fold(true, |so_far, byte| so_far & !matches!(byte, b'/' | b'\\' | b';' | b'%'));
    if !text.is_empty() && is_plain {
        return if matches!(text, "." | "..") { Err(Reason::DotSegment) } else { Ok(()) };
    }
    let mut text = Cow::Borrowed(text);
    loop {
        let pieces = || text.split(['/', '\\']).map(|piece| piece.split(';').next().unwrap_or(piece));
        if pieces().any(|piece| matches!(piece, "." | "..")) {
            return Err(Reason::DotSegment);
        }
        if pieces().next() == Some("") || pieces().next_back() == Some("") {
            return Err(Reason::Not("a path segment that every router reads alike"));
        }
        // Each turn has fewer escapes than the one before.
        let decoded = percent_decode_str(&text).decode_utf8_lossy();
        if decoded == text {
            return Ok(());
        }
        text = Cow::Owned(decoded.into_owned());
    }
}

/// Whether a text has 1 to `max` characters.
pub(crate) fn has_characters(text: &str, max: usize) -> bool {
    !text.is_empty() && text.chars().nth(max).is_none()
}

/// Reads a secret straight into its type.
pub(crate) fn secret<'de, D: Deserializer<'de>, K: Kind>(deserializer: D) -> Result<Secret<K>, D::Error> {
    Secret::new(String::deserialize(deserializer)?).map_err(D::Error::custom)
}
