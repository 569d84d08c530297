//! HTTP/2: one connection serves many exchanges at once, and a task of its own moves it.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use authwire_core::http::{Request, Response, Uri};
use authwire_core::transport::{Origin, TransportKind};
use hyper::client::conn::http2;
use hyper::rt::Executor;
use tokio::runtime::{Handle, Id};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::body::{Outgoing, receive};
use crate::connect::Stream;
use crate::failure::Failure;
use crate::interim::Interim;

/// How long a connection that nobody uses any more has to say goodbye.
const GRACE: Duration = Duration::from_secs(1);

/// A connection of HTTP/2.
#[derive(Clone)]
pub(crate) struct Shared {
    sender: http2::SendRequest<Outgoing>,
    /// Held by each exchange, too.
    held: Arc<Held>,
    /// It is moved by this one.
    runtime: Id,
}

/// Of a connection that somebody uses or may use.
struct Held {
    origin: Origin,
    /// Dropped with it.
    _in_use: oneshot::Sender<()>,
}

/// The tasks that move a connection. hyper's own wait for ever on a peer that does not read.
#[derive(Clone, Default)]
struct Tasks(Arc<Mutex<Vec<AbortHandle>>>);

impl Tasks {
    fn lock(&self) -> MutexGuard<'_, Vec<AbortHandle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F: Future<Output: Send> + Send + 'static> Executor<F> for Tasks {
    fn execute(&self, future: F) {
        let mut tasks = self.lock();
        tasks.retain(|task| !task.is_finished());
        tasks.push(tokio::spawn(future).abort_handle());
    }
}

impl Shared {
    pub(crate) async fn open(origin: Origin, stream: Stream) -> Result<Self, Failure> {
        let tasks = Tasks::default();
        let opened = http2::Builder::new(tasks.clone()).handshake(stream).await;
        let (sender, driver) = opened.map_err(|_| Failure::unsent(TransportKind::Connect))?;
        tasks.execute(driver);
        let (in_use, out_of_use) = oneshot::channel();
        tokio::spawn(async move {
            let _ = out_of_use.await;
            tokio::time::sleep(GRACE).await;
            tasks.lock().iter().for_each(AbortHandle::abort);
        });
        Ok(Self { sender, held: Arc::new(Held { origin, _in_use: in_use }), runtime: Handle::current().id() })
    }

    /// Sends a request that was prepared, and collects the reply. Dropping the future ends this exchange alone.
    pub(crate) async fn exchange(&self, request: Request<Vec<u8>>, cap: usize) -> Result<Response<Vec<u8>>, Failure> {
        let mut request = request.map(Outgoing::from);
        let method = request.method().clone();
        let interim = Interim::of(&mut request);
        let mut sender = self.sender.clone();
        let head = async { sender.send_request(request).await.map_err(|error| Failure::exchanging(&error)) };
        let response = interim.before(head).await?;
        receive(&method, response, cap, |error| Failure::in_body(&error)).await
    }

    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.held, &other.held)
    }
}

/// Those that are open, and when each was used last.
#[derive(Default)]
pub(crate) struct SharedConnections(Vec<(Instant, Shared)>);

impl SharedConnections {
    pub(crate) fn to(&mut self, uri: &Uri, here: Id, time: Duration) -> Option<Shared> {
        self.sweep(time);
        let (used, shared) =
            self.0.iter_mut().find(|(_, shared)| shared.runtime == here && shared.held.origin.is_of(uri))?;
        *used = Instant::now();
        Some(shared.clone())
    }

    /// Adds one, unless another to there was added in the meantime: then that one is to be used.
    pub(crate) fn add(&mut self, shared: Shared) -> Shared {
        let is_alike = |other: &Shared| {
            other.held.origin == shared.held.origin && other.runtime == shared.runtime && !other.sender.is_closed()
        };
        if let Some((used, other)) = self.0.iter_mut().find(|(_, other)| is_alike(other)) {
            *used = Instant::now();
            return other.clone();
        }
        self.0.push((Instant::now(), shared.clone()));
        shared
    }

    /// It was used now.
    pub(crate) fn touch(&mut self, shared: &Shared) {
        if let Some((used, _)) = self.0.iter_mut().find(|(_, other)| other.is_same(shared)) {
            *used = Instant::now();
        }
    }

    /// It is not to be used again; whoever uses it may end.
    pub(crate) fn forget(&mut self, shared: &Shared) {
        self.0.retain(|(_, other)| !other.is_same(shared));
    }

    /// Lets those go that have ended, and those that nobody has used for this time. When was the first of the others used?
    pub(crate) fn sweep(&mut self, time: Duration) -> Option<Instant> {
        self.0.retain_mut(|(used, shared)| {
            if Arc::strong_count(&shared.held) > 1 {
                *used = Instant::now();
            }
            !shared.sender.is_closed() && used.elapsed() < time
        });
        self.0.iter().map(|(used, _)| *used).min()
    }
}
