use alloc::string::String;
use core::convert::Infallible;

use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};

use crate::wire::common;
use crate::{NextAuth, Nonce, QrCode, QrFormat, ServerId, UserId};

/// Gets an enrolment QR code: a phone that scans it gets an account on the virtual server.
///
/// Needs the permission `sessions`. Documents: nextAuth API 2.2, `getQrEnrol`.
#[derive(Clone)]
#[must_use]
pub struct GetQrEnrol {
    pub(crate) server: ServerId,
    pub(crate) nonce: Nonce,
    pub(crate) name: String,
    pub(crate) user: Option<UserId>,
    pub(crate) format: QrFormat,
}

impl GetQrEnrol {
    /// Gets the code's data for the session with this nonce. `name` is what the app calls the new account.
    pub fn new(server: ServerId, nonce: Nonce, name: impl Into<String>) -> Self {
        Self { server, nonce, name: name.into(), user: None, format: QrFormat::Data }
    }

    /// Couples the new account to this user at once. Without it, [`RegisterUser`](crate::sessions::RegisterUser) must
    /// follow.
    pub fn user(self, user: UserId) -> Self {
        Self { user: Some(user), ..self }
    }

    /// In this form instead.
    pub fn format(self, format: QrFormat) -> Self {
        Self { format, ..self }
    }
}

impl Endpoint for GetQrEnrol {
    type Provider = NextAuth;
    type Output = QrCode;
    type Refusal = Infallible;
    const NAME: &'static str = "nextauth.sessions.qr_enrol";
    const ROUTE: Route = Route::get("/servers/{serverid}/sessions/qr/enrol");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &NextAuth, draft: &mut Draft) {
        draft.segment("serverid", &self.server).accept(Media::BYTES);
        draft.query("name", &self.name).query_opt("userid", self.user.as_ref());
        self.format.write(draft);
        self.nonce.write(draft);
    }

    fn read(&self, _: &NextAuth, reply: Reply<'_>) -> Result<QrCode, ReplyError<Infallible>> {
        match reply.code() {
            200 => self.format.read(reply),
            _ => common(reply),
        }
    }
}
