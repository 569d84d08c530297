//! The same calls as fast as they can be written by hand with the same libraries: what does not change is prepared,
//! nothing is written twice, and what is read is borrowed until it is known to be wanted. Nobody would write this for one
//! call: it is the floor, not the yardstick.

use std::borrow::Cow;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::uri::{Authority, Parts, PathAndQuery, Scheme};
use http::{Method, Request, Response, StatusCode, Uri};
use percent_encoding::utf8_percent_encode;
use serde::{Deserialize, Serialize};

use super::hand::{Failure, RESERVED, Session, Tokens, User};

const X_APIKEY: HeaderName = HeaderName::from_static("x-apikey");
const X_NONCE: HeaderName = HeaderName::from_static("x-nonce");
const X_NAP_API_KEY: HeaderName = HeaderName::from_static("x-nap-api-key");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");
const JWT: HeaderValue = HeaderValue::from_static("application/jwt");

/// What is known before the call.
pub(crate) struct Prepared {
    scheme: Scheme,
    authority: Authority,
    credential: HeaderValue,
    /// Escaped.
    server: String,
}

impl Prepared {
    pub(crate) fn new(base: &str, credential: &str, server: &str) -> Self {
        let parts = base.parse::<Uri>().expect("a base URL").into_parts();
        Self {
            scheme: parts.scheme.expect("a scheme"),
            authority: parts.authority.expect("a host"),
            credential: HeaderValue::from_str(credential).expect("a header value"),
            server: utf8_percent_encode(server, RESERVED).to_string(),
        }
    }

    fn request(
        &self,
        method: Method,
        target: PathAndQuery,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
        body: Vec<u8>,
    ) -> Option<Request<Vec<u8>>> {
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(target);
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = Uri::from_parts(parts).ok()?;
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(name, value);
        }
        *request.headers_mut() = map;
        Some(request)
    }
}

/// nextAuth, `getSession`.
pub(crate) fn get_session(prepared: &Prepared, nonce: &str) -> Option<Request<Vec<u8>>> {
    let target = ["/servers/", &prepared.server, "/sessions/"].concat();
    let nonce = HeaderValue::from_str(nonce).ok()?;
    let headers = [(X_APIKEY, prepared.credential.clone()), (ACCEPT, JSON), (X_NONCE, nonce)];
    prepared.request(Method::GET, target.try_into().ok()?, headers, Vec::new())
}

/// A text that is borrowed where it can be.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
struct SessionBody<'a> {
    loggedin: Option<bool>,
    userid: Option<String>,
    accountid: Option<i64>,
    canprovoke: Option<bool>,
    #[serde(borrow)]
    loginqrdata: Option<Text<'a>>,
    hsid: Option<String>,
    pk: Option<String>,
}

fn text(response: &Response<Vec<u8>>, status: StatusCode) -> Result<&str, Failure> {
    if response.status() != status {
        return Err(Failure::Status);
    }
    std::str::from_utf8(response.body()).map_err(|_| Failure::Body)
}

/// Reads the answer to `getSession`.
pub(crate) fn session(response: &Response<Vec<u8>>) -> Result<Session, Failure> {
    let body: SessionBody<'_> = serde_json::from_str(text(response, StatusCode::OK)?)?;
    let login_qr = body.loginqrdata.map(|data| STANDARD.decode(data.0.as_bytes())).transpose()?;
    let is_logged_in = body.loggedin == Some(true);
    Ok(Session {
        account: body.accountid.filter(|_| is_logged_in),
        user: body.userid.filter(|_| is_logged_in),
        public_key: body.pk,
        can_provoke: body.canprovoke == Some(true),
        login_qr,
        hsid: body.hsid,
    })
}

/// nextAuth, `getQrLogin`, as a picture.
pub(crate) fn get_qr_login(prepared: &Prepared, nonce: &str, side: u16) -> Option<Request<Vec<u8>>> {
    let mut target = String::with_capacity(80);
    target.extend(["/servers/", &prepared.server, "/sessions/qr/login?img=png&s="]);
    target.push_str(itoa::Buffer::new().format(side));
    let nonce = HeaderValue::from_str(nonce).ok()?;
    let headers = [(X_APIKEY, prepared.credential.clone()), (ACCEPT, BYTES), (X_NONCE, nonce)];
    prepared.request(Method::GET, target.as_str().try_into().ok()?, headers, Vec::new())
}

/// nextAuth, `updateAccountUser`.
pub(crate) fn update_account_user(prepared: &Prepared, account: i64, user: &str) -> Option<Request<Vec<u8>>> {
    let mut target = String::with_capacity(128);
    target.extend(["/servers/", &prepared.server, "/accounts/"]);
    target.push_str(itoa::Buffer::new().format(account));
    target.push_str("/user?userid=");
    target.extend(utf8_percent_encode(user, RESERVED));
    let headers = [(X_APIKEY, prepared.credential.clone()), (ACCEPT, JSON)];
    prepared.request(Method::PUT, target.as_str().try_into().ok()?, headers, Vec::new())
}

/// Reads the answer to `updateAccountUser`.
pub(crate) fn account(response: &Response<Vec<u8>>, asked: i64) -> Result<super::hand::Account, Failure> {
    let account: super::hand::Account = serde_json::from_str(text(response, StatusCode::OK)?)?;
    if account.id == asked { Ok(account) } else { Err(Failure::Body) }
}

/// Authentiq, `key_register`.
pub(crate) fn register_key(prepared: &Prepared, token: &str) -> Option<Request<Vec<u8>>> {
    let target = const { PathAndQuery::from_static("/key") };
    prepared.request(Method::POST, target, [(CONTENT_TYPE, JWT), (ACCEPT, JSON)], token.into())
}

#[derive(Deserialize)]
struct Registered {
    secret: String,
}

/// Reads the answer to `key_register`.
pub(crate) fn secret(response: &Response<Vec<u8>>) -> Result<String, Failure> {
    Ok(serde_json::from_str::<Registered>(text(response, StatusCode::CREATED)?)?.secret)
}

/// Lagrello, `users/totp/auth`.
pub(crate) fn verify_totp(prepared: &Prepared, user: &str, code: &str) -> Option<Request<Vec<u8>>> {
    let mut target = String::with_capacity(128);
    let (user, code) = (utf8_percent_encode(user, RESERVED), utf8_percent_encode(code, RESERVED));
    write!(target, "/v1/users/{user}/totp?payload={code}").ok()?;
    let headers = [(AUTHORIZATION, prepared.credential.clone()), (ACCEPT, JSON)];
    prepared.request(Method::GET, target.as_str().try_into().ok()?, headers, Vec::new())
}

/// Reads the answer to `users/totp/auth`.
pub(crate) fn user(response: &Response<Vec<u8>>, asked: &str) -> Result<User, Failure> {
    let user: User = serde_json::from_str(text(response, StatusCode::OK)?)?;
    if user.user_id == asked { Ok(user) } else { Err(Failure::Body) }
}

#[derive(Serialize)]
struct LoginBody<'a> {
    email: &'a str,
    password: &'a str,
}

/// NAP, "User Login".
pub(crate) fn login(prepared: &Prepared, email: &str, password: &str) -> Option<Request<Vec<u8>>> {
    let mut body = Vec::with_capacity(128);
    serde_json::to_writer(&mut body, &LoginBody { email, password }).ok()?;
    let target = const { PathAndQuery::from_static("/api/auth/login") };
    let headers = [(X_NAP_API_KEY, prepared.credential.clone()), (CONTENT_TYPE, JSON), (ACCEPT, JSON)];
    prepared.request(Method::POST, target, headers, body)
}

#[derive(Deserialize)]
struct TokensBody<'a> {
    session_id: String,
    session_token: String,
    #[serde(borrow)]
    session_token_expiry: Text<'a>,
    refresh_token: String,
    #[serde(borrow)]
    refresh_token_expiry: Text<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoginAnswer<'a> {
    message: String,
    #[serde(borrow)]
    tokens: Option<TokensBody<'a>>,
    require_email_verification: bool,
}

#[derive(Deserialize)]
struct Claims<'a> {
    #[serde(borrow)]
    jti: Option<Text<'a>>,
    #[serde(borrow)]
    email: Option<Text<'a>>,
}

/// Reads the answer to "User Login". The session token must be about the session and the user.
pub(crate) fn tokens(response: &Response<Vec<u8>>, asked: &str) -> Result<(String, Tokens), Failure> {
    let answer: LoginAnswer<'_> = serde_json::from_str(text(response, StatusCode::OK)?)?;
    let Some(tokens) = answer.tokens.filter(|_| !answer.require_email_verification) else { return Err(Failure::Body) };
    let (mut jwt, mut json) = ([0; 1_024], [0; 1_024]);
    let length = URL_SAFE_NO_PAD.decode_slice(&tokens.session_token, &mut jwt).map_err(|_| Failure::Body)?;
    let payload = jwt[..length].split(|byte| *byte == b'.').nth(1).ok_or(Failure::Body)?;
    let length = URL_SAFE_NO_PAD.decode_slice(payload, &mut json).map_err(|_| Failure::Body)?;
    let claims: Claims<'_> = serde_json::from_slice(&json[..length])?;
    if claims.jti.is_some_and(|jti| jti.0 != tokens.session_id) || claims.email.is_some_and(|email| email.0 != asked) {
        return Err(Failure::Body);
    }
    let tokens = Tokens {
        session_id: tokens.session_id,
        session_token: tokens.session_token,
        session_token_expiry: tokens.session_token_expiry.0.parse()?,
        refresh_token: tokens.refresh_token,
        refresh_token_expiry: tokens.refresh_token_expiry.0.parse()?,
    };
    Ok((answer.message, tokens))
}
