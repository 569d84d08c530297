//! Six calls, each by our operation and by code written for it by hand, for the benches to run.

mod fastest;
mod hand;
pub(crate) mod index;

use std::fmt::Debug;
use std::hint::black_box;

use authwire_authentiq::Authentiq;
use authwire_authentiq::jwt::Jws;
use authwire_authentiq::keys::RegisterKey;
use authwire_core::{BaseUrl, Endpoint};
use authwire_lagrello::users::VerifyTotp;
use authwire_lagrello::{Lagrello, TotpCode};
use authwire_nap::sessions::Login;
use authwire_nap::{Nap, Password};
use authwire_nextauth::accounts::UpdateAccountUser;
use authwire_nextauth::sessions::{GetQrLogin, GetSession};
use authwire_nextauth::{NextAuth, Nonce, QrFormat, ServerId};
use authwire_tests::samples::PNG;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{Request, Response};

const JSON: &str = "application/json";
const BASE: &str = "https://auth.example.com";
const KEY: &str = "vYkVeGK3Zb3d0mJc6v2wqgQe3h0wYkzP";
const SERVER: &str = "rN6hUJbbB5V0M5Yb1lIA0Q==";
const NONCE: &str = "4f6f2f5a7a0d4d0f8f7d2a1b3c5e7f90";
const USER: &str = "alice@example.com";
const TOTP_USER: &str = "google|alice@example.com";
const PASSWORD: &str = "correct horse battery staple";
/// The size of a picture of a QR code.
const PICTURE: usize = 4_096;

const SESSION: &str = r#"{"loggedin":true,"userid":"alice@example.com","accountid":7,"canprovoke":true,"loginqrdata":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","hsid":"5b1c0e7a9d2f4e63","pk":"MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="}"#;
const ACCOUNT: &str = r#"{"id":7,"description":"Alice's phone","userid":"alice@example.com","blocked":false,"clientVersion":"3.1","created":1431300000,"lastlogin":1431300001,"lastprovoke":1431300002}"#;
const REGISTERED: &str = r#"{"secret":"9Vb3ZcA1qT7wLrX2","status":"registered"}"#;
const TOTP_ANSWER: &str = r#"{"userId":"google|alice@example.com","email":"alice@example.com"}"#;
/// A statement of a key about itself, with a signature that nobody made.
const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiJHYjlFQ1dtRXpmNkZRYnJCWjl3N2xzaFFocW93dHJiTERGdzRyWEF4WnVFIn0.VGhpcyBzaWduYXR1cmUgd2FzIG1hZGUgYnkgbm9ib2R5IGFuZCBpcyA2NCBieXRlcyBsb25nLCBleGFjdGx5ISE";
const LOGGED_IN: &str = r#"{"message":"Login successful","tokens":{"session_id":"01a20009-0a4a-75f8-863c-9347147ceee2","session_token":"ZXlKaGJHY2lPaUpTVXpJMU5pSXNJblI1Y0NJNklrcFhWQ0o5LmV5SnFkR2tpT2lJd01XRXlNREF3T1Mwd1lUUmhMVGMxWmpndE9EWXpZeTA1TXpRM01UUTNZMlZsWlRJaUxDSmxiV0ZwYkNJNkluVXhRR1Y0TG5SbGMzUWlMQ0psZUhBaU9qRTNPVFV6TURBMU1qSjkuYm05MElHRWdjMmxuYm1GMGRYSmw","session_token_expiry":"2026-11-21T22:35:22.186385564Z","refresh_token":"oKkpqpmsedoiyvNDNnobEnsnm1g_udYsP-8_G1IMzl8","refresh_token_expiry":"2026-12-21T21:35:22.186385564Z"},"requireEmailVerification":false}"#;
/// Whom that session token is about.
const EMAIL: &str = "u1@ex.test";

/// One way to make a call, in steps that can be run alone. What a step makes is dropped in it.
pub(crate) struct Side {
    /// Makes the request, from an operation that is there already if it is ours.
    pub(crate) build: Box<dyn Fn()>,
    /// Reads the reply.
    pub(crate) parse: Box<dyn Fn()>,
}

impl Side {
    pub(crate) fn both(&self) {
        (self.build)();
        (self.parse)();
    }
}

/// A call, by ours and by hand.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) ours: Side,
    pub(crate) hand: Side,
    pub(crate) fastest: Side,
    /// Makes our operation from its texts and builds its request, for what [`Side::build`] leaves out.
    pub(crate) make: Box<dyn Fn()>,
}

/// The calls.
pub(crate) fn cases() -> Vec<Case> {
    vec![get_session(), get_qr_login(), update_account_user(), register_key(), verify_totp(), login()]
}

impl Case {
    /// Both must send the same and read the reply as the success.
    fn new<E, T, F>(
        name: &'static str,
        (provider, make): (E::Provider, impl Fn() -> E + 'static),
        hand: (
            impl Fn() -> Result<Request<Vec<u8>>, F> + 'static,
            impl Fn(&Response<Vec<u8>>) -> Result<T, F> + 'static,
        ),
        fastest: (
            impl Fn() -> Option<Request<Vec<u8>>> + 'static,
            impl Fn(&Response<Vec<u8>>) -> Result<T, F> + 'static,
        ),
        reply: Response<Vec<u8>>,
    ) -> Self
    where
        E: Endpoint<Provider: Clone + 'static> + 'static,
        T: 'static,
        F: Debug + 'static,
    {
        let request = make().request(&provider).expect("a request");
        same(&request, &hand.0().expect("a request"));
        same(&request, &fastest.0().expect("a request"));
        make().response(&provider, &reply).expect("a success");
        hand.1(&reply).expect("a success");
        fastest.1(&reply).expect("a success");
        let (builder, reader, maker) = (provider.clone(), provider.clone(), provider);
        let (built, read) = (make(), make());
        let (to_hand, to_fastest) = (reply.clone(), reply.clone());
        Self {
            name,
            ours: Side {
                build: Box::new(move || drop(black_box(built.request(black_box(&builder))))),
                parse: Box::new(move || drop(black_box(read.response(&reader, black_box(&reply))))),
            },
            hand: Side {
                build: Box::new(move || drop(black_box(hand.0()))),
                parse: Box::new(move || drop(black_box(hand.1(black_box(&to_hand))))),
            },
            fastest: Side {
                build: Box::new(move || drop(black_box(fastest.0()))),
                parse: Box::new(move || drop(black_box(fastest.1(black_box(&to_fastest))))),
            },
            make: Box::new(move || drop(black_box(make().request(&maker)))),
        }
    }
}

/// Two requests are the same but for `content-length`, which hand-written code leaves to the HTTP client.
fn same(ours: &Request<Vec<u8>>, hand: &Request<Vec<u8>>) {
    let mut headers = ours.headers().clone();
    headers.remove(CONTENT_LENGTH);
    assert_eq!((ours.method(), ours.uri(), &headers), (hand.method(), hand.uri(), hand.headers()));
    assert_eq!(ours.body(), hand.body());
}

fn base() -> BaseUrl {
    BaseUrl::new(BASE).expect("a base URL")
}

fn reply(status: u16, media: &str, body: impl Into<Vec<u8>>) -> Response<Vec<u8>> {
    let response = Response::builder().status(status).header(CONTENT_TYPE, media);
    response.header("date", "Mon, 23 Nov 2026 12:00:00 GMT").body(body.into()).expect("a response")
}

fn next_auth() -> NextAuth {
    NextAuth::new(base(), &authwire_nextauth::ApiKey::new(KEY).expect("a key"))
}

fn server() -> ServerId {
    ServerId::new(SERVER).expect("an id")
}

fn nonce() -> Nonce {
    Nonce::from_text(black_box(NONCE)).expect("a nonce")
}

fn get_session() -> Case {
    let prepared = fastest::Prepared::new(BASE, KEY, SERVER);
    let server = server();
    Case::new(
        "nextauth.getSession",
        (next_auth(), move || GetSession::new(server.clone(), nonce())),
        (|| hand::get_session(black_box(BASE), black_box(KEY), black_box(SERVER), black_box(NONCE)), hand::session),
        (move || fastest::get_session(&prepared, black_box(NONCE)), fastest::session),
        reply(200, JSON, SESSION),
    )
}

fn get_qr_login() -> Case {
    let prepared = fastest::Prepared::new(BASE, KEY, SERVER);
    let server = server();
    let format = QrFormat::Png { side: Some(500) };
    Case::new(
        "nextauth.getQrLogin",
        (next_auth(), move || GetQrLogin::new(server.clone(), nonce()).format(format)),
        (
            || hand::get_qr_login(black_box(BASE), black_box(KEY), black_box(SERVER), black_box(NONCE), black_box(500)),
            hand::picture,
        ),
        (move || fastest::get_qr_login(&prepared, black_box(NONCE), black_box(500)), hand::picture),
        reply(200, "image/png", large_picture()),
    )
}

fn update_account_user() -> Case {
    let prepared = fastest::Prepared::new(BASE, KEY, SERVER);
    let server = server();
    Case::new(
        "nextauth.updateAccountUser",
        (next_auth(), move || UpdateAccountUser::new(server.clone(), black_box(7).into(), black_box(USER).into())),
        (
            || {
                let (server, user) = (black_box(SERVER), black_box(USER));
                hand::update_account_user(black_box(BASE), black_box(KEY), server, black_box(7), user)
            },
            |reply| hand::account(reply, black_box(7)),
        ),
        (
            move || fastest::update_account_user(&prepared, black_box(7), black_box(USER)),
            |reply| fastest::account(reply, black_box(7)),
        ),
        reply(200, JSON, ACCOUNT),
    )
}

fn register_key() -> Case {
    let prepared = fastest::Prepared::new(BASE, KEY, SERVER);
    Case::new(
        "authentiq.register",
        (Authentiq::new(base()), || RegisterKey::new(Jws::new(black_box(TOKEN)).expect("a token"))),
        (|| hand::register_key(black_box(BASE), black_box(TOKEN)), hand::secret),
        (move || fastest::register_key(&prepared, black_box(TOKEN)), fastest::secret),
        reply(201, JSON, REGISTERED),
    )
}

fn verify_totp() -> Case {
    let prepared = fastest::Prepared::new(BASE, &format!("Bearer {KEY}"), "");
    let token = authwire_lagrello::AccessToken::new(KEY).expect("a token");
    let user = || authwire_lagrello::UserId::new(black_box(TOTP_USER)).expect("an id");
    let code = || TotpCode::new(black_box("492039")).expect("a code");
    Case::new(
        "lagrello.totp",
        (Lagrello::new(base(), &token), move || VerifyTotp::new(user(), code())),
        (
            || hand::verify_totp(black_box(BASE), black_box(KEY), black_box(TOTP_USER), black_box("492039")),
            |reply| hand::user(reply, black_box(TOTP_USER)),
        ),
        (
            move || fastest::verify_totp(&prepared, black_box(TOTP_USER), black_box("492039")),
            |reply| fastest::user(reply, black_box(TOTP_USER)),
        ),
        reply(200, JSON, TOTP_ANSWER),
    )
}

fn login() -> Case {
    let prepared = fastest::Prepared::new(BASE, KEY, SERVER);
    let password = || Password::new(black_box(PASSWORD)).expect("a password");
    Case::new(
        "nap.login",
        (Nap::new(base(), &authwire_nap::ApiKey::new(KEY).expect("a key")), move || {
            Login::new(black_box(EMAIL), password())
        }),
        (
            || hand::login(black_box(BASE), black_box(KEY), black_box(EMAIL), black_box(PASSWORD)),
            |reply| hand::tokens(reply, black_box(EMAIL)),
        ),
        (
            move || fastest::login(&prepared, black_box(EMAIL), black_box(PASSWORD)),
            |reply| fastest::tokens(reply, black_box(EMAIL)),
        ),
        reply(200, JSON, LOGGED_IN),
    )
}

/// A whole PNG of 4 kB: the small one, with an empty chunk of text to fill it. Checksums of such chunks are nobody's
/// business here.
fn large_picture() -> Vec<u8> {
    let (head, tail) = PNG.split_at(PNG.len() - 12);
    let padding = PICTURE - PNG.len() - 12;
    let length = u32::try_from(padding).expect("a small number").to_be_bytes();
    [head, &length, b"tEXt", &vec![b'a'; padding], &[0; 4], tail].concat()
}
