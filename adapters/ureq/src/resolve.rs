//! Names into addresses, with a time limit. A lookup by the system cannot be called off, so it runs on a thread of its
//! own and is left alone when its time is over; a few such threads serve all calls, and no more are ever started.

use std::collections::VecDeque;
use std::fmt;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{NextTimeout, time};

/// The most lookups at a time, those counted that nobody waits for any more.
const MAX_THREADS: usize = 8;

/// How long a thread waits for the next lookup.
const IDLE: Duration = Duration::from_secs(5);

/// The most addresses that ureq takes.
const MAX_ADDRESSES: usize = 16;

/// Addresses of a host and a port.
pub(crate) type Lookup = dyn Fn(&str, u16) -> std::io::Result<Vec<SocketAddr>> + Send + Sync;

/// The system's.
pub(crate) fn by_the_system(host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
    (host, port).to_socket_addrs().map(Iterator::collect)
}

/// Resolves for all connections of a client.
#[derive(Clone)]
pub(crate) struct Resolve(Arc<Pool>);

struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    lookup: Box<Lookup>,
    state: Mutex<State>,
    more: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    number: u64,
    threads: usize,
    idle: usize,
    /// The client is gone.
    closed: bool,
}

struct Job {
    number: u64,
    host: String,
    port: u16,
    answer: SyncSender<Vec<SocketAddr>>,
}

impl Resolve {
    pub(crate) fn new(lookup: Box<Lookup>) -> Self {
        let shared = Shared { lookup, state: Mutex::default(), more: Condvar::new() };
        Self(Arc::new(Pool { shared: Arc::new(shared) }))
    }

    fn look_up(&self, host: &str, port: u16, timeout: NextTimeout) -> Result<Vec<SocketAddr>, Error> {
        let limit = match timeout.after {
            time::Duration::Exact(limit) => limit,
            time::Duration::NotHappening => Duration::from_secs(24 * 60 * 60),
        };
        let shared = &self.0.shared;
        let (answer, answered) = sync_channel(1);
        let number = shared.submit(host.to_owned(), port, answer)?;
        answered.recv_timeout(limit).map_err(|error| match error {
            RecvTimeoutError::Timeout => {
                shared.lock().waiting.retain(|job| job.number != number);
                Error::Timeout(timeout.reason)
            }
            // The lookup failed or panicked.
            RecvTimeoutError::Disconnected => Error::HostNotFound,
        })
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a lookup in the queue, and starts a thread if none is free and there may be another.
    fn submit(self: &Arc<Self>, host: String, port: u16, answer: SyncSender<Vec<SocketAddr>>) -> Result<u64, Error> {
        let mut state = self.lock();
        state.number = state.number.wrapping_add(1);
        let number = state.number;
        state.waiting.push_back(Job { number, host, port, answer });
        if state.waiting.len() > state.idle && state.threads < MAX_THREADS {
            let thread = Thread(Arc::clone(self));
            match std::thread::Builder::new().name("authwire-resolve".to_owned()).spawn(move || thread.run()) {
                Ok(_) => state.threads = state.threads.saturating_add(1),
                // Those that there are will do.
                Err(_) if state.threads > 0 => {}
                Err(error) => {
                    state.waiting.pop_back();
                    return Err(Error::Io(error));
                }
            }
        }
        drop(state);
        self.more.notify_one();
        Ok(number)
    }

    /// The next lookup; `None` when there was none for a while, or the client is gone.
    fn next(&self) -> Option<Job> {
        let mut state = self.lock();
        state.idle = state.idle.saturating_add(1);
        let is_idle = |state: &mut State| state.waiting.is_empty() && !state.closed;
        let (mut state, _) = self.more.wait_timeout_while(state, IDLE, is_idle).unwrap_or_else(PoisonError::into_inner);
        state.idle = state.idle.saturating_sub(1);
        let job = state.waiting.pop_front().filter(|_| !state.closed);
        if job.is_none() {
            // Under the same lock: a job that comes now starts another thread.
            state.threads = state.threads.saturating_sub(1);
        }
        job
    }
}

/// One that looks up.
struct Thread(Arc<Shared>);

impl Thread {
    fn run(self) {
        while let Some(job) = self.0.next() {
            // A panic of the caller's lookup is that call's affair: others wait for this thread.
            let found = catch_unwind(AssertUnwindSafe(|| (self.0.lookup)(&job.host, job.port)));
            if let Ok(Ok(addresses)) = found {
                // Nobody may wait any more.
                let _ = job.answer.try_send(addresses);
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.more.notify_all();
    }
}

impl Resolver for Resolve {
    fn resolve(&self, uri: &Uri, _: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut addresses = self.empty();
        // ureq asks before each request, also where it has a connection.
        if let Some(Ok(address)) = uri.authority().map(|whole| whole.as_str().parse()) {
            addresses.push(address);
            return Ok(addresses);
        }
        let host = uri.host().unwrap_or_default();
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
        if let Ok(address) = host.parse::<IpAddr>() {
            addresses.push(SocketAddr::new(address, port));
            return Ok(addresses);
        }
        let found = self.look_up(host, port, timeout)?;
        if found.is_empty() {
            return Err(Error::HostNotFound);
        }
        found.into_iter().take(MAX_ADDRESSES).for_each(|address| addresses.push(address));
        Ok(addresses)
    }
}

impl fmt::Debug for Resolve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resolve")
    }
}
