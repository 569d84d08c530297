//! A person with a phone, who sees what is shown and nothing else.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use authwire_core::Endpoint;
use authwire_emulator::Server;
use authwire_emulator::nextauth::Phone;
use authwire_nextauth::sessions::GetQrEnrol;
use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};

/// Starts an emulator, and enrols a phone there for this user.
pub(crate) fn emulator(user: Option<&str>) -> (Server, Phone) {
    let server = Server::start().unwrap();
    let phone = server.with_emulator(|emulator, now| {
        let key = ApiKey::new(emulator.nextauth.api_key()).unwrap();
        let provider = NextAuth::new("http://localhost".parse().unwrap(), &key);
        let id = ServerId::new(emulator.nextauth.server_id()).unwrap();
        let mut enrol = GetQrEnrol::new(id, Nonce::from_text("enrolment").unwrap(), "An account");
        if let Some(user) = user {
            enrol = enrol.user(user.into());
        }
        let response = emulator.nextauth.handle(now, &enrol.request(&provider).unwrap());
        let code = enrol.response(&provider, &response).unwrap();
        let mut phone = Phone::new(1);
        phone.scan_and_approve(&mut emulator.nextauth, now, code.as_bytes()).unwrap();
        phone
    });
    (server, phone)
}

/// What a program needs to know of the emulator, as the examples read it from their environment.
pub(crate) fn environment(server: &Server) -> [(&'static str, String); 3] {
    server.with_emulator(|emulator, _| {
        [
            ("AUTHWIRE_BASE_URL", server.nextauth_url()),
            ("AUTHWIRE_SERVER_ID", emulator.nextauth.server_id().to_owned()),
            ("AUTHWIRE_API_KEY", emulator.nextauth.api_key().to_owned()),
        ]
    })
}

/// Reads a square picture of a QR code as a scanner does: from the brightness of its pixels.
pub(crate) fn read_code(side: usize, brightness: impl FnMut(usize, usize) -> u8) -> Vec<u8> {
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, brightness);
    let mut data = Vec::new();
    image.detect_grids().first().expect("a code").decode_to(&mut data).unwrap();
    data
}

/// How often this operation was asked for.
pub(crate) fn count(server: &Server, operation: &str) -> usize {
    server.log().iter().filter(|request| request.operation == Some(operation)).count()
}
