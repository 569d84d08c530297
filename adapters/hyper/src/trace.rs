use authwire_core::CallError;
use authwire_core::http::{Response, StatusCode};
use authwire_core::transport::ExchangeError;
#[cfg(feature = "tracing")]
use {
    authwire_core::{Kind, Sent},
    std::time::Instant,
    tracing::field::Empty,
};

/// A span that ends with this value, if the feature `tracing` is on: an operation's name, its reply's status, what came of
/// it and how long it took. Nothing else: a URI, a header, a body and a foreign error's text may hold a secret.
pub(crate) struct Trace {
    /// Unless nobody wants it: then not even the clock is read.
    #[cfg(feature = "tracing")]
    wanted: Option<(tracing::Span, Instant)>,
}

#[cfg(feature = "tracing")]
impl Trace {
    /// Of this operation.
    pub(crate) fn call(operation: &'static str) -> Self {
        Self::start(tracing::debug_span!(
            "authwire.call",
            operation,
            status = Empty,
            outcome = Empty,
            elapsed_us = Empty
        ))
    }

    /// Of a request that nobody named: a flow's.
    pub(crate) fn exchange() -> Self {
        Self::start(tracing::debug_span!("authwire.exchange", status = Empty, outcome = Empty, elapsed_us = Empty))
    }

    fn start(span: tracing::Span) -> Self {
        Self { wanted: if span.is_disabled() { None } else { Some((span, Instant::now())) } }
    }

    /// A reply came.
    pub(crate) fn replied(&self, status: StatusCode) {
        if let Some((span, _)) = &self.wanted {
            span.record("status", status.as_u16());
        }
    }

    /// What came of the operation.
    pub(crate) fn called<T, R>(&self, result: &Result<T, CallError<R>>) {
        self.end(match result {
            Ok(_) => "ok",
            Err(CallError::Build(_)) => "not_built",
            Err(CallError::Transport { sent, .. }) => unanswered(*sent),
            Err(CallError::Reply(error)) => match error.kind() {
                Kind::Refused(_) => "refused",
                Kind::OurCredential => "our_credential",
                Kind::Unattributed => "unattributed",
                Kind::Throttled => "throttled",
                Kind::Unavailable => "unavailable",
                Kind::Unexpected => "unexpected",
                Kind::Malformed(_) => "malformed",
                _ => "other",
            },
        });
    }

    /// What came of the request.
    pub(crate) fn exchanged(&self, result: &Result<Response<Vec<u8>>, ExchangeError>) {
        match result {
            Ok(response) => {
                self.replied(response.status());
                self.end("reply");
            }
            Err(error) => self.end(unanswered(error.sent)),
        }
    }

    fn end(&self, outcome: &'static str) {
        if let Some((span, started)) = &self.wanted {
            span.record("outcome", outcome);
            span.record("elapsed_us", u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX));
        }
    }
}

#[cfg(feature = "tracing")]
fn unanswered(sent: Sent) -> &'static str {
    match sent {
        Sent::No => "not_sent",
        Sent::Maybe => "lost",
    }
}

#[cfg(not(feature = "tracing"))]
impl Trace {
    pub(crate) fn call(_: &'static str) -> Self {
        Self {}
    }

    pub(crate) fn exchange() -> Self {
        Self {}
    }

    pub(crate) fn replied(&self, _: StatusCode) {}

    pub(crate) fn called<T, R>(&self, _: &Result<T, CallError<R>>) {}

    pub(crate) fn exchanged(&self, _: &Result<Response<Vec<u8>>, ExchangeError>) {}
}
