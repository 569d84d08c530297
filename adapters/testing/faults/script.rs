//! What a hostile server does with a connection, act by act.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

use crate::testing::server::{Seen, Server, read_request};

/// One thing that a server does.
#[derive(Clone, Debug)]
pub enum Act {
    /// Reads one request.
    Read,
    /// Reads what is there.
    Skim,
    Write(Vec<u8>),
    /// Beneath TLS, if there is TLS.
    Raw(Vec<u8>),
    /// Writes byte by byte, each after this time, until the peer goes away.
    Drip(Vec<u8>, Duration),
    /// Writes this over and over until the peer goes away.
    Endless(Vec<u8>),
    Pause(Duration),
    /// Says nothing until the peer goes away.
    Hang,
    /// Reads nothing either.
    Deaf,
    /// Ends TLS properly and leaves the connection open.
    CloseNotify,
    /// Ends the server's direction.
    HalfClose,
    Close,
    Reset,
}

/// Whose certificate a server shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// One that the client trusts, for `localhost`.
    Good,
    /// Of an authority that the client does not know.
    Unknown,
    /// Signed by itself.
    SelfSigned,
    /// For another host.
    OtherHost,
    /// For `localhost` by its common name alone.
    CommonNameOnly,
    Expired,
    NotYetValid,
}

/// A server that runs a script on its first connection and answers well on later ones.
pub struct Hostile {
    server: Server,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// The script is through, or waits for the client.
    settled: AtomicBool,
    /// The test is over.
    over: AtomicBool,
}

impl Hostile {
    pub fn start(acts: Vec<Act>, tls: Option<Arc<ServerConfig>>) -> Self {
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let server = Server::with_connections(move |connection, tcp, seen| {
            let mut line = match &tls {
                Some(config) => {
                    let tls = ServerConnection::new(Arc::clone(config)).unwrap();
                    Line::Tls(Box::new(StreamOwned::new(tls, tcp)))
                }
                None => Line::Plain(tcp),
            };
            let acts = if connection == 0 { &acts[..] } else { &[] };
            let goes_on = acts.iter().all(|act| line.act(act, connection, seen, &shared).is_ok());
            if connection == 0 {
                shared.settled.store(true, Ordering::SeqCst);
            }
            // What is dropped here is closed.
            if goes_on {
                line.answer(connection, seen);
            }
        });
        Self { server, state }
    }

    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Waits until nothing more comes by itself; not for long.
    pub fn settle(&self) {
        for _ in 0..5_000 {
            if self.state.settled.load(Ordering::SeqCst) {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::SeqCst);
    }
}

enum Line {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Line {
    fn act(&mut self, act: &Act, connection: usize, seen: &Mutex<Vec<Seen>>, state: &State) -> io::Result<()> {
        match act {
            Act::Read => {
                let request = read_request(connection, self).ok_or(io::ErrorKind::UnexpectedEof)?;
                seen.lock().unwrap().push(request);
            }
            Act::Skim => drop(self.tcp().read(&mut [0; 4096])?),
            Act::Write(bytes) => self.write_all(bytes).and_then(|()| self.flush())?,
            Act::Raw(bytes) => self.tcp().write_all(bytes)?,
            Act::Drip(bytes, time) => {
                state.settled.store(true, Ordering::SeqCst);
                for byte in bytes {
                    thread::sleep(*time);
                    self.write_all(&[*byte]).and_then(|()| self.flush())?;
                }
            }
            Act::Endless(bytes) => {
                state.settled.store(true, Ordering::SeqCst);
                loop {
                    self.write_all(bytes).and_then(|()| self.flush())?;
                }
            }
            Act::Pause(time) => thread::sleep(*time),
            Act::Hang => {
                state.settled.store(true, Ordering::SeqCst);
                while self.tcp().read(&mut [0; 512])? > 0 {}
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Act::Deaf => {
                state.settled.store(true, Ordering::SeqCst);
                while !state.over.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(20));
                }
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Act::CloseNotify => {
                if let Self::Tls(stream) = self {
                    stream.conn.send_close_notify();
                    stream.flush()?;
                }
            }
            Act::HalfClose => self.tcp().shutdown(std::net::Shutdown::Write)?,
            Act::Close => return Err(io::ErrorKind::ConnectionAborted.into()),
            Act::Reset => {
                SockRef::from(&*self.tcp()).set_linger(Some(Duration::ZERO))?;
                return Err(io::ErrorKind::ConnectionReset.into());
            }
        }
        Ok(())
    }

    /// Answers each request with its own path.
    fn answer(&mut self, connection: usize, seen: &Mutex<Vec<Seen>>) {
        while let Some(request) = read_request(connection, self) {
            let path = request.head.split(' ').nth(1).unwrap_or_default().to_owned();
            seen.lock().unwrap().push(request);
            let reply = crate::testing::server::ok(&path);
            if self.write_all(&reply).and_then(|()| self.flush()).is_err() {
                return;
            }
        }
    }

    fn tcp(&mut self) -> &mut TcpStream {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Tls(stream) => &mut stream.sock,
        }
    }
}

impl Read for Line {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.read(into),
            Self::Tls(stream) => stream.read(into),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(tcp) => tcp.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
