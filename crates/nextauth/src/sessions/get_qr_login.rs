use core::convert::Infallible;

use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};

use crate::wire::common;
use crate::{NextAuth, Nonce, QrCode, QrFormat, ServerId, UserContext};

/// Gets a login QR code for a browser's session. A GET that can carry a JSON body: what the app is to show its user.
///
/// Needs the permission `sessions`. Documents: nextAuth API 2.2, `getQrLogin`.
#[derive(Clone)]
#[must_use]
pub struct GetQrLogin {
    pub(crate) server: ServerId,
    pub(crate) nonce: Nonce,
    pub(crate) format: QrFormat,
    pub(crate) context: Option<UserContext>,
}

impl GetQrLogin {
    /// Gets the code's data for the session with this nonce.
    pub fn new(server: ServerId, nonce: Nonce) -> Self {
        Self { server, nonce, format: QrFormat::Data, context: None }
    }

    /// In this form instead.
    pub fn format(self, format: QrFormat) -> Self {
        Self { format, ..self }
    }

    /// With this to be shown by the app.
    pub fn context(self, context: UserContext) -> Self {
        Self { context: Some(context), ..self }
    }
}

impl Endpoint for GetQrLogin {
    type Provider = NextAuth;
    type Output = QrCode;
    type Refusal = Infallible;
    const NAME: &'static str = "nextauth.sessions.qr_login";
    const ROUTE: Route = Route::get("/servers/{serverid}/sessions/qr/login");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &NextAuth, draft: &mut Draft) {
        draft.segment("serverid", &self.server).accept(Media::BYTES);
        self.format.write(draft);
        self.nonce.write(draft);
        if let Some(context) = &self.context {
            draft.json(&context.wire());
        }
    }

    fn read(&self, _: &NextAuth, reply: Reply<'_>) -> Result<QrCode, ReplyError<Infallible>> {
        match reply.code() {
            200 => self.format.read(reply),
            _ => common(reply),
        }
    }
}
