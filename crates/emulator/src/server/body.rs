//! A response body that may break off.

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Bytes, and then the end, or the end of the connection.
pub(super) struct Outgoing {
    data: Option<Bytes>,
    breaks: bool,
    flushed: bool,
}

impl Outgoing {
    pub(super) fn whole(data: Vec<u8>) -> Self {
        Self::new(data, false)
    }

    /// Less than `content-length` says.
    pub(super) fn broken(data: Vec<u8>) -> Self {
        Self::new(data, true)
    }

    fn new(data: Vec<u8>, breaks: bool) -> Self {
        Self { data: Some(Bytes::from(data)).filter(|data| !data.is_empty()), breaks, flushed: false }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if !self.breaks {
            return Poll::Ready(None);
        }
        // One turn for hyper to write out what it has: an error makes it close without flushing.
        if !self.flushed {
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && !self.breaks
    }

    fn size_hint(&self) -> SizeHint {
        if self.breaks {
            // Unknown: hyper then believes the `content-length` that stands there.
            return SizeHint::default();
        }
        let length = self.data.as_ref().map_or(0, Bytes::len);
        SizeHint::with_exact(u64::try_from(length).unwrap_or(u64::MAX))
    }
}
