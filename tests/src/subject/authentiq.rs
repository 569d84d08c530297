use authwire_authentiq::{Authentiq, INDEX};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::{Shape, Subject, World};
use crate::bytes::Bytes;

/// Our names and the documents'; the two that are one of the documents' differ in a field.
const IDS: &[(&str, &str)] = &[
    ("authentiq.keys.bind", "key_bind"),
    ("authentiq.keys.check", "key_head"),
    ("authentiq.keys.confirm_revocation", "key_revoke_nosecret"),
    ("authentiq.keys.register", "key_register"),
    ("authentiq.keys.request_revocation", "key_revoke_nosecret"),
    ("authentiq.keys.retrieve", "key_retrieve"),
    ("authentiq.keys.revoke", "key_revoke"),
    ("authentiq.keys.update", "key_update"),
    ("authentiq.login.push", "push_login_request"),
    ("authentiq.scopes.check", "sign_retrieve_head"),
    ("authentiq.scopes.confirm", "sign_confirm"),
    ("authentiq.scopes.delete", "sign_delete"),
    ("authentiq.scopes.request", "sign_request"),
    ("authentiq.scopes.retrieve", "sign_retrieve"),
    ("authentiq.scopes.sign", "sign_update"),
];

/// Neither credential of the world is used: there are none.
pub(super) fn subject(world: &World) -> Subject {
    let provider = Authentiq::new(world.base.clone());
    Subject {
        shapes: &[("body", Shape::Token)],
        ..Subject::of("authentiq", world, provider, INDEX, IDS, plausible, authwire_emulator::authentiq::route_under)
    }
}

fn plausible(_: &str, field: &str, bytes: &mut Bytes<'_>) -> Option<String> {
    let key = |bytes: &mut Bytes<'_>| URL_SAFE_NO_PAD.encode([(); 32].map(|()| bytes.byte()));
    match field {
        "PK" => Some(key(bytes)),
        // 20 characters of an unknown alphabet.
        "job" => Some(
            (0..20)
                .map(|_| bytes.choose(&['a', 'Z', '7', '-', '_', '.', '/', '+', '=', '%', ' ', 'é', '🔑']))
                .collect(),
        ),
        "body" => {
            let address = bytes.choose(&["ada@example.com", "", "\"a.b\"@é.example", "🔑\u{0}"]);
            let claims = json!({ "sub": key(bytes), "scope": "email", "email": address });
            let header = json!({ "typ": "JWT", "alg": "Ed25519", "kid": key(bytes) });
            let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
            let signature = URL_SAFE_NO_PAD.encode([(); 64].map(|()| bytes.byte()));
            Some(format!("{header}.{claims}.{signature}"))
        }
        "email" => {
            Some(bytes.choose(&["ada@example.com", "a+b&c=d@example.com", "\"a@b\"@ex.test", "é@é.example"]).into())
        }
        "phone" => Some(bytes.choose(&["+31612345678", "+1 202 555", "00", "+"]).into()),
        "code" => Some(format!("{:06}", bytes.u16())),
        // `+`, `/` and `=` are in it.
        "secret" => Some(base64::engine::general_purpose::STANDARD.encode([(); 16].map(|()| bytes.byte()))),
        "callback" => {
            let callbacks = ["https://app.example/s/7?a=1&b=%2F#top", "app://login", "https://app.example/", "?"];
            Some(bytes.choose(&callbacks).into())
        }
        _ => None,
    }
}
