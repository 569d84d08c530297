use alloc::string::String;
use core::fmt;

#[cfg(feature = "serde")]
use authwire_core::{InvalidValue, Reason};
use authwire_core::{Malformed, Media, Reply, ReplyError, Text, Timestamp};
use serde::Deserialize;
#[cfg(feature = "serde")]
use zeroize::Zeroizing;

use crate::PublicKey;
use crate::jwt::{Claims, Jws, TokenError, Verification, Verified, Verifier};

/// What a job has come to.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use]
pub enum JobContent {
    /// It is not signed. Whether it is confirmed cannot be told: a job that waits for its code is answered so too.
    NotSigned,
    /// The token that its authority is said to have signed.
    Jwt(UnverifiedJwt),
    /// What a token is said to hold, without the token: nobody can verify it.
    Claims(UnverifiedClaims),
}

/// A token whose signature nobody has checked. It tells nothing until it is [verified](Self::verify).
///
/// With the feature `serde` it is stored as its text.
#[derive(Clone)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
#[must_use]
pub struct UnverifiedJwt(Jws);

#[cfg(feature = "serde")]
impl From<UnverifiedJwt> for String {
    fn from(token: UnverifiedJwt) -> Self {
        token.0.expose().into()
    }
}

#[cfg(feature = "serde")]
impl TryFrom<String> for UnverifiedJwt {
    type Error = InvalidValue;

    fn try_from(text: String) -> Result<Self, InvalidValue> {
        let not_a_token = InvalidValue::new("JWT", Reason::Not("a token with a signature of 64 bytes"));
        Self::read(&Zeroizing::new(text)).ok_or(not_a_token)
    }
}

/// What is said of a person, without a signature. Fit for showing, not for relying upon.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnverifiedClaims {
    /// Whom it is about, as a text that may be no key.
    pub subject: String,
    /// What kind of statement it is.
    pub scope: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// A phone number.
    pub phone: Option<String>,
    /// What was verified, where the provider does not name it: the documents have a member `field` and do not explain it.
    pub field: Option<String>,
    /// The last second in which it is valid.
    pub expires: Option<Timestamp>,
}

impl UnverifiedJwt {
    /// Checks that `issuer` signed this token, that it is about `subject`, and that it is valid at the time that
    /// `verification` was made for. Check then that it says what was asked to be verified, such as the e-mail address.
    ///
    /// # Errors
    /// When anything of that is not so.
    pub fn verify<V: Verifier + ?Sized>(
        &self,
        verification: &Verification,
        issuer: &PublicKey,
        subject: &PublicKey,
        verifier: &V,
    ) -> Result<Verified<Claims>, TokenError> {
        verification.issued_by(issuer, subject, &self.0, verifier)
    }

    /// The token, to store it or to pass it on.
    #[must_use]
    pub fn as_jws(&self) -> &Jws {
        &self.0
    }

    /// The same, by value.
    #[must_use]
    pub fn into_jws(self) -> Jws {
        self.0
    }

    /// Of the form of a token with an Ed25519 signature. The signature's length is how a token that was cut is told.
    fn read(text: &str) -> Option<Self> {
        let jws = Jws::new(text).ok()?;
        jws.has_signature().then(|| Self(jws))
    }
}

/// A body that is a token or a JSON object; the documents do not say which.
pub(super) enum Content<'a> {
    Jwt(UnverifiedJwt),
    Object(Object<'a>),
}

/// The JSON form: the token in it, what it holds, or how far the job is.
#[derive(Deserialize)]
pub(super) struct Object<'a> {
    #[serde(borrow)]
    pub(super) status: Option<Text<'a>>,
    #[serde(borrow)]
    jwt: Option<Text<'a>>,
    #[serde(borrow)]
    sub: Option<Text<'a>>,
    #[serde(borrow)]
    scope: Option<Text<'a>>,
    #[serde(borrow)]
    email: Option<Text<'a>>,
    #[serde(borrow)]
    phone: Option<Text<'a>>,
    #[serde(borrow)]
    field: Option<Text<'a>>,
    exp: Option<u64>,
}

impl<'a> Content<'a> {
    pub(super) fn read<R>(reply: Reply<'a>) -> Result<Self, ReplyError<R>> {
        // Either form may come under either media type: the documents put a JSON schema under `application/jwt`.
        let media = if Media::JSON.fits(reply.headers()) { Media::JSON } else { Media::JWT };
        if reply.body().trim_ascii_start().starts_with(b"{") {
            return reply.json_as(media).map(Self::Object);
        }
        match UnverifiedJwt::read(reply.text(media)?) {
            Some(jwt) => Ok(Self::Jwt(jwt)),
            None => reply.malformed(Malformed::Field("jwt")),
        }
    }
}

impl Object<'_> {
    /// The token, if the object has one.
    pub(super) fn jwt<R>(&self, reply: Reply<'_>) -> Result<Option<UnverifiedJwt>, ReplyError<R>> {
        let Some(text) = &self.jwt else { return Ok(None) };
        match UnverifiedJwt::read(text) {
            Some(jwt) => Ok(Some(jwt)),
            None => reply.malformed(Malformed::Field("jwt")),
        }
    }
}

impl JobContent {
    pub(super) fn read<R>(reply: Reply<'_>) -> Result<Self, ReplyError<R>> {
        let object = match Content::read(reply)? {
            Content::Jwt(jwt) => return Ok(Self::Jwt(jwt)),
            Content::Object(object) => object,
        };
        // An id, though nobody has checked whose.
        if object.sub.as_ref().is_some_and(|subject| subject.contains(char::is_control)) {
            return reply.malformed(Malformed::Field("sub"));
        }
        // Before the token: what an unsigned job bears may be the person's own request.
        if matches!(object.status.as_deref(), Some("waiting" | "confirmed")) {
            return Ok(Self::NotSigned);
        }
        if let Some(jwt) = object.jwt(reply)? {
            return Ok(Self::Jwt(jwt));
        }
        match object.sub {
            Some(subject) => Ok(Self::Claims(UnverifiedClaims {
                subject: subject.into(),
                scope: object.scope.map(String::from),
                email: object.email.map(String::from),
                phone: object.phone.map(String::from),
                field: object.field.map(String::from),
                expires: object.exp.map(Timestamp::from_secs),
            })),
            None => reply.malformed(Malformed::Field("sub")),
        }
    }
}

impl fmt::Debug for UnverifiedJwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnverifiedJwt([redacted])")
    }
}

impl fmt::Debug for UnverifiedClaims {
    /// No field: it is a person's data, and nobody has checked it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedClaims").finish_non_exhaustive()
    }
}
