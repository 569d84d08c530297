//! A web backend with nextAuth's login by QR code, to be run as many processes behind one address: a login that began on
//! one is finished by whichever is asked next, for it lies in Redis between two requests of the browser.
//!
//! ```console
//! $ redis-server --port 6379 &
//! $ cargo run -- emulator &         # prints the base URL, the server's id and the API key
//! $ read -rs AUTHWIRE_API_KEY       # paste it: it stays out of the shell's history
//! $ export AUTHWIRE_API_KEY AUTHWIRE_BASE_URL=… AUTHWIRE_SERVER_ID=… REDIS_URL=redis://127.0.0.1 INSECURE_COOKIES=1
//! $ LISTEN=127.0.0.1:8080 cargo run -p authwire-hyper --example qr_login_backend
//! $ LISTEN=127.0.0.1:8081 cargo run -p authwire-hyper --example qr_login_backend
//! ```
//!
//! All comes from the environment: arguments are seen by every user of the machine. What you still need for a site of
//! your own: something before it that speaks TLS (then without `INSECURE_COOKIES`), a limit on how often one address may
//! call `/login`, a way to log out, and registration.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program's log")]

mod answer;
mod login;
mod session;
mod store;

use std::env;
use std::error::Error;
use std::time::Duration;

use authwire_hyper::Client;
use authwire_nextauth::{ApiKey, NextAuth, ServerId};
use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::routing::get;
use tokio::net::TcpListener;

use store::Store;

/// What every request needs. No state of any login: that is in Redis.
#[derive(Clone)]
struct App {
    provider: NextAuth,
    server: ServerId,
    client: Client,
    store: Store,
    /// How long a person has to scan and approve.
    patience: Duration,
    /// Whether cookies are for https alone.
    secure: bool,
}

// `pub(crate)` for the test that runs it.
#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let key = ApiKey::new(variable("AUTHWIRE_API_KEY")?)?;
    let app = App {
        provider: NextAuth::new(variable("AUTHWIRE_BASE_URL")?.parse()?, &key),
        server: ServerId::new(&variable("AUTHWIRE_SERVER_ID")?)?,
        // It decides who is let in: no connection that another request has used. Two such requests must fit into the
        // time for which a process holds a login.
        client: Client::builder().deadline(Duration::from_secs(3)).fresh_connections(true).build()?,
        store: Store::connect(&variable("REDIS_URL")?)?,
        patience: Duration::from_secs(env::var("LOGIN_SECONDS").map_or(Ok(120), |seconds| seconds.parse())?),
        secure: !env::var("INSECURE_COOKIES").is_ok_and(|value| value == "1"),
    };
    let listener = TcpListener::bind(env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:0".to_owned())).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // No farewell when it is stopped: what waits is in Redis, and another process goes on. Between the end of a login and the
    // new session, it is lost: then the person logs in again.
    Ok(axum::serve(listener, routes(app)).await?)
}

fn routes(app: App) -> Router {
    let script = ([(CONTENT_TYPE, "text/javascript")], include_str!("login.js"));
    Router::new()
        .route("/", get(login::who))
        .route("/login", get(login::begin))
        .route("/login/status", get(login::status))
        .route("/login.js", get(move || async move { script }))
        .with_state(app)
        .layer(axum::middleware::map_response(guarded))
}

/// No page here may be kept, framed, or load anything from elsewhere.
async fn guarded(mut response: axum::response::Response) -> axum::response::Response {
    let policy = "default-src 'none'; img-src data:; script-src 'self'; connect-src 'self'; frame-ancestors 'none'";
    for (name, value) in
        [(CACHE_CONTROL, "no-store"), (REFERRER_POLICY, "no-referrer"), (CONTENT_SECURITY_POLICY, policy)]
    {
        response.headers_mut().insert(name, axum::http::HeaderValue::from_static(value));
    }
    response
}

fn variable(name: &str) -> Result<String, String> {
    let value = env::var(name).ok().filter(|value| !value.is_empty());
    value.ok_or_else(|| format!("the environment variable {name} is not set"))
}
