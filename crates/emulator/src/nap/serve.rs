//! What happens to every request, in this order: redirect of a slash too many, API key, tokens, rate limit, route.

use super::Nap;
use super::answers::{crashed, json, not_found};
use super::json::Object;
use super::limiter::address;
use super::operations::{self, Call};
use super::routes::find;
use super::settings::Dialect;
use super::token::Presented;
use crate::incoming::Incoming;
use crate::reply;
use http::header::LOCATION;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use std::time::Duration;

impl Nap {
    pub(super) fn serve(&mut self, now: Duration, incoming: &Incoming<'_>) -> Response<Vec<u8>> {
        if let Some(redirect) = self.without_slash(incoming) {
            return redirect;
        }
        let dialect = self.settings.dialect;
        let key = text(incoming.headers, &dialect.header("api-key"));
        if !key.is_some_and(|key| self.api_keys.contains(key)) {
            return self.wrong_key(key.is_some());
        }
        let session_token = text(incoming.headers, &dialect.header("session-token"));
        let session_token = match session_token.map(|token| (token, self.presented(now, token))) {
            Some((_, Presented::Crash)) => return crashed(),
            Some((token, Presented::Valid)) => Some(token),
            _ => None,
        };
        if self.settings.cache_down {
            return crashed();
        }
        let verdict = self.limiter.count(now, &address(incoming.headers), &self.settings);
        let mut response = if verdict.over {
            reply::text(StatusCode::TOO_MANY_REQUESTS, "Limit exceeded")
        } else {
            self.dispatch(now, incoming, session_token)
        };
        // A handler that crashed has said nothing before.
        let silent = response.status() == StatusCode::INTERNAL_SERVER_ERROR && response.body().is_empty();
        if !silent {
            verdict.write(response.headers_mut());
        }
        response
    }

    fn dispatch(&mut self, now: Duration, incoming: &Incoming<'_>, session_token: Option<&str>) -> Response<Vec<u8>> {
        match (incoming.method, incoming.path) {
            (&Method::GET, "" | "/") => json(StatusCode::OK, Object::new().flag("success", true).finish()),
            (_, "/metrics") => reply::body(
                StatusCode::OK,
                "text/plain; version=0.0.4; charset=utf-8",
                b"# HELP up Whether the server is up.\n# TYPE up gauge\nup 1\n".to_vec(),
            ),
            _ => match find(incoming).filter(|routed| self.is_served(routed.operation)) {
                Some(routed) => {
                    let refresh = text(incoming.headers, &self.settings.dialect.header("refresh-token"));
                    let admin_token = text(incoming.headers, "x-nexeres-admin-token");
                    operations::run(Call {
                        nap: self,
                        now,
                        body: incoming.body,
                        routed: &routed,
                        session_token,
                        refresh_token: refresh,
                        admin_token,
                    })
                }
                None => not_found(),
            },
        }
    }

    /// Which of the known operations this generation has, as it is set up.
    fn is_served(&self, operation: &str) -> bool {
        match operation {
            "getFlow" => self.settings.documented_flow_route,
            "adminLogin" | "adminLoginVerify" | "adminConfig" => self.settings.dialect == Dialect::Nexeres,
            _ => true,
        }
    }

    /// A known path with a slash too many: the router answers, before anybody asks for a key.
    fn without_slash(&self, incoming: &Incoming<'_>) -> Option<Response<Vec<u8>>> {
        let short = incoming.path.strip_suffix('/').filter(|short| !short.is_empty())?;
        let routed = find(&incoming.at(short));
        let known = short == "/metrics" || routed.is_some_and(|routed| self.is_served(routed.operation));
        if !known {
            return None;
        }
        let location = format!("{}{short}", incoming.prefix());
        let mut response = match *incoming.method {
            Method::GET => {
                let page = format!("<a href=\"{location}\">Moved Permanently</a>.\n\n");
                reply::html(StatusCode::MOVED_PERMANENTLY, &page)
            }
            _ => reply::empty(StatusCode::TEMPORARY_REDIRECT),
        };
        response.headers_mut().insert(LOCATION, HeaderValue::from_str(&location).ok()?);
        Some(response)
    }

    fn wrong_key(&self, given: bool) -> Response<Vec<u8>> {
        let why = if given { "Invalid API key" } else { "Missing API key" };
        match self.settings.dialect {
            Dialect::Nap => json(StatusCode::UNAUTHORIZED, Object::new().text("error", why).finish()),
            Dialect::Nexeres => *self.unauthorized("Unauthorized access!", why),
        }
    }
}

/// The first value of a header, without white space around it; an empty one is none.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    if value.is_empty() { None } else { Some(value) }
}
