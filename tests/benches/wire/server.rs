//! What the clients speak to, in a process of its own, so that nothing of it counts for them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;

/// The program that runs, once more, told by `arguments` to serve. It ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    /// What it said when it was ready.
    pub(crate) said: String,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("a process");
        let mut said = String::new();
        let output = child.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut said).expect("a line");
        Self { child, said }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.said.trim().parse().expect("an address")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().expect("its end");
    }
}

/// Answers each request with `reply`, says where, and ends with its input.
pub(crate) fn serve(reply: &[u8]) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    println!("{}", listener.local_addr().expect("an address"));
    let reply: &'static [u8] = Box::leak(reply.to_vec().into());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.expect("a connection");
            // A client that goes away ends it.
            thread::spawn(move || answer(stream, reply).unwrap_or_default());
        }
    });
    wait();
}

/// Waits for whoever started this to end.
pub(crate) fn wait() {
    let mut nothing = Vec::new();
    std::io::stdin().read_to_end(&mut nothing).expect("an end");
}

fn answer(mut stream: TcpStream, reply: &[u8]) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = [0; 16 * 1024];
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..])?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        // One request at a time: what follows the head is its body.
        let Some(head) = buffer[..filled].windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let length = text.split_once("content-length:").and_then(|(_, rest)| rest.lines().next());
        let length = length.map_or(0, |length| length.trim().parse().expect("a length"));
        if filled >= head + 4 + length {
            stream.write_all(reply)?;
            filled = 0;
        }
    }
}
