use authwire_nextauth::{ApiKey, INDEX, NextAuth, RoleId};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::{Shape, Subject, World};
use crate::bytes::Bytes;

/// Our names and the documents'.
const IDS: &[(&str, &str)] = &[
    ("nextauth.accounts.provoke_login", "provokeLoginOnAccount"),
    ("nextauth.accounts.update_user", "updateAccountUser"),
    ("nextauth.servers.vash", "getServerVash"),
    ("nextauth.sessions.qr_enrol", "getQrEnrol"),
    ("nextauth.sessions.qr_login", "getQrLogin"),
    ("nextauth.sessions.get", "getSession"),
    ("nextauth.sessions.logout", "logout"),
    ("nextauth.sessions.provoke_login", "provokeLogin"),
    ("nextauth.sessions.register_user", "registerUser"),
    ("nextauth.users.provoke_login", "provokeLoginOnUser"),
];

pub(super) fn subject(world: &World) -> Subject {
    let key = ApiKey::new(world.credential).expect("a valid key");
    let role = RoleId::new(world.second).expect("a valid role");
    let provider = NextAuth::new(world.base.clone(), &key).acting_as(&role);
    Subject {
        shapes: &[("sessioninfo.info", Shape::Json)],
        ..Subject::of("nextauth", world, provider, INDEX, IDS, plausible, authwire_emulator::nextauth::route_under)
    }
}

fn plausible(_: &str, field: &str, bytes: &mut Bytes<'_>) -> Option<String> {
    let random = |bytes: &mut Bytes<'_>| (0..16).map(|_| bytes.byte()).collect::<Vec<u8>>();
    match field {
        "serverid" if bytes.byte() % 2 == 0 => Some(URL_SAFE_NO_PAD.encode(random(bytes))),
        "serverid" => Some(STANDARD.encode(random(bytes))),
        "x-nonce" => Some(URL_SAFE_NO_PAD.encode(random(bytes))),
        "sessioninfo.info" => {
            Some(bytes.choose(&[r#"{"city":"Gent"}"#, "{}", r#"{"a":[1,2,{"b":null}],"é":"\u0000"}"#]).into())
        }
        _ => None,
    }
}
