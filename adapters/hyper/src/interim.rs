//! A limit for interim (1xx) replies: hyper itself reads any number of them.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use authwire_core::http::Request;
use authwire_core::transport::{MAX_INTERIM, TransportKind};

use crate::failure::Failure;

/// Counts the interim replies to one request.
#[derive(Default)]
pub(crate) struct Interim {
    count: AtomicUsize,
    waker: Mutex<Option<Waker>>,
}

impl Interim {
    /// Counts those to this request from now on.
    pub(crate) fn of<B>(request: &mut Request<B>) -> Arc<Self> {
        let interim = Arc::new(Self::default());
        let counting = Arc::clone(&interim);
        hyper::ext::on_informational(request, move |_| counting.another());
        interim
    }

    fn another(&self) {
        // It cannot overflow: the connection is dropped long before.
        if self.count.fetch_add(1, Ordering::AcqRel) >= MAX_INTERIM {
            let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    fn too_many(&self) -> bool {
        self.count.load(Ordering::Acquire) > MAX_INTERIM
    }

    /// Awaits the reply's head, as long as not too much comes before it.
    pub(crate) async fn before<T>(&self, head: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let mut head = pin!(head);
        poll_fn(|cx| {
            // First the waker, then the count: whatever comes in between wakes.
            *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.waker().clone());
            if self.too_many() {
                return Poll::Ready(Err(Failure::received(TransportKind::HeadTooLarge)));
            }
            match head.as_mut().poll(cx) {
                Poll::Ready(Ok(_)) if self.too_many() => {
                    Poll::Ready(Err(Failure::received(TransportKind::HeadTooLarge)))
                }
                polled => polled,
            }
        })
        .await
    }
}
