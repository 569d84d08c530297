//! One connection of hyper's, moved by the exchange that waits on it and by nobody else: no task beside it, no waking
//! from one to the other. Dropping the exchange ends the connection; while it is idle it stands still.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use authwire_core::http::{Extensions, Request, Response};
use authwire_core::transport::{MAX_HEAD, MAX_INTERIM, TransportKind};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use tokio::task::coop::unconstrained;

use crate::body::{Outgoing, receive};
use crate::failure::Failure;
use crate::wire::{Seen, Wire};

/// A connection that carried more of one request is not kept: hyper would keep that much memory for the next one.
const LONGEST_KEPT: usize = 64 * 1024;

/// hyper's two halves of a connection, together.
pub(crate) struct Link<T: Read + Write + Unpin> {
    sender: http1::SendRequest<Outgoing>,
    /// Until the connection ends.
    driver: Option<http1::Connection<Wire<T>, Outgoing>>,
    seen: Arc<Seen>,
    /// What each request carries so that its interim replies are counted.
    counting: Extensions,
}

impl<T: Read + Write + Unpin> Link<T> {
    /// `is_silent` says whether there is nothing to read, if it can be asked for that.
    pub(crate) async fn open(io: T, is_silent: fn(&T) -> bool) -> hyper::Result<Self> {
        let seen = Arc::new(Seen::default());
        let mut builder = http1::Builder::new();
        // As many headers as hyper takes unless told otherwise, which costs less than to tell it; `check_head` counts them.
        // What we send is small: to copy it into one piece costs less than to hand over two.
        builder.max_header_size(MAX_HEAD).max_buf_size(MAX_HEAD).writev(false);
        let (sender, driver) = builder.handshake(Wire::new(io, is_silent, Arc::clone(&seen))).await?;
        let counter = Arc::clone(&seen);
        let mut request = Request::new(());
        // It cannot overflow: the connection is dropped long before.
        hyper::ext::on_informational(&mut request, move |_| {
            counter.interim.fetch_add(1, Ordering::Relaxed);
        });
        let counting = request.into_parts().0.extensions;
        Ok(Self { sender, driver: Some(driver), seen, counting })
    }

    /// Whether a request can go out: the connection has not ended, and nothing came that nobody asked for.
    pub(crate) fn is_idle(&mut self) -> bool {
        self.drive(&mut quiet(), false);
        self.driver.is_some() && self.sender.is_ready()
    }

    /// Whether another request may go out later, once a reply was read to its end. Not if that came before the request
    /// was written: hyper would write the rest of it before the next one.
    pub(crate) fn is_kept(&mut self) -> bool {
        let is_ready = self.driver.is_some() && (self.sender.is_ready() || self.is_idle());
        let is_long = self.seen.written.load(Ordering::Relaxed) > LONGEST_KEPT;
        is_ready && !is_long && !self.seen.is_writing.load(Ordering::Relaxed)
    }

    /// Sends a request, and collects the reply. After an error the link must be dropped.
    pub(crate) async fn exchange(
        &mut self,
        mut request: Request<Outgoing>,
        cap: usize,
    ) -> Result<Response<Vec<u8>>, Failure> {
        let method = request.method().clone();
        self.seen.interim.store(0, Ordering::Relaxed);
        self.seen.written.store(0, Ordering::Relaxed);
        self.seen.is_unsent.store(true, Ordering::Relaxed);
        *request.extensions_mut() = self.counting.clone();
        // What hyper hands over is there or not, whether or not the task has done its share for now.
        let mut head = pin!(unconstrained(self.sender.send_request(request)));
        // At once with the waker: no reply is there yet.
        let mut is_written = false;
        let response = poll_fn(|cx| {
            let may_be_there = std::mem::replace(&mut is_written, true);
            self.poll(cx, may_be_there, |cx| head.as_mut().poll(cx))
        })
        .await?;
        let response = response.map_err(|error| {
            let has_surplus = self.seen.has_surplus.load(Ordering::Relaxed);
            if has_surplus { Failure::unsent(TransportKind::Io) } else { Failure::exchanging(&error) }
        })?;
        receive(&method, response.map(|body| Moving { link: self, body }), cap, |failure| failure).await
    }

    /// Says goodbye, as far as that goes without waiting: TLS has a message for it.
    pub(crate) fn close(self) {
        let Self { sender, driver, .. } = self;
        drop(sender);
        if let Some(mut driver) = driver {
            let _: Poll<_> = Pin::new(&mut driver).poll(&mut quiet());
        }
    }

    /// Within the task's share with tokio, or beside it: where what is there must be seen, or written, now.
    fn drive(&mut self, cx: &mut Context<'_>, within_share: bool) {
        let Some(driver) = &mut self.driver else { return };
        let polled = if within_share { Pin::new(driver).poll(cx) } else { pin!(unconstrained(driver)).poll(cx) };
        if polled.is_ready() {
            // An error reaches whoever waits for a reply; there is nobody else to tell. A request that is still queued is
            // given back by this.
            self.driver = None;
        }
    }

    /// Polls for what the driver hands over, and the driver so that it does. Nobody but the driver wakes who waits for
    /// that; so only the driver needs the task's waker, and only if there is nothing to hand over yet: `may_be_there`
    /// says that there may be.
    fn poll<R>(
        &mut self,
        cx: &mut Context<'_>,
        may_be_there: bool,
        mut awaited: impl FnMut(&mut Context<'_>) -> Poll<R>,
    ) -> Poll<Result<R, Failure>> {
        let quiet = &mut quiet();
        for with_waker in [false, true] {
            if !with_waker && !may_be_there {
                continue;
            }
            // A request goes out as soon as it was seen that nothing is there that could be taken for its reply.
            self.drive(if with_waker { cx } else { quiet }, may_be_there);
            if self.seen.interim.load(Ordering::Relaxed) > MAX_INTERIM {
                return Poll::Ready(Err(Failure::received(TransportKind::HeadTooLarge)));
            }
            if let Poll::Ready(ready) = awaited(quiet) {
                return Poll::Ready(Ok(ready));
            }
            if self.driver.is_none() {
                // Nothing can come any more.
                return Poll::Ready(Err(Failure::received(TransportKind::Truncated)));
            }
        }
        Poll::Pending
    }
}

/// Nobody is woken.
fn quiet<'a>() -> Context<'a> {
    Context::from_waker(Waker::noop())
}

/// A reply's body, which comes as its link is moved.
struct Moving<'a, T: Read + Write + Unpin> {
    link: &'a mut Link<T>,
    body: Incoming,
}

impl<T: Read + Write + Unpin> Body for Moving<'_, T> {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        let Self { link, body } = self.get_mut();
        let mut body = Pin::new(body);
        // First the body: hyper reads it only when it is asked for.
        let polled = match body.as_mut().poll_frame(&mut quiet()) {
            Poll::Pending => link.poll(cx, true, |cx| body.as_mut().poll_frame(cx)),
            Poll::Ready(frame) => Poll::Ready(Ok(frame)),
        };
        polled.map(|polled| match polled {
            Ok(frame) => frame.map(|frame| frame.map_err(|error| Failure::in_body(&error))),
            Err(failure) => Some(Err(failure)),
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
