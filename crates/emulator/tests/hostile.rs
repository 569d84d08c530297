//! Damaged requests get an answer, and a 4xx where they are no operation.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod common;

use authwire_emulator::nextauth::{NextAuth, Phone, route};
use common::{NOW, request, with_json};
use http::{HeaderValue, Method};
use std::time::Duration;

/// A generator of its own: the test must not depend on what it tests.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn damage(&mut self, bytes: &mut Vec<u8>) {
        const PIECES: [&[u8]; 12] = [b"%", b"%2F", b"/", b"..", b"?", b"&", b"=", b"+", b"\xff", b"%00", b"\"", b"{"];
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            match self.below(3) {
                0 => drop(bytes.splice(at..at, PIECES[self.below(PIECES.len())].iter().copied())),
                1 if at < bytes.len() => drop(bytes.remove(at)),
                _ => bytes.truncate(at.max(1)),
            }
        }
    }
}

#[test]
fn damaged_requests() {
    const LINES: [&str; 5] = [
        "GET /servers/{s}/sessions/qr/login?img=png&s=60",
        "GET /servers/{s}/sessions/qr/enrol?name=Ada&userid=ada",
        "PUT /servers/{s}/accounts/1/user?userid=ada",
        "POST /servers/{s}/users/ada/provokelogin",
        "GET /servers/{s}/sessions/",
    ];
    let mut numbers = Numbers(1);
    let mut nextauth = NextAuth::new(1);
    let mut seen = std::collections::BTreeMap::new();
    for round in 0..6_000 {
        let mut asked = request(&nextauth, LINES[round % LINES.len()]);
        let mut target = asked.uri().to_string().into_bytes();
        let mut body = br#"{"sessioninfo":{"ip":"192.0.2.1","logo":"AAE=","info":{"a":[1,null]}}}"#.to_vec();
        let mut nonce = common::NONCE.as_bytes().to_vec();
        match numbers.below(4) {
            0 => numbers.damage(&mut target),
            1 => numbers.damage(&mut body),
            2 => numbers.damage(&mut nonce),
            _ => *asked.method_mut() = Method::from_bytes(&nonce[..1 + numbers.below(8)]).unwrap(),
        }
        let (Ok(uri), Ok(nonce)) = (target.as_slice().try_into(), HeaderValue::from_bytes(&nonce)) else { continue };
        *asked.uri_mut() = uri;
        asked.headers_mut().insert("x-nonce", nonce);
        let mut asked = with_json(asked, "");
        *asked.body_mut() = body;
        let status = nextauth.handle(NOW, &asked).status();
        assert!(status == 200 || status.is_client_error(), "{status} for {asked:?}");
        assert!(route(&asked).is_some() || status != 200, "{asked:?}");
        *seen.entry(status.as_u16()).or_insert(0) += 1;
    }
    for status in [200, 400, 404, 405] {
        assert!(seen.contains_key(&status), "{status} never seen in {seen:?}");
    }
}

#[test]
fn any_bytes_can_be_scanned() {
    let mut nextauth = NextAuth::new(1);
    let code = common::ask(&mut nextauth, "GET /servers/{s}/sessions/qr/login").into_body();
    let phone = Phone::new(1);
    let mut numbers = Numbers(2);
    for _ in 0..2_000 {
        let mut bytes = code.clone();
        numbers.damage(&mut bytes);
        assert!(phone.scan(&nextauth, NOW, &bytes).is_err());
    }
}

#[test]
fn any_time_will_do() {
    let mut nextauth = NextAuth::new(1);
    for now in [Duration::MAX, Duration::ZERO, NOW, Duration::MAX] {
        let asked = request(&nextauth, "GET /servers/{s}/sessions/qr/enrol?name=Ada");
        let code = nextauth.handle(now, &asked).into_body();
        let scanned = Phone::new(1).scan_and_approve(&mut nextauth, now, &code);
        assert_eq!(scanned.is_ok(), now != Duration::MAX, "at the end of time a code is old at once");
        let asked = request(&nextauth, "GET /servers/{s}/sessions/");
        assert_eq!(nextauth.handle(now, &asked).status(), 200);
    }
}
