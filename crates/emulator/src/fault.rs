//! Faults on demand: what a network, a proxy or an unwell provider does to a request.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// One misbehaviour. Queue it with [`crate::Emulator::fault`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The connection closes; the request was never executed.
    DropBefore,
    /// The request is executed, then the connection closes without an answer.
    DropAfter,
    /// The request is executed, the answer comes this much later.
    Delay(Duration),
    /// This status and a short text, not executed.
    Status {
        /// The status.
        status: StatusCode,
        /// The `Retry-After` header, in either of its forms.
        retry_after: Option<HeaderValue>,
    },
    /// A captive portal's page with status 200, not executed.
    Html,
    /// Executed; `content-length` announces the whole body, half of it comes.
    Truncated,
    /// Executed; the answer claims this media type.
    MediaType(HeaderValue),
    /// Executed; where the answer says whom it is about, it names somebody else.
    WrongUser,
    /// Not executed; the answer that the same method and target got before, whoever asked then, as a broken cache
    /// does it. Without an earlier one the request is executed normally.
    Stale,
    /// This answer, not executed.
    Reply(Response<Vec<u8>>),
}

impl Fault {
    /// A status without `Retry-After`.
    #[must_use]
    pub const fn status(status: StatusCode) -> Self {
        Self::Status { status, retry_after: None }
    }

    /// 503 with `Retry-After` in whole seconds.
    #[must_use]
    pub fn unavailable(retry_after: Duration) -> Self {
        Self::Status {
            status: StatusCode::SERVICE_UNAVAILABLE,
            retry_after: Some(HeaderValue::from(retry_after.as_secs())),
        }
    }

    /// 429 with `Retry-After` in whole seconds.
    #[must_use]
    pub fn throttled(retry_after: Duration) -> Self {
        Self::Status {
            status: StatusCode::TOO_MANY_REQUESTS,
            retry_after: Some(HeaderValue::from(retry_after.as_secs())),
        }
    }
}

/// When a fault strikes: the next request, unless narrowed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FaultPlan {
    /// What happens.
    pub fault: Fault,
    /// Only to this provider's requests, by its path prefix.
    pub provider: Option<String>,
    /// Only to this operation, by the provider's own id.
    pub operation: Option<String>,
    /// To so many matching requests.
    pub times: u32,
}

impl FaultPlan {
    /// Strikes the next request, once.
    #[must_use]
    pub const fn new(fault: Fault) -> Self {
        Self { fault, provider: None, operation: None, times: 1 }
    }

    /// Narrows it to a provider, by its path prefix: `nextauth`.
    #[must_use]
    pub fn provider(mut self, name: &str) -> Self {
        self.provider = Some(name.to_owned());
        self
    }

    /// Narrows it to an operation, by the provider's own id: `getSession`.
    #[must_use]
    pub fn operation(mut self, id: &str) -> Self {
        self.operation = Some(id.to_owned());
        self
    }

    /// Strikes so many matching requests.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    fn matches(&self, provider: Option<&str>, operation: Option<&str>) -> bool {
        let fits = |wanted: &Option<String>, found| wanted.is_none() || wanted.as_deref() == found;
        fits(&self.provider, provider) && fits(&self.operation, operation)
    }
}

impl From<Fault> for FaultPlan {
    fn from(fault: Fault) -> Self {
        Self::new(fault)
    }
}

/// The plans that have not struck yet, in the order they were made.
#[derive(Clone, Debug, Default)]
pub(crate) struct FaultQueue(VecDeque<FaultPlan>);

impl FaultQueue {
    pub(crate) fn push(&mut self, plan: FaultPlan) {
        if plan.times > 0 {
            self.0.push_back(plan);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// How many strikes are left.
    pub(crate) fn pending(&self) -> u64 {
        self.0.iter().map(|plan| u64::from(plan.times)).sum()
    }

    /// The first plan that matches, one strike used up.
    pub(crate) fn take(&mut self, provider: Option<&str>, operation: Option<&str>) -> Option<Fault> {
        let at = self.0.iter().position(|plan| plan.matches(provider, operation))?;
        let plan = self.0.get_mut(at)?;
        plan.times = plan.times.saturating_sub(1);
        let fault = plan.fault.clone();
        if plan.times == 0 {
            self.0.remove(at);
        }
        Some(fault)
    }
}

/// What comes back on the connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Served {
    /// An answer.
    Answered(Answer),
    /// The connection closed without one. Whether the request was executed, only the emulator's state can say.
    Dropped,
}

/// An answer, and how it travels.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The whole answer.
    pub response: Response<Vec<u8>>,
    /// It comes this much later.
    pub after: Duration,
    /// Only so many bytes of the body come before the connection closes.
    pub cut: Option<usize>,
}

impl Answer {
    pub(crate) const fn whole(response: Response<Vec<u8>>) -> Self {
        Self { response, after: Duration::ZERO, cut: None }
    }

    /// Half of the body; where there is none, an announced byte that never comes.
    pub(crate) fn truncated(mut response: Response<Vec<u8>>) -> Self {
        if response.body().is_empty() {
            response.body_mut().push(b' ');
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(1_u64));
        }
        let cut = response.body().len() / 2;
        Self { cut: Some(cut), ..Self::whole(response) }
    }

    /// The response with the part of the body that comes.
    #[must_use]
    pub fn into_response(self) -> Response<Vec<u8>> {
        let mut response = self.response;
        if let Some(cut) = self.cut {
            response.body_mut().truncate(cut);
        }
        response
    }
}

pub(crate) fn status(status: StatusCode, retry_after: Option<HeaderValue>) -> Response<Vec<u8>> {
    let reason = status.canonical_reason().unwrap_or("Emulated fault");
    let mut response = crate::reply::text(status, reason);
    if let Some(value) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    response
}

pub(crate) fn portal() -> Response<Vec<u8>> {
    let page =
        "<!DOCTYPE html><html><body><h1>Welcome to our network</h1><p>Please accept the terms.</p></body></html>";
    crate::reply::html(StatusCode::OK, page)
}

pub(crate) fn with_media_type(mut response: Response<Vec<u8>>, media: HeaderValue) -> Response<Vec<u8>> {
    response.headers_mut().insert(CONTENT_TYPE, media);
    response
}

/// Makes the answer be about somebody else: other texts and other numbers in the fields that identify a person.
pub(crate) fn about_somebody_else(response: Response<Vec<u8>>, identity_fields: &[&str]) -> Response<Vec<u8>> {
    let body: Result<BTreeMap<String, Box<RawValue>>, _> = serde_json::from_slice(response.body());
    let Ok(mut fields) = body else {
        return response;
    };
    for (name, value) in &mut fields {
        if identity_fields.contains(&name.as_str()) {
            let other = match value.get().parse::<u64>() {
                Ok(number) => number.wrapping_add(1).to_string(),
                // "c29tZWJvZHkgZWxzZQ==" reads as base64 too, where the field is a key.
                Err(_) => "\"c29tZWJvZHkgZWxzZQ==\"".to_owned(),
            };
            if let Ok(other) = RawValue::from_string(other) {
                *value = other;
            }
        }
    }
    crate::reply::json(response.status(), &fields)
}
