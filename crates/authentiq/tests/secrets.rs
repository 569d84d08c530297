//! No secret, no code, no token and nobody's address is in any text that a log might show.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use std::error::Error;
use std::fmt::Write as _;

use authwire_authentiq::flows::AwaitSignature;
use authwire_authentiq::jwt::{AuthentiqId, Claims, PushToken, Verification, Verified};
use authwire_authentiq::{Authentiq, Code, DeviceToken, INDEX, JobId, RevocationSecret};
use authwire_core::index::Source;
use authwire_core::{BaseUrl, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::{KEY, Ring, RingKey, key};
use http::Response;

/// Gives each field a value that can be told from all else.
struct Planted {
    token: String,
    all: Vec<String>,
}

impl Source for Planted {
    fn text(&mut self, field: &'static str) -> String {
        let text = match field {
            // A key is public, and shown.
            "PK" => return KEY.to_owned(),
            "job" => "CANARYjob-f3a9c2d7e1".to_owned(),
            "body" => self.token.clone(),
            other => format!("CANARY{other}-8d1f6b40c5"),
        };
        self.all.push(text.clone());
        text
    }

    fn is_given(&mut self, _: &'static str) -> bool {
        true
    }
}

/// The text itself, in the encodings that it may travel in, and any twelve bytes of it.
fn forms(canary: &str) -> Vec<String> {
    let mut forms = vec![STANDARD.encode(canary), URL_SAFE_NO_PAD.encode(canary)];
    forms.push(canary.bytes().map(|byte| format!("{byte:02x}")).collect());
    forms.extend(canary.as_bytes().windows(12).map(|window| String::from_utf8_lossy(window).into_owned()));
    forms
}

fn assert_silent(shown: &str, canaries: &[String]) {
    for canary in canaries {
        for form in forms(canary) {
            assert!(!shown.contains(&form), "{form} is in {shown}");
        }
    }
}

fn chain(error: &dyn Error) -> String {
    let mut shown = format!("{error} {error:?}");
    let mut next = error.source();
    while let Some(error) = next {
        write!(shown, " {error} {error:?}").unwrap();
        next = error.source();
    }
    shown
}

#[test]
fn operations_and_errors_show_nothing_of_what_was_put_in_or_came_back() {
    let provider = Authentiq::new(BaseUrl::new("https://provider.example").unwrap());
    let token = Claims::about_email(key(), "CANARYemail-a71e@example.com").sign(&RingKey::user()).unwrap();
    for entry in INDEX {
        let mut planted = Planted { token: token.expose().to_owned(), all: Vec::new() };
        let operation = entry.make(&mut planted).unwrap();
        // What is planted does travel.
        let request = operation.request(&provider).unwrap();
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let travels = |text: &String| {
            let escaped = text.replace('@', "%40");
            body.contains(text) || request.uri().to_string().contains(&escaped)
        };
        assert!(planted.all.iter().all(travels), "{}", entry.name());
        assert_eq!(format!("{operation:?}"), format!("{} {{ .. }}", entry.name()));
        let words = ["registered", "pending", "done", "confirmed", "sent", "waiting", "ready"];
        let bodies = words.map(|word| {
            let member = format!(r#"{{"status":"{word}","secret":"CANARYsecret-1","job":"CANARYjob-f3a9c2d7e1","#);
            format!(r#"{member}"sub":"{KEY}","jwt":"{}","email":"CANARYmail-77aa"}}"#, token.expose())
        });
        let odd =
            ["CANARYpage-5b5b", r#"{"status":{"x":"CANARYodd-5b5b5b"}}"#, r#"{"sub":7,"type":"CANARYtype-5b5b"}"#];
        let odd = odd.into_iter().chain([token.expose(), r#"{"error":"CANARYerror-5b5b","title":"CANARYtitle-5b5b"}"#]);
        let mut successes = 0;
        for body in bodies.iter().map(String::as_str).chain(odd).chain([""]) {
            for status in [200, 201, 202, 204, 302, 400, 401, 403, 404, 405, 409, 410, 429, 500] {
                let mut response = Response::new(body.as_bytes().to_vec());
                *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
                let shown = match operation.response(&provider, &response) {
                    Ok(output) => {
                        successes += 1;
                        format!("{output:?}")
                    }
                    Err(error) => chain(&error),
                };
                assert!(!shown.contains("CANARY") && !shown.contains("eyJ"), "{shown}");
                assert_silent(&shown, &planted.all);
            }
        }
        assert!(successes > 0, "{} never succeeded", entry.name());
    }
}

#[test]
fn values_show_nothing() {
    let canary = "CANARY-value-9e9e9e9e";
    let id = AuthentiqId::new(key()).email(canary).phone(canary).device_token(DeviceToken::new(canary).unwrap());
    let push = PushToken::new(key(), "https://i.example/", "https://a.example/");
    assert_eq!(format!("{push:?}"), format!("PushToken {{ subject: PublicKey({KEY}), .. }}"));
    let claims = Claims::about_email(key(), canary).kind(canary).issuer(canary);
    let push = PushToken::new(key(), canary, canary);
    let token = push.sign(&RingKey::user()).unwrap();
    let verified: Verified<PushToken> = Verification::new(Timestamp::EPOCH).self_signed(&token, &Ring).unwrap();
    let secret = RevocationSecret::new(canary).unwrap();
    let job = JobId::new("CANARY-value-9e9e9e9").unwrap();
    let unsigned = claims.unsigned(key()).unwrap();
    let shown = format!(
        "{id:?} {claims:?} {push:?} {token:?} {verified:?} {secret:?} {job:?} {unsigned:?} {:?} {:?}",
        Code::new(canary),
        JobId::new(canary),
    );
    assert_silent(&shown, &[canary.to_owned(), token.expose().to_owned()]);
    assert!(shown.contains(KEY), "the public key may be seen");
}

/// What is shown instead: enough to tell one from the other.
#[test]
fn what_debug_does_show() {
    let user = RingKey::user();
    let id = AuthentiqId::new(key()).email("a@example.com");
    assert_eq!(format!("{id:?}"), format!("AuthentiqId {{ subject: PublicKey({KEY}), .. }}"));
    let token = id.sign(&user).unwrap();
    let (input, _) = token.expose().rsplit_once('.').unwrap();
    assert_eq!(token.signing_input(), input.as_bytes());
    assert_eq!(format!("{token:?}"), "Jws([redacted])");
    let push = PushToken::new(key(), "https://i.example/", "https://a.example/");
    assert_eq!(format!("{push:?}"), format!("PushToken {{ subject: PublicKey({KEY}), .. }}"));
    let claims = Claims::about_email(key(), "a@example.com");
    assert!(format!("{claims:?}").starts_with("Claims { ") && format!("{claims:?}").contains(KEY), "{claims:?}");
    let signature = AwaitSignature::new(JobId::new("job-5678901234567890").unwrap(), Timestamp::from_millis(9));
    let repeat = "repeat: Repeat { state: \"due\", deadline: Timestamp(9), .. }, ..";
    assert_eq!(format!("{signature:?}"), format!("AwaitSignature {{ {repeat} }}"));
    let verified = signature.verified_by(key(), key(), Ring);
    assert_eq!(format!("{verified:?}"), format!("AwaitVerified {{ signature: AwaitSignature {{ {repeat} }}, .. }}"));
}

#[test]
fn nothing_is_no_secret() {
    assert!(Code::new("").is_err() && DeviceToken::new("").is_err() && RevocationSecret::new("").is_err());
    assert!(Code::new("0").is_ok() && DeviceToken::new(" ").is_ok() && RevocationSecret::new("é").is_ok());
    assert_eq!(String::from(key()), KEY);
}
