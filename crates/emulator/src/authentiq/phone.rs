//! The phone: what a person's app signs, and what is pushed to it.

use super::Authentiq;
use super::message::Push;
use super::token::KeyPair;
use crate::seed::{Seeded, hex};
use serde_json::{Map, Value};
use std::fmt;

/// A phone with the provider's app and one Authentiq ID.
///
/// The key comes from the seed: give each phone a seed of its own.
#[derive(Clone)]
pub struct Phone {
    key: KeyPair,
    devtoken: String,
}

impl Phone {
    /// A phone with a key that is not registered yet.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut seed = Seeded::new(seed, "authentiq phone");
        Self { key: KeyPair::new(seed.bytes()), devtoken: hex(&seed.bytes::<32>()) }
    }

    /// The person's Authentiq ID: the public key, 43 characters.
    #[must_use]
    pub fn id(&self) -> &str {
        self.key.id()
    }

    /// How the push service knows this phone.
    #[must_use]
    pub fn devtoken(&self) -> &str {
        &self.devtoken
    }

    /// Signs `sub`, the phone's own id, and these claims, which are texts.
    #[must_use]
    pub fn sign(&self, claims: &[(&str, &str)]) -> String {
        let claims: Map<String, Value> = [("sub", self.id())]
            .iter()
            .chain(claims)
            .map(|(name, text)| ((*name).to_owned(), (*text).into()))
            .collect();
        self.sign_claims(&Value::Object(claims).to_string())
    }

    /// Signs any claims, which are JSON.
    #[must_use]
    pub fn sign_claims(&self, claims: &str) -> String {
        self.key.sign(claims)
    }

    /// Signs any header and any claims, for a test of what the server refuses.
    #[must_use]
    pub fn sign_with(&self, header: &str, claims: &str) -> String {
        self.key.sign_with(header, claims)
    }

    /// What registers this phone's key.
    #[must_use]
    pub fn registration(&self) -> String {
        self.sign(&[("devtoken", self.devtoken())])
    }

    /// What asks to verify an e-mail address.
    #[must_use]
    pub fn email_claims(&self, address: &str) -> String {
        self.sign(&[("scope", "email"), ("email", address)])
    }

    /// What asks to verify a phone number.
    #[must_use]
    pub fn phone_claims(&self, number: &str) -> String {
        self.sign(&[("scope", "phone"), ("phone", number)])
    }

    /// The permission for a site to push logins to this phone.
    #[must_use]
    pub fn push_token(&self, site: &str) -> String {
        self.sign(&[("iss", super::ISSUER_URI), ("aud", site)])
    }

    /// The logins that were pushed to this phone, the oldest first.
    #[must_use]
    pub fn notifications<'a>(&self, authentiq: &'a Authentiq) -> Vec<&'a Push> {
        authentiq.pushes().filter(|push| push.devtoken == self.devtoken).collect()
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Phone").field("id", &self.id()).finish_non_exhaustive()
    }
}
