//! From the socket to the emulator and back.

use super::body::Outgoing;
use super::clock::real_time;
use crate::emulator::Emulator;
use crate::fault::{Answer, Served};
use http::header::CONTENT_LENGTH;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

/// The largest request body that is read.
const LARGEST_BODY: usize = 1024 * 1024;

/// What the threads share: the emulator, and how far its clock is ahead.
pub(super) struct Shared(Mutex<(Emulator, Duration)>);

impl Shared {
    pub(super) const fn new(emulator: Emulator) -> Self {
        Self(Mutex::new((emulator, Duration::ZERO)))
    }

    pub(super) fn with_emulator<R>(&self, with: impl FnOnce(&mut Emulator, Duration) -> R) -> R {
        let mut guard = self.lock();
        let (emulator, ahead) = &mut *guard;
        with(emulator, real_time().saturating_add(*ahead))
    }

    pub(super) fn advance(&self, by: Duration) {
        let mut guard = self.lock();
        guard.1 = guard.1.saturating_add(by);
    }

    /// A test that panicked while it held the emulator must not take the server with it.
    fn lock(&self) -> MutexGuard<'_, (Emulator, Duration)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves connections until it is dropped.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, say: others close theirs in a while.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        // An answer is one write; waiting for more would only cost time.
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| serve(Arc::clone(&shared), request));
            // Whatever ends a connection, the client sees it end, and the others go on.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// An error closes the connection without an answer.
async fn serve(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response<Outgoing>, io::Error> {
    let (parts, body) = request.into_parts();
    let announced = content_length(&parts.headers);
    if announced.is_some_and(|length| length > LARGEST_BODY) {
        return Ok(too_large());
    }
    let body = match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(collected) => collected.to_bytes().to_vec(),
        Err(error) if error.is::<LengthLimitError>() => return Ok(too_large()),
        Err(_) => return Err(io::ErrorKind::UnexpectedEof.into()),
    };
    let request = Request::from_parts(parts, body);
    let served = shared.with_emulator(|emulator, now| emulator.serve(now, &request));
    match served {
        Served::Dropped => Err(io::ErrorKind::ConnectionAborted.into()),
        Served::Answered(answer) => {
            // Not for no time: a sleep takes a millisecond at least.
            if !answer.after.is_zero() {
                tokio::time::sleep(answer.after).await;
            }
            Ok(outgoing(answer))
        }
    }
}

fn outgoing(answer: Answer) -> Response<Outgoing> {
    let cut = answer.cut.is_some();
    let (mut parts, body) = answer.into_response().into_parts();
    let announced = content_length(&parts.headers);
    if announced.is_some_and(|length| length > body.len()) || cut {
        return Response::from_parts(parts, Outgoing::broken(body));
    }
    // hyper knows the length; another one, in a reply that a test made, would be a panic in it.
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Outgoing::whole(body))
}

fn too_large() -> Response<Outgoing> {
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    outgoing(Answer::whole(crate::reply::message(status, "Body too large")))
}

fn content_length(headers: &http::HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
