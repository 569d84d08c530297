//! No secret in any text.

use std::error::Error as _;
use std::net::TcpListener;
use std::time::Duration;

use crate::testing::server::{Server, Then};
use crate::testing::tls::Authority;
use crate::testing::{Make, Setup, request};

/// No secret in any text of ours.
pub fn no_secrets_in_texts(make: Make, _: bool) {
    const CANARY: &str = "C4N4RY";
    let mut texts = Vec::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let authority = Authority::new();
    let (chain, key, ..) = authority.issue("client");
    let client = make(Setup {
        proxy: None,
        user_agent: Some(CANARY.into()),
        client: Some((chain, key)),
        connect: Duration::from_millis(100),
        wait: Duration::from_millis(100),
        ..Setup::default()
    });
    texts.push(client.debug());
    let proxied = make(Setup { proxy: Some(format!("http://{CANARY}:{CANARY}@{listener}")), ..Setup::default() });
    texts.push(proxied.debug());
    let replies = [
        Then::Close(Vec::new()),
        Then::Hang(Vec::new()),
        Then::Close(format!("HTTP/1.1 200 {CANARY}\r\nx: {CANARY}\r\ncontent-length: 99\r\n\r\n{CANARY}").into_bytes()),
        Then::Keep(format!("HTTP/1.1 200 {CANARY}\r\nx: {CANARY}\r\n\r\n{CANARY}").into_bytes()),
        Then::Keep(format!("{CANARY}\r\n\r\n").into_bytes()),
        Then::Keep(format!("HTTP/1.1 200 OK\r\n{CANARY}\r\n\r\n").into_bytes()),
        Then::Keep(format!("HTTP/1.1 200 OK\r\ncontent-length: {CANARY}\r\n\r\n").into_bytes()),
        Then::Keep(format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{CANARY}\r\n").into_bytes()),
    ];
    let mut urls = vec![
        format!("http://{listener}/{CANARY}?{CANARY}"),
        format!("https://{listener}/{CANARY}?{CANARY}"),
        format!("http://{CANARY}.invalid/{CANARY}"),
        format!("http://{CANARY}@{listener}/{CANARY}"),
        format!("ftp://{listener}/{CANARY}"),
        format!("/{CANARY}"),
    ];
    let servers: Vec<Server> = replies.into_iter().map(Server::always).collect();
    urls.extend(servers.iter().map(|server| server.url(&format!("/{CANARY}?a={CANARY}"))));
    urls.extend(servers.iter().map(|server| server.url(&format!("/{CANARY}?a={CANARY}")).replace("http:", "https:")));
    for url in &urls {
        for client in [&client, &proxied] {
            let sent = request("POST", url, &[("x-key", CANARY)], CANARY.as_bytes());
            let error = client.exchange(sent).unwrap_err();
            texts.push(format!("{error} {error:?} {error:#?}"));
            let mut source = error.source();
            while let Some(error) = source {
                texts.push(format!("{error} {error:?}"));
                source = error.source();
            }
        }
    }
    assert!(texts.len() > 40);
    for text in texts {
        assert!(!text.to_uppercase().contains(CANARY), "{text}");
        assert!(!text.contains("127.0.0.1"), "{text}");
    }
}
