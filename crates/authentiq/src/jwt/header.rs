use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use crate::PublicKey;

/// What a header says, of what counts here.
#[derive(Clone)]
pub(super) struct Header {
    pub(super) typ: Option<String>,
    pub(super) alg: Option<String>,
    pub(super) kid: Option<String>,
    /// Whether there is a `crit`: something that a reader must understand. We understand nothing of the kind.
    pub(super) is_critical: bool,
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
        let mut header = Header { typ: None, alg: None, kid: None, is_critical: false };
        let mut seen = BTreeSet::new();
        while let Some(key) = members.next_key::<String>()? {
            match key.as_str() {
                "typ" => header.typ = Some(members.next_value()?),
                "alg" => header.alg = Some(members.next_value()?),
                "kid" => header.kid = Some(members.next_value()?),
                other => {
                    header.is_critical |= other == "crit";
                    members.next_value::<IgnoredAny>()?;
                }
            }
            if !seen.insert(key) {
                return Err(A::Error::custom("a key stands twice"));
            }
        }
        Ok(header)
    }
}
