//! What we are measured against: each call as a good engineer would write it who needs this one call and no library.
//! Readable and correct, nothing prepared before the call, no trick for speed.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Everything but the unreserved characters of RFC 3986.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Why a call failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The request cannot be made.
    Request,
    /// Another status than the documented success.
    Status,
    /// The body is not what it should be.
    Body,
}

impl From<http::Error> for Failure {
    fn from(_: http::Error) -> Self {
        Self::Request
    }
}

impl From<serde_json::Error> for Failure {
    fn from(_: serde_json::Error) -> Self {
        Self::Body
    }
}

impl From<base64::DecodeError> for Failure {
    fn from(_: base64::DecodeError) -> Self {
        Self::Body
    }
}

impl From<jiff::Error> for Failure {
    fn from(_: jiff::Error) -> Self {
        Self::Body
    }
}

fn expect<B: AsRef<[u8]>>(response: &Response<B>, status: StatusCode) -> Result<&[u8], Failure> {
    if response.status() == status { Ok(response.body().as_ref()) } else { Err(Failure::Status) }
}

/// nextAuth, `getSession`.
pub(crate) fn get_session(base: &str, key: &str, server: &str, nonce: &str) -> Result<Request<Vec<u8>>, Failure> {
    let server = utf8_percent_encode(server, RESERVED);
    Ok(Request::builder()
        .method(Method::GET)
        .uri(format!("{base}/servers/{server}/sessions/"))
        .header("x-apikey", key)
        .header("x-nonce", nonce)
        .header(ACCEPT, "application/json")
        .body(Vec::new())?)
}

#[derive(Deserialize)]
struct SessionBody {
    loggedin: Option<bool>,
    userid: Option<String>,
    accountid: Option<i64>,
    canprovoke: Option<bool>,
    loginqrdata: Option<String>,
    hsid: Option<String>,
    pk: Option<String>,
}

/// Who is logged in on a session.
#[expect(dead_code, reason = "read for a caller that there is not")]
pub(crate) struct Session {
    pub(crate) account: Option<i64>,
    pub(crate) user: Option<String>,
    pub(crate) public_key: Option<String>,
    pub(crate) can_provoke: bool,
    pub(crate) login_qr: Option<Vec<u8>>,
    pub(crate) hsid: Option<String>,
}

/// Reads the answer to `getSession`.
pub(crate) fn session<B: AsRef<[u8]>>(response: &Response<B>) -> Result<Session, Failure> {
    let body: SessionBody = serde_json::from_slice(expect(response, StatusCode::OK)?)?;
    let login_qr = body.loginqrdata.map(|data| STANDARD.decode(data)).transpose().map_err(|_| Failure::Body)?;
    let is_logged_in = body.loggedin.unwrap_or(false);
    Ok(Session {
        account: body.accountid.filter(|_| is_logged_in),
        user: body.userid.filter(|_| is_logged_in),
        public_key: body.pk,
        can_provoke: body.canprovoke.unwrap_or(false),
        login_qr,
        hsid: body.hsid,
    })
}

/// nextAuth, `getQrLogin`, as a picture.
pub(crate) fn get_qr_login(
    base: &str,
    key: &str,
    server: &str,
    nonce: &str,
    side: u16,
) -> Result<Request<Vec<u8>>, Failure> {
    let server = utf8_percent_encode(server, RESERVED);
    Ok(Request::builder()
        .method(Method::GET)
        .uri(format!("{base}/servers/{server}/sessions/qr/login?img=png&s={side}"))
        .header("x-apikey", key)
        .header("x-nonce", nonce)
        .header(ACCEPT, "application/octet-stream")
        .body(Vec::new())?)
}

/// Reads the answer to `getQrLogin`.
pub(crate) fn picture<B: AsRef<[u8]>>(response: &Response<B>) -> Result<Vec<u8>, Failure> {
    let body = expect(response, StatusCode::OK)?;
    if body.starts_with(b"\x89PNG\r\n\x1a\n") { Ok(body.to_vec()) } else { Err(Failure::Body) }
}

/// nextAuth, `updateAccountUser`.
pub(crate) fn update_account_user(
    base: &str,
    key: &str,
    server: &str,
    account: i64,
    user: &str,
) -> Result<Request<Vec<u8>>, Failure> {
    let server = utf8_percent_encode(server, RESERVED);
    let user = utf8_percent_encode(user, RESERVED);
    Ok(Request::builder()
        .method(Method::PUT)
        .uri(format!("{base}/servers/{server}/accounts/{account}/user?userid={user}"))
        .header("x-apikey", key)
        .header(ACCEPT, "application/json")
        .body(Vec::new())?)
}

/// An account of nextAuth.
#[derive(Deserialize)]
#[expect(dead_code, reason = "read for a caller that there is not")]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) description: String,
    pub(crate) userid: Option<String>,
    pub(crate) blocked: Option<bool>,
    #[serde(rename = "clientVersion")]
    pub(crate) client_version: Option<String>,
    pub(crate) created: Option<i64>,
    pub(crate) lastlogin: Option<i64>,
    pub(crate) lastprovoke: Option<i64>,
}

/// Reads the answer to `updateAccountUser`.
pub(crate) fn account<B: AsRef<[u8]>>(response: &Response<B>, asked: i64) -> Result<Account, Failure> {
    let account: Account = serde_json::from_slice(expect(response, StatusCode::OK)?)?;
    if account.id == asked { Ok(account) } else { Err(Failure::Body) }
}

/// Authentiq, `key_register`.
pub(crate) fn register_key(base: &str, token: &str) -> Result<Request<Vec<u8>>, Failure> {
    Ok(Request::builder()
        .method(Method::POST)
        .uri(format!("{base}/key"))
        .header(CONTENT_TYPE, "application/jwt")
        .header(ACCEPT, "application/json")
        .body(token.as_bytes().to_vec())?)
}

#[derive(Deserialize)]
struct Registered {
    secret: String,
}

/// Reads the answer to `key_register`.
pub(crate) fn secret<B: AsRef<[u8]>>(response: &Response<B>) -> Result<String, Failure> {
    let body: Registered = serde_json::from_slice(expect(response, StatusCode::CREATED)?)?;
    Ok(body.secret)
}

/// Lagrello, `users/totp/auth`.
pub(crate) fn verify_totp(base: &str, token: &str, user: &str, code: &str) -> Result<Request<Vec<u8>>, Failure> {
    let user = utf8_percent_encode(user, RESERVED);
    let code = utf8_percent_encode(code, RESERVED);
    Ok(Request::builder()
        .method(Method::GET)
        .uri(format!("{base}/v1/users/{user}/totp?payload={code}"))
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .header(ACCEPT, "application/json")
        .body(Vec::new())?)
}

/// A user of Lagrello.
#[derive(Deserialize)]
#[expect(dead_code, reason = "read for a caller that there is not")]
pub(crate) struct User {
    #[serde(rename = "userId")]
    pub(crate) user_id: String,
    pub(crate) email: Option<String>,
}

/// Reads the answer to `users/totp/auth`.
pub(crate) fn user<B: AsRef<[u8]>>(response: &Response<B>, asked: &str) -> Result<User, Failure> {
    let user: User = serde_json::from_slice(expect(response, StatusCode::OK)?)?;
    if user.user_id == asked { Ok(user) } else { Err(Failure::Body) }
}

#[derive(Serialize)]
struct LoginBody<'a> {
    email: &'a str,
    password: &'a str,
}

/// NAP, "User Login".
pub(crate) fn login(base: &str, key: &str, email: &str, password: &str) -> Result<Request<Vec<u8>>, Failure> {
    Ok(Request::builder()
        .method(Method::POST)
        .uri(format!("{base}/api/auth/login"))
        .header("x-nap-api-key", key)
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, "application/json")
        .body(serde_json::to_vec(&LoginBody { email, password })?)?)
}

#[derive(Deserialize)]
struct TokensBody {
    session_id: String,
    session_token: String,
    session_token_expiry: String,
    refresh_token: String,
    refresh_token_expiry: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoginAnswer {
    message: String,
    tokens: Option<TokensBody>,
    require_email_verification: bool,
}

/// The tokens of a session.
#[expect(dead_code, reason = "read for a caller that there is not")]
pub(crate) struct Tokens {
    pub(crate) session_id: String,
    pub(crate) session_token: String,
    pub(crate) session_token_expiry: Timestamp,
    pub(crate) refresh_token: String,
    pub(crate) refresh_token_expiry: Timestamp,
}

/// What the session token says of whom it is about.
#[derive(Deserialize)]
struct Claims {
    jti: Option<String>,
    email: Option<String>,
}

/// Reads the answer to "User Login". The session token must be about the session and the user.
pub(crate) fn tokens<B: AsRef<[u8]>>(response: &Response<B>, asked: &str) -> Result<(String, Tokens), Failure> {
    let answer: LoginAnswer = serde_json::from_slice(expect(response, StatusCode::OK)?)?;
    let Some(tokens) = answer.tokens.filter(|_| !answer.require_email_verification) else { return Err(Failure::Body) };
    let claims = claims(&tokens.session_token)?;
    if claims.jti.is_some_and(|jti| jti != tokens.session_id) || claims.email.is_some_and(|email| email != asked) {
        return Err(Failure::Body);
    }
    let tokens = Tokens {
        session_id: tokens.session_id,
        session_token: tokens.session_token,
        session_token_expiry: tokens.session_token_expiry.parse()?,
        refresh_token: tokens.refresh_token,
        refresh_token_expiry: tokens.refresh_token_expiry.parse()?,
    };
    Ok((answer.message, tokens))
}

/// Reads a session token: a JWT, once more in base64.
fn claims(token: &str) -> Result<Claims, Failure> {
    let jwt = String::from_utf8(URL_SAFE_NO_PAD.decode(token)?).map_err(|_| Failure::Body)?;
    let [_, payload, _] = jwt.split('.').collect::<Vec<_>>()[..] else { return Err(Failure::Body) };
    Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload)?)?)
}

/// NAP, "Get User Flow Data".
#[allow(dead_code, reason = "not every program asks")]
pub(crate) fn get_user_flow(base: &str, key: &str, flow: &str) -> Result<Request<Vec<u8>>, Failure> {
    let flow = utf8_percent_encode(flow, RESERVED);
    Ok(Request::builder()
        .method(Method::GET)
        .uri(format!("{base}/api/auth/flow/{flow}"))
        .header("x-nap-api-key", key)
        .header(ACCEPT, "application/json")
        .body(Vec::new())?)
}

/// Something begun and not finished.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "read for a caller that there is not")]
pub(crate) struct UserFlow {
    id: String,
    r#type: String,
    user_id: String,
    email: String,
    #[serde(default)]
    orgs: Vec<Organization>,
    mfa_required: bool,
    mfa_verified: bool,
    invite_token: Option<String>,
    sso_provider: Option<String>,
    sso_user_id: Option<String>,
    return_to: Option<String>,
    created_at: Time,
    expires_at: Time,
}

/// One to choose from.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "read for a caller that there is not")]
struct Organization {
    id: String,
    name: String,
    slug: String,
    description: Option<String>,
    #[serde(rename = "avatarURL")]
    avatar_url: Option<String>,
    settings: Option<Box<RawValue>>,
    created_at: Time,
    updated_at: Time,
    deleted_at: Option<Time>,
}

/// A time, read from its text.
#[derive(Deserialize)]
#[serde(try_from = "String")]
#[allow(dead_code, reason = "read for a caller that there is not")]
struct Time(Timestamp);

impl TryFrom<String> for Time {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, jiff::Error> {
        text.parse().map(Self)
    }
}

/// Reads the answer to "Get User Flow Data".
#[allow(dead_code, reason = "not every program asks")]
pub(crate) fn user_flow<B: AsRef<[u8]>>(response: &Response<B>, asked: &str) -> Result<UserFlow, Failure> {
    let flow: UserFlow = serde_json::from_slice(expect(response, StatusCode::OK)?)?;
    if flow.id == asked { Ok(flow) } else { Err(Failure::Body) }
}
