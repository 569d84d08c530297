//! Proxies of the environment and one that was named.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use authwire_core::Sent;
use authwire_core::transport::{ExchangeError, TransportKind};

use crate::testing::server::{Seen, Server, Then, ok, read_request};
use crate::testing::tls::Authority;
use crate::testing::{Make, Setup, get};

/// Proxies in the environment are not asked. The test runs itself with the environment set.
pub fn environment(make: Make, _: bool) {
    const URLS: &str = "AUTHWIRE_TEST_URLS";
    if let Ok(urls) = std::env::var(URLS) {
        let (plain, secure) = urls.split_once(' ').unwrap();
        let client = make(Setup::default());
        assert_eq!(client.exchange(get(plain)).unwrap().body(), b"straight");
        // It gets there; whom it meets it does not trust.
        assert_eq!(client.exchange(get(secure)).unwrap_err(), ExchangeError::not_sent(TransportKind::Tls));
        return;
    }
    let server = Server::always(Then::Keep(ok("straight")));
    let secure = Authority::new().serve_ok("127.0.0.1");
    let trap = Server::always(Then::Keep(ok("trap")));
    let mut child = Command::new(std::env::current_exe().unwrap());
    let urls = format!("{} {}", server.url("/"), secure.url("/").replace("http:", "https:"));
    child.args(["--exact", "environment"]).env(URLS, urls);
    for name in ["http_proxy", "https_proxy", "all_proxy", "socks_proxy", "ftp_proxy", "proxy"] {
        child.env(name, trap.url("")).env(name.to_uppercase(), trap.url(""));
    }
    child.env("CGI_HTTP_PROXY", trap.url("")).env_remove("NO_PROXY").env_remove("no_proxy");
    let output = child.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!((server.accepted(), secure.accepted(), trap.accepted()), (1, 1, 0));
}

/// A proxy that was named: a tunnel, for `http` as well; its credentials stay with it.
pub fn proxy(make: Make, _: bool) {
    let authority = Authority::new();
    let secure = authority.serve_ok("localhost");
    let plain = Server::always(Then::Keep(ok("plain")));
    let proxy = Server::with_connections(|connection, mut stream, seen| {
        let Some(request) = read_request(connection, &mut stream) else { return };
        seen.lock().unwrap().push(request.clone());
        let target = request.head.split(' ').nth(1).unwrap();
        let Ok(there) = TcpStream::connect(target) else {
            let _ = stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n");
            return;
        };
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        pipe(&stream, &there);
    });
    let client = make(Setup {
        proxy: Some(format!("http://user:p%40ss@{}", proxy.address)),
        roots: Some(authority.pem().into_bytes()),
        ..Setup::default()
    });
    assert_eq!(client.exchange(get(&plain.url("/"))).unwrap().body(), b"plain");
    let large = Server::always(Then::Keep(ok(&"x".repeat(60_000))));
    for _ in 0..2 {
        assert_eq!(client.exchange(get(&large.url("/"))).unwrap().body().len(), 60_000);
    }
    let url = format!("https://localhost:{}/", secure.address.port());
    assert_eq!(client.exchange(get(&url)).unwrap().body(), b"fine");
    let seen = proxy.seen();
    assert_eq!(seen.len(), 3);
    let seen = [&seen[0], &seen[2]];
    let lines: Vec<&str> = seen.iter().map(|seen: &&Seen| seen.head.lines().next().unwrap()).collect();
    assert_eq!(lines[0], format!("CONNECT {} HTTP/1.1", plain.address));
    assert_eq!(lines[1], format!("CONNECT localhost:{} HTTP/1.1", secure.address.port()));
    // "user:p@ss"
    assert!(seen.iter().all(|seen| seen.head.to_lowercase().contains("proxy-authorization: basic dxnlcjpwqhnz")));
    for server in [&plain, &secure] {
        assert!(!server.seen()[0].head.to_lowercase().contains("proxy"));
    }
    // A proxy that refuses: the request itself was not sent.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = client.exchange(get(&format!("http://{nobody}/"))).unwrap_err();
    assert_eq!(error, ExchangeError::not_sent(TransportKind::Connect));
    // A port is said even where the URI has none.
    let _ = client.exchange(get("http://localhost/"));
    assert!(proxy.seen().last().unwrap().head.starts_with("CONNECT localhost:80 "));
}

/// A proxy that answers a byte at a time: the time to connect is over when it is over.
pub fn a_proxy_that_trickles(make: Make, _: bool) {
    let proxy = Server::with_connections(|connection, mut stream, _| {
        if read_request(connection, &mut stream).is_some() {
            for byte in b"HTTP/1.1 200 OK\r\nx: ".iter().chain(std::iter::repeat_n(&b'y', 2_000)) {
                thread::sleep(Duration::from_millis(100));
                if stream.write_all(&[*byte]).is_err() {
                    return;
                }
            }
        }
    });
    let limit = Duration::from_millis(300);
    let client =
        make(Setup { proxy: Some(proxy.url("")), connect: limit, wait: Duration::from_secs(1), ..Setup::default() });
    let start = Instant::now();
    let error = client.exchange(get("http://example.com/")).unwrap_err();
    assert!(matches!(error.kind(), TransportKind::Timeout(_)) && error.sent == Sent::No, "{error:?}");
    // A watchdog: a limit for each byte would let it go on for minutes.
    assert!(start.elapsed() < Duration::from_secs(60));
}

/// A tunnel through which an answer comes before the request: nobody's reply.
pub fn answers_out_of_a_tunnel(make: Make, _: bool) {
    let eve = ok("eve");
    for apart in [false, true] {
        let eve = eve.clone();
        let proxy = Server::with_connections(move |connection, mut stream, _| {
            let Some(_) = read_request(connection, &mut stream) else { return };
            let tunnel = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
            if apart {
                let _ = stream.write_all(&tunnel);
                let _ = stream.write_all(&eve);
            } else {
                let _ = stream.write_all(&[&tunnel[..], &eve].concat());
            }
            while read_request(connection, &mut stream).is_some() {
                let _ = stream.write_all(&ok("mine"));
            }
        });
        let client = make(Setup { proxy: Some(proxy.url("")), ..Setup::default() });
        for _ in 0..20 {
            // Apart, it may come while the request is under way.
            let result = client.exchange(get("http://localhost:1/"));
            assert!(apart || result.as_ref().map_or(true, |response| response.body() == b"mine"), "{result:?}");
        }
    }
}

fn pipe(one: &TcpStream, other: &TcpStream) {
    let copy = |mut from: TcpStream, mut to: TcpStream| {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(std::net::Shutdown::Write);
    };
    let (a, b) = (one.try_clone().unwrap(), other.try_clone().unwrap());
    let back = thread::spawn(move || copy(b, a));
    copy(one.try_clone().unwrap(), other.try_clone().unwrap());
    let _ = back.join();
}
