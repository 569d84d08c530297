//! Recorded exchanges with a real platform, replayed: `data/nap-exchanges.jsonl` says what was sent and what came back.
//!
//! The first byte to the last of a body must agree, up to ids, tokens and times, which must be of the right form and
//! consistent; so must status, media type, length and the presence of the limiter's headers. What is not compared: the
//! limiter's counts (others used up the recorded window too; here they must fall by one a request), and header names'
//! case.

use crate::wire::{Platform, header, jwt, jwt_part, text};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;

const EXCHANGES: &str = include_str!("../data/nap-exchanges.jsonl");

/// Where the emulator differs from the recording, and why. Every other difference fails the test, and so does an entry
/// without a difference.
const KNOWN_DIFFERENCES: &[(&str, &str)] = &[];

/// Two tokens of a session, as they were answered.
#[derive(Clone, Default)]
struct Kept {
    session: String,
    refresh: String,
}

struct Replay {
    platform: Platform,
    kept: BTreeMap<String, Kept>,
    mails: BTreeMap<String, String>,
    remaining: Option<u64>,
}

#[expect(clippy::print_stdout, reason = "how many agree is a result")]
#[test]
fn the_real_servers_exchanges() {
    let mut replay = Replay::new();
    let (mut agreed, mut leeway_agreed, mut differences) = (0, 0, Vec::new());
    let (mut exchanges, mut leeways) = (0, 0);
    for line in EXCHANGES.lines().filter(|line| !line.starts_with('#')) {
        let entry: Value = serde_json::from_str(line).unwrap();
        replay.platform.now += Duration::from_nanos(40_000_010);
        if entry.get("do").is_some() {
            replay.act(&entry);
        } else if entry.get("check").is_some() {
            replay.check(&entry);
        } else {
            let is_leeway = entry.get("leeway").is_some();
            let (name, found) =
                if is_leeway { (str(&entry, "leeway"), replay.leeway(&entry)) } else { replay.exchange(&entry) };
            *(if is_leeway { &mut leeways } else { &mut exchanges }) += 1;
            match found {
                Ok(()) => *(if is_leeway { &mut leeway_agreed } else { &mut agreed }) += 1,
                Err(why) => differences.push((name.to_owned(), why)),
            }
        }
    }
    println!("{agreed} of {exchanges} exchanges and {leeway_agreed} of {leeways} lines on leeway agree");
    for (name, why) in KNOWN_DIFFERENCES {
        println!("known difference: {name}: {why}");
    }
    let names: Vec<&str> = differences.iter().map(|(name, _)| name.as_str()).collect();
    let known: Vec<&str> = KNOWN_DIFFERENCES.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, known, "{differences:#?}");
    assert_eq!((exchanges, leeways), (95, 9));
}

/// The comparison itself can fail: each part of an answer, changed, is a difference.
#[test]
fn a_changed_recording_is_a_difference() {
    let line = EXCHANGES.lines().find(|line| line.contains(r#""name": "sign-up: ok""#)).unwrap();
    let changed = |key: &str, value: Value| {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        entry[key] = value;
        Replay::new().exchange(&entry).1
    };
    assert_eq!(changed("status", 200.into()), Ok(()));
    for (key, value) in [
        ("status", Value::from(201)),
        ("type", "application/json".into()),
        ("length", 81.into()),
        ("limited", false.into()),
        ("answer", r#"{"userId":"<uuid7>","message":"Signup successful."}"#.into()),
        ("answer", r#"{"userId":"<refresh-token>","message":"Signup successful!"}"#.into()),
        ("answer", r#"{"message":"Signup successful!"}"#.into()),
    ] {
        assert!(changed(key, value).is_err(), "{key}");
    }
}

impl Replay {
    fn new() -> Self {
        let mut platform = Platform::new();
        assert!(platform.nap.set_signing_key(include_str!("../data/nap-key-4096.pem")));
        platform.nap.settings.requests = 1_000;
        Self { platform, kept: BTreeMap::new(), mails: BTreeMap::new(), remaining: None }
    }

    /// What was done in the database.
    fn act(&mut self, entry: &Value) {
        let user = str(entry, "user");
        let nap = &mut self.platform.nap;
        let organization = nap.default_organization();
        let there = match str(entry, "do") {
            "expire verification tokens" => nap.expire_verification_tokens(user),
            "expire sessions" => nap.expire_sessions(user),
            "ban" => nap.ban(user, organization),
            "unban" => nap.unban(user, organization),
            "role" => nap.set_role(user, organization, str(entry, "role")),
            "log in" => {
                let response = self.platform.login(user);
                self.keep(str(entry, "keep"), text(&response));
                self.remaining = self.remaining.map(|remaining| remaining - 1);
                response.status() == 200
            }
            other => panic!("unknown step {other}"),
        };
        assert!(there, "{entry}");
    }

    /// What was found in the database or in the mailbox.
    fn check(&mut self, entry: &Value) {
        let count = usize::try_from(entry["count"].as_u64().unwrap()).unwrap();
        match str(entry, "check") {
            "sessions" => assert_eq!(self.platform.nap.sessions().len(), count, "{entry}"),
            "mails" => {
                let mails: Vec<_> = self.platform.nap.mails().filter(|mail| mail.to == str(entry, "user")).collect();
                assert_eq!(mails.len(), count);
                for (mail, name) in mails.iter().zip(entry["keep"].as_array().unwrap()) {
                    assert_eq!(mail.subject, "Welcome to App! Please verify your email address");
                    let link = mail.link().unwrap();
                    let token = link.strip_prefix("https://auth.example.test/auth/verify-email?token=").unwrap();
                    assert!(is_random_token(token));
                    self.mails.insert(name.as_str().unwrap().to_owned(), token.to_owned());
                }
            }
            other => panic!("unknown check {other}"),
        }
    }

    fn exchange<'e>(&mut self, entry: &'e Value) -> (&'e str, Result<(), String>) {
        let name = str(entry, "name");
        let headers: Vec<(String, String)> = match entry.get("headers") {
            Some(headers) => headers
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (name.clone(), self.fill(value.as_str().unwrap())))
                .collect(),
            None => Vec::new(),
        };
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let body = self.fill(entry.get("body").and_then(Value::as_str).unwrap_or_default());
        self.platform.nap.settings.debug = entry.get("debug").is_some();
        let response = self.platform.send(str(entry, "request"), &headers, &body);
        if let (Some(keep), 200) = (entry.get("keep"), response.status().as_u16()) {
            self.keep(keep.as_str().unwrap(), text(&response));
        }
        (name, self.compare(entry, &response))
    }

    fn compare(&mut self, entry: &Value, response: &http::Response<Vec<u8>>) -> Result<(), String> {
        agree("status", entry["status"].as_u64(), Some(response.status().as_u16().into()))?;
        agree("media type", entry["type"].as_str(), header(response, "content-type"))?;
        let length = header(response, "content-length").map(|length| length.parse().unwrap());
        agree("length", entry["length"].as_u64(), length)?;
        agree("length of the body", entry["length"].as_u64(), Some(response.body().len().try_into().unwrap()))?;
        self.limiter(entry["limited"].as_bool().unwrap(), response)?;
        let found = self.answer(str(entry, "answer"), text(response))?;
        match entry.get("claims") {
            Some(claims) => self.claims(claims.as_str().unwrap(), &found),
            None => Ok(()),
        }
    }

    /// The three headers are there or not; the limit is the recorded one, and one request less is left each time.
    fn limiter(&mut self, limited: bool, response: &http::Response<Vec<u8>>) -> Result<(), String> {
        let number = |name| header(response, name).map(|text| text.parse::<u64>().unwrap());
        let [limit, remaining, reset] = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"].map(number);
        agree("limit", limited.then_some(1_000), limit)?;
        agree("limiter", [limited; 2], [remaining.is_some(), reset.is_some()])?;
        let before = self.remaining;
        self.remaining = remaining.or(before);
        if let (Some(before), Some(now)) = (before, remaining) {
            agree("remaining", before - 1, now)?;
        }
        agree("window", true, reset.is_none_or(|reset| reset <= self.platform.now.as_secs() + 60))
    }

    /// Compares a body with a recorded one, and gives what stood in place of `<uuid7>` and the like.
    fn answer(&self, recorded: &str, mut body: &str) -> Result<BTreeMap<String, String>, String> {
        let mut found = BTreeMap::new();
        let mut pieces = recorded.split('<');
        let first = pieces.next().unwrap();
        body = body.strip_prefix(first).ok_or_else(|| format!("{body} is not {recorded}"))?;
        for piece in pieces {
            let (kind, literal) = piece.split_once('>').unwrap();
            let (value, rest) = body.split_at(body.find('"').ok_or("cut off")?);
            let settings = &self.platform.nap.settings;
            let fits = match kind {
                "uuid7" => is_uuid7(value),
                "refresh-token" => is_random_token(value),
                "session-token" => jwt(value).split('.').count() == 3,
                "session-expiry" => self.is_in(value, settings.session_lifetime),
                "refresh-expiry" => self.is_in(value, settings.refresh_lifetime),
                other => panic!("unknown placeholder {other}"),
            };
            agree(kind, true, fits)?;
            found.insert(kind.to_owned(), value.to_owned());
            body = rest.strip_prefix(literal).ok_or_else(|| format!("{rest} is not {literal}"))?;
        }
        agree("end", "", body)?;
        Ok(found)
    }

    /// The claims of the new session token, byte for byte.
    fn claims(&self, recorded: &str, found: &BTreeMap<String, String>) -> Result<(), String> {
        let now = self.platform.now.as_secs();
        let expected = recorded
            .replace("<user>", self.platform.nap.user_id("u1@ex.test").unwrap())
            .replace("<session>", &found["uuid7"])
            .replace("<exp>", &(now + 3_600).to_string())
            .replace("<nbf>", &(now - 300).to_string())
            .replace("<iat>", &now.to_string());
        agree("header", r#"{"alg":"RS256","typ":"JWT"}"#, &*jwt_part(&found["session-token"], 0))?;
        agree("claims", &*expected, &*jwt_part(&found["session-token"], 1))
    }

    /// A logout with the newest session token's claims, changed and signed again.
    fn leeway(&mut self, entry: &Value) -> Result<(), String> {
        let now = i64::try_from(self.platform.now.as_secs()).unwrap();
        let mut claims: Value = serde_json::from_str(&jwt_part(&self.kept["refresh5"].session, 1)).unwrap();
        let object = claims.as_object_mut().unwrap();
        for (name, shift) in entry.get("shift").and_then(Value::as_object).into_iter().flatten() {
            object.insert(name.clone(), (now + shift.as_i64().unwrap()).into());
        }
        for (name, value) in entry.get("set").and_then(Value::as_object).into_iter().flatten() {
            object.insert(name.clone(), value.clone());
        }
        for name in entry.get("without").and_then(Value::as_array).into_iter().flatten() {
            assert!(object.remove(name.as_str().unwrap()).is_some());
        }
        if let Some(only) = entry.get("only").and_then(Value::as_array) {
            object.retain(|name, _| only.iter().any(|kept| kept.as_str() == Some(name)));
        }
        let token = self.platform.nap.sign_session_token(&claims.to_string());
        self.platform.nap.settings.debug = false;
        let response = self.platform.send("POST /api/auth/logout", &[("X-NAP-Session-Token", &token)], "");
        agree("status", entry["status"].as_u64(), Some(response.status().as_u16().into()))?;
        agree("body", str(entry, "answer"), text(&response))
    }

    fn keep(&mut self, name: &str, body: &str) {
        let answer: Value = serde_json::from_str(body).unwrap();
        let token = |key: &str| answer["tokens"][key].as_str().unwrap().to_owned();
        let kept = Kept { session: token("session_token"), refresh: token("refresh_token") };
        self.kept.insert(name.to_owned(), kept);
    }

    /// Puts kept tokens in place of `<<name.form>>` and `<<mail>>`.
    fn fill(&self, text: &str) -> String {
        let Some((before, rest)) = text.split_once("<<") else { return text.to_owned() };
        let (name, after) = rest.split_once(">>").unwrap();
        let value = match name.split_once('.') {
            None => self.mails[name].clone(),
            Some((name, form)) => {
                let Kept { session, refresh } = self.kept[name].clone();
                match form {
                    "session" => session,
                    "refresh" => refresh,
                    "jwt" => jwt(&session),
                    "padded" => {
                        let padded = STANDARD.encode(jwt(&session));
                        assert!(padded.ends_with('='));
                        padded
                    }
                    "badly-signed" => {
                        let jwt = jwt(&session);
                        let (signed, signature) = jwt.rsplit_once('.').unwrap();
                        let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
                        signature[9] ^= 1;
                        URL_SAFE_NO_PAD.encode(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
                    }
                    other => panic!("unknown form {other}"),
                }
            }
        };
        format!("{before}{value}{}", self.fill(after))
    }

    /// Whether a text is the time so long from now, in UTC with nine digits.
    fn is_in(&self, text: &str, later: Duration) -> bool {
        let wanted = self.platform.now + later;
        let Ok(time) = text.parse::<jiff::Timestamp>() else { return false };
        text.len() == 30 && text.ends_with('Z') && u128::try_from(time.as_nanosecond()) == Ok(wanted.as_nanos())
    }
}

fn str<'e>(entry: &'e Value, key: &str) -> &'e str {
    entry[key].as_str().unwrap_or_else(|| panic!("{key} in {entry}"))
}

fn agree<T: PartialEq + std::fmt::Debug>(what: &str, recorded: T, found: T) -> Result<(), String> {
    if recorded == found { Ok(()) } else { Err(format!("{what}: recorded {recorded:?}, found {found:?}")) }
}

fn is_uuid7(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.concat().bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        && groups[2].starts_with('7')
        && groups[3].starts_with(['8', '9', 'a', 'b'])
}

fn is_random_token(text: &str) -> bool {
    text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}
