//! Operations and flows.

use std::error::Error as _;
use std::net::TcpListener;
use std::time::Instant;

use authwire_core::transport::TransportKind;
use authwire_core::{BaseUrl, CallError, Sent};

use super::limits::assert_lasted;
use crate::testing::server::{Server, Then, ok};
use crate::testing::toy::{Failed, Steps, Toy};
use crate::testing::{Make, Setup};

/// An operation, called.
pub fn calls(make: Make, _: bool) {
    let server = Server::new(|seen| {
        let value = seen.head.split(' ').nth(1).unwrap().rsplit('/').next().unwrap();
        Then::Keep(match value {
            "13" => b"HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n".to_vec(),
            value => ok(value),
        })
    });
    let toy = Toy(BaseUrl::new(&server.url("/prefix")).unwrap());
    let client = make(Setup::default());
    assert_eq!(client.call_toy(&toy, 7).unwrap(), 7);
    assert!(server.seen()[0].head.starts_with("GET /prefix/echo/7 HTTP/1.1\r\n"));
    assert_eq!(client.call_toy(&toy, 13).unwrap_err().reply().unwrap().status(), 503);
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = Toy(BaseUrl::new(&format!("http://{address}")).unwrap());
    let error = client.call_toy(&nobody, 7).unwrap_err();
    assert!(matches!(error, CallError::Transport { sent: Sent::No, .. }));
    assert!(!error.is_uncertain());
    assert_eq!(error.source().unwrap().to_string(), TransportKind::Connect.to_string());
}

/// A flow, driven: it sends, waits, sends and is done; and it hears of losses.
pub fn flows(make: Make, _: bool) {
    let client = make(Setup::default());
    let server = Server::new(|seen| Then::Keep(ok(seen.head.split(' ').nth(1).unwrap().rsplit('/').next().unwrap())));
    let toy = Toy(BaseUrl::new(&server.url("")).unwrap());
    let start = Instant::now();
    let mut flow = Steps::default();
    assert_eq!(client.drive_toy(&toy, &mut flow), Ok(2));
    assert!(flow.waited && flow.lost == 0);
    assert_lasted(start, 140);

    let closing = Server::always(Then::Close(Vec::new()));
    let mut flow = Steps::default();
    assert_eq!(client.drive_toy(&Toy(BaseUrl::new(&closing.url("")).unwrap()), &mut flow), Err(Failed));
    assert_eq!((flow.lost, flow.last_sent), (2, Some(Sent::Maybe)));

    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut flow = Steps::default();
    let nobody = Toy(BaseUrl::new(&format!("http://{address}")).unwrap());
    assert_eq!(client.drive_toy(&nobody, &mut flow), Err(Failed));
    assert_eq!((flow.lost, flow.last_sent), (2, Some(Sent::No)));
}
