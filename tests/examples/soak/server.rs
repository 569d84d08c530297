//! The server: threads, raw bytes, and the answer that a request's number says.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use crate::faults::Answer;

/// Serves until this process's standard input ends, with the process that started it.
pub fn run(seed: u64) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(seed, stream));
        }
    });
    let _ = std::io::stdin().read(&mut [0]);
}

fn serve(seed: u64, mut stream: TcpStream) {
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut request = Vec::with_capacity(1024);
    let mut piece = [0; 1024];
    loop {
        // No request has a body, and none is sent before the reply to the last.
        while !request.ends_with(b"\r\n\r\n") {
            match stream.read(&mut piece) {
                Ok(read @ 1..) => request.extend_from_slice(&piece[..read]),
                _ => return,
            }
        }
        let path = request.split(|&byte| byte == b' ').nth(1).unwrap_or_default();
        let number = std::str::from_utf8(path).ok().and_then(|path| path.rsplit('/').next()?.parse().ok());
        let Some(number) = number else { return };
        if !answer(&mut stream, number, Answer::to(seed, number)) {
            return;
        }
        request.clear();
    }
}

/// Whether the connection goes on.
fn answer(stream: &mut TcpStream, number: u64, answer: Answer) -> bool {
    let body = number.to_string();
    let length = body.len();
    let with = |status: &str, body: &str| format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let good = with("200 OK", &body);
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let (text, goes_on) = match answer {
        Answer::Good => (good, true),
        Answer::GoodInChunks => (format!("{chunked}{length:x}\r\n{body}\r\n0\r\n\r\n"), true),
        Answer::Closed => (String::new(), false),
        Answer::Reset => {
            SockRef::from(&*stream).set_linger(Some(Duration::ZERO)).unwrap();
            return false;
        }
        Answer::HeadCut => ("HTTP/1.1 200 OK\r\ncontent-le".to_owned(), false),
        Answer::BodyCut => (format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", length + 1), false),
        Answer::ChunksCut => (format!("{chunked}{length:x}\r\n{body}\r\n"), false),
        Answer::BothLengths => (
            format!(
                "{}content-length: {length}\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n",
                &chunked[..chunked.len() - 2]
            ),
            true,
        ),
        Answer::Unframed => (format!("HTTP/1.1 200 OK\r\n\r\n{body}"), false),
        Answer::Compressed => {
            (format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n{body}"), true)
        }
        Answer::TooLarge => (with("200 OK", &body.repeat(20_000)), true),
        Answer::HeadTooLarge => (good.replacen("\r\n", &format!("\r\nx: {}\r\n", "x".repeat(40_000)), 1), true),
        Answer::Noise => ("\u{1}\u{2}\u{3}noise\r\n\r\n".to_owned(), true),
        Answer::BadChunk => (format!("{chunked}xyz\r\n{body}\r\n0\r\n\r\n"), true),
        Answer::InterimFlood => ("HTTP/1.1 102 Processing\r\n\r\n".repeat(10_000) + &good, true),
        Answer::Redirect => (with("302 Found\r\nlocation: http://127.0.0.1:1/", &body), true),
        Answer::Refused => (with("403 No", &body), true),
        Answer::Throttled => (with("429 Slow\r\nretry-after: 99999999999999999999", &body), true),
        Answer::Unavailable => (with("503 No", ""), true),
        Answer::Page => (with("200 OK\r\ncontent-type: text/html", &body), true),
        Answer::Empty => (with("200 OK", ""), true),
        Answer::SomebodyElse => (with("200 OK", &(number + 1).to_string()), true),
        Answer::AndAnother => (format!("{good}{good}"), true),
        Answer::Silence => {
            let _ = stream.read(&mut [0]);
            return false;
        }
    };
    stream.write_all(text.as_bytes()).is_ok() && goes_on
}
