//! The end of a connection, for whoever waits for a reply on it. hyper now and then loses a request that it is handed in
//! the very moment in which its connection ends, and nobody hears of it: the deadline alone would end that exchange.

use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use authwire_core::http::Extensions;
use authwire_core::transport::TransportKind;
use hyper_util::client::legacy::connect::{CaptureConnection, Connected};
use tokio::sync::watch;

use crate::failure::Failure;

/// How long hyper has, once the connection is gone, to hand over what came.
const GRACE: Duration = Duration::from_secs(1);

/// Held by a connection as long as it lives.
pub(crate) struct Alive(watch::Sender<()>);

/// Tells when it does not.
#[derive(Clone)]
struct Ending(watch::Receiver<()>);

impl Alive {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(()))
    }

    /// Lets whoever uses the connection hear of its end.
    pub(crate) fn tell(&self, connected: Connected) -> Connected {
        connected.extra(Ending(self.0.subscribe()))
    }
}

/// Awaits the reply's head, but not longer than there is a connection on which it could come.
pub(crate) async fn unless_ended<T>(
    connection: CaptureConnection,
    head: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let mut head = pin!(head);
    let mut lost = pin!(lost(connection));
    poll_fn(|cx| match head.as_mut().poll(cx) {
        Poll::Pending => lost.as_mut().poll(cx).map(|()| Err(Failure::received(TransportKind::Truncated))),
        ready => ready,
    })
    .await
}

async fn lost(mut connection: CaptureConnection) {
    let mut extras = Extensions::new();
    if let Some(connected) = &*connection.wait_for_connection_metadata().await {
        connected.get_extras(&mut extras);
    }
    let Some(Ending(mut ending)) = extras.remove() else {
        // No connection yet: there is a limit for that.
        return pending().await;
    };
    while ending.changed().await.is_ok() {}
    tokio::time::sleep(GRACE).await;
}
