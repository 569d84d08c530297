//! HTTP/2: one connection serves many exchanges at once, and a task of its own moves it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use authwire_core::http::{Request, Response, Uri};
use authwire_core::transport::{Origin, TransportKind};
use hyper::client::conn::http2;
use hyper_util::rt::TokioExecutor;

use crate::body::{Outgoing, receive};
use crate::connect::Guarded;
use crate::failure::Failure;
use crate::interim::Interim;

/// A connection of HTTP/2.
#[derive(Clone)]
pub(crate) struct Shared {
    sender: http2::SendRequest<Outgoing>,
    origin: Arc<Origin>,
}

impl Shared {
    pub(crate) async fn open(origin: Origin, stream: Guarded) -> Result<Self, Failure> {
        let opened = http2::Builder::new(TokioExecutor::new()).handshake(stream).await;
        let (sender, driver) = opened.map_err(|_| Failure::unsent(TransportKind::Connect))?;
        // It ends when no sender is left, or with the runtime.
        tokio::spawn(async move { drop(driver.await) });
        Ok(Self { sender, origin: Arc::new(origin) })
    }
}

/// Those that are open.
#[derive(Default)]
pub(crate) struct SharedConnections(Mutex<Vec<Shared>>);

impl SharedConnections {
    pub(crate) fn to(&self, uri: &Uri) -> Option<Shared> {
        let mut open = self.lock();
        open.retain(|shared| !shared.sender.is_closed());
        open.iter().find(|shared| shared.origin.is_of(uri)).cloned()
    }

    /// Adds one, unless another to there was added in the meantime: then that one is to be used.
    pub(crate) fn add(&self, shared: Shared) -> Shared {
        let mut open = self.lock();
        if let Some(other) = open.iter().find(|other| *other.origin == *shared.origin && !other.sender.is_closed()) {
            return other.clone();
        }
        open.push(shared.clone());
        shared
    }

    /// Sends a request that was prepared, and collects the reply. A connection on which that fails is not used again.
    pub(crate) async fn exchange(
        &self,
        mut shared: Shared,
        request: Request<Vec<u8>>,
        cap: usize,
    ) -> Result<Response<Vec<u8>>, Failure> {
        let unless_done = Forget { all: self, origin: &Arc::clone(&shared.origin) };
        let mut request = request.map(Outgoing::from);
        let method = request.method().clone();
        let interim = Interim::of(&mut request);
        let head = async { shared.sender.send_request(request).await.map_err(|error| Failure::exchanging(&error)) };
        let response = interim.before(head).await?;
        let response = receive(&method, response, cap, |error| Failure::in_body(&error)).await?;
        std::mem::forget(unless_done);
        Ok(response)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Shared>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a connection out of use when dropped.
struct Forget<'a> {
    all: &'a SharedConnections,
    origin: &'a Arc<Origin>,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.all.lock().retain(|shared| !Arc::ptr_eq(&shared.origin, self.origin));
    }
}
