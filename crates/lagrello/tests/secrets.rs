//! Nothing that is secret, and no URI, is in any text of ours.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use core::error::Error;

use authwire_lagrello::core::index::Source;
use authwire_lagrello::{AccessToken, INDEX, Lagrello};
use common::{make, response};

/// A text that stands nowhere else.
const CANARY: &str = "CANARYc0ffee";

/// Canaries in every field, of a form that the field takes.
struct Canaries;

impl Source for Canaries {
    fn text(&mut self, field: &'static str) -> String {
        match field {
            "callbackUrl" => format!("https://{CANARY}.example/{{}}"),
            "companyCountry" => "SE".into(),
            _ => format!("{CANARY}-{field}"),
        }
    }

    fn secret(&mut self, field: &'static str) -> String {
        // The TOTP code has a form of its own; the magic link's token does not mind it.
        if field == "payload" { "80217463".into() } else { self.text(field) }
    }

    fn is_given(&mut self, _: &'static str) -> bool {
        true
    }

    fn number(&mut self, _: &'static str) -> Result<i64, authwire_lagrello::core::InvalidValue> {
        Ok(17)
    }
}

fn assert_clean(text: &str) {
    for secret in [CANARY, "80217463", "://", "/v1/"] {
        assert!(!text.contains(secret), "{text}");
    }
}

fn provider() -> Lagrello {
    let token = AccessToken::new(format!("{CANARY}-token")).unwrap();
    Lagrello::new("https://provider.example".parse().unwrap(), &token)
}

#[test]
fn operations_and_errors() {
    let body = format!(r#"{{"message":"{CANARY} https://a.example/v1/","errorType":"{CANARY}","userId":"{CANARY}"}}"#);
    assert!(!format!("{:?}", provider()).contains(CANARY));
    for entry in INDEX {
        let operation = entry.make(&mut Canaries).unwrap();
        assert_clean(&format!("{operation:?} {operation:#?}"));
        for status in 100..1000 {
            for body in [body.as_str(), CANARY, &format!("\"{CANARY}"), ""] {
                let Err(error) = operation.response(&provider(), &response(status, None, body)) else { continue };
                let mut texts = format!("{error} {error:?} {error:#?}");
                let mut source = error.source();
                while let Some(error) = source {
                    texts.push_str(&format!("{error} {error:?}"));
                    source = error.source();
                }
                assert_clean(&texts);
            }
        }
        // The values are really in there.
        if !entry.fields().is_empty() {
            let request = operation.request(&provider()).unwrap();
            let sent = format!("{} {}", request.uri(), String::from_utf8_lossy(request.body()));
            assert!([CANARY, "80217463", "17"].iter().any(|value| sent.contains(value)), "{}", entry.name());
        }
    }
}

#[test]
fn outputs() {
    let token =
        format!(r#"{{"tokenKey":"{CANARY}","tokenName":"n","createdBy":"c","createdAt":"t","permissions":[]}}"#);
    let user = format!(r#"{{"userId":"alice","email":"{CANARY}@example.com"}}"#);
    for (operation, values, status, body) in [
        (
            "lagrello.users.enable_totp",
            "userId=alice",
            200,
            format!(r#"{{"secretKey":"{CANARY}","qrImage":"https://a.example/?{CANARY}"}}"#),
        ),
        ("lagrello.users.verify_totp", "userId=alice payload=123456", 200, user.clone()),
        ("lagrello.users.get", "userId=alice", 200, user),
        ("lagrello.tokens.create", "tokenName=n", 200, token.clone()),
        (
            "lagrello.tokens.list",
            "",
            200,
            format!(r#"{{"data":[{token}],"paging":{{"next":"https://{CANARY}.example/?{CANARY}"}}}}"#),
        ),
        ("lagrello.tenants.card_token", "", 200, format!("\"{CANARY}\"")),
    ] {
        let output = make(operation, values).response(&provider(), &response(status, None, body)).unwrap();
        assert_clean(&format!("{output:?} {output:#?}"));
    }
    let picture = make("lagrello.images.totp", "").response(&provider(), &response(200, None, common::PNG)).unwrap();
    assert_eq!(format!("{picture:?}"), format!("QrPicture({} bytes)", common::PNG.len()));
}

#[test]
fn values_that_are_refused() {
    use authwire_lagrello::{CallbackUrl, MagicLinkToken, QrImageUrl, TotpCode, TotpSecret, UserId, otpauth_uri};
    let secret = TotpSecret::new(format!("{CANARY}!")).unwrap();
    let errors = [
        AccessToken::new(format!("{CANARY} ")).unwrap_err(),
        MagicLinkToken::new(format!("{CANARY}é")).unwrap_err(),
        TotpCode::new(CANARY).unwrap_err(),
        TotpSecret::new(format!("{CANARY}\0")).unwrap_err(),
        QrImageUrl::new(CANARY).unwrap_err(),
        UserId::new(format!("{CANARY}\0")).unwrap_err(),
        CallbackUrl::new(CANARY).unwrap_err(),
        otpauth_uri(&secret, "I", CANARY).unwrap_err(),
        CallbackUrl::new("https://a.example/{}").unwrap().token_from(CANARY).unwrap_err(),
    ];
    for error in errors {
        assert_clean(&format!("{error} {error:?}"));
    }
    for (operation, values) in [
        ("lagrello.users.get", format!("userId={CANARY}/")),
        ("lagrello.tokens.delete", format!("id={CANARY}/")),
        ("lagrello.tokens.create", format!("tokenName={}", CANARY.repeat(20))),
    ] {
        let error = make(operation, &values).request(&provider()).unwrap_err();
        assert_clean(&format!("{error} {error:?}"));
    }
}
