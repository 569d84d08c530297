//! A step of a flow, and the operation that it wraps, without a socket.

use std::hint::black_box;
use std::time::Duration;

use authwire_core::{BaseUrl, Endpoint, Flow, Reply, Step, Timestamp};
use authwire_nextauth::flows::AwaitLogin;
use authwire_nextauth::sessions::GetSession;
use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};
use http::Response;
use http::header::CONTENT_TYPE;

use super::{Run, Side};

/// Asks who is logged in, and reads that nobody is.
pub(crate) fn start(side: Side) -> Run {
    let base = BaseUrl::new("https://auth.example.com").expect("a base URL");
    let provider = NextAuth::new(base, &ApiKey::new("vYkVeGK3Zb3d0mJc6v2wqgQe3h0wYkzP").expect("a key"));
    let server = ServerId::new("rN6hUJbbB5V0M5Yb1lIA0Q==").expect("an id");
    let nonce = Nonce::from_text("4f6f2f5a7a0d4d0f8f7d2a1b3c5e7f90").expect("a nonce");
    let body = r#"{"loggedin":false,"canprovoke":true,"loginqrdata":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","hsid":"5b1c0e7a9d2f4e63"}"#;
    let reply = Response::builder().header(CONTENT_TYPE, "application/json").body(body.as_bytes().to_vec());
    let reply = reply.expect("a response");
    match side {
        Side::Ours => {
            let pace = Duration::from_secs(5);
            let mut now = Timestamp::from_unix(Duration::ZERO);
            let mut flow = AwaitLogin::new(server, nonce, Timestamp::from_millis(u64::MAX)).pace(pace);
            Box::new(move |times| {
                for _ in 0..times {
                    now = now.saturating_add(pace * 2);
                    match flow.step(&provider, now) {
                        Ok(Step::Send(request)) => drop(black_box(request)),
                        _ => panic!("it should ask"),
                    }
                    flow.reply(&provider, now, Reply::from(black_box(&reply)));
                }
            })
        }
        Side::Bare => {
            let operation = GetSession::new(server, nonce);
            Box::new(move |times| {
                for _ in 0..times {
                    drop(black_box(operation.request(black_box(&provider)).expect("a request")));
                    drop(black_box(operation.response(&provider, black_box(&reply)).expect("a success")));
                }
            })
        }
    }
}
