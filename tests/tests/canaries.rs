//! R13: unique markers in every secret of every operation, through every outcome and every fault of both adapters, with
//! everything traced: none is in any text of ours.

mod common;
#[path = "common/spans.rs"]
mod spans;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::net::TcpListener;
use std::time::Duration;

use authwire_core::index::{AnyRefusal, Source};
use authwire_core::{BaseUrl, CallError, Draft, Endpoint, InvalidValue, Kind, Provider, Reply, ReplyError, Route};
use authwire_emulator::{Fault, FaultPlan, Server};
use authwire_nextauth::flows::AwaitLogin;
use authwire_nextauth::{ApiKey, NextAuth, Nonce, ServerId};
use authwire_tests::source::{Sentinels, Table};
use authwire_tests::subject::{Made, Operation, Subject, World};
use authwire_tests::{golden, laws, subject};
use common::Adapter;
use http::{HeaderValue, Request, Response, StatusCode};
use spans::{Line, Spans};

const CREDENTIAL: &str = "SENTINEL-5f3a9c01d7e6b842";
const SECOND: &str = "SENTINEL-77b1e20c4fa9d365";

/// Texts of answers that an output's `Debug` shows: names and words, nothing that opens anything.
const SHOWN: &[(&str, &[&str])] = &[
    ("authentiq.keys.retrieve", &["/status"]),
    ("lagrello.tenants.", &["/callbackUrl", "/tenantId", "/tenantName"]),
    ("lagrello.tenants.", &["/companyInfo/Address", "/companyInfo/City", "/companyInfo/Country", "/companyInfo/Name"]),
    ("lagrello.tenants.", &["/companyInfo/OrgNumber", "/companyInfo/PostalCode", "/companyInfo/VATNumber"]),
    ("lagrello.tokens.create", &["/createdAt", "/createdBy", "/tokenName"]),
    ("lagrello.tokens.list", &["/data/0/createdAt", "/data/0/createdBy", "/data/0/tokenName"]),
    ("lagrello.tokens.list", &["/data/1/createdAt", "/data/1/createdBy", "/data/1/tokenName"]),
    ("lagrello.users.verify_magic_link", &["/userId"]),
    ("nap.admin.get_config", &["/branding/appName", "/branding/companyName", "/branding/companyNameShort"]),
    ("nap.admin.get_config", &["/branding/supportURL", "/public/domain", "/public/scheme", "/public/subDomain"]),
    ("nap.admin.get_config", &["/notifications/email/endpoints/passwordReset", "/notifications/sms/provider"]),
    ("nap.admin.get_config", &["/notifications/email/endpoints/verificationEmail"]),
    ("nap.admin.get_config", &["/notifications/email/provider", "/security/rateLimit/rate"]),
    ("nap.admin.get_config", &["/security/apiKeys/0/description", "/security/apiKeys/0/name"]),
    ("nap.sessions.get_user_flow", &["/type"]),
    ("nap.sessions.login", &["/message"]),
    ("nap.sessions.logout", &["/message"]),
    ("nap.users.", &["/message", "/userId"]),
    ("nextauth.accounts.update_user", &["/clientVersion", "/description"]),
    ("nextauth.sessions.get", &["/pk", "/userid"]),
];

#[test]
fn an_output_shows_names_and_no_secret() {
    let mut shown = BTreeSet::new();
    let mut searches = 0;
    for subject in &subject::all() {
        for row in golden::replies(subject.name) {
            searches += laws::outputs(subject, &row, &mut shown);
        }
    }
    println!("{searches} searches in outputs");
    let is_known = |name: &str, member: &str| {
        SHOWN.iter().any(|(prefix, members)| name.starts_with(prefix) && members.contains(&member))
    };
    let unknown: Vec<_> = shown.iter().filter(|(name, member)| !is_known(name, member)).collect();
    assert!(unknown.is_empty(), "shown by Debug: {unknown:#?}");
    assert!(searches > 50_000 && !shown.is_empty());
}

/// Values that no field takes, or that make no request.
struct Spoiled {
    tail: &'static str,
    times: usize,
}

impl Source for Spoiled {
    fn text(&mut self, _: &'static str) -> String {
        "SENTINEL-spoiled-c0ffee".repeat(self.times) + self.tail
    }

    fn is_given(&mut self, _: &'static str) -> bool {
        true
    }

    fn number(&mut self, field: &'static str) -> Result<i64, InvalidValue> {
        self.text(field).len().try_into().map_err(|_| unreachable!())
    }
}

#[test]
fn a_value_that_is_refused_is_not_shown() {
    let forms = laws::forms(&["SENTINEL-spoiled-c0ffee".to_owned()]);
    let (mut refused, mut searches) = (0, 0);
    for subject in &subject::all() {
        for operation in &subject.operations {
            for (tail, times) in [("\0", 1), (" ", 1), ("é\r\n", 1), ("/..", 1), ("", 1), ("", 1_000)] {
                let text = match operation.make(&mut Spoiled { tail, times }) {
                    Err(error) => texts(&error),
                    Ok(made) => match made.request() {
                        Err(error) => texts(&error),
                        Ok(_) => made.debug(),
                    },
                };
                refused += 1;
                searches += laws::hidden(&text, &forms, operation.name);
            }
        }
    }
    println!("{refused} spoiled operations, {searches} searches");
}

/// All that can be said of an error.
fn texts(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    let mut link = Some(error);
    while let Some(error) = link {
        text += &format!("{error} {error:?} {error:#?}\n");
        link = error.source();
    }
    text
}

/// An operation that was made from texts, as one that an adapter can call.
struct Erased<'a>(&'a dyn Made);

struct Anywhere(BaseUrl);

impl Provider for Anywhere {
    fn base(&self) -> &BaseUrl {
        &self.0
    }

    fn authenticate(&self, _: &mut Draft) {}
}

impl Endpoint for Erased<'_> {
    type Provider = Anywhere;
    type Output = String;
    type Refusal = AnyRefusal;
    const NAME: &'static str = "test.erased";
    const ROUTE: Route = Route::get("/");
    const IDEMPOTENT: bool = false;

    fn write(&self, _: &Anywhere, _: &mut Draft) {}

    fn read(&self, _: &Anywhere, reply: Reply<'_>) -> Result<String, ReplyError<AnyRefusal>> {
        reply.other()
    }

    fn request(&self, _: &Anywhere) -> Result<Request<Vec<u8>>, authwire_core::BuildError> {
        self.0.request()
    }

    fn response<B: AsRef<[u8]>>(&self, _: &Anywhere, response: &Response<B>) -> Result<String, ReplyError<AnyRefusal>> {
        let mut whole = Response::new(response.body().as_ref().to_vec());
        *whole.status_mut() = response.status();
        *whole.headers_mut() = response.headers().clone();
        self.0.response(&whole)
    }
}

/// What happens to a request.
fn faults(operation: &Operation, echo: &str) -> Vec<Option<Fault>> {
    let mut faults = vec![
        None,
        Some(Fault::DropBefore),
        Some(Fault::DropAfter),
        Some(Fault::Truncated),
        Some(Fault::Html),
        Some(Fault::MediaType(HeaderValue::from_static("text/html"))),
        Some(Fault::WrongUser),
        Some(Fault::Stale),
        Some(Fault::Delay(Duration::from_millis(60))),
        Some(Fault::unavailable(Duration::from_secs(1))),
        Some(Fault::throttled(Duration::from_secs(1))),
    ];
    let echoing = |mut response: Response<Vec<u8>>| {
        for name in ["location", "www-authenticate", "retry-after", "set-cookie", "x-echo"] {
            response.headers_mut().insert(name, HeaderValue::from_str(echo).unwrap());
        }
        Some(Fault::Reply(response))
    };
    for code in [200, 201, 204, 206, 302, 307, 400, 401, 403, 404, 409, 429, 500, 999] {
        let object = serde_json::json!({ "message": echo, "error": echo, "token": echo });
        let body = if code == 204 { Vec::new() } else { object.to_string().into_bytes() };
        faults.push(echoing(golden::response(code, Some("application/json"), body)));
    }
    let mut rows: Vec<_> = operation.documented.rows.iter().collect();
    rows.sort_by_key(|row| (row.status, row.meaning.clone()));
    rows.dedup_by_key(|row| (row.status, row.meaning.clone()));
    // A status of the golden tables is one that a server may send with a body.
    let sendable = |code: u16| code >= 200 && !matches!(code, 204 | 304);
    faults.extend(rows.into_iter().filter(|row| sendable(row.status)).map(|row| echoing(row.response())));
    assert!(faults.len() > 25);
    faults
}

/// What was seen.
#[derive(Default)]
struct Tally {
    calls: usize,
    spans: usize,
    searches: usize,
    outcomes: BTreeMap<String, usize>,
}

impl Tally {
    fn look<T>(&mut self, what: &str, forms: &[String], outcome: &Result<T, CallError<AnyRefusal>>, lines: &[Line])
    where
        T: std::fmt::Debug,
    {
        self.calls += 1;
        let text = match outcome {
            Ok(output) => format!("{output:?} {output:#?}"),
            Err(error) => texts(error),
        };
        assert!(outcome.is_ok() || !text.contains("://"), "{what}: a URI in {text}");
        self.searches += laws::hidden(&text, forms, what);
        self.trace(what, forms, lines);
        *self.outcomes.entry(value(lines, "outcome").to_owned()).or_default() += 1;
        let expected = match outcome {
            Ok(_) => "ok",
            Err(CallError::Build(_)) => "not_built",
            Err(CallError::Transport { sent: authwire_core::Sent::No, .. }) => "not_sent",
            Err(CallError::Transport { .. }) => "lost",
            Err(CallError::Reply(error)) => match error.kind() {
                Kind::Refused(_) => "refused",
                Kind::OurCredential => "our_credential",
                Kind::Unattributed => "unattributed",
                Kind::Throttled => "throttled",
                Kind::Unavailable => "unavailable",
                Kind::Unexpected => "unexpected",
                _ => "malformed",
            },
        };
        assert_eq!(value(lines, "outcome"), expected, "{what}");
        assert_eq!(value(lines, "operation"), "test.erased", "{what}");
        if let Err(CallError::Reply(error)) = outcome {
            assert_eq!(value(lines, "status"), error.status().to_string(), "{what}");
        }
    }

    /// Our spans have their four fields and no other; nobody's have a secret.
    fn trace(&mut self, what: &str, forms: &[String], lines: &[Line]) {
        const FIELDS: [&str; 5] = ["", "operation", "status", "outcome", "elapsed_us"];
        let ours: BTreeSet<u64> =
            lines.iter().filter(|line| line.target.starts_with("authwire")).map(|line| line.span).collect();
        self.spans += ours.len();
        assert_eq!(ours.len(), 1, "{what}: {lines:#?}");
        for line in lines {
            let is_plain = FIELDS.contains(&line.field) && !line.value.contains('/');
            assert!(!ours.contains(&line.span) || is_plain, "{what}: {line:?}");
            self.searches += laws::hidden(&format!("{line:?}"), forms, what);
        }
    }
}

fn value<'a>(lines: &'a [Line], field: &str) -> &'a str {
    lines.iter().rev().find(|line| line.field == field).map_or("", |line| &line.value)
}

/// This provider, or dialect, where it is.
fn subject_at(base: &str, name: &str) -> Subject {
    let world = World { base: base.parse().unwrap(), credential: CREDENTIAL, second: SECOND };
    subject::all_in(&world).into_iter().find(|subject| subject.name == name).unwrap()
}

#[test]
fn no_outcome_and_no_fault_shows_a_secret() {
    let server = Server::start().unwrap();
    let spans = Spans::default();
    let mut tally = Tally::default();
    // Nobody listens there any more.
    let closed = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    for (provider, name) in [
        ("nextauth", "nextauth"),
        ("lagrello", "lagrello"),
        ("nap", "nap"),
        ("nap", "nexeres"),
        ("authentiq", "authentiq"),
    ] {
        let base = server.url(provider);
        let subject = subject_at(&base, name);
        let nowhere = subject_at(&format!("http://{closed}"), name);
        let anywhere = Anywhere(base.parse().unwrap());
        for adapter in Adapter::both(None) {
            let _watch = tracing::subscriber::set_default(spans.clone());
            for operation in &subject.operations {
                let mut source = Sentinels::new(subject.plausible, operation.name);
                let planted = operation.make(&mut source).unwrap();
                let secrets = [source.planted.clone(), vec![CREDENTIAL.into(), SECOND.into()]].concat();
                let forms = laws::forms(&secrets);
                let plain = |secret: &&String| secret.bytes().all(|byte| byte.is_ascii_graphic());
                let echo = secrets.iter().filter(plain).cloned().collect::<Vec<_>>().join(" ");
                let documented = operation.make(&mut Table::parse(&operation.documented.rows[0].values)).unwrap();
                let ours = laws::forms(&[CREDENTIAL.into(), SECOND.into()]);
                let all = faults(operation, &echo);
                // With the documented values, what may come to something.
                let good = all.iter().filter(|fault| matches!(fault, None | Some(Fault::Reply(_)))).cloned().collect();
                for (made, forms, faults) in [(&planted, &forms, all), (&documented, &ours, good)] {
                    for fault in faults {
                        let what = format!("{} {} {fault:?}", adapter.name(), operation.name);
                        server.with_emulator(|emulator, _| {
                            emulator.clear_faults();
                            if let Some(fault) = fault.clone() {
                                emulator.fault(FaultPlan::new(fault));
                            }
                        });
                        drop(spans.take());
                        let is_late = matches!(fault, Some(Fault::Delay(_)));
                        let outcome = if is_late {
                            adapter.call_within(Duration::from_millis(10), &anywhere, &Erased(&**made))
                        } else {
                            adapter.call(&anywhere, &Erased(&**made))
                        };
                        tally.look(&what, forms, &outcome, &spans.take());
                    }
                }
                let lost = nowhere.operation(operation.name);
                let made = lost.make(&mut Sentinels::new(subject.plausible, operation.name)).unwrap();
                let outcome = adapter.call(&anywhere, &Erased(&*made));
                assert!(matches!(outcome, Err(CallError::Transport { .. } | CallError::Build(_))));
                tally.look(operation.name, &forms, &outcome, &spans.take());
            }
        }
    }
    let Tally { calls, spans, searches, outcomes } = tally;
    println!("{calls} calls, {spans} spans, {searches} searches, 0 hits: {outcomes:?}");
    let seen: BTreeSet<&str> = outcomes.keys().map(String::as_str).collect();
    for outcome in [
        "ok",
        "refused",
        "our_credential",
        "unattributed",
        "throttled",
        "unavailable",
        "unexpected",
        "malformed",
        "not_sent",
        "lost",
    ] {
        assert!(seen.contains(outcome), "no call was {outcome}");
    }
    assert!(calls > 4_000 && spans == calls);
}

/// A flow's requests have no operation's name, and no secret either.
#[test]
fn a_flow_shows_no_secret() {
    const NONCE: &str = "SENTINEL-nonce-c0ffee0ddba11";
    let server = Server::start().unwrap();
    let spans = Spans::default();
    let forms = laws::forms(&[CREDENTIAL.into(), NONCE.into()]);
    let provider = NextAuth::new(server.nextauth_url().parse().unwrap(), &ApiKey::new(CREDENTIAL).unwrap());
    let logged_in = golden::response(200, None, br#"{"loggedin":true,"accountid":7,"userid":"alice"}"#.to_vec());
    let mut searches = 0;
    for adapter in Adapter::both(None) {
        server.with_emulator(|emulator, _| {
            for fault in [
                Fault::DropAfter,
                Fault::Truncated,
                Fault::status(StatusCode::SERVICE_UNAVAILABLE),
                Fault::Reply(logged_in.clone()),
                Fault::Reply(logged_in.clone()),
            ] {
                emulator.fault(fault);
            }
        });
        let _watch = tracing::subscriber::set_default(spans.clone());
        let deadline = adapter.now().saturating_add(Duration::from_secs(20));
        let nonce = Nonce::from_text(NONCE).unwrap();
        let mut flow = AwaitLogin::new(ServerId::new("AAAA").unwrap(), nonce, deadline).pace(Duration::from_millis(1));
        let login = adapter.drive(&provider, &mut flow).unwrap();
        let lines = spans.take();
        searches += laws::hidden(&format!("{login:?} {flow:?} {flow:#?} {lines:#?}"), &forms, adapter.name());
        let outcomes: Vec<_> =
            lines.iter().filter(|line| line.field == "outcome").map(|line| line.value.as_str()).collect();
        assert_eq!(outcomes, ["lost", "lost", "reply", "reply", "reply"], "{}: {lines:#?}", adapter.name());
        let ours: BTreeSet<_> =
            lines.iter().filter(|line| line.target.starts_with("authwire")).map(|line| line.name).collect();
        assert_eq!(ours, ["authwire.exchange"].into(), "{}", adapter.name());
    }
    println!("{searches} searches, 0 hits");
}

/// Not the socket's words, which name the peer.
#[test]
fn an_error_of_an_adapter_is_ours_to_its_last_source() {
    let closed = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let nowhere: BaseUrl = format!("http://{closed}").parse().unwrap();
    let provider = NextAuth::new(nowhere, &ApiKey::new(CREDENTIAL).unwrap());
    for adapter in Adapter::both(None) {
        let vash = authwire_nextauth::servers::GetServerVash::new(ServerId::new("AAAA").unwrap());
        let error = adapter.call(&provider, &vash).unwrap_err();
        let texts = texts(&error);
        assert_eq!(
            texts.lines().filter(|line| line.contains("127.0.0.1") || line.contains("os error")).count(),
            0,
            "{texts}"
        );
    }
}
