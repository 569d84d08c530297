use alloc::vec::Vec;

use authwire_core::{Draft, Endpoint, Media, Reply, ReplyError, Route};

use crate::wire::common;
use crate::{NextAuth, ServerId};

/// Gets the visual hash of a virtual server: a PNG picture that a user compares with what the app shows while enrolling.
///
/// Needs the permission `sessions` or `servers`. Documents: nextAuth API 2.2, `getServerVash`.
#[derive(Clone)]
#[must_use]
pub struct GetServerVash {
    pub(crate) server: ServerId,
}

impl GetServerVash {
    /// Gets the picture of this server.
    pub fn new(server: ServerId) -> Self {
        Self { server }
    }
}

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GetServerVashRefusal {
    /// There is no such virtual server (404).
    #[error("there is no such virtual server")]
    NoSuchServer,
}

impl Endpoint for GetServerVash {
    type Provider = NextAuth;
    type Output = Vec<u8>;
    type Refusal = GetServerVashRefusal;
    const NAME: &'static str = "nextauth.servers.vash";
    const ROUTE: Route = Route::get("/servers/{serverid}/vash");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &NextAuth, draft: &mut Draft) {
        draft.segment("serverid", &self.server).accept(Media::BYTES);
    }

    fn read(&self, _: &NextAuth, reply: Reply<'_>) -> Result<Vec<u8>, ReplyError<GetServerVashRefusal>> {
        match reply.code() {
            200 => Ok(reply.png()?.into()),
            404 => reply.refused(GetServerVashRefusal::NoSuchServer),
            _ => common(reply),
        }
    }
}
