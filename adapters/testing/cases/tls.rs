//! TLS: who is trusted, and who we are.

use std::io::{Read, Write};

use authwire_core::transport::{ExchangeError, TransportKind};

use crate::testing::server::{Server, ok};
use crate::testing::tls::Authority;
use crate::testing::{Make, Setup, get};

/// TLS: who is trusted, and what is said when nobody is.
pub fn tls(make: Make, _: bool) {
    let authority = Authority::new();
    let other = Authority::new();
    let url = |server: &Server, host: &str| format!("https://{host}:{}/", server.address.port());
    let trusting = |roots: Vec<u8>| make(Setup { roots: Some(roots), ..Setup::default() });
    let refused = ExchangeError::not_sent(TransportKind::Tls);

    let server = authority.serve_ok("localhost");
    for roots in [authority.der(), authority.pem().into_bytes(), (other.pem() + &authority.pem()).into_bytes()] {
        let client = trusting(roots);
        for _ in 0..2 {
            assert_eq!(client.exchange(get(&url(&server, "localhost"))).unwrap().body(), b"fine");
        }
        // Another name for the same place.
        assert_eq!(client.exchange(get(&url(&server, "127.0.0.1"))).unwrap_err(), refused);
    }
    assert_eq!(trusting(other.der()).exchange(get(&url(&server, "localhost"))).unwrap_err(), refused);
    assert_eq!(make(Setup::default()).exchange(get(&url(&server, "localhost"))).unwrap_err(), refused);
    assert!(server.seen().iter().all(|seen| seen.head.contains("localhost")), "nothing was sent to the others");
    assert_eq!(server.seen().len(), 6);

    // By address.
    let server = authority.serve_ok("127.0.0.1");
    assert_eq!(trusting(authority.der()).exchange(get(&url(&server, "127.0.0.1"))).unwrap().body(), b"fine");

    // Not TLS at all, and the end in the middle of it.
    let client = trusting(authority.der());
    let plain = Server::with_connections(|_, mut stream, _| {
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    assert_eq!(client.exchange(get(&url(&plain, "localhost"))).unwrap_err(), refused);
    let closing = Server::with_connections(|_, mut stream, _| drop(stream.read(&mut [0; 1024])));
    assert_eq!(client.exchange(get(&url(&closing, "localhost"))).unwrap_err(), refused);

    // A body that ends with the connection, without the end of TLS, is no body; nor is one that TLS ends.
    let unframed = authority.serve("localhost", false, |_| b"HTTP/1.1 200 OK\r\n\r\nhello".to_vec());
    let error = client.exchange(get(&url(&unframed, "localhost"))).unwrap_err();
    assert_eq!(error, ExchangeError::maybe_sent(TransportKind::Unframed));
    // The end of TLS behind a reply, while the connection stays: it is not used again.
    let ending = authority.serve_closing("localhost");
    for number in 0..2 {
        let response = client.exchange(get(&url(&ending, "localhost"))).unwrap();
        assert_eq!(response.body(), format!("connection {number}").as_bytes());
    }
    // A surplus reply in a record of its own, of which a part may wait in any buffer on the way.
    for sizes in [[10, 10], [3_000, 2_000], [4_000, 10], [10, 5_000], [6_000, 9_000], [100, 20_000]] {
        let two = authority.serve_two("localhost", sizes);
        for number in 0..3 {
            let response = client.exchange(get(&url(&two, "localhost"))).unwrap();
            let body = String::from_utf8_lossy(response.body()).into_owned();
            assert_eq!(body.trim(), format!("connection {number}"), "{sizes:?}");
        }
    }
    // Surplus bytes under TLS spoil the connection as well.
    let surplus = authority.serve("localhost", false, |seen| {
        [ok(&format!("connection {}", seen.connection)), ok("somebody else")].concat()
    });
    for number in 0..2 {
        let response = client.exchange(get(&url(&surplus, "localhost"))).unwrap();
        assert_eq!(response.body(), format!("connection {number}").as_bytes());
    }
}

/// A certificate of our own, for servers that ask.
pub fn client_certificate(make: Make, _: bool) {
    let authority = Authority::new();
    let server = authority.serve("localhost", true, |_| ok("known"));
    let url = format!("https://localhost:{}/", server.address.port());
    let (chain, key, ..) = authority.issue("client");
    let roots = Some(authority.der());
    let client = make(Setup { roots: roots.clone(), client: Some((chain, key)), ..Setup::default() });
    assert_eq!(client.exchange(get(&url)).unwrap().body(), b"known");
    // Without: the server says so after the handshake, when the request is perhaps under way.
    let error = make(Setup { roots, ..Setup::default() }).exchange(get(&url)).unwrap_err();
    assert!(matches!(error.kind(), TransportKind::Tls | TransportKind::Io | TransportKind::Truncated), "{error:?}");
    assert_eq!(server.seen().len(), 1);
}
