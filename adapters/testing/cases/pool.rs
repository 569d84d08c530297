//! Which connection an exchange takes.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::testing::server::{Server, Then, ok, read_request};
use crate::testing::{Make, Setup, get};

/// Connections are used again; fresh ones where it is asked for; old ones are not.
pub fn connections(make: Make, _: bool) {
    let server = Server::always(Then::Keep(ok("fine")));
    let client = make(Setup::default());
    let connection_of_last = || server.seen().last().unwrap().connection;
    for _ in 0..3 {
        client.exchange(get(&server.url("/"))).unwrap();
    }
    assert_eq!(server.accepted(), 1);
    let fresh = client.with_fresh_connections();
    for number in 1..4 {
        fresh.exchange(get(&server.url("/"))).unwrap();
        assert_eq!((server.accepted(), connection_of_last()), (number + 1, number));
    }
    client.exchange(get(&server.url("/"))).unwrap();
    assert_eq!((server.accepted(), connection_of_last()), (4, 0), "the kept one is still there");
    let fresh = make(Setup { fresh: true, ..Setup::default() });
    fresh.exchange(get(&server.url("/"))).unwrap();
    fresh.exchange(get(&server.url("/"))).unwrap();
    assert_eq!(server.accepted(), 6);
    let hurried = fresh.with_deadline(Duration::from_secs(5));
    hurried.exchange(get(&server.url("/"))).unwrap();
    assert_eq!(server.accepted(), 7);
}

/// A second reply that nobody asked for, sent late, never answers the next request.
pub fn late_replies(make: Make, _: bool) {
    let late = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&late);
    let server = Server::with_connections(move |connection, mut stream, _| {
        while read_request(connection, &mut stream).is_some() {
            let _ = stream.write_all(&ok(&format!("connection {connection}")));
            thread::sleep(Duration::from_millis(10));
            let _ = stream.write_all(&ok("somebody else"));
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let client = make(Setup::default());
    for number in 0..5 {
        let response = client.exchange(get(&server.url("/"))).unwrap();
        assert_eq!(response.body(), format!("connection {number}").as_bytes());
        while late.load(Ordering::SeqCst) == number {
            thread::sleep(Duration::from_millis(1));
        }
        // For whoever has to notice.
        thread::sleep(Duration::from_millis(100));
    }
}

/// Many threads, one client.
pub fn threads(make: Make, _: bool) {
    let server = Server::new(|seen| Then::Keep(ok(seen.head.split(' ').nth(1).unwrap())));
    let client = make(Setup::default());
    thread::scope(|scope| {
        for thread in 0..8 {
            let (client, server) = (&client, &server);
            scope.spawn(move || {
                for number in 0..50 {
                    let path = format!("/{thread}/{number}");
                    let response = client.exchange(get(&server.url(&path))).unwrap();
                    assert_eq!(response.body(), path.as_bytes());
                }
            });
        }
    });
    assert!(server.accepted() <= 8 * 2, "{}", server.accepted());
}

/// Replies that nobody asked for, at random times: on kept connections some are taken for answers, which nothing in
/// HTTP/1.1 can prevent; on fresh ones none is.
pub fn surplus(make: Make, _: bool) {
    // `tests/examples/soak` has ten thousand.
    let runs = 2_500;
    let came = crate::testing::surplus::surplus(make, runs);
    println!("{came:?}");
    assert_eq!((came.fresh.right, came.fresh.wrong, came.fresh.failed), (runs, 0, 0));
    assert!(came.kept.wrong > 0, "the server does not do what it should");
}

/// A connection that ends as the request is handed over is not waited for.
pub fn hang_ups(make: Make, _: bool) {
    let outcomes = crate::testing::hangups::hang_ups(make, 1_500);
    println!("{outcomes:?}");
    assert!(outcomes.keys().all(|word| !word.starts_with("Timeout")), "{outcomes:?}");
}
