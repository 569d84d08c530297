//! The emulator on a loopback socket. The one place with a clock, a socket and a thread.

mod body;
mod clock;
mod service;

use crate::emulator::Emulator;
use crate::log::LoggedRequest;
use service::Shared;
use std::fmt;
use std::io;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// An [`Emulator`] that listens on 127.0.0.1, in a thread of its own: a blocking program needs no async for it.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// use authwire_emulator::Server;
///
/// let server = Server::start()?;
/// let base = server.nextauth_url(); // http://127.0.0.1:PORT/nextauth
/// let api_key = server.with_emulator(|emulator, _| emulator.nextauth.api_key().to_owned());
/// // … give both to the program under test …
/// # assert!(base.ends_with("/nextauth") && !api_key.is_empty());
/// assert!(server.log().is_empty());
/// # Ok(())
/// # }
/// ```
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
        let shared = Arc::new(Shared::new(emulator));
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        let serving = Arc::clone(&shared);
        // The runtime is made, entered and dropped in that thread, for whoever starts or drops this value may be inside
        // a runtime of their own, where a second one must not block. Dropping the runtime drops its tasks, and with them
        // the connections and what is delayed.
        let thread = clock::spawn("authwire-emulator", move || {
            let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => {
                    let _ = tell.send(Err(error));
                    return;
                }
            };
            runtime.block_on(async {
                let listener = TcpListener::bind(("127.0.0.1", port)).await;
                let bound = listener.and_then(|listener| Ok((listener.local_addr()?.port(), listener)));
                let listener = match bound {
                    Ok((port, listener)) => {
                        let _ = tell.send(Ok(port));
                        listener
                    }
                    Err(error) => {
                        let _ = tell.send(Err(error));
                        return;
                    }
                };
                tokio::select! {
                    () = service::accept(listener, serving) => {}
                    _ = stopped => {}
                }
            });
        })?;
        let port = told.recv().map_err(io::Error::other)??;
        Ok(Self { shared, port, stop: Some(stop), thread: Some(thread) })
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

    /// The base URL of Authentiq.
    #[must_use]
    pub fn authentiq_url(&self) -> String {
        self.url(crate::authentiq::NAME)
    }

    /// The base URL of NAP, or of Nexeres.
    #[must_use]
    pub fn nap_url(&self) -> String {
        self.url(crate::nap::NAME)
    }

    /// The base URL of Lagrello.
    #[must_use]
    pub fn lagrello_url(&self) -> String {
        self.url(crate::lagrello::NAME)
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
        f.debug_struct("Server").field("port", &self.port).finish_non_exhaustive()
    }
}
