//! Nothing that is secret, and no URI, is in the texts of what this crate gives and refuses. That operations and errors
//! show none is a law of the workspace.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use authwire_lagrello::AccessToken;
use common::{make, provider, response};

/// A text that stands nowhere else.
const CANARY: &str = "CANARYc0ffee";

fn assert_clean(text: &str) {
    for secret in [CANARY, "://", "/v1/"] {
        assert!(!text.contains(secret), "{text}");
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
