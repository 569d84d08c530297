//! Signed tokens: Ed25519 by ring, in the form of the provider's own library.

use super::Settings;
use super::problem::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// A private key: 32 bytes from which ring makes the pair each time, for its own type cannot be copied.
#[derive(Clone)]
pub(super) struct KeyPair {
    seed: [u8; 32],
    /// The public half, as `kid` and `sub` spell it.
    id: String,
}

impl KeyPair {
    pub(super) fn new(seed: [u8; 32]) -> Self {
        let public = Ed25519KeyPair::from_seed_unchecked(&seed).map(|pair| encode(pair.public_key().as_ref()));
        // ring refuses only seeds of another length.
        Self { seed, id: public.unwrap_or_default() }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// A token of these claims, which are JSON.
    pub(super) fn sign(&self, claims: &str) -> String {
        let header = format!(r#"{{"typ":"JWT","alg":"Ed25519","kid":"{}"}}"#, self.id);
        self.sign_with(&header, claims)
    }

    /// A token of this header and these claims, whatever they are.
    pub(super) fn sign_with(&self, header: &str, claims: &str) -> String {
        let input = format!("{}.{}", encode(header.as_bytes()), encode(claims.as_bytes()));
        let signature = Ed25519KeyPair::from_seed_unchecked(&self.seed).map(|pair| pair.sign(input.as_bytes()));
        format!("{input}.{}", signature.map_or_else(|_| String::new(), |signature| encode(signature.as_ref())))
    }
}

/// A token whose signature is that of `kid`, and whose time is now.
pub(super) struct Token {
    pub(super) text: String,
    /// Who signed.
    pub(super) kid: String,
    /// Whom it is about, if it says so.
    pub(super) sub: Option<String>,
    pub(super) claims: Members,
}

impl Token {
    /// Reads and verifies a token. Not a token is 400; a token that counts for nothing is 401.
    pub(super) fn read(settings: &Settings, now: Duration, text: &str) -> Result<Self, Problem> {
        const NOT_A_TOKEN: Problem = Problem::bad_request("Not a token in its compact form");
        let (input, signature) = text.rsplit_once('.').ok_or(NOT_A_TOKEN)?;
        let (header, payload) = input.split_once('.').ok_or(NOT_A_TOKEN)?;
        let header = decode(header).and_then(|json| Members::read(&json)).ok_or(NOT_A_TOKEN)?;
        let claims = decode(payload).and_then(|json| Members::read(&json)).ok_or(NOT_A_TOKEN)?;
        let signature = decode(signature).ok_or(NOT_A_TOKEN)?;

        let alg = header.text("alg");
        let alg_fits = alg == Some("Ed25519") || (alg == Some("EdDSA") && settings.accept_eddsa);
        if !alg_fits || header.get("crit").is_some() {
            return Err(Problem::AUTH);
        }
        let sub = claims.text("sub").map(str::to_owned);
        let kid = match header.text("kid") {
            Some(kid) => kid.to_owned(),
            None if settings.kid_required => return Err(Problem::AUTH),
            None => sub.clone().ok_or(Problem::AUTH)?,
        };
        let key = public_key(&kid).ok_or(Problem::AUTH)?;
        UnparsedPublicKey::new(&ED25519, key).verify(input.as_bytes(), &signature).map_err(|_| Problem::AUTH)?;

        let now = now.as_secs();
        let (exp, nbf) = (claims.seconds("exp")?, claims.seconds("nbf")?);
        // To the last second, as in the provider's library.
        if exp.is_some_and(|exp| exp < now) || nbf.is_some_and(|nbf| nbf > now) {
            return Err(Problem::AUTH);
        }
        Ok(Self { text: text.to_owned(), kid, sub, claims })
    }

    /// The subject of a token that its own subject signed.
    pub(super) fn self_signed(&self) -> Result<&str, Problem> {
        match &self.sub {
            Some(sub) if *sub == self.kid => Ok(sub),
            _ => Err(Problem::AUTH),
        }
    }
}

/// The members of a JSON object, of which none stands twice.
pub(super) struct Members(Vec<(String, Value)>);

impl Members {
    fn read(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// A member that may be absent, and is a text if it is there.
    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&str>, Problem> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Problem::bad_request("A claim is of another type")),
        }
    }

    fn seconds(&self, name: &str) -> Result<Option<u64>, Problem> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or(Problem::bad_request("A time is not a number of seconds")),
        }
    }

    /// All texts, at whatever depth.
    pub(super) fn texts(&self) -> Vec<&str> {
        fn walk<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::String(text) => found.push(text),
                Value::Array(values) => values.iter().for_each(|value| walk(value, found)),
                Value::Object(members) => members.values().for_each(|value| walk(value, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        self.0.iter().for_each(|(_, value)| walk(value, &mut found));
        found
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Members(Vec::new());
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if members.get(&name).is_some() {
                        return Err(A::Error::custom("a member stands twice"));
                    }
                    members.0.push((name, value));
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// The key of an id: 43 characters of canonical base64url.
pub(super) fn public_key(id: &str) -> Option<[u8; 32]> {
    decode(id)?.try_into().ok()
}

/// Whether a text looks like a token: three parts, of which the first is a JSON object.
pub(super) fn looks_like_token(text: &str) -> bool {
    text.split('.').count() == 3 && text.split('.').next().and_then(decode).is_some_and(|json| json.starts_with(b"{"))
}

pub(super) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// No padding, and no bits beyond the last byte.
fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
