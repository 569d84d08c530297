//! How flows are stored: a set of fields that stays, whatever becomes of the flows' own.

use core::time::Duration;

use authwire_core::{Form, Repeat, Storable, secret};
use serde::{Deserialize, Serialize};

use super::AwaitSignatureError;
use crate::jwt::{Alg, Verifier};
use crate::scopes::{RetrieveScope, UnverifiedJwt};
use crate::{JobId, PublicKey};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AwaitSignature {
    form: Form<super::AwaitSignature>,
    /// A secret.
    #[serde(serialize_with = "secret::exposed", deserialize_with = "secret::restored")]
    job: JobId,
    /// Once the token has come, and until it is handed out, it is in here: as good as what it says of the person.
    repeat: Repeat<UnverifiedJwt, AwaitSignatureError>,
}

impl Storable for super::AwaitSignature {
    const FORM: &'static str = "authentiq.await_signature/1";
}

impl From<super::AwaitSignature> for AwaitSignature {
    fn from(flow: super::AwaitSignature) -> Self {
        let super::AwaitSignature { operation: RetrieveScope { job }, repeat } = flow;
        Self { form: Form::new(), job, repeat }
    }
}

impl From<AwaitSignature> for super::AwaitSignature {
    fn from(stored: AwaitSignature) -> Self {
        let AwaitSignature { form: _, job, repeat } = stored;
        Self { operation: RetrieveScope { job }, repeat }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "V: Verifier + Clone + Default")]
pub(super) struct AwaitVerified<V> {
    form: Form<super::AwaitVerified<V>>,
    issuer: PublicKey,
    subject: PublicKey,
    leeway_seconds: u64,
    alg: Alg,
    signature: super::AwaitSignature,
}

impl<V: Verifier + Clone + Default> Storable for super::AwaitVerified<V> {
    const FORM: &'static str = "authentiq.await_verified/1";
}

impl<V> From<super::AwaitVerified<V>> for AwaitVerified<V> {
    fn from(flow: super::AwaitVerified<V>) -> Self {
        let super::AwaitVerified { signature, issuer, subject, leeway, alg, verifier: _ } = flow;
        Self { form: Form::new(), issuer, subject, leeway_seconds: leeway.as_secs(), alg, signature }
    }
}

impl<V: Default> From<AwaitVerified<V>> for super::AwaitVerified<V> {
    fn from(stored: AwaitVerified<V>) -> Self {
        let AwaitVerified { form: _, issuer, subject, leeway_seconds, alg, signature } = stored;
        let leeway = Duration::from_secs(leeway_seconds);
        Self { signature, issuer, subject, leeway, alg, verifier: V::default() }
    }
}
