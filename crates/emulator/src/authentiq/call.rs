//! What operations read in a request.

use super::Authentiq;
use super::problem::Problem;
use super::token::Token;
use crate::incoming::Incoming;
use crate::reply;
use crate::route::Routed;
use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};
use serde::Serialize;
use std::time::Duration;

/// The media type of a token.
pub(super) const JWT: &str = "application/jwt";

pub(super) type Answered = Result<Response<Vec<u8>>, Problem>;

pub(super) struct Call<'a> {
    pub(super) now: Duration,
    pub(super) authentiq: &'a mut Authentiq,
    pub(super) incoming: &'a Incoming<'a>,
    routed: &'a Routed,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        authentiq: &'a mut Authentiq,
        now: Duration,
        incoming: &'a Incoming<'a>,
        routed: &'a Routed,
    ) -> Self {
        Self { now, authentiq, incoming, routed }
    }

    pub(super) fn path(&self, name: &str) -> &'a str {
        self.routed.path_value(name).unwrap_or_default()
    }

    /// A query value. An empty one is as good as none: generated clients send `code=` when there is no code.
    pub(super) fn query(&self, name: &str) -> Option<&'a str> {
        self.routed.query_value(name).filter(|value| !value.is_empty())
    }

    pub(super) fn required(&self, name: &str) -> Result<&'a str, Problem> {
        self.query(name).ok_or(Problem::bad_request("A query parameter is missing"))
    }

    /// Whether the body says that it is of this media type. Case and parameters do not matter.
    pub(super) fn says(&self, media: &str) -> bool {
        let value = self.incoming.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = value.and_then(|value| value.split(';').next());
        essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media))
    }

    pub(super) fn text(&self) -> &'a str {
        let text = std::str::from_utf8(self.incoming.body).unwrap_or_default();
        if self.authentiq.settings.trim_white_space { text.trim() } else { text }
    }

    /// The token that is the body.
    pub(super) fn token(&self) -> Result<Token, Problem> {
        if !self.says(JWT) {
            return Err(Problem::MEDIA_TYPE);
        }
        Token::read(&self.authentiq.settings, self.now, self.text())
    }
}

/// `{"status": …}`.
pub(super) fn status(code: StatusCode, word: &str) -> Response<Vec<u8>> {
    #[derive(Serialize)]
    struct Wire<'a> {
        status: &'a str,
    }
    reply::json(code, &Wire { status: word })
}
