//! How flows are stored: a set of fields that stays, whatever becomes of the flows' own.

use authwire_core::{Form, Repeat, Storable};
use serde::{Deserialize, Serialize};

use super::{AwaitLoginError, Login};
use crate::sessions::GetSession;
use crate::{Nonce, ServerId};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AwaitLogin {
    form: Form<super::AwaitLogin>,
    server: ServerId,
    /// The one secret in it.
    #[serde(serialize_with = "Nonce::exposed", deserialize_with = "Nonce::restored")]
    nonce: Nonce,
    repeat: Repeat<Login, AwaitLoginError>,
    unconfirmed: Option<Login>,
}

impl Storable for super::AwaitLogin {
    const FORM: &'static str = "nextauth.await_login/1";
}

impl From<super::AwaitLogin> for AwaitLogin {
    fn from(flow: super::AwaitLogin) -> Self {
        let super::AwaitLogin { operation: GetSession { server, nonce }, repeat, unconfirmed } = flow;
        Self { form: Form::new(), server, nonce, repeat, unconfirmed }
    }
}

impl From<AwaitLogin> for super::AwaitLogin {
    fn from(stored: AwaitLogin) -> Self {
        let AwaitLogin { form: _, server, nonce, repeat, unconfirmed } = stored;
        Self { operation: GetSession { server, nonce }, repeat, unconfirmed }
    }
}
