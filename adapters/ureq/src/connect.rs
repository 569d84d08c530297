//! How connections are made: ureq's own TCP and proxy connectors, TLS of ours above them, and around all a guard that
//! sees whether a request's bytes were written and can keep a connection out of the pool.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use authwire_core::transport::{MAX_HEAD, TransportKind};
use ureq::unversioned::transport::time::{Duration, Instant};
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, TcpConnector, Transport,
};
use ureq::{Error, Timeout};

use crate::failure;

thread_local! {
    /// The connection that this thread's call has written to, if any. ureq runs a call on the thread that makes it.
    static WRITTEN: Cell<Option<Arc<Marks>>> = const { Cell::new(None) };
    /// How many connections this thread is making, one inside the other: a tunnel is made through another connection.
    static CONNECTING: Cell<u32> = const { Cell::new(0) };
}

/// What is known of a connection.
#[derive(Default)]
struct Marks {
    /// It must not be used again.
    spoilt: AtomicBool,
    /// The head of the reply is read.
    in_body: AtomicBool,
    /// It is made, the tunnel through a proxy as well.
    connected: AtomicBool,
}

fn written(new: Option<Arc<Marks>>) -> Option<Arc<Marks>> {
    WRITTEN.try_with(|cell| cell.replace(new)).unwrap_or_default()
}

/// The making of a connection on this thread.
struct Connecting(());

impl Connecting {
    fn start() -> Self {
        let _ = CONNECTING.try_with(|count| count.set(count.get().saturating_add(1)));
        Self(())
    }

    /// Whether it is made for its own sake, and not for a tunnel.
    fn is_outermost(&self) -> bool {
        CONNECTING.try_with(Cell::get).is_ok_and(|count| count < 2)
    }
}

impl Drop for Connecting {
    fn drop(&mut self) {
        let _ = CONNECTING.try_with(|count| count.set(count.get().saturating_sub(1)));
    }
}

/// The time to connect, which ureq gives to each read anew.
pub(crate) struct Limit {
    current_time: Arc<dyn Fn() -> Instant + Send + Sync>,
    start: Instant,
    after: Duration,
}

impl Limit {
    pub(crate) fn of(details: &ConnectionDetails<'_>) -> Self {
        Self { current_time: Arc::clone(&details.current_time), start: details.now, after: details.timeout.after }
    }

    /// At most what is left of it.
    pub(crate) fn cap(&self, mut timeout: NextTimeout) -> NextTimeout {
        if let (Duration::Exact(limit), Instant::Exact(now), Instant::Exact(start)) =
            (self.after, (self.current_time)(), self.start)
        {
            let left = limit.saturating_sub(now.saturating_duration_since(start));
            timeout.after = match timeout.after {
                Duration::Exact(after) => Duration::Exact(after.min(left)),
                Duration::NotHappening => Duration::Exact(left),
            };
        }
        timeout
    }
}

/// One call on this thread.
pub(crate) struct Watch(());

impl Watch {
    pub(crate) fn start() -> Self {
        written(None);
        Self(())
    }

    /// Whether anything was written to a connection since the start.
    pub(crate) fn has_sent(&self) -> bool {
        let last = written(None);
        let sent = last.is_some();
        written(last);
        sent
    }

    /// Says that the reply's head is read.
    pub(crate) fn begin_body(&self) {
        let last = written(None);
        if let Some(marks) = &last {
            marks.in_body.store(true, Ordering::Relaxed);
        }
        written(last);
    }

    /// Keeps the connection from being used again.
    pub(crate) fn spoil(self) {
        if let Some(marks) = written(None) {
            marks.spoilt.store(true, Ordering::Relaxed);
        }
    }
}

/// No connection was made: nothing of the request was sent. Carried through ureq's own error.
#[derive(Debug)]
pub(crate) struct NotConnected(pub(crate) TransportKind);

impl fmt::Display for NotConnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for NotConnected {}

impl NotConnected {
    fn new(error: &Error, details: &ConnectionDetails<'_>) -> Self {
        let tls = details.needs_tls();
        Self(match error {
            Error::Timeout(Timeout::Global | Timeout::PerCall) => TransportKind::Timeout(crate::Phase::Total),
            Error::Timeout(_) => TransportKind::Timeout(crate::Phase::Connect),
            _ => match failure::kind(error) {
                kind @ (TransportKind::Tls | TransportKind::Resolve) => kind,
                // From the TLS handshake: a peer that speaks something else, or hangs up.
                TransportKind::Io | TransportKind::Truncated | TransportKind::Protocol
                    if tls && !failure::is_tcp(error) =>
                {
                    TransportKind::Tls
                }
                _ => TransportKind::Connect,
            },
        })
    }
}

/// Makes connections.
pub(crate) struct Connect {
    #[cfg(feature = "rustls")]
    tls: Arc<rustls::ClientConfig>,
    proxy: ConnectProxyConnector,
    tcp: TcpConnector,
}

impl Connect {
    pub(crate) fn new(#[cfg(feature = "rustls")] tls: Arc<rustls::ClientConfig>) -> Self {
        Self {
            #[cfg(feature = "rustls")]
            tls,
            proxy: ConnectProxyConnector::default(),
            tcp: TcpConnector::default(),
        }
    }

    fn open(&self, details: &ConnectionDetails<'_>) -> Result<Option<Box<dyn Transport>>, Error> {
        let tunnel = Connector::<()>::connect(&self.proxy, details, None)?;
        let Some(transport) = self.tcp.connect(details, tunnel)? else {
            return Ok(None);
        };
        let transport: Box<dyn Transport> = Box::new(transport);
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(transport));
        }
        #[cfg(feature = "rustls")]
        let tls = crate::tls::TlsTransport::open(Arc::clone(&self.tls), transport, details)?;
        #[cfg(feature = "rustls")]
        return Ok(Some(Box::new(tls)));
        #[cfg(not(feature = "rustls"))]
        return Err(Error::TlsRequired);
    }
}

impl Connector for Connect {
    type Out = Guarded;

    fn connect(&self, details: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Self::Out>, Error> {
        let connecting = Connecting::start();
        let opened = self.open(details);
        // What a proxy or a TLS handshake was told is not the request. A tunnel is one connection with the one that it goes
        // through: what is known of either is known of both.
        let marks = written(None).unwrap_or_default();
        marks.connected.store(connecting.is_outermost(), Ordering::Relaxed);
        match opened {
            Ok(transport) => Ok(transport.map(|transport| Guarded::new(transport, marks, Limit::of(details)))),
            Err(Error::Other(error)) if error.is::<NotConnected>() => Err(Error::Other(error)),
            Err(error) => Err(Error::Other(Box::new(NotConnected::new(&error, details)))),
        }
    }
}

impl fmt::Debug for Connect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connect")
    }
}

/// A connection under watch.
pub(crate) struct Guarded {
    inner: Box<dyn Transport>,
    marks: Arc<Marks>,
    connecting: Limit,
    /// Whether nothing was written yet.
    is_new: bool,
    /// The bytes that came since the last write.
    received: usize,
}

impl Guarded {
    fn new(inner: Box<dyn Transport>, marks: Arc<Marks>, connecting: Limit) -> Self {
        Self { inner, marks, connecting, is_new: true, received: 0 }
    }
}

impl Transport for Guarded {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        // What comes before the first request is nobody's reply. The pool looks only before later ones. Under TLS what is
        // on the socket may be the handshake's last.
        if std::mem::replace(&mut self.is_new, false) {
            let speaks_first =
                !self.inner.buffers().input().is_empty() || !(self.inner.is_tls() || self.inner.is_open());
            if speaks_first {
                return Err(Error::Io(std::io::ErrorKind::ConnectionAborted.into()));
            }
        }
        // Before the write: one that fails may have written a part.
        written(Some(Arc::clone(&self.marks)));
        self.marks.in_body.store(false, Ordering::Relaxed);
        self.received = 0;
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        // ureq limits what it has of a head at one time, and would read interim replies without end.
        if self.received > MAX_HEAD && !self.marks.in_body.load(Ordering::Relaxed) {
            return Err(Error::LargeResponseHeader(self.received, MAX_HEAD));
        }
        let is_connected = self.marks.connected.load(Ordering::Relaxed);
        let timeout = if is_connected { timeout } else { self.connecting.cap(timeout) };
        let before = self.inner.buffers().input().len();
        let is_more = self.inner.await_input(timeout)?;
        let came = self.inner.buffers().input().len().saturating_sub(before);
        self.received = self.received.saturating_add(came);
        Ok(is_more)
    }

    fn is_open(&mut self) -> bool {
        !self.marks.spoilt.load(Ordering::Relaxed) && self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guarded")
    }
}
