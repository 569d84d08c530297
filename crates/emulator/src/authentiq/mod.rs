//! The server side of Authentiq (issuer API 6): all fourteen operations.
//!
//! Signatures are made and verified for real, by ring. What the provider's documents leave open is decided here, and
//! written down at each item and in [`Settings`]. People are played by [`Phone`], which signs and is pushed to, and by the
//! mailbox ([`Authentiq::messages`]); whoever signs what was verified is an [`Authority`].

mod authority;
mod call;
mod contact;
mod controls;
mod job;
mod key;
mod limiter;
mod message;
mod operations;
mod phone;
mod problem;
mod routes;
mod token;

pub use authority::{Authority, ISSUER_URI};
pub use job::JobState;
pub use key::KeyState;
pub use message::{Channel, Message, Purpose, Push};
pub use phone::Phone;
pub use routes::{route, route_under, routes};

use crate::bounded::BoundedMap;
use crate::incoming::Incoming;
use crate::provider::Provider;
use crate::route::{Lookup, Route, Routed};
use crate::seed::{Seeded, base64};
use controls::new_code;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{Method, Request, Response, StatusCode};
use job::Job;
use key::Key;
use limiter::Limiter;
use problem::Problem;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;
use token::KeyPair;

/// The path prefix in an [`Emulator`](crate::Emulator).
pub const NAME: &str = "authentiq";

/// How many jobs, and how many messages and pushes, are remembered.
const JOBS: usize = 10_000;
const MESSAGES: usize = 10_000;

/// How the server behaves where the provider's documents are silent, or contradict themselves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Whether a token may call its algorithm `EdDSA` too. False: the provider's own library knows `Ed25519` alone.
    pub accept_eddsa: bool,
    /// Whether a token must name its signer (`kid`). True; else the subject is taken for the signer.
    pub kid_required: bool,
    /// Whether white space around a token is overlooked. False.
    pub trim_white_space: bool,
    /// Whether a job is confirmed only with its code. True; a job of the test issuer never needs it.
    pub require_code: bool,
    /// What the first request to revoke a key by e-mail and phone is answered with.
    pub revocation_start: RevocationStart,
    /// How an authority is answered that signed a job.
    pub signed_form: SignedForm,
    /// Where an error body has its slug.
    pub slug_form: SlugForm,
    /// How long after its confirmation a job is signed by the issuer itself. `None`: an authority has to.
    pub signing_delay: Option<Duration>,
    /// The same for the jobs of the test issuer. At once.
    pub test_signing_delay: Option<Duration>,
    /// How many jobs may be made for one address or number in [`rate_window`](Self::rate_window). Five.
    pub rate_limit: usize,
    /// An hour.
    pub rate_window: Duration,
}

/// What the first request to revoke a key by e-mail and phone is answered with. Both are documented; a code goes out with
/// either. A request while a code is outstanding is answered with 409 in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationStart {
    /// 200 `pending`.
    #[default]
    Pending,
    /// 409 `confirm-first`.
    ConfirmFirst,
}

/// How an authority is answered that signed a job. The documents ask themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignedForm {
    /// With the token.
    #[default]
    Jwt,
    /// With JSON that has it.
    Json,
}

/// Where an error body has its slug, such as `unknown-key`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlugForm {
    /// It is the `type`.
    #[default]
    Bare,
    /// It is the last part of the `type`, which is a URI.
    Uri,
    /// It is the `title`.
    Title,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            accept_eddsa: false,
            kid_required: true,
            trim_white_space: false,
            require_code: true,
            revocation_start: RevocationStart::default(),
            signed_form: SignedForm::default(),
            slug_form: SlugForm::default(),
            signing_delay: None,
            test_signing_delay: Some(Duration::ZERO),
            rate_limit: 5,
            rate_window: Duration::from_secs(3_600),
        }
    }
}

/// Authentiq's server side. Usable alone too: then paths begin with `/key`, `/login` and `/scope`.
#[derive(Clone)]
pub struct Authentiq {
    /// How it behaves where the documents are silent.
    pub settings: Settings,
    seed: Seeded,
    issuer: Authority,
    test_issuer: Authority,
    /// The ids of the other authorities.
    authorities: Vec<String>,
    /// By their ids.
    keys: BTreeMap<String, Key>,
    jobs: BoundedMap<String, Job>,
    messages: VecDeque<Message>,
    pushes: VecDeque<Push>,
    limiter: Limiter,
}

impl Authentiq {
    /// No key and no job.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut seed = Seeded::new(seed, NAME);
        Self {
            settings: Settings::default(),
            issuer: Authority(KeyPair::new(seed.bytes())),
            test_issuer: Authority(KeyPair::new(seed.bytes())),
            authorities: Vec::new(),
            keys: BTreeMap::new(),
            jobs: BoundedMap::new(JOBS),
            messages: VecDeque::new(),
            pushes: VecDeque::new(),
            limiter: Limiter::new(),
            seed,
        }
    }

    /// Answers a request at a time since the Unix epoch, without the emulator's log and faults.
    pub fn handle(&mut self, now: Duration, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        match Incoming::under("", request) {
            Some(incoming) => crate::provider::answer(self, now, &incoming),
            None => Problem::NOT_FOUND.answer(self.settings.slug_form),
        }
    }
}

impl Provider for Authentiq {
    fn name(&self) -> &'static str {
        NAME
    }

    fn routes(&self) -> &'static [Route] {
        &routes::ROUTES
    }

    fn identity_fields(&self) -> &'static [&'static str] {
        &["sub"]
    }

    fn run(&mut self, now: Duration, incoming: &Incoming<'_>, routed: &Routed) -> Response<Vec<u8>> {
        framed(incoming, operations::run(self, now, incoming, routed))
    }

    fn stray(&mut self, _: Duration, incoming: &Incoming<'_>, lookup: &Lookup) -> Response<Vec<u8>> {
        let form = self.settings.slug_form;
        let answer = match lookup {
            Lookup::WrongMethod(allowed) => problem::wrong_method(allowed, form),
            Lookup::Malformed => Problem::bad_request("Malformed path or query").answer(form),
            _ => Problem::NOT_FOUND.answer(form),
        };
        framed(incoming, answer)
    }
}

/// An answer to HEAD has no body, and one without content no length.
fn framed(incoming: &Incoming<'_>, mut answer: Response<Vec<u8>>) -> Response<Vec<u8>> {
    if incoming.method == Method::HEAD {
        answer.body_mut().clear();
        answer.headers_mut().remove(CONTENT_TYPE);
    }
    if incoming.method == Method::HEAD || answer.status() == StatusCode::NO_CONTENT {
        answer.headers_mut().remove(CONTENT_LENGTH);
    }
    answer
}

impl fmt::Debug for Authentiq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentiq")
            .field("settings", &self.settings)
            .field("keys", &self.keys.len())
            .field("messages", &self.messages.len())
            .field("pushes", &self.pushes.len())
            .finish_non_exhaustive()
    }
}

/// A secret with `+`, `/` and `=` in it, as any may have: a client that does not escape them is found out at once.
fn unlike_base64url(seed: &mut Seeded) -> String {
    loop {
        let text = base64(&seed.bytes::<16>());
        if text.contains('+') && text.contains('/') {
            return text;
        }
    }
}
