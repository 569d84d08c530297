//! Every status comes back; none is followed.

use crate::testing::server::{Server, Then, ok};
use crate::testing::{Make, Setup, get, request};

/// Every status comes back as it is, with its body, on one connection; none is followed.
pub fn statuses(make: Make, _: bool) {
    let client = make(Setup::default());
    let trap = Server::always(Then::Keep(ok("trap")));
    let away = trap.url("/trap");
    let server = Server::new(move |seen| {
        let status = seen.head.split(' ').nth(1).unwrap().trim_start_matches('/').to_owned();
        let body = if matches!(status.as_str(), "204" | "304") { "" } else { "body" };
        let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        Then::Keep(
            format!(
                "HTTP/1.1 {status} Word\r\nlocation: {away}\r\nset-cookie: a=b\r\nwww-authenticate: Basic\r\n\
                 retry-after: 7\r\n{length}\r\n{body}"
            )
            .into_bytes(),
        )
    });
    for status in (200..=599).chain([600, 999]) {
        let response = client.exchange(get(&server.url(&format!("/{status}")))).unwrap();
        assert_eq!(response.status().as_u16(), status);
        let body: &[u8] = if matches!(status, 204 | 304) { b"" } else { b"body" };
        assert_eq!(response.body(), body, "{status}");
        assert_eq!(response.headers()["retry-after"], "7");
    }
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        for status in [300, 301, 302, 303, 307, 308, 401, 407, 408, 413, 417, 425, 429, 503] {
            let sent = request(method, &server.url(&format!("/{status}")), &[("x-api-key", "K")], b"");
            assert_eq!(client.exchange(sent).unwrap().status().as_u16(), status);
        }
    }
    assert_eq!(server.seen().len(), 402 + 4 * 14);
    assert_eq!(trap.accepted(), 0);
    assert!(server.seen().iter().all(|seen| !seen.head.to_lowercase().contains("cookie")));
    assert!(server.accepted() < 5, "{}", server.accepted());
}
