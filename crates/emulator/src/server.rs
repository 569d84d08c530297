//! The emulator on a loopback socket. The one place with a clock, a socket and a thread.

mod body;
mod clock;
mod service;

use crate::emulator::Emulator;
use crate::log::LoggedRequest;
use service::Shared;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// An [`Emulator`] that listens on 127.0.0.1, in a thread of its own: a blocking program needs no async for it.
///
/// Dropping it closes its connections and ends the thread. Requests with a body of more than 1 MiB are answered with
/// 413 and reach neither the emulator nor its log.
pub struct Server {
    shared: Arc<Shared>,
    port: u16,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts `Emulator::new(0)` on a free port.
    ///
    /// # Errors
    /// The socket or the thread cannot be had.
    pub fn start() -> io::Result<Self> {
        Self::with(Emulator::new(0))
    }

    /// Starts this emulator on a free port.
    ///
    /// # Errors
    /// The socket or the thread cannot be had.
    pub fn with(emulator: Emulator) -> io::Result<Self> {
        Self::with_on(emulator, 0)
    }

    /// Starts `Emulator::new(0)` on this port.
    ///
    /// # Errors
    /// The port is taken, or the socket or the thread cannot be had.
    pub fn start_on(port: u16) -> io::Result<Self> {
        Self::with_on(Emulator::new(0), port)
    }

    /// Starts this emulator on this port; 0 takes a free one.
    ///
    /// # Errors
    /// The port is taken, or the socket or the thread cannot be had.
    pub fn with_on(emulator: Emulator, port: u16) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", port)))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared::new(emulator));
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&shared);
        // Whoever drops the runtime drops its tasks, and with them the connections and what is delayed.
        let thread = clock::spawn("authwire-emulator", move || {
            runtime.block_on(async {
                tokio::select! {
                    () = service::accept(listener, serving) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self {
            shared,
            port,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The base URL of a provider, by its path prefix: `http://127.0.0.1:PORT/nextauth` for `nextauth`.
    #[must_use]
    pub fn url(&self, provider: &str) -> String {
        format!("http://127.0.0.1:{}/{provider}", self.port)
    }

    /// The base URL of nextAuth.
    #[must_use]
    pub fn nextauth_url(&self) -> String {
        self.url(crate::nextauth::NAME)
    }

    /// Lends the emulator and the time, for controls, the phone, faults and the log. Requests wait meanwhile: send
    /// none from within.
    pub fn with_emulator<R>(&self, with: impl FnOnce(&mut Emulator, Duration) -> R) -> R {
        self.shared.with_emulator(with)
    }

    /// The requests so far, the oldest first.
    #[must_use]
    pub fn log(&self) -> Vec<LoggedRequest> {
        self.with_emulator(|emulator, _| emulator.log().iter().cloned().collect())
    }

    /// The server's time since the Unix epoch: the real one, and what [`Server::advance`] added.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.with_emulator(|_, now| now)
    }

    /// Moves the server's clock forward.
    pub fn advance(&self, by: Duration) {
        self.shared.advance(by);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended already: there is nothing to stop then.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
