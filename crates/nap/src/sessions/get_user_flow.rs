use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use authwire_core::{Draft, Endpoint, Malformed, Media, Object, Reply, ReplyError, Route, Text};
use serde::Deserialize;

use crate::wire::{common, has_control, id, time};
use crate::{FlowId, InviteToken, Nap, Organization, RateLimit, Time, UntrustedReturnTo, UserId, organization};

/// Reads a login that waits for its user to choose an organisation. The answer must be about that flow.
///
/// v0.0.1 and Nexeres document this operation and do not serve it: they answer 404, which is a refusal here.
///
/// Documents: NAP API v0.0.1, "Get User Flow Data".
#[derive(Clone)]
#[must_use]
pub struct GetUserFlow {
    pub(crate) flow: FlowId,
}

impl GetUserFlow {
    /// Reads the flow with this id.
    pub fn new(flow: FlowId) -> Self {
        Self { flow }
    }
}

/// Something begun and not finished, and by whom.
///
/// Documents: NAP API v0.0.1, definition `handlers.UserFlowData`.
#[derive(Clone)]
#[non_exhaustive]
pub struct UserFlow {
    /// Its id.
    pub id: FlowId,
    /// What was begun.
    pub kind: FlowKind,
    /// Whose it is. Nobody is logged in by it.
    pub user: UserId,
    /// The user's e-mail address.
    pub email: String,
    /// The organisations to choose from; those that banned the user are among them.
    pub organizations: Vec<Organization>,
    /// Whether a second factor is asked for.
    pub mfa_required: bool,
    /// Whether it was given.
    pub mfa_verified: bool,
    /// The invitation that the flow is about.
    pub invite: Option<InviteToken>,
    /// Which other provider logs the user in.
    pub sso_provider: Option<String>,
    /// The user's id there.
    pub sso_user: Option<String>,
    /// Where to send the browser afterwards, as whoever began the flow wished it.
    pub return_to: Option<UntrustedReturnTo>,
    /// When it was begun.
    pub created_at: Time,
    /// When it ends.
    pub expires_at: Time,
    /// What the rate limiter says.
    pub rate_limit: Option<RateLimit>,
}

/// What a flow is for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlowKind {
    /// A login.
    Login,
    /// An invitation.
    Invite,
    /// A forgotten password.
    PasswordReset,
    /// A change of password (Nexeres).
    ChangePassword,
    /// A login by another provider.
    Sso,
    /// A kind that we do not know, as it came.
    Other(String),
}

/// Why there is nothing to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GetUserFlowRefusal {
    /// There is no such flow, or it has ended (400).
    #[error("there is no such flow")]
    NoSuchFlow,
    /// The server does not have this operation (404).
    #[error("the server does not have this operation")]
    NotServed,
}

/// The answer as it is on the wire.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    id: String,
    #[serde(borrow)]
    r#type: Text<'a>,
    user_id: String,
    email: String,
    #[serde(default, borrow)]
    orgs: Vec<Object<organization::Wire<'a>>>,
    mfa_required: bool,
    mfa_verified: bool,
    invite_token: Option<String>,
    sso_provider: Option<String>,
    sso_user_id: Option<String>,
    return_to: Option<String>,
    #[serde(borrow)]
    created_at: Text<'a>,
    #[serde(borrow)]
    expires_at: Text<'a>,
}

impl Endpoint for GetUserFlow {
    type Provider = Nap;
    type Output = UserFlow;
    type Refusal = GetUserFlowRefusal;
    const NAME: &'static str = "nap.sessions.get_user_flow";
    const ROUTE: Route = Route::get("/api/auth/flow/{flowId}");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &Nap, draft: &mut Draft) {
        draft.segment("flowId", &self.flow).accept(Media::JSON);
    }

    fn read(&self, nap: &Nap, reply: Reply<'_>) -> Result<UserFlow, ReplyError<GetUserFlowRefusal>> {
        match reply.code() {
            200 => match reply.json::<Wire<'_>, _>()? {
                wire if wire.id != self.flow.as_str() => reply.mismatch("id"),
                wire => UserFlow::read(reply, wire),
            },
            400 => reply.refused(GetUserFlowRefusal::NoSuchFlow),
            404 => reply.refused(GetUserFlowRefusal::NotServed),
            _ => common(nap, reply),
        }
    }
}

impl UserFlow {
    fn read<R>(reply: Reply<'_>, wire: Wire<'_>) -> Result<Self, ReplyError<R>> {
        let user = UserId::new(id(reply, "userId", wire.user_id)?);
        if wire.sso_user_id.as_ref().is_some_and(|id| has_control(id)) {
            return reply.malformed(Malformed::Field("ssoUserId"));
        }
        let invite = wire.invite_token.filter(|token| !token.is_empty()).map(InviteToken::new);
        let Ok(invite) = invite.transpose() else {
            return reply.malformed(Malformed::Field("inviteToken"));
        };
        let mut organizations = Vec::with_capacity(wire.orgs.len());
        for Object(wire) in wire.orgs {
            organizations.push(Organization::read(reply, wire)?);
        }
        Ok(Self {
            id: FlowId::new(wire.id),
            kind: FlowKind::new(&wire.r#type),
            user,
            email: wire.email,
            organizations,
            mfa_required: wire.mfa_required,
            mfa_verified: wire.mfa_verified,
            invite,
            sso_provider: wire.sso_provider,
            sso_user: wire.sso_user_id,
            return_to: wire.return_to.map(UntrustedReturnTo::new),
            created_at: time(reply, "createdAt", &wire.created_at)?,
            expires_at: time(reply, "expiresAt", &wire.expires_at)?,
            rate_limit: RateLimit::from_headers(reply.headers()),
        })
    }
}

impl FlowKind {
    fn new(text: &str) -> Self {
        match text {
            "login" => Self::Login,
            "invite" => Self::Invite,
            "password_reset" => Self::PasswordReset,
            "change-password" => Self::ChangePassword,
            "sso" => Self::Sso,
            _ => Self::Other(text.into()),
        }
    }
}

impl fmt::Debug for UserFlow {
    /// Not whose it is: it is the end user's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserFlow")
            .field("kind", &self.kind)
            .field("organizations", &self.organizations.len())
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
