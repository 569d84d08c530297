//! The calls: for each our operation, the hand-written code, and the reply that both get.

use std::hint::black_box;

use authwire_authentiq::jwt::Jws;
use authwire_core::{BaseUrl, Endpoint};
use authwire_lagrello::TotpCode;
use authwire_nextauth::{Nonce, QrFormat, ServerId};
use authwire_tests::samples::PNG;
use http::{Request, Response};

use super::hand::{self, Failure};

const KEY: &str = "vYkVeGK3Zb3d0mJc6v2wqgQe3h0wYkzP";
const SERVER: &str = "rN6hUJbbB5V0M5Yb1lIA0Q==";
const NONCE: &str = "4f6f2f5a7a0d4d0f8f7d2a1b3c5e7f90";
const USER: &str = "alice@example.com";
const TOTP_USER: &str = "google|alice@example.com";
const CODE: &str = "492039";
/// A statement of a key about itself, with a signature that nobody made.
const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiJHYjlFQ1dtRXpmNkZRYnJCWjl3N2xzaFFocW93dHJiTERGdzRyWEF4WnVFIn0.VGhpcyBzaWduYXR1cmUgd2FzIG1hZGUgYnkgbm9ib2R5IGFuZCBpcyA2NCBieXRlcyBsb25nLCBleGFjdGx5ISE";

/// A call, both ways. Both begin with the same: texts, and what a program has had checked before.
pub(crate) trait Call: 'static {
    type Operation: Endpoint<Provider: Clone + Send + Sync, Output: Send> + Send + Sync;
    /// What is there before the call.
    type Parts: Clone + Send + Sync;
    const NAME: &'static str;

    fn provider(base: BaseUrl) -> <Self::Operation as Endpoint>::Provider;
    fn parts() -> Self::Parts;
    fn operation(parts: &Self::Parts) -> Self::Operation;
    /// Writes the request by hand.
    fn write(base: &str) -> Result<Request<Vec<u8>>, Failure>;
    /// Reads the reply by hand.
    fn read<B: AsRef<[u8]>>(response: &Response<B>) -> Result<(), Failure>;
    /// The status, the media type and the body.
    fn answer() -> (&'static str, &'static str, Vec<u8>);
}

/// The whole reply to a call, as it comes over the socket.
pub(crate) fn reply<C: Call>() -> Vec<u8> {
    let (status, media, body) = C::answer();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media}\r\ncontent-length: {length}\r\ndate: Mon, 23 Nov 2026 12:00:00 GMT\r\n\r\n"
    );
    [head.into_bytes(), body].concat()
}

fn next_auth(base: BaseUrl) -> authwire_nextauth::NextAuth {
    authwire_nextauth::NextAuth::new(base, &authwire_nextauth::ApiKey::new(KEY).expect("a key"))
}

fn server() -> ServerId {
    ServerId::new(SERVER).expect("an id")
}

fn nonce() -> Nonce {
    Nonce::from_text(black_box(NONCE)).expect("a nonce")
}

pub(crate) struct GetSession;

impl Call for GetSession {
    type Operation = authwire_nextauth::sessions::GetSession;
    type Parts = ServerId;
    const NAME: &'static str = "nextauth.getSession";

    fn provider(base: BaseUrl) -> authwire_nextauth::NextAuth {
        next_auth(base)
    }

    fn parts() -> ServerId {
        server()
    }

    fn operation(server: &ServerId) -> Self::Operation {
        Self::Operation::new(server.clone(), nonce())
    }

    fn write(base: &str) -> Result<Request<Vec<u8>>, Failure> {
        hand::get_session(base, black_box(KEY), black_box(SERVER), black_box(NONCE))
    }

    fn read<B: AsRef<[u8]>>(response: &Response<B>) -> Result<(), Failure> {
        hand::session(response).map(|session| drop(black_box(session)))
    }

    fn answer() -> (&'static str, &'static str, Vec<u8>) {
        let body = r#"{"loggedin":true,"userid":"alice@example.com","accountid":7,"canprovoke":true,"loginqrdata":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","hsid":"5b1c0e7a9d2f4e63","pk":"MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="}"#;
        ("200 OK", "application/json", body.into())
    }
}

pub(crate) struct GetQrLogin;

impl Call for GetQrLogin {
    type Operation = authwire_nextauth::sessions::GetQrLogin;
    type Parts = ServerId;
    const NAME: &'static str = "nextauth.getQrLogin";

    fn provider(base: BaseUrl) -> authwire_nextauth::NextAuth {
        next_auth(base)
    }

    fn parts() -> ServerId {
        server()
    }

    fn operation(server: &ServerId) -> Self::Operation {
        Self::Operation::new(server.clone(), nonce()).format(QrFormat::Png { side: Some(black_box(500)) })
    }

    fn write(base: &str) -> Result<Request<Vec<u8>>, Failure> {
        hand::get_qr_login(base, black_box(KEY), black_box(SERVER), black_box(NONCE), black_box(500))
    }

    fn read<B: AsRef<[u8]>>(response: &Response<B>) -> Result<(), Failure> {
        hand::picture(response).map(|picture| drop(black_box(picture)))
    }

    /// A PNG of 4 kB: a small one, with an empty chunk of text to fill it.
    fn answer() -> (&'static str, &'static str, Vec<u8>) {
        let (head, tail) = PNG.split_at(PNG.len() - 12);
        let padding = 4_096 - PNG.len() - 12;
        let length = u32::try_from(padding).expect("a small number").to_be_bytes();
        ("200 OK", "image/png", [head, &length, b"tEXt", &vec![b'a'; padding], &[0; 4], tail].concat())
    }
}

pub(crate) struct UpdateAccountUser;

impl Call for UpdateAccountUser {
    type Operation = authwire_nextauth::accounts::UpdateAccountUser;
    type Parts = ServerId;
    const NAME: &'static str = "nextauth.updateAccountUser";

    fn provider(base: BaseUrl) -> authwire_nextauth::NextAuth {
        next_auth(base)
    }

    fn parts() -> ServerId {
        server()
    }

    fn operation(server: &ServerId) -> Self::Operation {
        Self::Operation::new(server.clone(), black_box(7).into(), black_box(USER).into())
    }

    fn write(base: &str) -> Result<Request<Vec<u8>>, Failure> {
        hand::update_account_user(base, black_box(KEY), black_box(SERVER), black_box(7), black_box(USER))
    }

    fn read<B: AsRef<[u8]>>(response: &Response<B>) -> Result<(), Failure> {
        hand::account(response, black_box(7)).map(|account| drop(black_box(account)))
    }

    fn answer() -> (&'static str, &'static str, Vec<u8>) {
        let body = r#"{"id":7,"description":"Alice's phone","userid":"alice@example.com","blocked":false,"clientVersion":"3.1","created":1431300000,"lastlogin":1431300001,"lastprovoke":1431300002}"#;
        ("200 OK", "application/json", body.into())
    }
}

pub(crate) struct RegisterKey;

impl Call for RegisterKey {
    type Operation = authwire_authentiq::keys::RegisterKey;
    type Parts = Jws;
    const NAME: &'static str = "authentiq.register";

    fn provider(base: BaseUrl) -> authwire_authentiq::Authentiq {
        authwire_authentiq::Authentiq::new(base)
    }

    fn parts() -> Jws {
        Jws::new(TOKEN).expect("a token")
    }

    fn operation(token: &Jws) -> Self::Operation {
        Self::Operation::new(token.clone())
    }

    fn write(base: &str) -> Result<Request<Vec<u8>>, Failure> {
        hand::register_key(base, black_box(TOKEN))
    }

    fn read<B: AsRef<[u8]>>(response: &Response<B>) -> Result<(), Failure> {
        hand::secret(response).map(|secret| drop(black_box(secret)))
    }

    fn answer() -> (&'static str, &'static str, Vec<u8>) {
        ("201 Created", "application/json", br#"{"secret":"9Vb3ZcA1qT7wLrX2","status":"registered"}"#.into())
    }
}

pub(crate) struct VerifyTotp;

impl Call for VerifyTotp {
    type Operation = authwire_lagrello::users::VerifyTotp;
    type Parts = ();
    const NAME: &'static str = "lagrello.totp";

    fn provider(base: BaseUrl) -> authwire_lagrello::Lagrello {
        authwire_lagrello::Lagrello::new(base, &authwire_lagrello::AccessToken::new(KEY).expect("a token"))
    }

    fn parts() {}

    fn operation((): &()) -> Self::Operation {
        let user = authwire_lagrello::UserId::new(black_box(TOTP_USER)).expect("an id");
        Self::Operation::new(user, TotpCode::new(black_box(CODE)).expect("a code"))
    }

    fn write(base: &str) -> Result<Request<Vec<u8>>, Failure> {
        hand::verify_totp(base, black_box(KEY), black_box(TOTP_USER), black_box(CODE))
    }

    fn read<B: AsRef<[u8]>>(response: &Response<B>) -> Result<(), Failure> {
        hand::user(response, black_box(TOTP_USER)).map(|user| drop(black_box(user)))
    }

    fn answer() -> (&'static str, &'static str, Vec<u8>) {
        let body = r#"{"userId":"google|alice@example.com","email":"alice@example.com"}"#;
        ("200 OK", "application/json", body.into())
    }
}
