//! The emulator, in a process of its own, and a client of it.

use std::hint::black_box;

use authwire_core::BaseUrl;
use authwire_emulator::Server;
use authwire_nextauth::sessions::GetSession;
use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};

use super::Run;
use super::pooled::run;

/// Says its base URL, its API key and its server's id, and ends with its input.
pub(crate) fn serve() {
    let server = Server::start().expect("a server");
    let base = server.nextauth_url();
    let (key, id) =
        server.with_emulator(|all, _| (all.nextauth.api_key().to_owned(), all.nextauth.server_id().to_owned()));
    println!("{base} {key} {id}");
    super::server::wait();
}

/// Asks who is logged in; nobody is. `said` is what the server said of itself.
pub(crate) fn start(said: &str, in_flight: usize) -> Run {
    let mut words = said.split_whitespace();
    let mut next = || words.next().expect("a word");
    let base = BaseUrl::new(next()).expect("a base URL");
    let provider = NextAuth::new(base, &ApiKey::new(next()).expect("a key"));
    let server = ServerId::new(next()).expect("an id");
    let nonce = Nonce::from_text("4f6f2f5a7a0d4d0f8f7d2a1b3c5e7f90").expect("a nonce");
    let client = authwire_hyper::Client::new().expect("a client");
    run(in_flight, move |times| {
        let (client, provider, server, nonce) = (client.clone(), provider.clone(), server.clone(), nonce.clone());
        async move {
            for _ in 0..times {
                let operation = GetSession::new(server.clone(), nonce.clone());
                drop(black_box(client.call(&provider, &operation).await.expect("a success")));
            }
        }
    })
}
