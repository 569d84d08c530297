//! The laws of keepers: whatever comes back, in whatever order, and however the clock jumps.

use std::collections::BTreeSet;
use std::time::Duration;

use authwire_core::keeper::Ticket;
use authwire_core::{Access, Endpoint, Generation, Keeper, Reply, Sent, Timestamp};
use authwire_nap::keeper::{SessionKeeper, SessionOver};
use authwire_nap::sessions::Login;
use authwire_nap::{ApiKey, Dialect, Nap, Password, Tokens};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, Response};

use crate::bytes::Bytes;
use crate::golden::response;
use crate::samples::{JUNK, MEDIA};

const START: Timestamp = Timestamp::from_secs(1_800_000_000);
/// Time goes on after it: at the very last millisecond nothing can be waited for.
const LAST: Timestamp = Timestamp::from_millis(u64::MAX / 2);
const EMAIL: &str = "ada@example.com";
const SESSION: &str = "01a20009-0a4a-75f8-863c-9347147ceee2";

/// How a script went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Went {
    /// How many new pairs of tokens the keeper took.
    pub renewed: u64,
    /// Whether it came to an end.
    pub over: bool,
}

/// `SessionKeeper` under the script that the input decides, against a server that rotates strictly.
pub fn session_keeper(input: &[u8]) -> Went {
    let mut bytes = Bytes::new(input);
    Run::new(&mut bytes).script(&mut bytes)
}

/// A server with one session, one of whose refresh tokens is good: the newest.
struct Server {
    dialect: Dialect,
    /// The number of the newest pair.
    newest: u64,
    lifetime: u64,
}

impl Server {
    fn refresh_token(number: u64) -> String {
        // With what JSON must escape.
        format!("SENTINEL-\"\\{number}")
    }

    fn session_token(&self, number: u64, now: Timestamp) -> String {
        let part = |text: &[u8]| URL_SAFE_NO_PAD.encode(text);
        let issued = now.as_secs();
        let claims = format!(r#"{{"jti":"{SESSION}","n":{number},"iat":{issued},"exp":{}}}"#, issued + self.lifetime);
        part(format!("{}.{}.{}", part(b"{}"), part(claims.as_bytes()), part(b"SENTINEL")).as_bytes())
    }

    fn tokens(&self, number: u64, now: Timestamp) -> String {
        let key = |snake: &'static str, camel: &'static str| match self.dialect {
            Dialect::Nexeres => camel,
            _ => snake,
        };
        serde_json::json!({
            key("session_id", "sessionId"): SESSION,
            key("session_token", "sessionToken"): self.session_token(number, now),
            // Later than the token's own word.
            key("session_token_expiry", "sessionTokenExpiry"): "2100-01-01T00:00:00Z",
            key("refresh_token", "refreshToken"): Self::refresh_token(number),
            key("refresh_token_expiry", "refreshTokenExpiry"): "2100-01-01T00:00:00Z",
        })
        .to_string()
    }

    /// Exchanges a refresh token.
    fn refresh(&mut self, now: Timestamp, token: &str) -> Response<Vec<u8>> {
        if token != Self::refresh_token(self.newest) {
            let body = r#"{"message":"Invalid refresh token! Please login again.","debug":"","code":401}"#;
            return response(401, None, body.into());
        }
        self.newest += 1;
        response(200, None, format!(r#"{{"tokens":{}}}"#, self.tokens(self.newest, now)).into_bytes())
    }
}

/// A refresh that was handed out and not settled.
struct Pending {
    ticket: Ticket,
    token: String,
    /// What the server answered, if it was asked.
    answered: Option<Response<Vec<u8>>>,
}

struct Run {
    keeper: SessionKeeper,
    provider: Nap,
    server: Server,
    now: Timestamp,
    /// The latest time the keeper was told.
    highest: Timestamp,
    pending: Option<Pending>,
    /// All tickets so far.
    tickets: Vec<Ticket>,
    /// Refresh tokens that were sent, and may not be sent again.
    spent: BTreeSet<String>,
    /// When the last refresh was handed out, unless somebody decided to go on since.
    last_sent: Option<Timestamp>,
    over: Option<SessionOver>,
    renewed: u64,
}

impl Run {
    fn new(bytes: &mut Bytes<'_>) -> Self {
        let key = ApiKey::new("SENTINEL-key").expect("a key");
        let dialect = bytes.choose(&[Dialect::Nap, Dialect::Nexeres]);
        let provider = Nap::new("https://auth.example".parse().expect("a base"), &key).dialect(dialect);
        let lifetime = bytes.choose(&[0, 1, 2, 5, 60, 3_600, u64::from(u32::MAX)]);
        let server = Server { dialect, newest: 0, lifetime };
        let leeway = bytes.choose(&[0, 1, 60, 3_600, u64::MAX / 1_000]);
        let keeper = SessionKeeper::new(login(&provider, &server), START).leeway(Duration::from_secs(leeway));
        Self {
            keeper,
            provider,
            server,
            now: START,
            highest: START,
            pending: None,
            tickets: Vec::new(),
            spent: BTreeSet::new(),
            last_sent: None,
            over: None,
            renewed: 0,
        }
    }

    fn script(mut self, bytes: &mut Bytes<'_>) -> Went {
        while !bytes.is_empty() {
            match bytes.byte() {
                0..=79 => self.access(),
                80..=119 => self.answer(),
                120..=135 => self.misanswer(bytes),
                136..=143 => self.lose(bytes),
                144..=159 => self.late(bytes),
                160..=183 => self.reject(bytes),
                // The clock goes on, jumps ahead, or back.
                184..=215 => self.now = self.now.saturating_add(Duration::from_millis(u64::from(bytes.u16()))),
                216..=219 => {
                    let ahead = Duration::from_millis(bytes.u64() >> bytes.below(64));
                    self.now = self.now.saturating_add(ahead).min(LAST);
                }
                220..=227 => {
                    let back = bytes.u64() >> bytes.below(64);
                    self.now = Timestamp::from_millis(self.now.as_millis().saturating_sub(back));
                }
                228..=235 => self.decide(),
                236..=250 => self.restore(),
                _ => self.log_out(),
            }
            self.inspect();
        }
        self.drive()
    }

    fn tell_time(&mut self) {
        self.highest = self.highest.max(self.now);
    }

    fn access(&mut self) {
        self.tell_time();
        let before = self.highest;
        let access = self.keeper.access(&self.provider, self.now);
        let shown = format!("{access:?}");
        assert!(!shown.contains("SENTINEL"), "what to do shows a secret");
        if let Some(over) = self.over {
            assert!(matches!(access, Access::Over(again) if again == over), "the end is not the end: {shown}");
            return;
        }
        match access {
            Access::Use { token, generation } => {
                assert_eq!(generation, Generation::new(self.renewed), "not the newest");
                let text = URL_SAFE_NO_PAD.decode(token.expose()).expect("a token");
                let claims = std::str::from_utf8(&text).expect("a token").split('.').nth(1).expect("claims");
                let claims = URL_SAFE_NO_PAD.decode(claims).expect("claims");
                let newest =
                    format!("\"n\":{},", self.keeper.tokens().refresh_token.expose().rsplit('\\').next().unwrap());
                assert!(String::from_utf8(claims).expect("claims").contains(&newest), "not the newest token");
            }
            Access::Refresh { ticket, request } => {
                assert!(self.pending.is_none(), "two refreshes in flight");
                let token = sent_token(self.server.dialect, &request);
                assert!(self.spent.insert(token.clone()), "a refresh token is sent twice");
                assert!(!self.tickets.contains(&ticket), "a ticket is used twice");
                if let Some(last) = self.last_sent {
                    assert!(before.since(last) >= Duration::from_secs(1), "two refreshes within a second");
                }
                self.tickets.push(ticket);
                self.last_sent = Some(before);
                self.pending = Some(Pending { ticket, token, answered: None });
            }
            Access::Busy => assert!(self.pending.is_some(), "busy with nothing"),
            Access::Wait(until) => {
                assert!(self.pending.is_none(), "a refresh is in flight");
                assert!(until > before, "a wait for the past");
                assert!(until.since(before) <= Duration::from_secs(3_600), "a wait of more than an hour");
            }
            Access::Over(_) => panic!("over without news"),
        }
    }

    /// The server answers what is in flight, and the answer arrives.
    fn answer(&mut self) {
        let Some(mut pending) = self.pending.take() else { return };
        self.tell_time();
        let answer = match pending.answered.take() {
            Some(answer) => answer,
            None => self.server.refresh(self.highest, &pending.token),
        };
        self.keeper.reply(&self.provider, self.now, pending.ticket, Reply::from(&answer));
        if answer.status() == 200 {
            self.renewed += 1;
            assert_eq!(self.keeper.over(), None, "good tokens are not taken");
        } else {
            self.over = self.keeper.over();
            assert!(self.over.is_some_and(|over| over.is_final()), "a spent token");
        }
        assert_eq!(self.keeper.generation(), Generation::new(self.renewed));
    }

    /// Something else arrives, whether the server carried the request out or not.
    fn misanswer(&mut self, bytes: &mut Bytes<'_>) {
        let Some(pending) = self.pending.take() else { return };
        self.tell_time();
        if bytes.byte() < 64 && pending.answered.is_none() {
            self.server.refresh(self.highest, &pending.token);
        }
        let (answer, executed) = misanswer(&self.server, self.keeper.tokens(), self.highest, bytes);
        let secrets = secrets(&self.keeper);
        self.keeper.reply(&self.provider, self.now, pending.ticket, Reply::from(&answer));
        assert_eq!(secrets, self::secrets(&self.keeper), "tokens out of an answer that has none");
        self.over = self.keeper.over();
        match executed {
            Some(false) => assert!(self.over.is_none_or(|over| !over.is_uncertain())),
            Some(true) => assert!(self.over.is_some_and(|over| over.is_final())),
            None => assert!(self.over.is_some_and(|over| over.is_uncertain()), "{:?}", self.over),
        }
        // Only what was certainly not carried out is sent again by itself.
        if self.over.is_none() {
            self.spent.remove(&pending.token);
        }
    }

    fn lose(&mut self, bytes: &mut Bytes<'_>) {
        let Some(mut pending) = self.pending.take() else { return };
        self.tell_time();
        let sent = bytes.choose(&[Sent::No, Sent::Maybe]);
        if sent == Sent::Maybe && pending.answered.is_none() && bytes.byte() < 128 {
            pending.answered = Some(self.server.refresh(self.highest, &pending.token));
        }
        self.keeper.lost(self.now, pending.ticket, sent);
        self.over = self.keeper.over();
        match sent {
            Sent::No => {
                assert_eq!(self.over, None);
                self.spent.remove(&pending.token);
            }
            Sent::Maybe => assert_eq!(self.over, Some(SessionOver::Uncertain { status: None })),
        }
    }

    /// News of a refresh that is not in flight: late, doubled, or of nobody.
    fn late(&mut self, bytes: &mut Bytes<'_>) {
        let mut tickets = self.tickets.clone();
        tickets.extend([Ticket::new(bytes.u64()), Ticket::default().next()]);
        let ticket = tickets[bytes.below(tickets.len())];
        if self.pending.as_ref().is_some_and(|pending| pending.ticket == ticket) {
            return;
        }
        self.tell_time();
        let before = everything(&mut self.keeper, self.highest);
        let number = u64::from(bytes.byte());
        let tokens = format!(r#"{{"tokens":{}}}"#, self.server.tokens(number, self.highest)).into_bytes();
        match bytes.below(4) {
            0 => self.keeper.lost(self.highest, ticket, Sent::No),
            1 => self.keeper.lost(self.highest, ticket, Sent::Maybe),
            2 => {
                let answer = response(bytes.choose(&[401, 429, 500]), None, b"{}".to_vec());
                self.keeper.reply(&self.provider, self.highest, ticket, Reply::from(&answer));
            }
            _ => {
                let answer = response(200, None, tokens);
                self.keeper.reply(&self.provider, self.highest, ticket, Reply::from(&answer));
            }
        }
        assert_eq!(before, everything(&mut self.keeper, self.highest), "late news changes something");
    }

    fn reject(&mut self, bytes: &mut Bytes<'_>) {
        let number = bytes.choose(&[self.renewed, self.renewed, self.renewed.wrapping_sub(1), self.renewed + 1, 0]);
        let before = everything(&mut self.keeper, self.highest);
        self.keeper.rejected(Generation::new(number));
        if number != self.renewed {
            assert_eq!(before, everything(&mut self.keeper, self.highest), "a complaint about another token");
        } else if self.over.is_none() {
            let access = self.keeper.clone().access(&self.provider, self.highest).name();
            assert_ne!(access, "use", "a token is handed out that was rejected");
        }
    }

    /// Somebody decides to go on.
    fn decide(&mut self) {
        let over = self.keeper.over();
        let risks = self.keeper.clone().refresh_at_risk();
        let resumes = self.keeper.clone().resume();
        assert_eq!(risks, over.is_some_and(|over| over.is_uncertain()));
        let may_resume = over.is_some_and(|over| !over.is_final() && !over.is_uncertain());
        assert_eq!(resumes, may_resume);
        if self.keeper.refresh_at_risk() || self.keeper.resume() {
            self.spent.remove(self.keeper.tokens().refresh_token.expose());
            self.over = None;
            self.last_sent = None;
        }
    }

    /// The keeper is stored and restored.
    fn restore(&mut self) {
        let export = self.keeper.export_secrets();
        let restored = SessionKeeper::restore(export.expose()).expect("our own text");
        assert_eq!(restored.export_secrets().expose(), export.expose(), "a copy of a copy differs");
        if self.pending.take().is_some() {
            self.over = Some(SessionOver::Uncertain { status: None });
            assert_eq!(restored.over(), self.over, "a refresh in flight is forgotten");
        } else {
            assert_eq!(format!("{restored:?}"), format!("{:?}", self.keeper));
            let access = |keeper: &SessionKeeper| keeper.clone().access(&self.provider, self.now).name();
            assert_eq!(access(&restored), access(&self.keeper), "a copy does something else");
        }
        self.keeper = restored;
    }

    fn log_out(&mut self) {
        let in_flight = self.pending.is_some();
        assert_eq!(self.keeper.logout().is_none(), in_flight);
        if !in_flight {
            self.over = Some(SessionOver::LoggedOut);
        }
    }

    fn inspect(&self) {
        let shown = format!("{:?} {:#?} {:?}", self.keeper, self.keeper, self.keeper.export_secrets());
        let secret = self.keeper.tokens().session_token.expose();
        assert!(!shown.contains("SENTINEL") && !shown.contains(secret), "a keeper's Debug shows its secret");
        assert_eq!(self.keeper.over(), self.over);
    }

    /// From here on all goes well: there is a token, or an end.
    fn drive(mut self) -> Went {
        self.now = self.highest;
        self.answer();
        for _ in 0..3 {
            self.access();
            if self.pending.is_some() {
                self.answer();
            }
            let until = match self.keeper.clone().access(&self.provider, self.now) {
                Access::Use { .. } | Access::Over(_) => {
                    return Went { renewed: self.renewed, over: self.over.is_some() };
                }
                Access::Wait(until) => until,
                other => panic!("{other:?}"),
            };
            self.now = until;
        }
        panic!("no token and no end: {:?}", self.keeper);
    }
}

/// The session's first tokens, by way of a login.
fn login(provider: &Nap, server: &Server) -> Tokens {
    let login = Login::new(EMAIL, Password::new("password").expect("a password"));
    let body = format!(r#"{{"message":"","requireEmailVerification":false,"tokens":{}}}"#, server.tokens(0, START));
    login.response(provider, &response(200, None, body.into_bytes())).expect("a login").tokens
}

fn sent_token(dialect: Dialect, request: &Request<Vec<u8>>) -> String {
    let name = match dialect {
        Dialect::Nexeres => "x-nexeres-refresh-token",
        _ => "x-nap-refresh-token",
    };
    request.headers()[name].to_str().expect("a token").to_owned()
}

/// An answer that is not new tokens. Whether the refresh was carried out by its word: certainly not, certainly and in
/// vain, or nobody knows.
fn misanswer(
    server: &Server,
    tokens: &Tokens,
    now: Timestamp,
    bytes: &mut Bytes<'_>,
) -> (Response<Vec<u8>>, Option<bool>) {
    let key = match server.dialect {
        Dialect::Nexeres => r#"{"message":"Unauthorized access!","debug":""}"#,
        _ => r#"{"error":"Invalid API key"}"#,
    };
    let (status, body, executed) = bytes.choose(&[
        (429, "Limit exceeded", Some(false)),
        (401, key, Some(false)),
        (401, r#"{"message":"User or organization not found! Please login again."}"#, Some(false)),
        (401, r#"{"message":"No refresh token provided"}"#, Some(false)),
        (400, "", Some(false)),
        (401, r#"{"message":"Invalid refresh token! Please login again."}"#, Some(true)),
        (401, "", None),
        (403, "{}", None),
        (500, "", None),
        (502, "<html>", None),
        (503, r#"{"message":"later"}"#, None),
        (302, "", None),
        (204, "", None),
        (200, "stale", None),
        (200, "junk", None),
        (200, "stranger", None),
    ]);
    let body = match body {
        // The answer before this one, out of a cache.
        "stale" => {
            let number = tokens.refresh_token.expose().rsplit('\\').next().and_then(|number| number.parse().ok());
            format!(r#"{{"tokens":{}}}"#, server.tokens(number.expect("a number"), now)).into_bytes()
        }
        "stranger" => {
            let other = server.tokens(1_000_000, now).replacen(SESSION, "another-session", 1);
            format!(r#"{{"tokens":{other}}}"#).into_bytes()
        }
        "junk" => bytes.choose(JUNK).to_vec(),
        body => body.as_bytes().to_vec(),
    };
    let media = if status == 200 { bytes.choose(MEDIA) } else { None };
    let mut answer = response(status, media, body);
    if bytes.byte() < 128 {
        let after = bytes.choose(&["0", "1", "7", "3600", "99999999999999999999", "soon"]);
        let name = bytes.choose(&["retry-after", "x-ratelimit-reset"]);
        answer.headers_mut().insert(name, after.parse().expect("a header value"));
    }
    (answer, executed)
}

fn secrets(keeper: &SessionKeeper) -> [String; 2] {
    let tokens = keeper.tokens();
    [tokens.session_token.expose().to_owned(), tokens.refresh_token.expose().to_owned()]
}

/// All that a keeper knows at this time, also what is in flight.
fn everything(keeper: &mut SessionKeeper, now: Timestamp) -> (String, String) {
    // Tells the time, and changes nothing else: there is no such ticket.
    keeper.lost(now, Ticket::new(u64::MAX), Sent::No);
    (keeper.export_secrets().expose().to_owned(), format!("{keeper:?}"))
}

trait Name {
    fn name(&self) -> &'static str;
}

impl<T, O> Name for Access<'_, T, O> {
    fn name(&self) -> &'static str {
        match self {
            Self::Use { .. } => "use",
            Self::Refresh { .. } => "refresh",
            Self::Busy => "busy",
            Self::Wait(_) => "wait",
            Self::Over(_) => "over",
        }
    }
}
