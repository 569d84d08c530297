//! `sign_update`, `sign_retrieve`, `sign_retrieve_head`.

use super::super::SignedForm;
use super::super::call::{Answered, Call, JWT};
use super::super::job::{Job, Progress};
use super::super::problem::Problem;
use crate::reply;
use base64::Engine as _;
use http::header::ACCEPT;
use http::{HeaderMap, Response, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

/// The token must be a trusted authority's, and say what the job is about. A test job's authority is the test issuer.
pub(super) fn update(call: Call<'_>) -> Answered {
    #[derive(Serialize)]
    struct Wire<'a> {
        status: &'a str,
        jwt: &'a str,
    }
    let id = call.path("job").to_owned();
    find(&call, &id)?;
    let token = call.token()?;
    let job = find(&call, &id)?;
    let scope = job.statement.scope.name();
    let is_about = token.sub.as_ref() == Some(&job.statement.sub)
        && token.claims.text("scope") == Some(scope)
        && token.claims.text(scope) == Some(&job.statement.value);
    let trusted =
        if job.test { token.kid == call.authentiq.test_issuer().id() } else { call.authentiq.trusts(&token.kid) };
    if !trusted || !is_about {
        return Err(Problem::AUTH);
    }
    let form = call.authentiq.settings.signed_form;
    if let Some(job) = call.authentiq.jobs.get_mut(&id) {
        job.sign(&token.text)?;
    }
    Ok(match form {
        SignedForm::Jwt => jwt(token.text),
        SignedForm::Json => reply::json(StatusCode::OK, &Wire { status: "ready", jwt: &token.text }),
    })
}

pub(super) fn retrieve(call: Call<'_>) -> Answered {
    let job = find(&call, call.path("job"))?;
    Ok(match &job.progress {
        Progress::Waiting | Progress::Confirmed(_) => reply::empty(StatusCode::NO_CONTENT),
        Progress::Signed(token) if prefers_jwt(call.incoming.headers) => jwt(token.clone()),
        Progress::Signed(token) => reply::json(StatusCode::OK, &decoded(token)),
    })
}

pub(super) fn head(call: Call<'_>) -> Answered {
    let job = find(&call, call.path("job"))?;
    Ok(reply::empty(match job.progress {
        Progress::Waiting | Progress::Confirmed(_) => StatusCode::NO_CONTENT,
        Progress::Signed(_) => StatusCode::OK,
    }))
}

fn find<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Job, Problem> {
    call.authentiq.jobs.get(&id.to_owned()).ok_or(Problem::UNKNOWN_JOB)
}

fn jwt(token: String) -> Response<Vec<u8>> {
    reply::body(StatusCode::OK, JWT, token.into_bytes())
}

/// The JSON form: what the token holds, and the token itself.
fn decoded(token: &str) -> Map<String, Value> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    let mut members: Map<String, Value> = serde_json::from_slice(&payload).unwrap_or_default();
    members.insert("jwt".to_owned(), token.into());
    members
}

/// Whether `Accept` likes a token better than JSON, which is the first of the documented forms.
fn prefers_jwt(headers: &HeaderMap) -> bool {
    quality(headers, JWT) > quality(headers, reply::JSON)
}

/// The weight of a media type, in thousandths (RFC 9110, section 12.5.1): the most specific range counts. Nothing said is
/// as good as anything.
fn quality(headers: &HeaderMap, media: &str) -> u16 {
    let texts: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    if texts.is_empty() {
        return 1_000;
    }
    let ranges = texts.iter().flat_map(|text| text.split(','));
    let weighed = ranges.filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let specific = match parts.next()? {
            exact if exact.eq_ignore_ascii_case(media) => 3,
            "application/*" => 2,
            "*/*" => 1,
            _ => return None,
        };
        let q = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        Some((specific, q.map_or(1_000, thousandths)))
    });
    weighed.max_by_key(|(specific, _)| *specific).map_or(0, |(_, weight)| weight)
}

fn thousandths(q: &str) -> u16 {
    let (whole, fraction) = q.split_once('.').unwrap_or((q, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    if whole == "0" { digits.parse().unwrap_or(0) } else { 1_000 }
}

#[cfg(test)]
mod tests {
    use super::prefers_jwt;
    use http::header::ACCEPT;
    use http::{HeaderMap, HeaderValue};

    #[test]
    fn a_token_is_given_to_whoever_likes_it_better() {
        let table = [
            (None, false),
            (Some("*/*"), false),
            (Some("application/json"), false),
            (Some("application/jwt"), true),
            (Some("application/jwt, application/json"), false),
            (Some("application/jwt, application/json;q=0.9"), true),
            (Some("application/json;q=0.2,application/jwt;q=0.25"), true),
            (Some("application/jwt, */*"), false),
            (Some("application/jwt, */*;q=0.5"), true),
            (Some("application/json, application/jwt, */*"), false),
            (Some("text/html"), false),
            (Some("application/jwt;q=0, */*"), false),
        ];
        for (accept, expected) in table {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(ACCEPT, HeaderValue::from_static(accept));
            }
            assert_eq!(prefers_jwt(&headers), expected, "{accept:?}");
        }
    }
}
