use authwire_lagrello::{AccessToken, INDEX, Lagrello};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Shape, Subject, World};
use crate::bytes::Bytes;

/// Our names and the documents', and what tells the two halves of the toggle apart.
const IDS: &[(&str, &str)] = &[
    ("lagrello.images.totp", "images/totp"),
    ("lagrello.tenants.activate", "tenants/activate"),
    ("lagrello.tenants.card_token", "tenants/cardtoken"),
    ("lagrello.tenants.create", "tenants/create"),
    ("lagrello.tenants.get", "tenants/get"),
    ("lagrello.tenants.request_deletion", "tenants/delete"),
    ("lagrello.tenants.update", "tenant/update"),
    ("lagrello.tokens.create", "tokens/create"),
    ("lagrello.tokens.delete", "tokens/delete"),
    ("lagrello.tokens.list", "tokens/list"),
    ("lagrello.users.create", "users/create"),
    ("lagrello.users.delete", "users/delete"),
    ("lagrello.users.disable_totp", "users/totp/toggle enable=false"),
    ("lagrello.users.enable_totp", "users/totp/toggle enable=true"),
    ("lagrello.users.get", "users/get"),
    ("lagrello.users.send_magic_link", "users/email/send"),
    ("lagrello.users.update", "users/update"),
    ("lagrello.users.verify_magic_link", "users/email/auth"),
    ("lagrello.users.verify_totp", "users/totp/auth"),
];

pub(super) fn subject(world: &World) -> Subject {
    let token = AccessToken::new(world.credential).expect("a valid token");
    let provider = Lagrello::new(world.base.clone(), &token);
    Subject {
        shapes: &[("permissions", Shape::List)],
        ..Subject::of("lagrello", world, provider, INDEX, IDS, plausible, authwire_emulator::lagrello::route_under)
    }
}

fn plausible(operation: &str, field: &str, bytes: &mut Bytes<'_>) -> Option<String> {
    match field {
        "payload" if operation == "lagrello.users.verify_totp" => {
            let length = 6 + bytes.below(3);
            Some((0..length).map(|_| char::from(b'0' + bytes.byte() % 10)).collect())
        }
        // Tokens and secrets: `+`, `/` and `=` are in them.
        "payload" | "id" | "userSecret" => Some(STANDARD.encode([(); 16].map(|()| bytes.byte()))),
        "userId" => {
            let length = bytes.choose(&[1, 5, 16, 127, 128]);
            Some(
                (0..length)
                    .map(|_| bytes.choose(&['a', 'Z', '7', '-', '|', '@', '.', '%', '+', ' ', 'ö', '🔑']))
                    .collect(),
            )
        }
        "callbackUrl" => Some(
            bytes
                .choose(&["https://app.example/login/{}", "app://login?t={}&x=%7B", "{}", "https://é.example/{}#x"])
                .into(),
        ),
        "companyCountry" => Some("SE".into()),
        "permissions" => Some(bytes.choose(&["READ", "READ,WRITE,ADMIN", "WRITE,fly-high,ÖÖ", "", ",READ,"]).into()),
        "size" => Some((1 + bytes.below(20)).to_string()),
        _ => None,
    }
}
