//! The connections that are kept for the next request. Each serves one exchange at a time; whoever needs one while none
//! is there opens another.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use authwire_core::http::{Request, Response, Uri};
use authwire_core::transport::{Origin, TransportKind};
#[cfg(feature = "http2")]
use authwire_core::{http::header::HOST, transport::prepare};
use tokio::task::JoinHandle;

use crate::connect::{Connect, Guarded};
use crate::connection::Connection;
use crate::failure::Failure;
#[cfg(feature = "http2")]
use crate::shared::{Shared, SharedConnections};

/// How many connections to one origin are kept.
const KEPT: usize = 16;

/// Opens connections, and keeps them.
pub(crate) struct Pool {
    connect: Connect,
    idle: Duration,
    kept: Arc<Mutex<Idle>>,
    #[cfg(feature = "http2")]
    shared: SharedConnections,
}

/// Connections that nobody uses, those first that were used the longest ago.
#[derive(Default)]
struct Idle {
    connections: Vec<(Instant, Connection<Guarded>)>,
    /// Lets them go when their time is over, while there are any.
    sweeper: Option<JoinHandle<()>>,
}

impl Pool {
    pub(crate) fn new(connect: Connect, idle: Duration) -> Self {
        Self {
            connect,
            idle,
            kept: Arc::default(),
            #[cfg(feature = "http2")]
            shared: SharedConnections::default(),
        }
    }

    /// Sends a request, and collects the reply. `began` is set when there is a connection to write it to; dropping the
    /// future ends that connection.
    pub(crate) async fn exchange(
        &self,
        mut request: Request<Vec<u8>>,
        cap: usize,
        fresh: bool,
        began: &AtomicBool,
    ) -> Result<Response<Vec<u8>>, Failure> {
        #[cfg(feature = "http2")]
        if let Some(shared) = self.shared.to(request.uri()).filter(|_| !fresh) {
            let request = prepare(request).map_err(Failure::unsent)?;
            began.store(true, Ordering::Relaxed);
            return self.shared.exchange(shared, request, cap).await;
        }
        let kept = if fresh { None } else { self.take(request.uri()) };
        let mut connection = match kept {
            Some(connection) => {
                if let Err(refused) = connection.origin().prepare(&mut request) {
                    self.keep(connection);
                    return Err(Failure::unsent(refused));
                }
                connection
            }
            None => {
                let origin = Origin::of(request.uri()).ok_or(Failure::unsent(TransportKind::Refused))?;
                origin.prepare(&mut request).map_err(Failure::unsent)?;
                let stream = self.connect.to(request.uri().clone()).await.map_err(|error| Failure::unsent(error.0))?;
                #[cfg(feature = "http2")]
                if stream.is_http2() {
                    // Which has no such header.
                    request.headers_mut().remove(HOST);
                    let shared = Shared::open(origin, stream).await?;
                    let shared = if fresh { shared } else { self.shared.add(shared) };
                    began.store(true, Ordering::Relaxed);
                    return self.shared.exchange(shared, request, cap).await;
                }
                Connection::to(origin, stream).await?
            }
        };
        began.store(true, Ordering::Relaxed);
        let response = connection.send(request, cap).await?;
        if !fresh && !connection.is_used_up() {
            self.keep(connection);
        }
        Ok(response)
    }

    /// The connection used last of those to this origin, if it still can be used.
    fn take(&self, uri: &Uri) -> Option<Connection<Guarded>> {
        loop {
            let (since, mut connection) = {
                let connections = &mut lock(&self.kept).connections;
                let last = connections.iter().rposition(|(_, connection)| connection.origin().is_of(uri))?;
                connections.remove(last)
            };
            if since.elapsed() < self.idle && !connection.is_closed() {
                return Some(connection);
            }
        }
    }

    fn keep(&self, connection: Connection<Guarded>) {
        let now = Instant::now();
        let mut idle = lock(&self.kept);
        let connections = &mut idle.connections;
        let mut alike = connections.iter().enumerate().filter(|(_, (_, kept))| kept.origin() == connection.origin());
        let oldest_alike = alike.next().map(|(place, _)| place);
        let are_enough = alike.nth(KEPT - 2).is_some();
        let surplus = oldest_alike.filter(|_| are_enough).map(|place| connections.remove(place));
        connections.push((now, connection));
        // It also ends with its runtime.
        if idle.sweeper.as_ref().is_none_or(JoinHandle::is_finished) {
            idle.sweeper = Some(tokio::spawn(sweep(Arc::downgrade(&self.kept), self.idle)));
        }
        drop(idle);
        // Not under the lock: it closes a socket.
        drop(surplus);
    }
}

/// Lets connections go whose time is over, until there is none.
async fn sweep(kept: Weak<Mutex<Idle>>, time: Duration) {
    loop {
        tokio::time::sleep(time).await;
        let Some(kept) = kept.upgrade() else { return };
        let mut idle = lock(&kept);
        let connections = &mut idle.connections;
        let in_time = connections.iter().position(|(since, _)| since.elapsed() < time);
        let over: Vec<_> = connections.drain(..in_time.unwrap_or(connections.len())).collect();
        let is_empty = connections.is_empty();
        if is_empty {
            idle.sweeper = None;
        }
        drop(idle);
        drop(over);
        if is_empty {
            return;
        }
    }
}

fn lock(idle: &Mutex<Idle>) -> MutexGuard<'_, Idle> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
