//! Nothing in a reply leads anywhere.

use crate::testing::server::{Server, Then, ok};
use crate::testing::{Make, Setup, get, request};

/// Redirects of every status, to every method, with every form of target, come back as they are.
pub fn redirects(make: Make, _: bool) {
    let client = make(Setup::default());
    let trap = Server::always(Then::Keep(ok("trap")));
    let place = trap.address;
    let targets = [
        format!("http://{place}/x"),
        format!("HTTP://{place}/x"),
        format!("https://{place}/x"),
        format!("//{place}/x"),
        format!("/\\{place}/x"),
        format!("http://127.0.0.1:1@{place}/x"),
        format!("ftp://{place}/x"),
        format!("ws://{place}/x"),
        format!("http:{place}"),
        "/followed".to_owned(),
        "followed".to_owned(),
        "?followed".to_owned(),
        "#followed".to_owned(),
        "file:///etc/passwd".to_owned(),
        "javascript:alert(1)".to_owned(),
        "data:,x".to_owned(),
        "http://[bad".to_owned(),
        String::new(),
    ];
    let answers = targets.clone();
    let server = Server::new(move |seen| {
        let mut parts = seen.head.split(' ').nth(1).unwrap().split('/').skip(1);
        let status = parts.next().unwrap();
        let target = parts.next().and_then(|number| answers.get(number.parse::<usize>().ok()?));
        let head = format!("HTTP/1.1 {status} Away\r\nlocation: {}\r\n", target.expect("it was followed"));
        let has_body = !seen.head.starts_with("HEAD ");
        Then::Keep(if has_body { head + "content-length: 2\r\n\r\nno" } else { head + "\r\n" }.into_bytes())
    });
    let mut sent = 0;
    for status in [300, 301, 302, 303, 305, 307, 308] {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
            for number in 0..targets.len() {
                let url = server.url(&format!("/{status}/{number}"));
                let body: &[u8] = if matches!(method, "POST" | "PUT" | "PATCH") { b"secret" } else { b"" };
                let response = client.exchange(request(method, &url, &[("x-api-key", "K")], body)).unwrap();
                let got = (response.status().as_u16(), response.body().as_slice());
                assert_eq!(got, (status, if method == "HEAD" { &b""[..] } else { b"no" }));
                sent += 1;
            }
        }
    }
    assert_eq!((server.seen().len(), trap.accepted()), (sent, 0));
    println!("{sent} redirects, none followed");
}

/// Places that a reply names in headers and bodies are not visited.
pub fn urls_in_replies(make: Make, _: bool) {
    let client = make(Setup::default());
    let trap = Server::always(Then::Keep(ok("trap")));
    let url = trap.url("/x");
    let port = trap.address.port();
    let bodies = [
        format!("{{\"url\":\"{url}\",\"returnTo\":\"{url}\",\"icon\":\"{url}\"}}"),
        format!("<html><meta http-equiv=refresh content=\"0; url={url}\"><img src={url}><script src={url}></script>"),
        url.clone(),
    ];
    let headers = [
        format!("refresh: 0; url={url}"),
        format!("link: <{url}>; rel=preload"),
        format!("content-location: {url}"),
        format!("alt-svc: http/1.1=\"127.0.0.1:{port}\"; ma=9"),
        format!("www-authenticate: Bearer realm=\"{url}\""),
        format!("location: {url}"),
        format!("report-to: {{\"endpoints\":[{{\"url\":\"{url}\"}}]}}"),
    ];
    let mut sent = 0;
    for status in [200, 201, 401, 407, 503] {
        for body in &bodies {
            for header in &headers {
                let head = format!("HTTP/1.1 {status} X\r\n{header}\r\ncontent-length: {}\r\n\r\n", body.len());
                let server = Server::always(Then::Keep((head + body).into_bytes()));
                let response = client.exchange(get(&server.url("/"))).unwrap();
                assert_eq!((response.status().as_u16(), response.body().as_slice()), (status, body.as_bytes()));
                assert_eq!(server.seen().len(), 1);
                sent += 1;
            }
        }
    }
    assert_eq!(trap.accepted(), 0);
    println!("{sent} replies with places in them, none visited");
}
