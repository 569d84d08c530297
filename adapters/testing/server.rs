//! A server of raw bytes on 127.0.0.1, bounded in time.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What is done with a connection after a request was read.
#[derive(Clone, Debug)]
pub enum Then {
    /// Write and read on.
    Keep(Vec<u8>),
    /// Write and close.
    Close(Vec<u8>),
    /// Write and hold the connection for a while, silent.
    Hang(Vec<u8>),
    /// Write the first, then the second byte by byte, each after this time.
    Drip(Vec<u8>, Vec<u8>, Duration),
    /// Write this over and over.
    Endless(Vec<u8>, Vec<u8>),
}

#[derive(Clone, Debug)]
pub struct Seen {
    /// Which connection, from 0.
    pub connection: usize,
    pub head: String,
    pub body: Vec<u8>,
}

pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    accepted: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Server {
    /// Answers each request by `reply`.
    pub fn new(reply: impl Fn(&Seen) -> Then + Send + Sync + 'static) -> Self {
        Self::with_connections(move |connection, stream, seen| serve(connection, stream, seen, &reply))
    }

    /// Answers every request alike.
    pub fn always(then: Then) -> Self {
        Self::new(move |_| then.clone())
    }

    /// Hands each connection to `handle`.
    pub fn with_connections(handle: impl Fn(usize, TcpStream, &Mutex<Vec<Seen>>) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let accepted = Arc::new(AtomicUsize::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let handle = Arc::new(handle);
        let (log, count, stopped) = (Arc::clone(&seen), Arc::clone(&accepted), Arc::clone(&stop));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let connection = count.fetch_add(1, Ordering::SeqCst);
                let (handle, log) = (Arc::clone(&handle), Arc::clone(&log));
                stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
                stream.set_nodelay(true).unwrap();
                thread::spawn(move || handle(connection, stream, &log));
            }
        });
        Self { address, seen, accepted, stop }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(connection: usize, mut stream: TcpStream, seen: &Mutex<Vec<Seen>>, reply: &dyn Fn(&Seen) -> Then) {
    while let Some(request) = read_request(connection, &mut stream) {
        seen.lock().unwrap().push(request.clone());
        match reply(&request) {
            Then::Keep(bytes) => {
                if stream.write_all(&bytes).is_err() {
                    return;
                }
            }
            Then::Close(bytes) => {
                let _ = stream.write_all(&bytes);
                return;
            }
            Then::Hang(bytes) => {
                let _ = stream.write_all(&bytes);
                // Until the peer goes away, or for a while.
                let _ = stream.read(&mut [0]);
                return;
            }
            Then::Drip(first, rest, time) => {
                let _ = stream.write_all(&first);
                for byte in rest {
                    thread::sleep(time);
                    if stream.write_all(&[byte]).is_err() {
                        return;
                    }
                }
            }
            Then::Endless(first, piece) => {
                let _ = stream.write_all(&first);
                while stream.write_all(&piece).is_ok() {}
                return;
            }
        }
    }
}

/// One request, framed by `content-length` alone. `None` at the end of the connection.
pub fn read_request(connection: usize, stream: &mut impl Read) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => bytes.push(byte[0]),
            _ => return None,
        }
    }
    let head = String::from_utf8(bytes).unwrap();
    let length = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some(Seen { connection, head, body })
}

/// A 200 with this body.
pub fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
