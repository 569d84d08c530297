use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use authwire_core::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::ids::jws;
use crate::wire::has_control;
use crate::{OrganizationId, SessionId, SessionToken, UserId};

/// What a session token says of its user. Never had alone: it comes out of [`UnverifiedClaims`], or, with the feature
/// `verify`, out of `VerifiedClaims`, so that a reader of the code sees which.
///
/// Every member is `None` or empty if the token does not have it. Both dialects' spellings are read.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// Who made the token: the platform's public URL (`iss`).
    pub issuer: Option<String>,
    /// The user (`sub`).
    pub user: Option<UserId>,
    /// For whom it is: the domains that the platform is set up for (`aud`).
    pub audience: Vec<String>,
    /// From when on it is worth nothing (`exp`).
    pub expires: Option<Timestamp>,
    /// Before when it is worth nothing (`nbf`).
    pub not_before: Option<Timestamp>,
    /// When it was made (`iat`).
    pub issued: Option<Timestamp>,
    /// The session (`jti`).
    pub session: Option<SessionId>,
    /// The organisation.
    pub organization: Option<OrganizationId>,
    /// The organisation's short name.
    pub organization_slug: Option<String>,
    /// What the organisation is called.
    pub organization_name: Option<String>,
    /// The user's role in the organisation.
    pub organization_role: Option<String>,
    /// The user's e-mail address.
    pub email: Option<String>,
    /// Whether that address was verified.
    pub email_verified: Option<bool>,
    /// The user's first name.
    pub first_name: Option<String>,
    /// The user's last name.
    pub last_name: Option<String>,
    /// Where the user's picture is.
    pub avatar_url: Option<String>,
}

/// The claims as they are in a token.
#[derive(Deserialize)]
struct Wire {
    iss: Option<String>,
    sub: Option<String>,
    #[serde(default)]
    aud: Vec<String>,
    #[serde(default, deserialize_with = "seconds")]
    exp: Option<Timestamp>,
    #[serde(default, deserialize_with = "seconds")]
    nbf: Option<Timestamp>,
    #[serde(default, deserialize_with = "seconds")]
    iat: Option<Timestamp>,
    jti: Option<String>,
    #[serde(alias = "orgId")]
    org_id: Option<String>,
    #[serde(alias = "orgSlug")]
    org_slug: Option<String>,
    #[serde(alias = "orgName")]
    org_name: Option<String>,
    #[serde(alias = "userOrgRole")]
    user_org_role: Option<String>,
    email: Option<String>,
    email_verified: Option<bool>,
    #[serde(alias = "userFname")]
    user_fname: Option<String>,
    #[serde(alias = "userLname")]
    user_lname: Option<String>,
    #[serde(alias = "userAvatarUrl")]
    user_avatar_url: Option<String>,
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    u64::deserialize(deserializer).map(|seconds| Some(Timestamp::from_secs(seconds)))
}

impl Claims {
    /// Reads the middle part of a JWT.
    pub(crate) fn parse(part: &str) -> Option<Self> {
        let json = Zeroizing::new(URL_SAFE_NO_PAD.decode(part).ok()?);
        // As a text first: the reader skips what nobody asks for without a look at its bytes.
        let json = core::str::from_utf8(&json).ok()?;
        // serde's derive would take an array, too.
        if !json.trim_ascii_start().starts_with('{') {
            return None;
        }
        let wire: Wire = serde_json::from_str(json).ok()?;
        if [&wire.sub, &wire.jti, &wire.org_id].into_iter().flatten().any(|id| has_control(id)) {
            return None;
        }
        Some(Self {
            issuer: wire.iss,
            user: wire.sub.map(UserId::new),
            audience: wire.aud,
            expires: wire.exp,
            not_before: wire.nbf,
            issued: wire.iat,
            session: wire.jti.map(SessionId::new),
            organization: wire.org_id.map(OrganizationId::new),
            organization_slug: wire.org_slug,
            organization_name: wire.org_name,
            organization_role: wire.user_org_role,
            email: wire.email,
            email_verified: wire.email_verified,
            first_name: wire.user_fname,
            last_name: wire.user_lname,
            avatar_url: wire.user_avatar_url,
        })
    }
}

impl fmt::Debug for Claims {
    /// No field: it is the end user's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims").finish_non_exhaustive()
    }
}

/// What a session token says, with nobody having checked that the platform said it.
///
/// Good for showing a name in a program that got the token from the platform itself. Never decide with it whether
/// somebody may do something: anybody can write such a token.
///
/// ```
/// use authwire_nap::{SessionToken, UnverifiedClaims};
///
/// // {} . {"email":"a@b.example"} . an invented signature
/// let token = SessionToken::new("ZTMwLmV5SmxiV0ZwYkNJNkltRkFZaTVsZUdGdGNHeGxJbjAuWDE4")?;
/// let claims = UnverifiedClaims::read(&token).expect("JSON");
/// assert_eq!(claims.without_verification().email.as_deref(), Some("a@b.example"));
/// # Ok::<(), authwire_core::InvalidValue>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedClaims(Claims);

impl UnverifiedClaims {
    /// Reads what a token says; `None` if that is not a JSON object of the expected types.
    #[must_use]
    pub fn read(token: &SessionToken) -> Option<Self> {
        let jws = jws(token);
        Claims::parse(jws.split('.').nth(1)?).map(Self)
    }

    /// The claims, though nobody has checked them.
    #[must_use]
    pub fn without_verification(&self) -> &Claims {
        &self.0
    }
}
