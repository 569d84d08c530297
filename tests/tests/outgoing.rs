//! What leaves: queries that forms read back, credentials in headers, and nothing to where a reply points.

use std::net::TcpListener;

use authwire_core::secret::{Kind, Secret};
use authwire_core::{BaseUrl, Draft, Endpoint, Provider, Reply, ReplyError, Route};
use authwire_emulator::{Fault, FaultPlan, Server};
use authwire_tests::bytes::Bytes;
use authwire_tests::golden;
use authwire_tests::source::Table;
use authwire_tests::subject::{World, all_in};
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};

struct Anywhere(BaseUrl);

impl Provider for Anywhere {
    fn base(&self) -> &BaseUrl {
        &self.0
    }

    fn authenticate(&self, _: &mut Draft) {}
}

/// Ten values in a query, under names that need escaping, too.
struct Query([String; 10]);

const NAMES: [&str; 10] = ["a", "userid", "é", "a b", "x&y", "=", "%41", "+", "?", "#"];

impl Endpoint for Query {
    type Provider = Anywhere;
    type Output = ();
    type Refusal = std::convert::Infallible;
    const NAME: &'static str = "test.query";
    const ROUTE: Route = Route::get("/q");
    const IDEMPOTENT: bool = true;

    fn write(&self, _: &Anywhere, draft: &mut Draft) {
        for (name, value) in NAMES.into_iter().zip(&self.0) {
            draft.query(name, value);
        }
    }

    fn read(&self, _: &Anywhere, reply: Reply<'_>) -> Result<(), ReplyError<Self::Refusal>> {
        reply.other()
    }
}

/// R05: one million values. A reader of forms takes `+` for a space: none is sent.
#[test]
fn a_query_reads_back_as_a_form() {
    let provider = Anywhere("https://auth.example".parse().unwrap());
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut values = 0;
    while values < 1_000_000 {
        let mut text = || {
            // A generator of Marsaglia's: the same values every time.
            let bytes = [(); 3].map(|()| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_le_bytes()
            });
            let mut bytes = bytes.concat();
            bytes[0] %= 200; // not the long ones
            bytes[0] = if (128..144).contains(&bytes[0]) { 0 } else { bytes[0] };
            Bytes::new(&bytes).text()
        };
        let query = Query([(); 10].map(|()| text()));
        let request = query.request(&provider).unwrap();
        let sent = request.uri().query().unwrap();
        assert!(!sent.contains('+') && sent.bytes().all(|byte| byte.is_ascii_graphic()));
        let read = url::form_urlencoded::parse(sent.as_bytes());
        assert!(read.eq(NAMES.into_iter().map(Into::into).zip(query.0.iter().map(Into::into))), "{sent}");
        values += 10;
    }
    println!("{values} values");
}

/// How many of 768 texts, each byte at each of three places, a credential's type takes; each leaves as it was given, and
/// marked.
fn taken<K: Kind>() -> usize {
    let texts = (0..=255u8).flat_map(|byte| {
        (0..3).map(move |place| (0..3).map(|at| if at == place { char::from(byte) } else { 'x' }).collect::<String>())
    });
    let accepted = texts.filter(|text| match Secret::<K>::new(text.as_str()) {
        Ok(secret) => {
            let header = secret.to_header().expect("a credential is a header");
            assert!(header.is_sensitive() && header.as_bytes() == text.as_bytes(), "{}", K::NAME);
            assert!(text.bytes().all(|byte| (0x21..=0x7e).contains(&byte)), "{}: {text:?}", K::NAME);
            true
        }
        Err(error) => {
            assert_eq!(error.what(), K::NAME);
            false
        }
    });
    accepted.count()
}

/// R07: for each credential that travels as a header.
#[test]
fn a_header_secret_is_visible_ascii() {
    let plain = [
        taken::<authwire_nextauth::ApiKeyKind>(),
        taken::<authwire_nextauth::RoleIdKind>(),
        taken::<authwire_nextauth::NonceKind>(),
        taken::<authwire_lagrello::AccessTokenKind>(),
        taken::<authwire_nap::ApiKeyKind>(),
        taken::<authwire_nap::RefreshTokenKind>(),
        taken::<authwire_nap::AdminTokenKind>(),
    ];
    assert_eq!(plain, [94 * 3; 7]);
    // It has a format besides, which no text of three bytes has.
    assert_eq!(taken::<authwire_nap::SessionTokenKind>(), 0);
    println!("{} texts for 8 headers", 768 * 8);
}

/// R08: whatever header is not about the body is a secret, and is marked.
#[test]
fn every_secret_header_is_marked() {
    let mut marked = 0;
    for subject in all_in(&World::of_goldens()) {
        for block in golden::requests(subject.name) {
            let operation = subject.operation(&block.operation);
            let made = operation.make(&mut Table::parse(&block.values)).unwrap();
            for (name, value) in made.request().unwrap().headers() {
                let is_plain = [ACCEPT, CONTENT_TYPE, CONTENT_LENGTH].contains(name);
                assert_eq!(value.is_sensitive(), !is_plain, "{}: {name}", block.place);
                marked += usize::from(!is_plain);
            }
        }
    }
    println!("{marked} secret headers");
    assert!(marked > 50);
}

/// R11: nobody goes where a reply points. Every text of every success is a URL of a trap, and so are the headers.
#[test]
fn a_url_in_a_reply_is_not_followed() {
    let trap = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    trap.set_nonblocking(true).unwrap();
    let url = format!("http://{}/trap", trap.local_addr().unwrap());
    let server = Server::start().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (ureq, hyper) = (authwire_ureq::Client::new().unwrap(), authwire_hyper::Client::new().unwrap());
    let (mut replies, mut read) = (0, 0);
    for (provider, name) in
        [("nextauth", "nextauth"), ("lagrello", "lagrello"), ("nap", "nap"), ("authentiq", "authentiq")]
    {
        let world = World { base: server.url(provider).parse().unwrap(), ..World::of_goldens() };
        let subject = all_in(&world).into_iter().find(|subject| subject.name == name).unwrap();
        for row in golden::replies(name).iter().filter(|row| row.is_ok() && row.status != 204) {
            let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(&row.body) else { continue };
            let made = subject.operation(&row.operation).make(&mut Table::parse(&row.values)).unwrap();
            for key in object.keys() {
                let mut object = object.clone();
                object.insert(key.clone(), url.clone().into());
                let body = serde_json::Value::Object(object).to_string().into_bytes();
                let mut response = golden::response(row.status, row.media.as_deref(), body);
                for header in ["location", "content-location", "refresh", "link", "alt-svc"] {
                    response.headers_mut().insert(header, url.parse().unwrap());
                }
                server.with_emulator(|emulator, _| emulator.fault(FaultPlan::new(Fault::Reply(response)).times(2)));
                let replied = [
                    ureq.exchange(made.request().unwrap()).unwrap(),
                    runtime.block_on(hyper.exchange(made.request().unwrap())).unwrap(),
                ];
                for reply in replied {
                    replies += 1;
                    read += usize::from(made.response(&reply).is_ok());
                }
            }
        }
    }
    println!("{replies} replies that point at a trap, {read} of them successes, 0 connections");
    assert!(replies > 100 && read > 10);
    let seen = trap.accept().map_err(|error| error.kind());
    assert!(matches!(seen, Err(std::io::ErrorKind::WouldBlock)), "{seen:?}");
}
