use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use authwire_core::{InvalidValue, Reason, Timestamp};
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::PublicKey;

/// A set of claims that a token may hold: [`AuthentiqId`](super::AuthentiqId), [`Claims`](super::Claims) or
/// [`PushToken`](super::PushToken).
#[expect(private_bounds, reason = "nobody else can implement it")]
pub trait ClaimSet: Readable {}

/// What a [`ClaimSet`] can do, for us alone.
pub(super) trait Readable: Sized {
    /// Takes the claims out of a payload about `subject`; `None` if one that must be there is not.
    fn from_payload(subject: PublicKey, payload: Payload) -> Option<Self>;
}

/// All claims of all sets, as they stand on the wire and in their order. Unknown ones are ignored.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Payload {
    pub(super) sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) devtoken: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) phone: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aud: Option<Audience>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) iat: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nbf: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exp: Option<u64>,
}

impl Payload {
    pub(super) fn about(subject: &PublicKey) -> Self {
        Self { sub: subject.to_string(), ..Self::default() }
    }

    /// Reads a JSON object; an array, which a derived reader would take too, is none.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        // As a text first: the reader skips what nobody asks for without a look at its bytes.
        let json = core::str::from_utf8(json).ok()?;
        if json.trim_ascii_start().starts_with('{') { serde_json::from_str(json).ok() } else { None }
    }

    pub(super) fn to_json(&self) -> Result<Vec<u8>, InvalidValue> {
        serde_json::to_vec(self)
            .map_err(|_| InvalidValue::new("JWT", Reason::Not("claims that can be written as JSON")))
    }
}

/// Whole seconds, as a time in a token is written.
pub(super) fn seconds(time: Option<Timestamp>) -> Option<u64> {
    time.map(Timestamp::as_secs)
}

/// A time as it was written in a token.
pub(super) fn time(seconds: Option<u64>) -> Option<Timestamp> {
    seconds.map(Timestamp::from_secs)
}

/// `aud`: a text or several (RFC 7519, section 4.1.3). One is written as a text.
#[derive(Default)]
pub(super) struct Audience(pub(super) Vec<String>);

impl Serialize for Audience {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => serializer.serialize_str(one),
            several => serializer.collect_seq(several),
        }
    }
}

impl<'de> Deserialize<'de> for Audience {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMore)
    }
}

struct OneOrMore;

impl<'de> Visitor<'de> for OneOrMore {
    type Value = Audience;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or several")
    }

    fn visit_str<E>(self, one: &str) -> Result<Audience, E> {
        Ok(Audience(alloc::vec![one.into()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<Audience, A::Error> {
        let mut several = Vec::new();
        while let Some(text) = texts.next_element()? {
            several.push(text);
        }
        Ok(Audience(several))
    }
}
