//! Cap, time limits, deadlines.

use std::fs::File;
use std::io::Read;
use std::iter;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use authwire_core::transport::{ExchangeError, Phase, TransportKind};

use crate::testing::server::{Server, Then, ok};
use crate::testing::{Make, Setup, get, request};

/// The cap, to the byte, for both ways to frame a body.
pub fn cap(make: Make, _: bool) {
    let client = make(Setup { cap: 100, ..Setup::default() });
    let chunked = |size: usize| {
        let mut reply = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        for _ in 0..size {
            reply.extend_from_slice(b"1\r\nx\r\n");
        }
        reply.extend_from_slice(b"0\r\n\r\n");
        reply
    };
    for (reply, fits) in [
        (ok(&"x".repeat(100)), true),
        (ok(&"x".repeat(101)), false),
        (chunked(100), true),
        (chunked(101), false),
        (b"HTTP/1.1 500 Oops\r\ncontent-length: 9223372036854775807\r\n\r\nx".to_vec(), false),
    ] {
        let server = Server::always(Then::Keep(reply));
        match client.exchange(get(&server.url("/"))) {
            Ok(response) => assert!(fits && response.body().len() == 100),
            Err(error) => assert!(!fits && error == ExchangeError::maybe_sent(TransportKind::TooLarge), "{error:?}"),
        }
        // After a refusal, a connection of its own for what comes next.
        let _ = client.exchange(get(&server.url("/")));
        assert_eq!(server.accepted(), if fits { 1 } else { 2 });
    }
    let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let endless = Server::always(Then::Endless(head, b"4\r\nxxxx\r\n".to_vec()));
    let error = client.exchange(get(&endless.url("/"))).unwrap_err();
    assert_eq!(error, ExchangeError::maybe_sent(TransportKind::TooLarge));
}

/// No sooner than it should; a watchdog ends what comes too late.
pub fn assert_lasted(start: Instant, low: u64) {
    let (elapsed, low) = (start.elapsed(), Duration::from_millis(low));
    assert!(elapsed >= low, "{elapsed:?} < {low:?}");
}

/// Each wait ends, and says what it waited for.
pub fn timeouts(make: Make, phases: bool) {
    let wait = Duration::from_millis(300);
    let client = make(Setup { wait, ..Setup::default() });
    let kind = |phase| TransportKind::Timeout(if phases { phase } else { Phase::Total });
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1003\r\n\r\nabc".to_vec();
    let drip = vec![b'x'; 1_000];
    let slow = Duration::from_millis(20);
    for (then, phase) in [
        (Then::Hang(Vec::new()), Phase::Response),
        (Then::Hang(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()), Phase::Response),
        (Then::Hang(b"HTTP/1.1 200 OK\r\ncontent-".to_vec()), Phase::Response),
        (Then::Drip(b"HTTP/1.1 200 OK\r\nx: ".to_vec(), drip.clone(), slow), Phase::Response),
        (Then::Hang(head.clone()), Phase::Body),
        (Then::Drip(head, drip, slow), Phase::Body),
        (Then::Hang(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n".to_vec()), Phase::Body),
    ] {
        let server = Server::always(then);
        let start = Instant::now();
        let error = client.exchange(get(&server.url("/"))).unwrap_err();
        assert_eq!(error, ExchangeError::maybe_sent(kind(phase)));
        assert!(error.source.is_timeout());
        assert_lasted(start, 250);
    }
    // One that ends a drip of informational replies, too.
    let endless = Server::always(Then::Endless(Vec::new(), b"HTTP/1.1 102 Processing\r\n\r\n".to_vec()));
    let error = client.exchange(get(&endless.url("/"))).unwrap_err();
    assert!(matches!(error.kind(), TransportKind::Timeout(_) | TransportKind::HeadTooLarge), "{error:?}");
}

/// Sending ends, too, when nobody reads.
pub fn send_timeout(make: Make, phases: bool) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let client = make(Setup { wait: Duration::from_millis(400), ..Setup::default() });
    let start = Instant::now();
    let error = client.exchange(request("POST", &url, &[], &vec![0; 64 * 1024 * 1024])).unwrap_err();
    let phase = if phases { Phase::Send } else { Phase::Total };
    assert_eq!(error, ExchangeError::maybe_sent(TransportKind::Timeout(phase)));
    assert_lasted(start, 300);
    drop(listener);
}

/// A deadline holds over all phases, for the calls it is set for.
pub fn deadlines(make: Make, _: bool) {
    let client = make(Setup::default());
    let server = Server::new(|seen| {
        if seen.head.contains("/slow") {
            Then::Drip(ok("1234")[..40].to_vec(), ok("1234")[40..].to_vec(), Duration::from_millis(800))
        } else {
            Then::Keep(ok("fine"))
        }
    });
    client.exchange(get(&server.url("/"))).unwrap();
    let hurried = client.with_deadline(Duration::from_millis(1_000));
    hurried.exchange(get(&server.url("/"))).unwrap();
    assert_eq!(server.accepted(), 1, "it shares the connections");
    let start = Instant::now();
    let error = hurried.exchange(get(&server.url("/slow"))).unwrap_err();
    assert_eq!(error, ExchangeError::maybe_sent(TransportKind::Timeout(Phase::Total)));
    assert_lasted(start, 900);
    // The first client has none that short.
    assert_eq!(client.exchange(get(&server.url("/slow"))).unwrap().body(), b"1234");
}

/// Nobody there, nothing sent.
pub fn no_connection(make: Make, _: bool) {
    let client = make(Setup::default());
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for _ in 0..2 {
        let error = client.exchange(get(&format!("http://{address}/"))).unwrap_err();
        assert_eq!(error, ExchangeError::not_sent(TransportKind::Connect));
        let error = client.exchange(get(&format!("https://{address}/"))).unwrap_err();
        assert_eq!(error, ExchangeError::not_sent(TransportKind::Connect));
    }
    for url in ["http://no-such-host.invalid/", "https://no-such-host.invalid/"] {
        let error = client.exchange(get(url)).unwrap_err();
        assert_eq!(error, ExchangeError::not_sent(TransportKind::Resolve));
    }
}

/// Connecting is over in time, TLS included.
pub fn connect_timeout(make: Make, _: bool) {
    let server = Server::with_connections(|_, mut stream, _| while stream.read(&mut [0; 512]).is_ok_and(|n| n > 0) {});
    let client = make(Setup { connect: Duration::from_millis(300), ..Setup::default() });
    let start = Instant::now();
    let error = client.exchange(get(&format!("https://{}/", server.address))).unwrap_err();
    assert_eq!(error, ExchangeError::not_sent(TransportKind::Timeout(Phase::Connect)));
    assert_lasted(start, 250);
    // And when the deadline comes first.
    let error = make(Setup::default())
        .with_deadline(Duration::from_millis(300))
        .exchange(get(&format!("https://{}/", server.address)))
        .unwrap_err();
    assert_eq!(error, ExchangeError::not_sent(TransportKind::Timeout(Phase::Total)));
}

/// Without a free descriptor nothing is sent, and it works again once there is one. The test runs itself with few.
pub fn out_of_descriptors(make: Make, _: bool) {
    const URL: &str = "AUTHWIRE_TEST_FEW_URL";
    if let Ok(url) = std::env::var(URL) {
        let client = make(Setup::default());
        let open = || File::open("/dev/null").ok();
        let all: Vec<File> = iter::from_fn(open).take(1_000).collect();
        assert!((1..1_000).contains(&all.len()));
        for _ in 0..3 {
            let error = client.exchange(get(&url)).unwrap_err();
            assert_eq!(error, ExchangeError::not_sent(TransportKind::Connect));
        }
        drop(all);
        assert_eq!(client.exchange(get(&url)).unwrap().body(), b"fine");
        return;
    }
    let server = Server::always(Then::Keep(ok("fine")));
    let itself = std::env::current_exe().unwrap();
    let mut child = Command::new("sh");
    child.args(["-c", "ulimit -n 40; exec \"$0\" --exact out_of_descriptors"]).arg(itself).env(URL, server.url("/"));
    let output = child.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!((server.accepted(), server.seen().len()), (1, 1));
}
