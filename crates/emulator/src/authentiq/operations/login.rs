//! `push_login_request`.

use super::super::call::{Answered, Call, status};
use super::super::message::Push;
use super::super::problem::Problem;
use http::{StatusCode, Uri};
use serde_json::Value;

/// A key that is unknown, or has no device, is 404; the documents do not say.
pub(super) fn push(call: Call<'_>) -> Answered {
    let callback = call.required("callback")?;
    let token = call.token()?;
    let sub = token.self_signed()?.to_owned();
    let audience = match token.claims.get("aud") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => return Err(Problem::bad_request("The claim aud is missing")),
    };
    if token.claims.text("iss").is_none() {
        return Err(Problem::bad_request("The claim iss is missing"));
    }
    if !audience.iter().any(|site| is_within(callback, site)) {
        return Err(Problem::AUDIENCE);
    }
    let key = call.authentiq.keys.get(&sub).ok_or(Problem::UNKNOWN_KEY)?;
    key.live()?;
    let devtoken = key.devtoken.clone().ok_or(Problem::UNKNOWN_KEY)?;
    call.authentiq.push(Push { sub, devtoken, callback: callback.to_owned(), at: call.now });
    Ok(status(StatusCode::OK, "sent"))
}

/// Whether a callback lies within a site: the same scheme, host and port, and a path below the site's, at a slash.
fn is_within(callback: &str, site: &str) -> bool {
    let Some((callback, site)) = place(callback).zip(place(site)) else { return false };
    let base = site.path.strip_suffix('/').unwrap_or(&site.path);
    let below = callback.path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    callback.origin == site.origin && below
}

struct Place {
    origin: (String, String, u16),
    path: String,
}

/// `None` for what is no absolute URI of a web site, for user names, and for dots that a browser would resolve.
fn place(uri: &str) -> Option<Place> {
    let uri: Uri = uri.parse().ok()?;
    let scheme = uri.scheme_str()?.to_owned();
    let authority = uri.authority()?;
    let port = match (authority.port_u16(), scheme.as_str()) {
        (Some(port), _) => port,
        (None, "https") => 443,
        (None, "http") => 80,
        _ => return None,
    };
    let is_dots = |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    let odd = authority.as_str().contains('@') || uri.path().contains('\\') || uri.path().split('/').any(is_dots);
    let origin = (scheme, authority.host().to_ascii_lowercase(), port);
    (!odd).then(|| Place { origin, path: uri.path().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn a_callback_lies_within_its_site() {
        let table = [
            ("https://a.example/", "https://a.example/s/1?x=y", true),
            ("https://a.example", "https://A.example:443/s", true),
            ("https://a.example/app", "https://a.example/app", true),
            ("https://a.example/app/", "https://a.example/app", true),
            ("https://a.example/app/", "https://a.example/app/x", true),
            ("https://a.example/app", "https://a.example/apple", false),
            ("https://a.example/app", "https://a.example/", false),
            ("https://a.example/app", "https://a.example/app/../x", false),
            ("https://a.example/app", "https://a.example/app/%2E%2e/x", false),
            ("https://a.example/", "http://a.example/", false),
            ("https://a.example/", "https://a.example:8443/", false),
            ("https://a.example/", "https://b.example/", false),
            ("https://a.example/", "https://a.example@b.example/", false),
            ("https://a.example/", "https://x@a.example/", false),
            ("https://a.example/", "https://a.example.b.example/", false),
            ("https://a.example/", "/s/1", false),
            ("https://a.example/", "javascript:alert(1)", false),
            ("", "", false),
        ];
        for (site, callback, expected) in table {
            assert_eq!(is_within(callback, site), expected, "{callback} in {site}");
        }
    }
}
