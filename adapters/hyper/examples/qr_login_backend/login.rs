//! The login itself: begun by one request, finished by another, with nothing in between but what lies in Redis.

use std::time::Duration;

use authwire_core::{Flow as _, Reply, Sent, Step, Storable as _, Timestamp};
use authwire_hyper::now;
use authwire_nextauth::flows::AwaitLogin;
use authwire_nextauth::sessions::GetQrLogin;
use authwire_nextauth::{Nonce, QrFormat, SessionInfo, UserContext};
use axum::extract::State;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::App;
use super::answer::{Trouble, log, retry_after};
use super::session::{SessionId, random};

/// `GET /`: who is logged in. Plain text, so that no name can be markup.
pub(crate) async fn who(State(app): State<App>, headers: HeaderMap) -> Result<Response, Trouble> {
    let user = match SessionId::of(&headers, app.secure) {
        Some(session) => app.store.user(&session).await?,
        None => None,
    };
    Ok(match user {
        Some(user) => format!("{user} is logged in").into_response(),
        None => (StatusCode::UNAUTHORIZED, "nobody is logged in: see /login").into_response(),
    })
}

/// `GET /login`: a code for this browser alone. Whoever loads the page again gets a new code, and the old one is over.
pub(crate) async fn begin(State(app): State<App>, headers: HeaderMap) -> Result<Response, Trouble> {
    if let Some(old) = SessionId::of(&headers, app.secure) {
        if app.store.user(&old).await?.is_some() {
            return Ok(Redirect::to("/").into_response());
        }
        app.store.end(&old).await?;
    }
    // A nonce for each login, which nobody but the provider and Redis knows; it is forgotten when the login ends.
    let (session, nonce) = (SessionId::random()?, Nonce::from_random(random()?)?);
    let mut get_code = GetQrLogin::new(app.server.clone(), nonce.clone()).format(QrFormat::Png { side: Some(300) });
    // The phone shows what the browser says of itself, which may be a lie: whoever is sent another's code and approves it
    // lets the other one in. Behind a proxy of your own, add the address that it saw (`SessionInfo::ip`).
    if let Some(browser) = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()) {
        let browser: String = browser.chars().take(200).collect();
        get_code = get_code.context(UserContext::new().session(SessionInfo::new().user_agent(browser)));
    }
    let code = app.client.call(&app.provider, &get_code).await?;

    let deadline = now().saturating_add(app.patience);
    let flow = AwaitLogin::new(app.server.clone(), nonce, deadline).pace(Duration::from_secs(1));
    // Kept a little longer than it waits, so that the browser hears that the time is over.
    app.store.begin(&session, &flow.store()?, app.patience.saturating_add(Duration::from_secs(60))).await?;
    let page = include_str!("login.html").replace("{code}", &STANDARD.encode(code.as_bytes()));
    Ok(([(SET_COOKIE, session.cookie(app.secure))], Html(page)).into_response())
}

/// `GET /login/status`: asked by the page every second, of any process. 202: not yet; 200: logged in.
pub(crate) async fn status(State(app): State<App>, headers: HeaderMap) -> Result<Response, Trouble> {
    let session = SessionId::of(&headers, app.secure).ok_or(Trouble::StartAgain)?;
    if !app.store.lease(&session).await? {
        return Ok(not_yet(now()));
    }
    // A browser that goes away drops this future, as a crash would: then the lease ends by itself.
    let answer = go_on(&app, &session).await;
    if let Err(error) = app.store.release(&session).await {
        // It ends by itself, too. The answer counts: the person may be in.
        log("giving a lease back", &error.category());
    }
    answer
}

/// Takes the login that lies in Redis a few steps further, and puts it back or ends it.
async fn go_on(app: &App, session: &SessionId) -> Result<Response, Trouble> {
    let stored = app.store.waiting(session).await?.ok_or(Trouble::StartAgain)?;
    let mut flow = AwaitLogin::restore(&stored)?;
    // Whoever restores a flow says so first: the reply to a request that was in flight went elsewhere.
    flow.lost(now(), Sent::Maybe);
    let end = loop {
        // One request where one is due, and a second one where its answer must be confirmed.
        match flow.step(&app.provider, now()) {
            Ok(Step::Send(request)) => match app.client.exchange(request).await {
                Ok(response) => flow.reply(&app.provider, now(), Reply::from(&response)),
                Err(error) => flow.lost(now(), error.sent),
            },
            Ok(Step::Wait(until)) => {
                app.store.put_back(session, &flow.store()?).await?;
                return Ok(not_yet(until));
            }
            Ok(Step::Done(login)) => break Ok(login),
            Err(error) => break Err(error),
        }
    };
    // However it ended, it ends once: if another process was faster, the login is that one's.
    if !app.store.end(session).await? {
        return Err(Trouble::StartAgain);
    }
    let user = end?.user.ok_or(Trouble::NotRegistered)?;
    // A new id: the old one may have been planted or seen before anybody was logged in.
    let session = SessionId::random()?;
    app.store.let_in(&session, user.as_str()).await?;
    Ok(([(SET_COOKIE, session.cookie(app.secure))], "logged in").into_response())
}

fn not_yet(again: Timestamp) -> Response {
    (StatusCode::ACCEPTED, retry_after(again), "waiting").into_response()
}
