//! The connections that are kept for the next request. Each serves one exchange at a time; whoever needs one while none
//! is there opens another. HTTP/2's serve many.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use authwire_core::http::{Request, Response, Uri};
use authwire_core::transport::{Origin, TransportKind};
#[cfg(feature = "http2")]
use authwire_core::{http::header::HOST, transport::prepare};
use tokio::runtime::{Handle, Id};
use tokio::task::JoinHandle;

use crate::connect::{Connect, Stream, is_silent};
use crate::connection::Connection;
use crate::failure::Failure;
#[cfg(feature = "http2")]
use crate::{
    connect::is_http2,
    shared::{Shared, SharedConnections},
};

/// How many connections to one origin are kept.
const KEPT: usize = 16;

/// Opens connections, and keeps them.
pub(crate) struct Pool {
    connect: Connect,
    idle: Duration,
    kept: Arc<Mutex<Idle>>,
}

/// What an exchange has got hold of: for whoever ends it before its time.
#[derive(Default)]
pub(crate) struct Taken {
    has_connection: AtomicBool,
    #[cfg(feature = "http2")]
    shared: std::sync::OnceLock<Shared>,
}

impl Taken {
    /// There is a connection to write the request to.
    pub(crate) fn has_connection(&self) -> bool {
        self.has_connection.load(Ordering::Relaxed)
    }

    pub(crate) fn set_connection(&self) {
        self.has_connection.store(true, Ordering::Relaxed);
    }
}

/// Connections that nobody uses, those first that were used the longest ago.
#[derive(Default)]
struct Idle {
    connections: Vec<Kept>,
    #[cfg(feature = "http2")]
    shared: SharedConnections,
    /// Let them go when their time is over, while there are any: a task in each runtime, for another may stand still.
    sweepers: Vec<(Id, JoinHandle<()>)>,
}

struct Kept {
    since: Instant,
    /// It moves in this one alone.
    runtime: Id,
    connection: Connection<Stream>,
}

impl Pool {
    pub(crate) fn new(connect: Connect, idle: Duration) -> Self {
        Self { connect, idle, kept: Arc::default() }
    }

    /// Sends a request, and collects the reply. Dropping the future ends its connection, unless others share it.
    pub(crate) async fn exchange(
        &self,
        mut request: Request<Vec<u8>>,
        cap: usize,
        fresh: bool,
        taken: &Taken,
    ) -> Result<Response<Vec<u8>>, Failure> {
        #[cfg(feature = "http2")]
        if let Some(shared) = if fresh { None } else { self.shared(request.uri()) } {
            let request = prepare(request).map_err(Failure::unsent)?;
            return self.exchange_shared(shared, request, cap, taken).await;
        }
        // Where a new one will be registered.
        let here = Handle::current().id();
        let kept = if fresh { None } else { self.take(request.uri(), here) };
        let mut connection = match kept {
            Some(connection) => {
                if let Err(refused) = connection.origin().prepare(&mut request) {
                    self.keep(connection, here);
                    return Err(Failure::unsent(refused));
                }
                connection
            }
            None => {
                let origin = Origin::of(request.uri()).ok_or(Failure::unsent(TransportKind::Refused))?;
                origin.prepare(&mut request).map_err(Failure::unsent)?;
                let stream = self.connect.to(request.uri().clone()).await.map_err(|error| Failure::unsent(error.0))?;
                #[cfg(feature = "http2")]
                if is_http2(&stream) {
                    // Which has no such header.
                    request.headers_mut().remove(HOST);
                    let shared = Shared::open(origin, stream).await?;
                    let shared = if fresh { shared } else { self.share(shared) };
                    return self.exchange_shared(shared, request, cap, taken).await;
                }
                Connection::to(origin, stream, is_silent).await?
            }
        };
        taken.set_connection();
        let response = connection.send(request, cap).await?;
        if !fresh && !connection.is_used_up() {
            self.keep(connection, here);
        }
        Ok(response)
    }

    /// Ends what an exchange holds whose time is over.
    pub(crate) fn give_up(&self, taken: &Taken) {
        #[cfg(feature = "http2")]
        if let Some(shared) = taken.shared.get() {
            lock(&self.kept).shared.forget(shared);
        }
        #[cfg(not(feature = "http2"))]
        let _ = (self, taken);
    }

    /// The connection used last of those to this origin, if it still can be used.
    fn take(&self, uri: &Uri, here: Id) -> Option<Connection<Stream>> {
        loop {
            let Kept { since, mut connection, .. } = {
                let connections = &mut lock(&self.kept).connections;
                let is_fit = |kept: &Kept| kept.connection.origin().is_of(uri) && kept.runtime == here;
                let last = connections.iter().rposition(is_fit)?;
                connections.remove(last)
            };
            if since.elapsed() < self.idle && !connection.is_closed() {
                return Some(connection);
            }
        }
    }

    fn keep(&self, connection: Connection<Stream>, runtime: Id) {
        let mut idle = lock(&self.kept);
        let connections = &mut idle.connections;
        let is_alike = |kept: &Kept| kept.runtime == runtime && kept.connection.origin() == connection.origin();
        let mut alike = connections.iter().enumerate().filter(|(_, kept)| is_alike(kept));
        let oldest_alike = alike.next().map(|(place, _)| place);
        let are_enough = alike.nth(KEPT - 2).is_some();
        let surplus = oldest_alike.filter(|_| are_enough).map(|place| connections.remove(place));
        connections.push(Kept { since: Instant::now(), runtime, connection });
        self.sweep(&mut idle);
        drop(idle);
        // Not under the lock: it closes a socket.
        drop(surplus);
    }

    /// Sees to it that what is there is let go when its time is over.
    fn sweep(&self, idle: &mut Idle) {
        let here = Handle::current();
        let is_here = |(there, task): &(Id, JoinHandle<()>)| *there == here.id() && !task.is_finished();
        if !idle.sweepers.iter().any(is_here) {
            idle.sweepers.retain(|(_, task)| !task.is_finished());
            idle.sweepers.push((here.id(), here.spawn(sweep(Arc::downgrade(&self.kept), self.idle))));
        }
    }
}

#[cfg(feature = "http2")]
impl Pool {
    fn shared(&self, uri: &Uri) -> Option<Shared> {
        lock(&self.kept).shared.to(uri, Handle::current().id(), self.idle)
    }

    fn share(&self, shared: Shared) -> Shared {
        let mut idle = lock(&self.kept);
        let shared = idle.shared.add(shared);
        self.sweep(&mut idle);
        shared
    }

    /// Sends a request that was prepared over a connection that others use, too.
    async fn exchange_shared(
        &self,
        shared: Shared,
        request: Request<Vec<u8>>,
        cap: usize,
        taken: &Taken,
    ) -> Result<Response<Vec<u8>>, Failure> {
        let shared = taken.shared.get_or_init(|| shared);
        taken.set_connection();
        let result = shared.exchange(request, cap).await;
        let connections = &mut lock(&self.kept).shared;
        match &result {
            Ok(_) => connections.touch(shared),
            Err(_) => connections.forget(shared),
        }
        result
    }
}

/// Lets connections go whose time is over, until there is none.
async fn sweep(kept: Weak<Mutex<Idle>>, time: Duration) {
    let mut pause = time;
    loop {
        tokio::time::sleep(pause).await;
        let Some(kept) = kept.upgrade() else { return };
        let mut idle = lock(&kept);
        let connections = &mut idle.connections;
        let in_time = connections.iter().position(|kept| kept.since.elapsed() < time);
        let over: Vec<_> = connections.drain(..in_time.unwrap_or(connections.len())).collect();
        let oldest = connections.first().map(|kept| kept.since);
        #[cfg(feature = "http2")]
        let oldest = idle.shared.sweep(time).into_iter().chain(oldest).min();
        if oldest.is_none() {
            let here = Handle::current().id();
            idle.sweepers.retain(|(there, _)| *there != here);
        }
        drop(idle);
        drop(over);
        let Some(oldest) = oldest else { return };
        // No less, so that it ends whatever the clock does.
        pause = time.saturating_sub(oldest.elapsed()).max(Duration::from_millis(1));
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        self.sweepers.iter().for_each(|(_, task)| task.abort());
    }
}

fn lock(idle: &Mutex<Idle>) -> MutexGuard<'_, Idle> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
