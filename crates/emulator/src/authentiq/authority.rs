//! Who signs what was verified.

use super::Authentiq;
use super::job::Statement;
use super::token::KeyPair;
use serde::Serialize;
use std::fmt;
use std::time::Duration;

/// The URI that signed statements name as their issuer.
pub const ISSUER_URI: &str = "https://6-dot-authentiqio.appspot.com/";

/// How long a signed statement is valid: a year.
const LIFETIME: Duration = Duration::from_secs(31_536_000);

/// An authority with a key of its own. The server trusts its own issuer, and those of [`Authentiq::add_authority`].
#[derive(Clone)]
pub struct Authority(pub(super) KeyPair);

/// What an authority says, in the order of its members.
#[derive(Serialize)]
struct Wire<'a> {
    sub: &'a str,
    scope: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    iss: &'a str,
    iat: u64,
    exp: u64,
}

impl Authority {
    /// An authority that no server trusts. Its key comes from the seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(KeyPair::new(crate::seed::Seeded::new(seed, "authentiq authority").bytes()))
    }

    /// Its public key, 43 characters: the `kid` of what it signs.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.id()
    }

    /// Signs what a job is about, confirmed or not: the token that `PUT /scope/{job}` takes. `None` when there is no such
    /// job.
    #[must_use]
    pub fn sign_job(&self, authentiq: &Authentiq, now: Duration, job: &str) -> Option<String> {
        Some(self.sign(now, &authentiq.jobs.get(&job.to_owned())?.statement))
    }

    /// Signs any claims, which are JSON.
    #[must_use]
    pub fn sign_claims(&self, claims: &str) -> String {
        self.0.sign(claims)
    }

    pub(super) fn sign(&self, now: Duration, statement: &Statement) -> String {
        let value = |name| (statement.scope.name() == name).then_some(statement.value.as_str());
        let wire = Wire {
            sub: &statement.sub,
            scope: statement.scope.name(),
            email: value("email"),
            phone: value("phone"),
            kind: statement.kind.as_deref(),
            iss: ISSUER_URI,
            iat: now.as_secs(),
            exp: now.saturating_add(LIFETIME).as_secs(),
        };
        // Texts and numbers can always be written.
        self.0.sign(&serde_json::to_string(&wire).unwrap_or_default())
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").field("id", &self.id()).finish_non_exhaustive()
    }
}
