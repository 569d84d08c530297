//! Authentiq's server side, asked with raw requests, so that nothing but the emulator is under test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may"
)]

use authwire_emulator::authentiq::{
    Authentiq, Authority, Channel, JobState, KeyState, Phone, Purpose, RevocationStart, SignedForm, SlugForm, routes,
};
use authwire_emulator::{Emulator, route};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

const NOW: Duration = Duration::from_secs(1_800_000_000);
const EMAIL: &str = "Ada@Example.com";
const NUMBER: &str = "+31 6 1234 5678";
const SITE: &str = "https://connect.example/";
const CALLBACK: &str = "https://connect.example/session/7";

fn escape(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A line of method and target; the body's media type is a token's, or JSON's if it looks so.
fn request(line: &str, body: &str) -> Request<Vec<u8>> {
    let (method, target) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(target);
    if !body.is_empty() {
        let media = if body.starts_with('{') { "application/json" } else { "application/jwt" };
        request = request.header("content-type", media);
    }
    request.body(body.as_bytes().to_vec()).unwrap()
}

fn slug(response: &Response<Vec<u8>>) -> String {
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(body["error"], response.status().as_u16());
    assert!(body["title"].is_string() && body["detail"].is_string());
    body["type"].as_str().unwrap().to_owned()
}

/// The server, a phone, and what they know.
#[derive(Clone)]
struct World {
    server: Authentiq,
    phone: Phone,
    secret: String,
}

impl World {
    fn new() -> Self {
        Self { server: Authentiq::new(1), phone: Phone::new(2), secret: String::new() }
    }

    fn ask(&mut self, line: &str, body: &str) -> Response<Vec<u8>> {
        self.server.handle(NOW, &request(line, body))
    }

    /// `STATUS`, and the word or slug that comes with it.
    fn says(&mut self, line: &str, body: &str) -> String {
        let answer = self.ask(line, body);
        let status = answer.status().as_u16();
        if answer.body().is_empty() {
            return status.to_string();
        }
        if status >= 400 {
            return format!("{status} {}", slug(&answer));
        }
        match serde_json::from_slice::<Value>(answer.body()) {
            Ok(body) => format!("{status} {}", body["status"].as_str().unwrap_or("?")),
            Err(_) => format!("{status} jwt"),
        }
    }

    fn own(&self, method: &str) -> String {
        format!("{method} /key/{}", self.phone.id())
    }

    fn register(&mut self) {
        let token = self.phone.registration();
        let answer = self.ask("POST /key", &token);
        assert_eq!(answer.status(), 201);
        let body: Value = serde_json::from_slice(answer.body()).unwrap();
        self.secret = body["secret"].as_str().unwrap().to_owned();
    }

    fn bind(&mut self) {
        let token = self.phone.sign(&[("email", EMAIL), ("phone", NUMBER)]);
        let line = self.own("PUT");
        assert_eq!(self.says(&line, &token), "200 confirmed");
    }

    fn job(&mut self, query: &str) -> String {
        let token = self.phone.email_claims(EMAIL);
        let answer = self.ask(&format!("POST /scope{query}"), &token);
        assert_eq!(answer.status(), 201);
        let body: Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(body["status"], "waiting");
        body["job"].as_str().unwrap().to_owned()
    }

    fn code(&self, to: &str) -> String {
        self.server.code_for(to).unwrap().to_owned()
    }
}

fn revocation(code: &str) -> String {
    let code = if code.is_empty() { String::new() } else { format!("&code={code}") };
    format!("DELETE /key?email={}&phone={}{code}", escape(EMAIL), escape(NUMBER))
}

/// A key in each of its states: unregistered, registered, bound, revocation asked for, revoked.
fn keys() -> [World; 5] {
    let unregistered = World::new();
    let mut registered = unregistered.clone();
    registered.register();
    let mut bound = registered.clone();
    bound.bind();
    let mut pending = bound.clone();
    assert_eq!(pending.says(&revocation(""), ""), "200 pending");
    let mut revoked = bound.clone();
    let line = format!("{}?secret={}", revoked.own("DELETE"), escape(&revoked.secret));
    assert_eq!(revoked.says(&line, ""), "200 done");
    [unregistered, registered, bound, pending, revoked]
}

/// What happens, how it is done, what is said in each state, and the states after it.
type Row<E, S, const N: usize> = (&'static str, E, [&'static str; N], [Option<S>; N]);

#[test]
fn the_life_of_a_key() {
    use KeyState::{Bound, Registered, Revoked};
    type Event = fn(&World) -> (String, String);
    let secret = |world: &World| {
        // Where there is none yet, any.
        let secret = if world.secret.is_empty() { "x" } else { &world.secret };
        (format!("{}?secret={}", world.own("DELETE"), escape(secret)), String::new())
    };
    let right_code = |world: &World| (revocation(world.server.code_for(EMAIL).unwrap_or("012345")), String::new());
    let table: [Row<Event, KeyState, 5>; 12] = [
        (
            "register",
            |world| ("POST /key".into(), world.phone.registration()),
            ["201 registered", "409 duplicate-key", "409 duplicate-key", "409 duplicate-key", "409 duplicate-key"],
            [Some(Registered), Some(Registered), Some(Bound), Some(Bound), Some(Revoked)],
        ),
        (
            "bind",
            |world| (world.own("PUT"), world.phone.sign(&[("email", EMAIL), ("phone", NUMBER)])),
            ["404 unknown-key", "200 confirmed", "200 confirmed", "200 confirmed", "410 revoked-key"],
            [None, Some(Bound), Some(Bound), Some(Bound), Some(Revoked)],
        ),
        (
            "new device",
            |world| (world.own("PUT"), world.phone.sign(&[("devtoken", "new"), ("pk", "p")])),
            ["404 unknown-key", "200 confirmed", "200 confirmed", "200 confirmed", "410 revoked-key"],
            [None, Some(Registered), Some(Bound), Some(Bound), Some(Revoked)],
        ),
        (
            "signed scopes",
            |world| {
                (
                    world.own("POST"),
                    world
                        .phone
                        .sign(&[("email", &proof(world, "email", EMAIL)), ("phone", &proof(world, "phone", NUMBER))]),
                )
            },
            ["404 unknown-key", "200 confirmed", "200 confirmed", "200 confirmed", "410 revoked-key"],
            [None, Some(Bound), Some(Bound), Some(Bound), Some(Revoked)],
        ),
        (
            "retrieve",
            |world| (world.own("GET"), String::new()),
            ["404 unknown-key", "200 registered", "200 confirmed", "200 confirmed", "410 revoked-key"],
            [None, Some(Registered), Some(Bound), Some(Bound), Some(Revoked)],
        ),
        (
            "head",
            |world| (world.own("HEAD"), String::new()),
            ["404", "200", "200", "200", "410"],
            [None, Some(Registered), Some(Bound), Some(Bound), Some(Revoked)],
        ),
        (
            "right secret",
            secret,
            ["404 unknown-key", "200 done", "200 done", "200 done", "200 done"],
            [None, Some(Revoked), Some(Revoked), Some(Revoked), Some(Revoked)],
        ),
        (
            "wrong secret",
            |world| (format!("{}?secret=wrong", world.own("DELETE")), String::new()),
            ["404 unknown-key", "401 auth-error", "401 auth-error", "401 auth-error", "401 auth-error"],
            [None, Some(Registered), Some(Bound), Some(Bound), Some(Revoked)],
        ),
        (
            "revocation asked for",
            |_| (revocation(""), String::new()),
            ["404 unknown-key", "404 unknown-key", "200 pending", "409 confirm-first", "404 unknown-key"],
            [None, Some(Registered), Some(Bound), Some(Bound), Some(Revoked)],
        ),
        (
            "right code",
            right_code,
            ["404 unknown-key", "404 unknown-key", "401 auth-error", "200 done", "404 unknown-key"],
            [None, Some(Registered), Some(Bound), Some(Revoked), Some(Revoked)],
        ),
        (
            "wrong code",
            |_| (revocation("999999"), String::new()),
            ["404 unknown-key", "404 unknown-key", "401 auth-error", "401 auth-error", "404 unknown-key"],
            [None, Some(Registered), Some(Bound), Some(Bound), Some(Revoked)],
        ),
        (
            "push",
            |world| (format!("POST /login?callback={}", escape(CALLBACK)), world.phone.push_token(SITE)),
            ["404 unknown-key", "200 sent", "200 sent", "200 sent", "410 revoked-key"],
            [None, Some(Registered), Some(Bound), Some(Bound), Some(Revoked)],
        ),
    ];
    for (event, make, said, after) in table {
        for (number, mut world) in keys().into_iter().enumerate() {
            let (line, body) = make(&world);
            assert_eq!(world.says(&line, &body), said[number], "{event} in state {number}");
            let id = world.phone.id().to_owned();
            assert_eq!(world.server.key_state(&id), after[number], "{event} in state {number}");
        }
    }
}

/// A statement about the world's phone, signed by the issuer.
fn proof(world: &World, scope: &str, value: &str) -> String {
    let claims = json!({"sub": world.phone.id(), "scope": scope, scope: value, "exp": NOW.as_secs() + 60});
    world.server.issuer().sign_claims(&claims.to_string())
}

/// A job in each of its states: absent, waiting, confirmed, signed.
fn jobs() -> [(World, String); 4] {
    let mut waiting = World::new();
    let job = waiting.job("");
    let mut confirmed = waiting.clone();
    let code = json!({"code": confirmed.code(EMAIL)}).to_string();
    assert_eq!(confirmed.says(&format!("POST /scope/{job}"), &code), "202 confirmed");
    let mut signed = confirmed.clone();
    let token = signed.server.issuer().sign_job(&signed.server, NOW, &job).unwrap();
    assert_eq!(signed.says(&format!("PUT /scope/{job}"), &token), "200 jwt");
    let mut absent = signed.clone();
    assert_eq!(absent.says(&format!("DELETE /scope/{job}"), ""), "200 done");
    [absent, waiting, confirmed, signed].map(|world| (world, job.clone()))
}

#[test]
fn the_life_of_a_job() {
    use JobState::{Confirmed, Signed, Waiting};
    type Event = fn(&World, &str) -> (String, String);
    let table: [Row<Event, JobState, 4>; 10] = [
        (
            "another request",
            |world, _| ("POST /scope".into(), world.phone.email_claims(EMAIL)),
            ["201 waiting", "201 waiting", "201 waiting", "201 waiting"],
            [None, Some(Waiting), Some(Confirmed), Some(Signed)],
        ),
        (
            "right code",
            |world, job| (format!("POST /scope/{job}"), json!({"code": world.code(EMAIL)}).to_string()),
            ["404 unknown-job", "202 confirmed", "202 confirmed", "202 confirmed"],
            [None, Some(Confirmed), Some(Confirmed), Some(Signed)],
        ),
        (
            "right code in the query",
            |world, job| (format!("POST /scope/{job}?code={}", world.code(EMAIL)), String::new()),
            ["404 unknown-job", "202 confirmed", "202 confirmed", "202 confirmed"],
            [None, Some(Confirmed), Some(Confirmed), Some(Signed)],
        ),
        (
            "wrong code",
            |_, job| (format!("POST /scope/{job}"), r#"{"code":"999999"}"#.into()),
            ["404 unknown-job", "401 auth-error", "401 auth-error", "401 auth-error"],
            [None, Some(Waiting), Some(Confirmed), Some(Signed)],
        ),
        (
            "no code",
            |_, job| (format!("POST /scope/{job}"), String::new()),
            ["404 unknown-job", "401 auth-error", "401 auth-error", "401 auth-error"],
            [None, Some(Waiting), Some(Confirmed), Some(Signed)],
        ),
        (
            "a token",
            |world, job| (format!("POST /scope/{job}"), world.phone.email_claims(EMAIL)),
            ["405 not-supported", "405 not-supported", "405 not-supported", "405 not-supported"],
            [None, Some(Waiting), Some(Confirmed), Some(Signed)],
        ),
        (
            "signature",
            |world, job| {
                let token = world.server.issuer().sign_job(&world.server, NOW, job);
                (format!("PUT /scope/{job}"), token.unwrap_or_else(|| "x".into()))
            },
            ["404 unknown-job", "409 confirm-first", "200 jwt", "200 jwt"],
            [None, Some(Waiting), Some(Signed), Some(Signed)],
        ),
        (
            "retrieve",
            |_, job| (format!("GET /scope/{job}"), String::new()),
            ["404 unknown-job", "204", "204", "200 ?"],
            [None, Some(Waiting), Some(Confirmed), Some(Signed)],
        ),
        (
            "head",
            |_, job| (format!("HEAD /scope/{job}"), String::new()),
            ["404", "204", "204", "200"],
            [None, Some(Waiting), Some(Confirmed), Some(Signed)],
        ),
        (
            "delete",
            |_, job| (format!("DELETE /scope/{job}"), String::new()),
            ["404 unknown-job", "200 done", "200 done", "200 done"],
            [None, None, None, None],
        ),
    ];
    for (event, make, said, after) in table {
        for (number, (mut world, job)) in jobs().into_iter().enumerate() {
            let (line, body) = make(&world, &job);
            assert_eq!(world.says(&line, &body), said[number], "{event} in state {number}");
            assert_eq!(world.server.job_state(&job), after[number], "{event} in state {number}");
        }
    }
}

/// Each slug of each operation, as the documents list them, by a request that earns it.
#[test]
fn every_slug_of_every_operation() {
    type Earn = fn(&mut World) -> (String, String);
    let table: [(&str, &str, Earn); 25] = [
        ("key_register", "409 duplicate-key", |w| {
            w.register();
            ("POST /key".into(), w.phone.registration())
        }),
        ("key_revoke_nosecret", "401 auth-error", |w| {
            w.register();
            w.bind();
            (revocation("1"), String::new())
        }),
        ("key_revoke_nosecret", "404 unknown-key", |_| (revocation(""), String::new())),
        ("key_revoke_nosecret", "409 confirm-first", |w| {
            w.register();
            w.bind();
            w.ask(&revocation(""), "");
            (revocation(""), String::new())
        }),
        ("key_retrieve", "404 unknown-key", |w| (w.own("GET"), String::new())),
        ("key_retrieve", "410 revoked-key", |w| {
            revoked(w);
            (w.own("GET"), String::new())
        }),
        ("key_head", "404", |w| (w.own("HEAD"), String::new())),
        ("key_head", "410", |w| {
            revoked(w);
            (w.own("HEAD"), String::new())
        }),
        ("key_bind", "404 unknown-key", |w| (w.own("PUT"), w.phone.registration())),
        ("key_bind", "409 duplicate-hash", |w| {
            taken(w);
            (w.own("PUT"), w.phone.sign(&[("email", EMAIL)]))
        }),
        ("key_update", "404 unknown-key", |w| (w.own("POST"), w.phone.sign(&[("email", &proof(w, "email", EMAIL))]))),
        ("key_update", "409 duplicate-hash", |w| {
            taken(w);
            (w.own("POST"), w.phone.sign(&[("email", &proof(w, "email", EMAIL))]))
        }),
        ("key_revoke", "401 auth-error", |w| {
            w.register();
            (format!("{}?secret=x", w.own("DELETE")), String::new())
        }),
        ("key_revoke", "404 unknown-key", |w| (format!("{}?secret=x", w.own("DELETE")), String::new())),
        ("push_login_request", "401 aud-error", |w| {
            w.register();
            ("POST /login?callback=https%3A%2F%2Fevil.example%2F".into(), w.phone.push_token(SITE))
        }),
        ("push_login_request", "401 auth-error", |w| {
            w.register();
            let claims = json!({"sub": w.phone.id(), "iss": "i", "aud": SITE}).to_string();
            (format!("POST /login?callback={}", escape(CALLBACK)), w.server.issuer().sign_claims(&claims))
        }),
        ("sign_request", "429 rate-limit", |w| {
            w.server.settings.rate_limit = 1;
            w.job("");
            ("POST /scope".into(), w.phone.email_claims(" ada@example.COM "))
        }),
        ("sign_confirm", "401 auth-error", |w| {
            let job = w.job("");
            (format!("POST /scope/{job}"), String::new())
        }),
        ("sign_confirm", "404 unknown-job", |_| ("POST /scope/00000000000000000000".into(), String::new())),
        ("sign_confirm", "405 not-supported", |w| {
            let job = w.job("");
            (format!("POST /scope/{job}"), w.phone.registration())
        }),
        ("sign_update", "404 unknown-job", |w| ("PUT /scope/00000000000000000000".into(), w.phone.registration())),
        ("sign_update", "409 confirm-first", |w| {
            let job = w.job("");
            let token = w.server.issuer().sign_job(&w.server, NOW, &job).unwrap();
            (format!("PUT /scope/{job}"), token)
        }),
        ("sign_retrieve", "404 unknown-job", |_| ("GET /scope/00000000000000000000".into(), String::new())),
        ("sign_retrieve_head", "404", |_| ("HEAD /scope/00000000000000000000".into(), String::new())),
        ("sign_delete", "404 unknown-job", |_| ("DELETE /scope/00000000000000000000".into(), String::new())),
    ];
    let mut slugs = BTreeSet::new();
    for (operation, expected, earn) in table {
        let mut world = World::new();
        let (line, body) = earn(&mut world);
        let routed = authwire_emulator::authentiq::route(&request(&line, &body)).unwrap();
        assert_eq!(routed.operation, operation);
        assert_eq!(world.says(&line, &body), expected, "{operation}");
        slugs.extend(expected.split_once(' ').map(|(_, slug)| slug));
    }
    assert_eq!(slugs.len(), 10, "all the slugs that there are");
}

fn revoked(world: &mut World) {
    world.register();
    let id = world.phone.id().to_owned();
    assert!(world.server.revoke_key(&id));
}

/// Another key has the address.
fn taken(world: &mut World) {
    world.register();
    let other = Phone::new(99);
    world.ask("POST /key", &other.registration());
    let line = format!("PUT /key/{}", other.id());
    assert_eq!(world.says(&line, &other.sign(&[("email", " ADA@example.com")])), "200 confirmed");
}

#[test]
fn tokens_that_count_for_nothing() {
    let mut world = World::new();
    let id = world.phone.id().to_owned();
    let header = format!(r#"{{"typ":"JWT","alg":"Ed25519","kid":"{id}"}}"#);
    let sub = format!(r#"{{"sub":"{id}"}}"#);
    let now = NOW.as_secs();
    let with = |members: &str| format!(r#"{{"sub":"{id}",{members}}}"#);
    let sign = |header: &str, claims: &str| world.phone.sign_with(header, claims);
    let good = sign(&header, &sub);
    let alias = |last: char| header.replace(&format!("{id}\""), &format!("{}{last}\"", &id[..42]));
    let other_last = if id.ends_with('A') { 'B' } else { 'A' };
    let (input, signature) = good.rsplit_once('.').unwrap();
    let mut wrong = URL_SAFE_NO_PAD.decode(signature).unwrap();
    wrong[0] ^= 1;
    let table = [
        (sign(&header, &with(&format!(r#""exp":{now},"nbf":{now}"#))), "201 registered"),
        (good.clone(), "201 registered"),
        (sign(&header, &with(&format!(r#""exp":{}"#, now - 1))), "401 auth-error"),
        (sign(&header, &with(&format!(r#""nbf":{}"#, now + 1))), "401 auth-error"),
        (sign(&header, &with(r#""exp":"never""#)), "400 about:blank"),
        (sign(&header, &with(r#""devtoken":7"#)), "400 about:blank"),
        (sign(&header, "{}"), "401 auth-error"),
        (sign(&header, "[]"), "400 about:blank"),
        (sign(&header, &format!(r#"{{"sub":"{id}","sub":"{id}"}}"#)), "400 about:blank"),
        (sign(&header, &format!(r#"{{"sub":"{}"}}"#, world.server.issuer().id())), "401 auth-error"),
        (sign(&header.replace("Ed25519", "EdDSA"), &sub), "401 auth-error"),
        (sign(&header.replace("Ed25519", "none"), &sub), "401 auth-error"),
        (sign(&header.replace("Ed25519", "HS256"), &sub), "401 auth-error"),
        (sign(&header.replace("\"typ\"", "\"crit\":[],\"typ\""), &sub), "401 auth-error"),
        (sign(r#"{"alg":"Ed25519"}"#, &sub), "401 auth-error"),
        (sign(&alias(other_last), &sub), "401 auth-error"),
        (sign("[]", &sub), "400 about:blank"),
        (format!("{input}.{}", URL_SAFE_NO_PAD.encode(wrong)), "401 auth-error"),
        (format!("{input}."), "401 auth-error"),
        (format!("{good}="), "400 about:blank"),
        (format!("{good}\n"), "400 about:blank"),
        (format!("{good}.x"), "400 about:blank"),
        ("x".to_owned(), "400 about:blank"),
    ];
    for (token, expected) in table {
        let mut fresh = World::new();
        assert_eq!(fresh.says("POST /key", &token), expected, "{token}");
    }
    assert_eq!(world.says("POST /key", &sub), "415 about:blank", "the claims as JSON, as generated clients send them");
    let mut asked = request("POST /key", &good);
    asked.headers_mut().remove("content-type");
    assert_eq!(world.server.handle(NOW, &asked).status(), 415);
    asked.headers_mut().insert("content-type", "Application/JWT; charset=utf-8".parse().unwrap());
    assert_eq!(world.server.handle(NOW, &asked).status(), 201);
}

#[test]
fn switches_let_more_through() {
    let id = Phone::new(2).id().to_owned();
    let sub = format!(r#"{{"sub":"{id}"}}"#);
    let said = |change: fn(&mut Authentiq), header: &str, after: &str| {
        let mut world = World::new();
        change(&mut world.server);
        let token = format!("{}{after}", world.phone.sign_with(header, &sub));
        world.says("POST /key", &token)
    };
    let eddsa = format!(r#"{{"alg":"EdDSA","kid":"{id}"}}"#);
    assert_eq!(said(|server| server.settings.accept_eddsa = true, &eddsa, ""), "201 registered");
    let anonymous = r#"{"alg":"Ed25519"}"#;
    assert_eq!(said(|server| server.settings.kid_required = false, anonymous, ""), "201 registered");
    let header = format!(r#"{{"alg":"Ed25519","kid":"{id}"}}"#);
    assert_eq!(said(|server| server.settings.trim_white_space = true, &header, " \n"), "201 registered");
}

#[test]
fn other_settings_answer_otherwise() {
    let [_, _, mut bound, ..] = keys();
    bound.server.settings.revocation_start = RevocationStart::ConfirmFirst;
    assert_eq!(bound.says(&revocation(""), ""), "409 confirm-first");
    let code = bound.code(EMAIL);
    assert_eq!(bound.says(&revocation(&code), ""), "200 done");

    let [_, _, (mut confirmed, job), _] = jobs();
    confirmed.server.settings.signed_form = SignedForm::Json;
    let token = confirmed.server.issuer().sign_job(&confirmed.server, NOW, &job).unwrap();
    assert_eq!(confirmed.says(&format!("PUT /scope/{job}"), &token), "200 ready");

    let mut world = World::new();
    world.server.settings.slug_form = SlugForm::Uri;
    let line = world.own("GET");
    assert_eq!(world.says(&line, ""), "404 https://authentiq.example/errors/unknown-key");
    world.server.settings.slug_form = SlugForm::Title;
    let answer = world.ask(&line, "");
    assert_eq!(slug(&answer), "about:blank");
    assert_eq!(serde_json::from_slice::<Value>(answer.body()).unwrap()["title"], "unknown-key");

    world.server.settings.require_code = false;
    let job = world.job("");
    assert_eq!(world.says(&format!("POST /scope/{job}"), "{}"), "202 confirmed");
}

#[test]
fn a_key_is_bound_by_hashes_that_do_not_mind_the_spelling() {
    let [_, _, mut bound, ..] = keys();
    // An unescaped plus is a space to whoever reads a form; it counts as the plus that it was meant to be.
    assert_eq!(bound.says("DELETE /key?email=%20ada@EXAMPLE.com&phone=+31(6)12345678", ""), "200 pending");
    assert_eq!(bound.says("DELETE /key?email=ada@example.com&phone=%2B31612345678&code=", ""), "409 confirm-first");
    for other in ["email=ada@example.com&phone=31612345678", "email=bob@example.com&phone=%2B31612345678"] {
        assert_eq!(bound.says(&format!("DELETE /key?{other}"), ""), "404 unknown-key");
    }
    for missing in ["", "?email=a", "?phone=b", "?email=&phone=b"] {
        assert_eq!(bound.says(&format!("DELETE /key{missing}"), ""), "400 about:blank");
    }
    let message = bound.server.messages().next_back().unwrap();
    assert_eq!((message.channel, message.purpose), (Channel::Email, Purpose::Revocation));
    // What revocation frees may be bound again, and only then.
    let other = Phone::new(99);
    bound.ask("POST /key", &other.registration());
    let line = format!("PUT /key/{}", other.id());
    let token = other.sign(&[("phone", NUMBER)]);
    assert_eq!(bound.says(&line, &token), "409 duplicate-hash");
    let id = bound.phone.id().to_owned();
    bound.server.revoke_key(&id);
    assert_eq!(bound.says(&line, &token), "200 confirmed");
    // What is not named stays as it is.
    assert_eq!(bound.server.devtoken(other.id()), Some(other.devtoken()));
}

#[test]
fn only_what_a_trusted_issuer_says_of_the_same_key_binds() {
    let [_, mut world, ..] = keys();
    let line = world.own("POST");
    let id = world.phone.id().to_owned();
    let stranger = Authority::new(5);
    let claims = |sub: &str| json!({"sub": sub, "scope": "email", "email": EMAIL}).to_string();
    let untrusted = [
        world.phone.sign(&[("email", EMAIL)]),
        world.phone.sign(&[("email", &stranger.sign_claims(&claims(&id)))]),
        world.phone.sign(&[("email", &world.server.test_issuer().sign_claims(&claims(&id)))]),
        world.phone.sign(&[("email", &world.server.issuer().sign_claims(&claims(Phone::new(99).id())))]),
        world.phone.sign(&[("email", &world.phone.sign(&[("scope", "email"), ("email", EMAIL)]))]),
        world.phone.sign(&[]),
    ];
    for token in untrusted {
        assert_eq!(world.says(&line, &token), "401 auth-error");
    }
    // Somebody else's path, and an authority that was added; tokens may lie at any depth.
    let own = world.phone.sign(&[("email", &proof(&world, "email", EMAIL))]);
    let other = format!("POST /key/{}", Phone::new(99).id());
    assert_eq!(world.says(&other, &own), "401 auth-error");
    let authority = world.server.add_authority();
    let claims =
        json!({"sub": id, "scopes": [{"x": authority.sign_claims(&claims(&id))}, proof(&world, "phone", NUMBER)]});
    let token = world.phone.sign_claims(&claims.to_string());
    assert_eq!(world.says(&line, &token), "200 confirmed");
    assert_eq!(world.server.key_state(&id), Some(KeyState::Bound));
}

#[test]
fn a_scope_from_request_to_token() {
    let mut world = World::new();
    world.server.settings.signing_delay = Some(Duration::from_secs(10));
    let token = world.phone.phone_claims(NUMBER);
    let answer = world.ask("POST /scope", &token);
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    let job = body["job"].as_str().unwrap().to_owned();
    assert_eq!(job.len(), 20);
    let message = world.server.messages().next_back().unwrap().clone();
    assert_eq!((message.to.as_str(), message.channel, message.purpose), (NUMBER, Channel::Sms, Purpose::Scope));
    assert!(message.code.len() == 6 && message.code.starts_with('0'));
    let line = format!("POST /scope/{job}");
    assert_eq!(world.says(&line, &json!({"code": message.code}).to_string()), "202 confirmed");

    let get = |world: &mut World, after: u64, accept: &str| {
        let mut asked = request(&format!("GET /scope/{job}"), "");
        asked.headers_mut().insert("accept", accept.parse().unwrap());
        world.server.handle(NOW + Duration::from_secs(after), &asked)
    };
    let waiting = get(&mut world, 9, "application/jwt");
    assert_eq!(waiting.status(), 204);
    assert!(waiting.body().is_empty() && !waiting.headers().contains_key("content-length"));
    let signed = get(&mut world, 10, "application/jwt, application/json;q=0.9");
    assert_eq!(
        (signed.status().as_u16(), &signed.headers()["content-type"]),
        (200, &"application/jwt".parse().unwrap())
    );
    let text = String::from_utf8(signed.into_body()).unwrap();
    let parts: Vec<_> = text.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
    let header = format!(r#"{{"typ":"JWT","alg":"Ed25519","kid":"{}"}}"#, world.server.issuer().id());
    assert_eq!(std::str::from_utf8(&parts[0]).unwrap(), header);
    let payload: Value = serde_json::from_slice(&parts[1]).unwrap();
    assert_eq!(
        (&payload["sub"], &payload["scope"], &payload["phone"]),
        (&json!(world.phone.id()), &json!("phone"), &json!(NUMBER))
    );
    assert_eq!(payload["iat"], NOW.as_secs() + 10);
    let input = &text.as_bytes()[..text.rfind('.').unwrap()];
    let issuer = URL_SAFE_NO_PAD.decode(world.server.issuer().id()).unwrap();
    ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, issuer).verify(input, &parts[2]).unwrap();
    // JSON for whoever does not prefer a token: the same claims, and the token.
    let json = get(&mut world, 60, "*/*");
    let body: Value = serde_json::from_slice(json.body()).unwrap();
    assert_eq!((&body["jwt"], &body["sub"], &body["exp"]), (&json!(text), &payload["sub"], &payload["exp"]));
}

#[test]
fn who_may_sign_a_job() {
    let [_, _, (mut world, job), _] = jobs();
    let line = format!("PUT /scope/{job}");
    let id = world.phone.id().to_owned();
    let authority = world.server.add_authority();
    let claims = |sub: &str, scope: &str, email: &str| json!({"sub": sub, "scope": scope, "email": email}).to_string();
    let wrong = [
        Authority::new(5).sign_job(&world.server, NOW, &job).unwrap(),
        world.server.test_issuer().sign_job(&world.server, NOW, &job).unwrap(),
        world.phone.email_claims(EMAIL),
        authority.sign_claims(&claims(Phone::new(99).id(), "email", EMAIL)),
        authority.sign_claims(&claims(&id, "phone", EMAIL)),
        authority.sign_claims(&claims(&id, "email", "eve@example.com")),
    ];
    for token in wrong {
        assert_eq!(world.says(&line, &token), "401 auth-error");
    }
    assert_eq!(world.says(&line, "x"), "400 about:blank");
    let first = authority.sign_job(&world.server, NOW, &job).unwrap();
    assert_eq!(world.says(&line, &first), "200 jwt");
    assert_eq!(world.says(&line, &first), "200 jwt");
    let second = world.server.issuer().sign_job(&world.server, NOW, &job).unwrap();
    assert_eq!(world.says(&line, &second), "409 about:blank", "signed by another one already");
    assert!(world.server.forget_job(&job) && !world.server.forget_job(&job));
}

#[test]
fn the_test_issuer_signs_at_once_and_without_a_code() {
    let mut world = World::new();
    for (query, is_test) in [("?test=1", true), ("?test=-7", true), ("?test=0", false), ("?test=", false), ("", false)]
    {
        let job = world.job(query);
        let confirmed = world.says(&format!("POST /scope/{job}"), "");
        assert_eq!(confirmed, if is_test { "202 confirmed" } else { "401 auth-error" }, "{query}");
        if is_test {
            let mut asked = request(&format!("GET /scope/{job}"), "");
            asked.headers_mut().insert("accept", "application/jwt".parse().unwrap());
            let answer = world.server.handle(NOW, &asked);
            let header = URL_SAFE_NO_PAD.decode(answer.body().split(|byte| *byte == b'.').next().unwrap()).unwrap();
            assert!(String::from_utf8(header).unwrap().contains(world.server.test_issuer().id()));
        }
        world.server.settings.rate_limit += 1;
    }
    let token = world.phone.email_claims(EMAIL);
    assert_eq!(world.says("POST /scope?test=yes", &token), "400 about:blank");
}

#[test]
fn what_may_be_asked_to_be_signed() {
    let mut world = World::new();
    let id = world.phone.id().to_owned();
    let bad: [(&[(&str, &str)], &str); 5] = [
        (&[], "400 about:blank"),
        (&[("scope", "email")], "400 about:blank"),
        (&[("scope", "email"), ("phone", NUMBER)], "400 about:blank"),
        (&[("scope", "address"), ("address", "x")], "400 about:blank"),
        (&[("scope", "email"), ("email", "")], "400 about:blank"),
    ];
    for (claims, said) in bad {
        let token = world.phone.sign(claims);
        assert_eq!(world.says("POST /scope", &token), said, "{claims:?}");
    }
    let claims = json!({"sub": id, "scope": "email", "email": EMAIL}).to_string();
    assert_eq!(world.says("POST /scope", &Authority::new(5).sign_claims(&claims)), "401 auth-error");
    let issued = world.server.issuer().sign_claims(&claims);
    assert_eq!(world.says("POST /scope", &issued), "201 waiting", "self- or issuer-signed");
}

#[test]
fn the_rate_limit_is_for_each_address_and_ends() {
    let mut world = World::new();
    let claims = |address: &str| Phone::new(2).email_claims(address);
    let ask = |world: &mut World, after: u64, token: &str| {
        world.server.handle(NOW + Duration::from_secs(after), &request("POST /scope", token)).status().as_u16()
    };
    for after in 0..5 {
        assert_eq!(ask(&mut world, after, &claims(EMAIL)), 201);
    }
    assert_eq!(ask(&mut world, 5, &claims(EMAIL)), 429);
    assert_eq!(ask(&mut world, 5, &claims("bob@example.com")), 201);
    assert_eq!(ask(&mut world, 3_599, &claims(EMAIL)), 429);
    assert_eq!(ask(&mut world, 3_600, &claims(EMAIL)), 201, "the first of the five is an hour ago");
    assert_eq!(ask(&mut world, 3_600, &claims(EMAIL)), 429);
}

#[test]
fn a_push_reaches_the_phone_that_the_key_has() {
    let [_, mut world, ..] = keys();
    let line = format!("POST /login?callback={}", escape(CALLBACK));
    let token = world.phone.push_token(SITE);
    assert_eq!(world.says(&line, &token), "200 sent");
    let pushes = world.phone.notifications(&world.server);
    assert_eq!((pushes.len(), pushes[0].callback.as_str(), pushes[0].sub.as_str()), (1, CALLBACK, world.phone.id()));
    // A list of audiences, of which one will do.
    let claims = json!({"sub": world.phone.id(), "iss": "i", "aud": ["https://b.example/", SITE]}).to_string();
    let list = world.phone.sign_claims(&claims);
    assert_eq!(world.says(&line, &list), "200 sent");
    assert_eq!(world.says("POST /login", &token), "400 about:blank");
    for missing in [json!({"sub": world.phone.id(), "aud": SITE}), json!({"sub": world.phone.id(), "iss": "i"})] {
        let token = world.phone.sign_claims(&missing.to_string());
        assert_eq!(world.says(&line, &token), "400 about:blank");
    }
    // A key without a device cannot be pushed to.
    let other = Phone::new(99);
    world.ask("POST /key", &other.sign(&[]));
    assert_eq!(world.says(&line, &other.push_token(SITE)), "404 unknown-key");
    assert_eq!(world.server.pushes().count(), 2);
    assert!(other.notifications(&world.server).is_empty());
}

#[test]
fn what_is_retrieved_of_a_key() {
    let [_, mut world, ..] = keys();
    let line = world.own("GET");
    let answer = world.ask(&line, "");
    let body: Value = serde_json::from_slice(answer.body()).unwrap();
    let since = "2027-01-15T08:00:00Z"; // `date -u -d @1800000000 +%FT%TZ`
    assert_eq!(body, json!({"sub": world.phone.id(), "status": "registered", "since": since}), "and nothing else");
}

#[test]
fn ids_have_one_spelling() {
    let [_, mut world, ..] = keys();
    let id = world.phone.id().to_owned();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for last in alphabet.chars() {
        let said = world.says(&format!("GET /key/{}{last}", &id[..42]), "");
        let expected = if id.ends_with(last) { "200 registered" } else { "404 unknown-key" };
        assert_eq!(said, expected, "{last}");
    }
    for odd in [".", "..", "x", "%2F", &format!("{id}=")] {
        for method in ["GET", "PUT", "POST", "DELETE"] {
            let token = world.phone.registration();
            let body = if method == "GET" || method == "DELETE" { "" } else { &token };
            assert_eq!(world.says(&format!("{method} /key/{odd}?secret=x"), body), "404 unknown-key", "{method} {odd}");
        }
    }
}

#[test]
fn what_is_no_operation() {
    let mut world = World::new();
    for line in ["GET /", "GET /keys", "GET /key/", "POST /key/", "GET /scope/a/b", "POST /Key", "GET /scope//"] {
        assert_eq!(world.says(line, ""), "404 about:blank", "{line}");
    }
    let table = [
        ("GET /key", "POST, DELETE"),
        ("PATCH /key/x", "GET, HEAD, PUT, POST, DELETE"),
        ("GET /login", "POST"),
        ("DELETE /scope", "POST"),
    ];
    for (line, allowed) in table {
        let answer = world.ask(line, "");
        assert_eq!((answer.status().as_u16(), answer.headers()["allow"].to_str().unwrap()), (405, allowed), "{line}");
        assert_eq!(slug(&answer), "about:blank");
    }
    assert_eq!(world.says("GET /key/%zz", ""), "400 about:blank");
    assert_eq!(world.says("DELETE /key?email=a&email=b&phone=c", ""), "400 about:blank");
    let head = world.ask("HEAD /nowhere", "");
    assert!(head.status() == 404 && head.body().is_empty() && !head.headers().contains_key("content-length"));
}

#[test]
fn fourteen_operations_under_their_prefix() {
    let ids: BTreeSet<_> = routes().iter().map(|route| route.operation).collect();
    assert_eq!((routes().len(), ids.len()), (14, 14));
    let mut emulator = Emulator::new(1);
    let asked = request("GET /authentiq/key/x", "");
    let (name, routed) = route(&asked).unwrap();
    assert_eq!((name, routed.operation, routed.path_value("PK")), ("authentiq", "key_retrieve", Some("x")));
    assert_eq!(slug(&emulator.handle(NOW, &asked)), "unknown-key");
    assert_eq!(emulator.log().operations(), ["key_retrieve"]);
}

#[test]
fn the_same_calls_give_the_same_bytes_and_nothing_is_shown() {
    let run = || {
        let mut world = World::new();
        world.register();
        world.bind();
        let job = world.job("");
        (
            world.secret.clone(),
            job,
            world.code(EMAIL),
            world.server.issuer().id().to_owned(),
            format!("{:?}", world.server),
        )
    };
    assert_eq!(run(), run());
    let (secret, job, code, ..) = run();
    let mut world = World::new();
    world.register();
    world.job("");
    let shown = format!("{:?} {:?} {:?}", world.server, world.phone, world.server.messages().collect::<Vec<_>>());
    for hidden in [secret.as_str(), &job, &code, EMAIL, world.phone.devtoken()] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    assert_ne!(Authentiq::new(1).issuer().id(), Authentiq::new(2).issuer().id());
    assert_ne!(Authentiq::new(1).issuer().id(), Authentiq::new(1).test_issuer().id());
}
