use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::fmt;

use authwire_core::{Draft, Endpoint, Malformed, Media, Reply, ReplyError, Route, Text};
use serde::Deserialize;

use crate::ids::has_control;
use crate::wire::{base64, common, user_id};
use crate::{AccountId, MAX_QR_BYTES, NextAuth, Nonce, ServerId, UserId};

/// Asks who is logged in on a browser's session. The answer to "may this browser in?", and the only one: whatever a
/// WebSocket or a page says, confirm it with this.
///
/// Needs the permission `sessions`. Documents: nextAuth API 2.2, `getSession`.
#[derive(Clone)]
#[must_use]
pub struct GetSession {
    pub(crate) server: ServerId,
    pub(crate) nonce: Nonce,
}

impl GetSession {
    /// Asks about the session with this nonce.
    pub fn new(server: ServerId, nonce: Nonce) -> Self {
        Self { server, nonce }
    }
}

/// Whether somebody is logged in on a session.
///
/// Documents: nextAuth API 2.2, schema `LoginStatus`. A status that says "logged in" without an account is not taken for
/// a login: it is [`Malformed`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum LoginStatus {
    /// Somebody is.
    #[non_exhaustive]
    LoggedIn {
        /// The account (app instance) that logged in.
        account: AccountId,
        /// The user that the account is coupled to; `None` before it is registered (see [`RegisterUser`](crate::sessions::RegisterUser)).
        user: Option<UserId>,
        /// The public key of the app instance in base64, as it came: names the account whatever its user is called.
        public_key: Option<String>,
        /// What else is known of the session.
        session: Session,
    },
    /// Nobody is.
    #[non_exhaustive]
    NotLoggedIn {
        /// What else is known of the session.
        session: Session,
    },
}

/// What a [`LoginStatus`] says about the session itself.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Session {
    /// Whether a login can be pushed to a phone ([`ProvokeLogin`](crate::sessions::ProvokeLogin)).
    pub can_provoke: bool,
    /// What a login QR code for this session is to hold, at most [`MAX_QR_BYTES`]; the same bytes as those of
    /// [`GetQrLogin`](crate::sessions::GetQrLogin).
    pub login_qr: Option<Vec<u8>>,
    /// The session's derived id, by which the WebSocket knows it.
    pub hsid: Option<String>,
}

/// The answer as it is on the wire. Every member may be absent.
#[derive(Deserialize)]
struct Wire<'a> {
    loggedin: Option<bool>,
    userid: Option<String>,
    accountid: Option<i64>,
    canprovoke: Option<bool>,
    #[serde(borrow)]
    loginqrdata: Option<Text<'a>>,
    hsid: Option<String>,
    pk: Option<String>,
}

impl Endpoint for GetSession {
    type Provider = NextAuth;
    type Output = LoginStatus;
    type Refusal = Infallible;
    const NAME: &'static str = "nextauth.sessions.get";
    const ROUTE: Route = Route::get("/servers/{serverid}/sessions/");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &NextAuth, draft: &mut Draft) {
        draft.segment("serverid", &self.server).accept(Media::JSON);
        self.nonce.write(draft);
    }

    fn read(&self, _: &NextAuth, reply: Reply<'_>) -> Result<LoginStatus, ReplyError<Infallible>> {
        match reply.code() {
            200 => status(reply, reply.json()?),
            _ => common(reply),
        }
    }
}

fn status(reply: Reply<'_>, wire: Wire<'_>) -> Result<LoginStatus, ReplyError<Infallible>> {
    let login_qr = match wire.loginqrdata {
        Some(text) if !text.is_empty() => match base64(&text) {
            Some(data) if data.len() <= MAX_QR_BYTES => Some(data),
            _ => return reply.malformed(Malformed::Field("loginqrdata")),
        },
        _ => None,
    };
    let user = user_id(reply, wire.userid)?;
    for (field, id) in [("hsid", &wire.hsid), ("pk", &wire.pk)] {
        if id.as_deref().is_some_and(has_control) {
            return reply.malformed(Malformed::Field(field));
        }
    }
    let session = Session { can_provoke: wire.canprovoke.unwrap_or(false), login_qr, hsid: wire.hsid };
    match (wire.loggedin, wire.accountid) {
        (Some(true), Some(account)) => {
            Ok(LoginStatus::LoggedIn { account: AccountId::new(account), user, public_key: wire.pk, session })
        }
        (Some(true), None) => reply.malformed(Malformed::Field("accountid")),
        _ => Ok(LoginStatus::NotLoggedIn { session }),
    }
}

impl LoginStatus {
    /// What is known of the session, whoever is logged in.
    #[must_use]
    pub fn session(&self) -> &Session {
        match self {
            Self::LoggedIn { session, .. } | Self::NotLoggedIn { session } => session,
        }
    }

    /// Whether somebody is logged in.
    #[must_use]
    pub fn is_logged_in(&self) -> bool {
        matches!(self, Self::LoggedIn { .. })
    }
}

impl fmt::Debug for Session {
    /// Not the ids: who knows them can follow the session, or log in on it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("can_provoke", &self.can_provoke).finish_non_exhaustive()
    }
}
