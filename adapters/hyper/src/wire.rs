//! What hyper writes to and reads from, watched: hyper itself does not say whether all of a request is out, and looks for
//! bytes that nobody asked for only where the runtime has told it of some.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};

/// What is seen of a connection.
#[derive(Default)]
pub(crate) struct Seen {
    /// How many interim replies came to the request under way.
    pub(crate) interim: AtomicUsize,
    /// Nothing of the request under way was written.
    pub(crate) is_unsent: AtomicBool,
    /// How many bytes of it were.
    pub(crate) written: AtomicUsize,
    /// hyper holds something that it has not written.
    pub(crate) is_writing: AtomicBool,
    /// When a request was to be written, something was there to read: not a byte of it was written.
    pub(crate) has_surplus: AtomicBool,
}

/// A connection that was answered on is not written to again while there is something to read: bytes that nobody asked
/// for, which would be taken for the next reply, or the connection's end.
pub(crate) struct Wire<T> {
    io: T,
    seen: Arc<Seen>,
    /// Whether something was read since the last request's first byte.
    is_answered: bool,
    /// Asks the system itself, if that can be: on a busy runtime hyper hears of it late.
    is_silent: fn(&T) -> bool,
}

impl<T> Wire<T> {
    pub(crate) fn new(io: T, is_silent: fn(&T) -> bool, seen: Arc<Seen>) -> Self {
        Self { io, seen, is_answered: false, is_silent }
    }

    fn begin(&mut self) -> io::Result<()> {
        // Only at a request's first byte: what comes later may be its reply.
        if self.seen.is_unsent.load(Ordering::Relaxed) {
            if self.is_answered && !(self.is_silent)(&self.io) {
                self.seen.has_surplus.store(true, Ordering::Relaxed);
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            self.is_answered = false;
            self.seen.is_unsent.store(false, Ordering::Relaxed);
        }
        self.seen.is_writing.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn count(&self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = polled {
            self.seen.written.fetch_add(bytes, Ordering::Relaxed);
        }
        polled
    }
}

impl<T: Read + Unpin> Read for Wire<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.io).poll_read(cx, into);
        self.is_answered |= polled.is_ready();
        polled
    }
}

impl<T: Write + Unpin> Write for Wire<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.begin()?;
        let polled = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.count(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.begin()?;
        let polled = Pin::new(&mut self.io).poll_write_vectored(cx, parts);
        self.count(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    /// hyper comes here only when it has written all that it holds; of a long request that may be a part.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.io).poll_flush(cx);
        if matches!(polled, Poll::Ready(Ok(()))) {
            self.seen.is_writing.store(false, Ordering::Relaxed);
        }
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
