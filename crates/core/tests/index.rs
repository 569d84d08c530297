//! The table of a provider's operations, and operations made out of texts.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]
#![allow(missing_docs, missing_debug_implementations, reason = "the toy is public as a provider is")]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;

use authwire_core::http::Response;
use authwire_core::index::{AnyEndpoint, FromSource, Source};
use authwire_core::secret::{Kind as SecretKind, Secret};
use authwire_core::{
    Auth, BaseUrl, Draft, Endpoint, Idempotent, InvalidValue, Kind, Provider, Reason, Reply, ReplyError, Route, index,
};

pub struct Toy(BaseUrl);

impl Provider for Toy {
    fn base(&self) -> &BaseUrl {
        &self.0
    }

    fn authenticate(&self, _: &mut Draft) {}
}

pub enum PinKind {}

impl SecretKind for PinKind {
    const NAME: &'static str = "Pin";
}

pub mod doors {
    use super::*;

    pub struct OpenDoor {
        pub(crate) door: String,
        pub(crate) pin: Secret<PinKind>,
        pub(crate) wide: Option<bool>,
        pub(crate) minutes: u16,
        pub(crate) floor: i64,
    }

    #[derive(Debug, thiserror::Error)]
    #[error("it stays shut")]
    pub struct Shut(#[source] pub(crate) std::fmt::Error);

    impl Endpoint for OpenDoor {
        type Provider = Toy;
        type Output = u16;
        type Refusal = Shut;
        const NAME: &'static str = "toy.doors.open";
        const ROUTE: Route = Route::post("/doors/{door}/open");
        const IDEMPOTENT: bool = false;

        fn write(&self, _: &Toy, draft: &mut Draft) {
            draft.segment("door", &self.door).query("pin", self.pin.expose());
            draft.query_opt("wide", self.wide.map(u16::from)).query("minutes", self.minutes).query("floor", self.floor);
        }

        fn read(&self, _: &Toy, reply: Reply<'_>) -> Result<u16, ReplyError<Shut>> {
            match reply.code() {
                200 => Ok(self.minutes),
                409 => reply.refused(Shut(std::fmt::Error)),
                _ => reply.other(),
            }
        }
    }
}

pub struct Ping;

impl Endpoint for Ping {
    type Provider = Toy;
    type Output = ();
    type Refusal = Infallible;
    const NAME: &'static str = "toy.ping";
    const ROUTE: Route = Route::get("/ping");
    const IDEMPOTENT: bool = true;
    const AUTH: Auth = Auth::None;

    fn write(&self, _: &Toy, _: &mut Draft) {}

    fn read(&self, _: &Toy, reply: Reply<'_>) -> Result<(), ReplyError<Infallible>> {
        reply.done()
    }
}

index! {
    Toy;
    once doors::OpenDoor { door: "door", pin: "pin", wide: "wide", minutes: "minutes", floor: "floor" }
    repeatable Ping {}
}

/// Texts by the name of their field; a field without one is not given.
struct Texts(BTreeMap<&'static str, &'static str>);

impl Source for Texts {
    fn text(&mut self, field: &'static str) -> String {
        self.0.get(field).copied().unwrap_or_default().to_owned()
    }

    fn is_given(&mut self, field: &'static str) -> bool {
        self.0.contains_key(field)
    }
}

const GOOD: [(&str, &str); 4] = [("door", "north/2"), ("pin", "1234"), ("minutes", "5"), ("floor", "-1")];

/// The good texts, but for these.
fn open(changed: &[(&'static str, &'static str)]) -> Result<Box<dyn AnyEndpoint<Toy>>, InvalidValue> {
    INDEX[0].make(&mut Texts(GOOD.into_iter().chain(changed.iter().copied()).collect()))
}

fn toy() -> Toy {
    Toy("https://toy.example".parse().unwrap())
}

#[test]
fn an_entry_says_what_its_operation_says() {
    let told: Vec<_> = INDEX
        .iter()
        .map(|entry| (entry.name(), entry.route(), entry.is_idempotent(), entry.auth(), entry.fields()))
        .collect();
    let fields: &[&str] = &["door", "pin", "wide", "minutes", "floor"];
    assert_eq!(
        told,
        [
            ("toy.doors.open", Route::post("/doors/{door}/open"), false, Auth::Provider, fields),
            ("toy.ping", Route::get("/ping"), true, Auth::None, &[]),
        ]
    );
    assert_eq!(format!("{:?}", INDEX[1]), "Entry { name: \"toy.ping\", route: Route(GET /ping), .. }");
}

#[test]
fn an_operation_is_made_out_of_texts() {
    let target = |changed: &[_]| open(changed).unwrap().request(&toy()).unwrap().uri().to_string();
    let rest = "minutes=5&floor=-1";
    assert_eq!(target(&[]), format!("https://toy.example/doors/north%2F2/open?pin=1234&{rest}"));
    assert_eq!(target(&[("wide", "0")]), format!("https://toy.example/doors/north%2F2/open?pin=1234&wide=0&{rest}"));
    assert_eq!(target(&[("wide", "9")]), format!("https://toy.example/doors/north%2F2/open?pin=1234&wide=1&{rest}"));
    let ping = INDEX[1].make(&mut Texts(BTreeMap::new())).unwrap();
    assert_eq!(ping.request(&toy()).unwrap().uri(), "https://toy.example/ping");
}

#[test]
fn a_text_that_its_field_does_not_take_makes_no_operation() {
    let number = Reason::Not("a whole number");
    let table = [
        ("pin", "", "Pin", Reason::Empty),
        ("minutes", "soon", "minutes", number),
        ("minutes", "65536", "minutes", Reason::Not("a small whole number")),
        ("minutes", "-1", "minutes", Reason::Not("a small whole number")),
        ("floor", "9223372036854775808", "floor", number),
        ("floor", "", "floor", number),
        ("wide", "yes", "wide", number),
    ];
    for (field, text, what, reason) in table {
        assert_eq!(open(&[(field, text)]).unwrap_err(), InvalidValue::new(what, reason), "{field}={text}");
    }
    // What can be made is not yet what can be sent.
    assert!(open(&[("door", "..")]).unwrap().request(&toy()).is_err());
}

#[test]
fn an_erased_operation_answers_as_the_operation_does() {
    let open = open(&[]).unwrap();
    let response = |status| Response::builder().status(status).body(Vec::new()).unwrap();
    assert_eq!(format!("{:?}", open.response(&toy(), &response(200)).unwrap()), "5");
    let refused = open.response(&toy(), &response(409)).unwrap_err();
    assert_eq!((refused.operation(), refused.status()), ("toy.doors.open", 409));
    let refusal = refused.refusal().unwrap();
    assert_eq!((refusal.to_string(), format!("{refusal:?}")), ("it stays shut".into(), "Shut(Error)".into()));
    assert!(refusal.source().unwrap().is::<std::fmt::Error>());
    let busy = open.response(&toy(), &response(503)).unwrap_err();
    assert!(matches!(busy.kind(), Kind::Unavailable));
}

#[test]
fn an_operations_debug_shows_no_field() {
    let open = open(&[("door", "SENTINEL"), ("pin", "SENTINEL")]).unwrap();
    assert_eq!(format!("{open:?} {open:#?}"), "toy.doors.open { .. } toy.doors.open { .. }");
    assert_eq!(format!("{Ping:?}"), "toy.ping { .. }");
}

#[test]
fn a_repeatable_operation_may_be_sent_again() {
    fn may_be_sent_again<E: Idempotent>(_: &E) -> bool {
        E::IDEMPOTENT
    }
    assert!(may_be_sent_again(&Ping));
}

/// What a source need not say itself.
#[test]
fn a_sources_defaults() {
    let mut source = Texts(BTreeMap::from([("a", "é"), ("n", "-7")]));
    assert_eq!(source.secret("a"), "é");
    assert_eq!(source.bytes("a"), "é".as_bytes());
    assert_eq!(source.number("n"), Ok(-7));
    assert_eq!(String::from_source("a", &mut source), Ok("é".into()));
    assert_eq!(Option::<i64>::from_source("n", &mut source), Ok(Some(-7)));
    assert_eq!(Option::<i64>::from_source("none", &mut source), Ok(None));
}
