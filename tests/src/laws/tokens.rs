//! The laws of Authentiq's tokens: whatever a text is, nothing panics, and nothing verifies but what was signed.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use authwire_authentiq::jwt::{
    Alg, AuthentiqId, ClaimSet, Claims, Ed25519, Ed25519Key, Jws, PushToken, Signer, Verification, Verifier,
};
use authwire_authentiq::scopes::{JobContent, RetrieveScope};
use authwire_authentiq::{Authentiq, JobId, PublicKey};
use authwire_core::{Endpoint, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::bytes::Bytes;
use crate::golden::response;

/// Whose tokens the first three are, and who issued the fourth.
const PERSON: &str = "dR1cZzYf-uC6r5L1VOmnKj22AvDCTQR2FYJ6qpGip6U";
const ISSUER: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

/// Four tokens in the form of Authentiq's own library, which accepts them: a registration, a request to verify an e-mail
/// address, a permission to push, and what an issuer signed. Made once with another program.
const TOKENS: [&str; 4] = [
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZDI1NTE5Iiwia2lkIjoiZFIxY1p6WWYtdUM2cjVMMVZPbW5LajIyQXZEQ1RRUjJGWUo2cXBHaXA2VSJ9.eyJzdWIiOiJkUjFjWnpZZi11QzZyNUwxVk9tbktqMjJBdkRDVFFSMkZZSjZxcEdpcDZVIiwiZGV2dG9rZW4iOiJkZXZ0b2tlbi0xIn0.P8Roq4VP2Oj2EncmJNACeijXsRoP-RHkuS9H5Oe5uQoNk1yFyfRVRrNf6z-PoqJCfT8KNDWEDUtecNhuZ7EJAA",
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZDI1NTE5Iiwia2lkIjoiZFIxY1p6WWYtdUM2cjVMMVZPbW5LajIyQXZEQ1RRUjJGWUo2cXBHaXA2VSJ9.eyJzdWIiOiJkUjFjWnpZZi11QzZyNUwxVk9tbktqMjJBdkRDVFFSMkZZSjZxcEdpcDZVIiwic2NvcGUiOiJlbWFpbCIsImVtYWlsIjoiYWxpY2VAZXhhbXBsZS5jb20ifQ.kV4MGNObkv4AlwVaPw-2L-XjunEMHKTfGXU5QeZlev5gp3CyoxHxfIl17iluDu2VMmWGcyT2ic4EabBsPoo8Cw",
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZDI1NTE5Iiwia2lkIjoiZFIxY1p6WWYtdUM2cjVMMVZPbW5LajIyQXZEQ1RRUjJGWUo2cXBHaXA2VSJ9.eyJzdWIiOiJkUjFjWnpZZi11QzZyNUwxVk9tbktqMjJBdkRDVFFSMkZZSjZxcEdpcDZVIiwiaXNzIjoiaHR0cHM6Ly82LWRvdC1hdXRoZW50aXFpby5hcHBzcG90LmNvbS8iLCJhdWQiOiJodHRwczovL2Nvbm5lY3QuYXV0aGVudGlxLmlvLyIsImlhdCI6MTQzMTMwMDAwMCwibmJmIjoxNDMxMzAwMDAwLCJleHAiOjE0NjI4MzYwMDB9.aCK9fKgMcTyokYvNbb9tdO95vB5QcR60naEa6kWrR76NPHV-Z4uZXdMA5xe7vx3dMt57g2ipnnm7gAVhCxTdAg",
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZDI1NTE5Iiwia2lkIjoiMTFxWUFZS3hDcmZWU183VHlXUUhPZzdoY3ZQYXBpTWxyd0lhYVBjSFVSbyJ9.eyJzdWIiOiJkUjFjWnpZZi11QzZyNUwxVk9tbktqMjJBdkRDVFFSMkZZSjZxcEdpcDZVIiwic2NvcGUiOiJlbWFpbCIsImVtYWlsIjoiYWxpY2VAZXhhbXBsZS5jb20iLCJpc3MiOiJodHRwczovLzYtZG90LWF1dGhlbnRpcWlvLmFwcHNwb3QuY29tLyIsImlhdCI6MTQzMTMwMDAwMCwiZXhwIjoxNDYyODM2MDAwfQ.RLdwbYirvCku6fciN5YI-umJkUAN2U2CMtVcOZ64yeD-iweWK-JYNM9TesekomZtgHcUFNd0CeYXOtX47ANOCg",
];

/// What each of them is taken for, and nothing else.
const TAKEN: [&[&str]; 4] =
    [&["payload", "id"], &["payload", "id", "claims"], &["payload", "id", "push"], &["payload", "issued"]];

/// A second in which all four are valid.
const NOW: u64 = 1_431_300_001;

/// Any text, one of the four as it is or nearly, or anything that a stranger has signed well: with real signatures.
pub fn token(input: &[u8]) {
    token_by(&Real, input);
}

/// The same with stand-ins for the signatures, some hundred times as fast: for fuzzing the readers and the rules. What a
/// signature is worth, the real ones show.
pub fn token_rules(input: &[u8]) {
    token_by(&StandIn, input);
}

/// Signatures: real ones, or stand-ins.
trait Signatures: Verifier {
    /// A stranger's signature.
    fn sign(&self, message: &[u8]) -> [u8; 64];
}

struct Real;

impl Verifier for Real {
    fn is_valid(&self, key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
        Ed25519.is_valid(key, message, signature)
    }
}

impl Signatures for Real {
    fn sign(&self, message: &[u8]) -> [u8; 64] {
        stranger().sign(message).unwrap_or_else(|never| match never {})
    }
}

/// Knows the signatures of the four tokens by heart, and takes a stranger's for a sum of key and message.
struct StandIn;

impl StandIn {
    fn sum(key: &[u8; 32], message: &[u8]) -> [u8; 64] {
        let lanes = [0u8, 1, 2, 3, 4, 5, 6, 7].map(|lane| {
            let mut hasher = DefaultHasher::new();
            (lane, key, message).hash(&mut hasher);
            hasher.finish().to_be_bytes()
        });
        lanes.concat().try_into().expect("64 bytes")
    }
}

impl Verifier for StandIn {
    fn is_valid(&self, key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
        let is_known = KNOWN.iter().any(|(signer, token)| {
            signer.as_bytes() == key
                && token.signing_input() == message
                && token.signature().as_ref() == Some(signature)
        });
        is_known || Self::sum(key, message) == *signature
    }
}

impl Signatures for StandIn {
    fn sign(&self, message: &[u8]) -> [u8; 64] {
        Self::sum(STRANGER.as_bytes(), message)
    }
}

/// The four tokens and whose they are.
static KNOWN: LazyLock<[(PublicKey, Jws); 4]> = LazyLock::new(|| {
    let signers = [PERSON, PERSON, PERSON, ISSUER];
    [0, 1, 2, 3].map(|at| (key(signers[at]), Jws::new(TOKENS[at]).expect("a token")))
});

/// Made once: the key of a seed takes as long as a signature.
static STRANGER: LazyLock<PublicKey> = LazyLock::new(|| stranger().public());

fn stranger() -> Ed25519Key {
    Ed25519Key::from_seed(&[7; 32])
}

fn token_by(signatures: &impl Signatures, input: &[u8]) {
    let mut bytes = Bytes::new(input);
    match bytes.byte() {
        0..=15 => {
            let at = bytes.below(TOKENS.len());
            assert_eq!(taken_for(signatures, TOKENS[at]), TAKEN[at], "a good token");
        }
        16..=127 => {
            let token = bytes.choose(&TOKENS);
            let text = String::from_utf8_lossy(&near(token.as_bytes(), &mut bytes)).into_owned();
            assert!(TOKENS.contains(&&*text) || taken_for(signatures, &text).is_empty(), "taken for a token: {text:?}");
        }
        128..=159 => {
            let parts = [(); 3].map(|()| bytes.choose(&TOKENS));
            let [header, claims, signature] = [0, 1, 2].map(|at| parts[at].split('.').nth(at).unwrap_or_default());
            let text = format!("{header}.{claims}.{signature}");
            assert!(TOKENS.contains(&&*text) || taken_for(signatures, &text).is_empty(), "taken for a token: {text:?}");
        }
        160..=223 => signed(signatures, &mut bytes),
        _ => {
            let text = String::from_utf8_lossy(bytes.rest());
            assert!(TOKENS.contains(&&*text) || taken_for(signatures, &text).is_empty(), "taken for a token: {text:?}");
        }
    }
}

fn key(text: &str) -> PublicKey {
    PublicKey::new(text).expect("a key")
}

/// What the readers and the verification take a text for, by the laxest rules that there are.
fn taken_for(signatures: &impl Signatures, text: &str) -> Vec<&'static str> {
    let read = Jws::new(text);
    retrieved(text, read.is_ok());
    let Ok(token) = read else { return Vec::new() };
    assert_eq!(token.expose(), text, "a token is kept as it is");
    assert_eq!(format!("{token:?}"), "Jws([redacted])");
    let rules = Verification::new(Timestamp::from_secs(NOW)).alg(Alg::Ed25519OrEdDsa);
    let (person, issuer) = (key(PERSON), key(ISSUER));
    let is_payload = |signer| token.verify(signer, Alg::Ed25519OrEdDsa, signatures).is_ok();
    let is_issued = rules.issued_by::<Claims, _>(&issuer, &person, &token, signatures).is_ok();
    let table = [
        ("payload", is_payload(&person) || is_payload(&issuer)),
        ("id", self_signed::<AuthentiqId>(signatures, &rules, &token)),
        ("claims", self_signed::<Claims>(signatures, &rules, &token)),
        ("push", self_signed::<PushToken>(signatures, &rules, &token)),
        ("issued", is_issued),
    ];
    table.into_iter().filter(|(_, is_taken)| *is_taken).map(|(name, _)| name).collect()
}

fn self_signed<C: ClaimSet>(signatures: &impl Signatures, rules: &Verification, token: &Jws) -> bool {
    rules.self_signed::<C, _>(token, signatures).is_ok()
}

/// As the content of a job, by itself and in an object: unverified, and as it was sent.
fn retrieved(text: &str, is_token: bool) {
    let provider = Authentiq::new("https://issuer.example".parse().expect("a base"));
    let retrieve = RetrieveScope::new(JobId::new("00000000000000000000").expect("a job"));
    let object = serde_json::json!({ "jwt": text }).to_string();
    for (media, body) in [("application/jwt", text.to_owned()), ("application/json", object)] {
        let is_object = body.trim_ascii_start().starts_with('{') && media == "application/jwt";
        match retrieve.response(&provider, &response(200, Some(media), body.into_bytes())) {
            Ok(JobContent::Jwt(jwt)) if !is_object => {
                assert!(is_token, "a job's token that is none");
                assert_eq!(jwt.as_jws().expose(), text);
            }
            // A text may be the JSON form of any content.
            Ok(content) => assert!(is_object, "{content:?}"),
            Err(_) => {}
        }
    }
}

/// A stranger signs any header and any claims: only the reader's own rules can refuse them. What is accepted is what
/// another reader sees in them.
fn signed(signatures: &impl Signatures, bytes: &mut Bytes<'_>) {
    let own = STRANGER.to_string();
    let kid = bytes.choose(&[&*own, &own, &own, PERSON, ""]);
    let alg = bytes.choose(&["Ed25519", "Ed25519", "Ed25519", "EdDSA", "none", "HS256"]);
    let sub = bytes.choose(&[&*own, &own, &own, PERSON, ""]);
    let header = format!(r#"{{"typ":"JWT","alg":"{alg}","kid":"{kid}"}}"#);
    let claims = [
        format!(r#"{{"sub":"{sub}","devtoken":"d"}}"#),
        format!(r#"{{"sub":"{sub}","scope":"email","email":"eve@example.com","exp":{NOW}}}"#),
        format!(r#"{{"sub":"{sub}","iss":"i","aud":["https://a.example/","b"],"nbf":{NOW},"exp":{}}}"#, u64::MAX),
    ];
    let claims = &claims[bytes.below(3)];
    let header = if bytes.byte() < 128 { header.into_bytes() } else { near(header.as_bytes(), bytes) };
    let claims = near(claims.as_bytes(), bytes);
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(&header), URL_SAFE_NO_PAD.encode(&claims));
    let signature = signatures.sign(input.as_bytes());
    let text = format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature));
    let Ok(token) = Jws::new(text) else { return };
    let rules = Verification::new(Timestamp::from_secs(NOW));
    let person = key(PERSON);
    assert!(rules.issued_by::<Claims, _>(&key(ISSUER), &person, &token, signatures).is_err(), "not the issuer's");
    let taken = [
        rules.self_signed::<AuthentiqId, _>(&token, signatures).map(|id| (*id.signer(), id.subject)),
        rules.self_signed::<Claims, _>(&token, signatures).map(|claims| (*claims.signer(), claims.subject)),
        rules.self_signed::<PushToken, _>(&token, signatures).map(|push| (*push.signer(), push.subject)),
    ];
    if taken.iter().all(Result::is_err) {
        return;
    }
    let stranger = *STRANGER;
    assert!(taken.into_iter().flatten().all(|whose| whose == (stranger, stranger)), "not the signer's");
    let object = |json: &[u8]| serde_json::from_slice::<Map<String, Value>>(json).ok();
    // The other reader holds every number, and there may be one that nothing holds.
    let (Some(header), Some(claims)) = (object(&header), object(&claims)) else { return };
    assert_eq!((header.get("alg"), header.get("crit")), (Some(&"Ed25519".into()), None));
    assert_eq!((header.get("kid"), claims.get("sub")), (Some(&own.as_str().into()), Some(&own.as_str().into())));
    let seconds = |name| claims.get(name).and_then(Value::as_u64);
    assert!(seconds("exp").is_none_or(|exp| exp >= NOW) && seconds("nbf").is_none_or(|nbf| nbf <= NOW));
    let claimed = rules.self_signed::<Claims, _>(&token, signatures).ok();
    let text = |name| claims.get(name).and_then(Value::as_str);
    assert!(
        claimed
            .is_none_or(|claimed| Some(&*claimed.scope) == text("scope") && claimed.email.as_deref() == text("email"))
    );
}

/// A text with something cut off, changed or put in; it may come out as it was.
pub(super) fn near(text: &[u8], bytes: &mut Bytes<'_>) -> Vec<u8> {
    let mut near = text.to_vec();
    for _ in 0..bytes.below(4) {
        let at = bytes.below(near.len() + 1);
        match bytes.byte() {
            0..=63 => near.truncate(at),
            64..=127 => drop(near.splice(at..at, bytes.take(16).iter().copied())),
            128..=159 => drop(near.splice(at..at, bytes.choose(&["=", ".", "A", " ", "\n", "\0", "+", "é"]).bytes())),
            160..=191 if at < near.len() => drop(near.remove(at)),
            _ if at < near.len() => near[at] = bytes.byte(),
            _ => near.push(bytes.byte()),
        }
    }
    near
}
