use authwire_nap::{ApiKey, Dialect, INDEX, Nap};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Shape, Subject, World};
use crate::bytes::Bytes;

/// Our names, the emulator's ids with what is always sent, and the documents' titles.
const IDS: &[(&str, &str, &str)] = &[
    ("nap.admin.get_config", "adminConfig", "Get current configuration (Nexeres)"),
    ("nap.admin.login", "adminLogin", "Admin login (Nexeres)"),
    ("nap.admin.verify_login", "adminLoginVerify", "Verify admin login (Nexeres)"),
    ("nap.sessions.get_user_flow", "getFlow", "Get User Flow Data"),
    ("nap.sessions.login", "login", "User Login"),
    ("nap.sessions.logout", "logout", "Logout user"),
    ("nap.sessions.refresh", "refresh", "Refresh Token"),
    ("nap.users.send_verification_email", "verifyEmailSend", "Send Verification Email"),
    ("nap.users.sign_up", "signup confirmPassword={password}", "User Signup"),
    ("nap.users.verify_email", "verifyEmailVerify", "Verify Email Token"),
];

/// What the index calls by the names of the dialect NAP.
const RENAMED: &[(&str, &str)] =
    &[("x-nap-refresh-token", "x-nexeres-refresh-token"), ("x-nap-session-token", "x-nexeres-session-token")];

/// The two dialects. That NAP has no operations for administrators, and makes no request for them, is tested apart.
pub(super) fn subjects(world: &World) -> [Subject; 2] {
    [
        subject(world, "nap", Dialect::Nap, &[], |name| !name.starts_with("nap.admin.")),
        subject(world, "nexeres", Dialect::Nexeres, RENAMED, |_| true),
    ]
}

fn subject(
    world: &World,
    name: &'static str,
    dialect: Dialect,
    renamed: &'static [(&'static str, &'static str)],
    has: fn(&str) -> bool,
) -> Subject {
    let key = ApiKey::new(world.credential).expect("a valid key");
    let provider = Nap::new(world.base.clone(), &key).dialect(dialect);
    let index = INDEX.iter().filter(|entry| has(entry.name()));
    let ids: Vec<_> = IDS.iter().map(|(name, id, _)| (*name, *id)).collect();
    let route = authwire_emulator::nap::route_under;
    let mut subject = Subject {
        package: "nap",
        shapes: &[("session_id", Shape::Unsent), ("x-nap-session-token", Shape::Unless("x-nap-refresh-token"))],
        renamed,
        ..Subject::of(name, world, provider, index, &ids, plausible, route)
    };
    for operation in &mut subject.operations {
        operation.title = IDS.iter().find(|(name, ..)| *name == operation.name).expect("a title").2;
    }
    subject
}

fn plausible(operation: &str, field: &str, bytes: &mut Bytes<'_>) -> Option<String> {
    let random = |bytes: &mut Bytes<'_>| URL_SAFE_NO_PAD.encode([(); 16].map(|()| bytes.byte()));
    match field {
        "password" if operation == "nap.users.sign_up" => {
            let length = bytes.choose(&[8, 16, 18, 24, 32]);
            let letters = if length > 18 { &['a', 'Z', '7', ' ', 'ö'][..] } else { &['a', '"', '\\', '漢', '🔑'] };
            Some((0..length).map(|_| bytes.choose(letters)).collect())
        }
        "x-nap-session-token" => {
            let jwt = [(); 3].map(|()| random(bytes)).join(".");
            Some(URL_SAFE_NO_PAD.encode(jwt))
        }
        "x-nap-refresh-token" | "x-nexeres-admin-token" | "token" | "inviteToken" => Some(random(bytes)),
        "email" => Some(bytes.choose(&["ada@example.com", "\"a@b\"@ex.test", "Ada+1@é.example", ""]).into()),
        _ => None,
    }
}
