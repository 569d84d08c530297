use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use core::{fmt, mem};

use authwire_core::Text;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use crate::PublicKey;

/// What a header says, of what counts here.
#[derive(Clone)]
pub(super) struct Header {
    /// Whether `typ` is another one than `JWT`.
    pub(super) is_other_type: bool,
    pub(super) alg: Option<Named>,
    pub(super) kid: Option<Box<str>>,
    /// Whether there is a `crit`: something that a reader must understand. We understand nothing of the kind.
    pub(super) is_critical: bool,
}

/// The algorithms by name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Ed25519,
    EdDsa,
    Other,
}

/// The header of a token of ours, as Authentiq's own library wrote it.
pub(super) fn write(signer: &PublicKey) -> String {
    format!(r#"{{"typ":"JWT","alg":"Ed25519","kid":"{signer}"}}"#)
}

impl Header {
    /// Reads a JSON object in which no key stands twice: two readers might each take another one.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        // As a text first: the reader skips what nobody asks for without a look at its bytes.
        let json = core::str::from_utf8(json).ok()?;
        if json.trim_ascii_start().starts_with('{') { serde_json::from_str(json).ok() } else { None }
    }
}

impl Named {
    fn of(name: &str) -> Self {
        match name {
            "Ed25519" => Self::Ed25519,
            "EdDSA" => Self::EdDsa,
            _ => Self::Other,
        }
    }
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

/// Not a derived reader: that one minds only the doubles that it knows.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a header")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Header, A::Error> {
        let mut header = Header { is_other_type: false, alg: None, kid: None, is_critical: false };
        let mut has_type = false;
        let mut others = BTreeSet::new();
        while let Some(key) = members.next_key::<Text<'_>>()? {
            let is_new = match &*key {
                "typ" => {
                    header.is_other_type = !members.next_value::<Text<'_>>()?.eq_ignore_ascii_case("JWT");
                    !mem::replace(&mut has_type, true)
                }
                "alg" => header.alg.replace(Named::of(&members.next_value::<Text<'_>>()?)).is_none(),
                "kid" => header.kid.replace(members.next_value()?).is_none(),
                other => {
                    header.is_critical |= other == "crit";
                    members.next_value::<IgnoredAny>()?;
                    others.insert(key)
                }
            };
            if !is_new {
                return Err(A::Error::custom("a key stands twice"));
            }
        }
        Ok(header)
    }
}
