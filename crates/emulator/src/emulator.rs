//! All emulated providers in one place, each under its path prefix.

use crate::authentiq::Authentiq;
use crate::fault::{
    Answer, Fault, FaultPlan, FaultQueue, Served, about_somebody_else, portal, status, with_media_type,
};
use crate::incoming::Incoming;
use crate::lagrello::Lagrello;
use crate::log::{LoggedRequest, RequestLog};
use crate::nap::Nap;
use crate::nextauth::NextAuth;
use crate::provider::{Provider, answer};
use crate::route::{Lookup, Routed, look_up};
use crate::stale::StaleAnswers;
use http::{Request, Response, StatusCode};
use std::fmt;
use std::time::Duration;

/// The providers' server side. Pure: the time is an argument, and every id comes from the seed, so the same calls
/// give the same bytes.
#[derive(Clone)]
#[non_exhaustive]
pub struct Emulator {
    /// nextAuth, under `/nextauth`.
    pub nextauth: NextAuth,
    /// Authentiq, under `/authentiq`.
    pub authentiq: Authentiq,
    /// Lagrello, under `/lagrello`.
    pub lagrello: Lagrello,
    /// NAP and Nexeres, under `/nap`.
    pub nap: Nap,
    faults: FaultQueue,
    log: RequestLog,
    stale: StaleAnswers,
}

impl Emulator {
    /// Every provider with one tenant that is ready to be used.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            nextauth: NextAuth::new(seed),
            authentiq: Authentiq::new(seed),
            lagrello: Lagrello::new(seed),
            nap: Nap::new(seed),
            faults: FaultQueue::default(),
            log: RequestLog::default(),
            stale: StaleAnswers::new(),
        }
    }

    /// Answers a request at a time since the Unix epoch.
    ///
    /// The simple form of [`Emulator::serve`]: a dropped connection becomes an empty 502, as a gateway in between
    /// would say, a delay is left out, and a truncated body is short of its `content-length`.
    pub fn handle(&mut self, now: Duration, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        match self.serve(now, request) {
            Served::Answered(answer) => answer.into_response(),
            Served::Dropped => crate::reply::empty(StatusCode::BAD_GATEWAY),
        }
    }

    /// Answers a request at a time since the Unix epoch, with everything that may happen to the answer on its way.
    pub fn serve(&mut self, now: Duration, request: &Request<Vec<u8>>) -> Served {
        let target = target(request);
        let provider =
            self.providers().into_iter().find_map(|provider| Some((provider.name(), operation(provider, request)?)));
        let (name, operation) = match provider {
            Some((name, operation)) => (Some(name), operation),
            None => (None, None),
        };
        let fault = self.faults.take(name, operation);
        let served = match fault {
            None => Served::Answered(Answer::whole(self.execute(now, request, &target))),
            Some(fault) => self.misbehave(fault, now, request, &target),
        };
        self.log.push(LoggedRequest {
            at: now,
            provider: name,
            operation,
            method: request.method().clone(),
            target,
            headers: request.headers().clone(),
            body: request.body().clone(),
            status: match &served {
                Served::Answered(answer) => Some(answer.response.status()),
                Served::Dropped => None,
            },
        });
        served
    }

    /// Queues a fault for the next request, or for what a [`FaultPlan`] says.
    pub fn fault(&mut self, plan: impl Into<FaultPlan>) {
        self.faults.push(plan.into());
    }

    /// How many times queued faults will still strike.
    #[must_use]
    pub fn pending_faults(&self) -> u64 {
        self.faults.pending()
    }

    /// Forgets the queued faults.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// The requests so far.
    #[must_use]
    pub const fn log(&self) -> &RequestLog {
        &self.log
    }

    /// Forgets the requests so far.
    pub fn clear_log(&mut self) {
        self.log.clear();
    }

    /// A new provider is added here and in [`route`](fn@route).
    fn providers(&mut self) -> [&mut dyn Provider; 4] {
        [&mut self.nextauth, &mut self.authentiq, &mut self.lagrello, &mut self.nap]
    }

    /// Lets the provider answer, without any fault.
    fn execute(&mut self, now: Duration, request: &Request<Vec<u8>>, target: &str) -> Response<Vec<u8>> {
        let response = self
            .providers()
            .into_iter()
            .find_map(|provider| {
                let incoming = Incoming::under(&prefix(provider.name()), request)?;
                Some(answer(provider, now, &incoming))
            })
            .unwrap_or_else(|| crate::reply::message(StatusCode::NOT_FOUND, "No such provider"));
        self.stale.remember(request.method(), target, &response);
        response
    }

    fn misbehave(&mut self, fault: Fault, now: Duration, request: &Request<Vec<u8>>, target: &str) -> Served {
        Served::Answered(match fault {
            Fault::DropBefore => return Served::Dropped,
            Fault::DropAfter => {
                self.execute(now, request, target);
                return Served::Dropped;
            }
            Fault::Delay(after) => Answer { after, ..Answer::whole(self.execute(now, request, target)) },
            Fault::Status { status: code, retry_after } => Answer::whole(status(code, retry_after)),
            Fault::Html => Answer::whole(portal()),
            Fault::Truncated => Answer::truncated(self.execute(now, request, target)),
            Fault::MediaType(media) => Answer::whole(with_media_type(self.execute(now, request, target), media)),
            Fault::WrongUser => {
                let response = self.execute(now, request, target);
                let fields = self
                    .providers()
                    .into_iter()
                    .find(|provider| Incoming::under(&prefix(provider.name()), request).is_some())
                    .map_or(&[][..], |provider| provider.identity_fields());
                Answer::whole(about_somebody_else(response, fields))
            }
            Fault::Stale => Answer::whole(match self.stale.recall(request.method(), target) {
                Some(response) => response,
                None => self.execute(now, request, target),
            }),
            Fault::Reply(response) => Answer::whole(response),
        })
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("nextauth", &self.nextauth)
            .field("authentiq", &self.authentiq)
            .field("lagrello", &self.lagrello)
            .field("nap", &self.nap)
            .field("pending_faults", &self.pending_faults())
            .field("requests", &self.log.len())
            .finish_non_exhaustive()
    }
}

/// Says which provider's operation a request to the whole emulator is, by path prefix, and what the server reads in it.
///
/// `None` when it is none, or cannot be decoded.
#[must_use]
pub fn route(request: &Request<Vec<u8>>) -> Option<(&'static str, Routed)> {
    let providers: [(&'static str, RouteUnder); 4] = [
        (crate::nextauth::NAME, crate::nextauth::route_under),
        (crate::authentiq::NAME, crate::authentiq::route_under),
        (crate::lagrello::NAME, crate::lagrello::route_under),
        (crate::nap::NAME, crate::nap::route_under),
    ];
    providers.into_iter().find_map(|(name, route_under)| Some((name, route_under(&prefix(name), request)?)))
}

/// How one provider reads a request under a path prefix.
type RouteUnder = fn(&str, &Request<Vec<u8>>) -> Option<Routed>;

/// The operation, if it is one; the outer `None` when the path belongs to another provider.
fn operation(provider: &dyn Provider, request: &Request<Vec<u8>>) -> Option<Option<&'static str>> {
    let incoming = Incoming::under(&prefix(provider.name()), request)?;
    Some(match look_up(provider.routes(), &incoming) {
        Lookup::Found(routed) => Some(routed.operation),
        _ => None,
    })
}

fn prefix(name: &str) -> String {
    format!("/{name}")
}

/// Path and query as they came; only an authority-form target has none.
fn target(request: &Request<Vec<u8>>) -> String {
    request.uri().path_and_query().map_or_else(String::new, |target| target.as_str().to_owned())
}
