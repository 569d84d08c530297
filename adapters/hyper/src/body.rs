use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use authwire_core::http::{Method, Response};
use authwire_core::transport::Collected;
use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};

use crate::failure::Failure;

/// A request's body: all of it, or nothing.
pub(crate) struct Outgoing(Bytes);

impl From<Vec<u8>> for Outgoing {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = std::mem::take(&mut self.get_mut().0);
        Poll::Ready(if bytes.is_empty() { None } else { Some(Ok(Frame::data(bytes))) })
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len().try_into().unwrap_or(u64::MAX))
    }
}

/// Checks a reply's head and collects its body. `failed` says what an error of the body means.
pub(crate) async fn receive<B: Body>(
    method: &Method,
    response: Response<B>,
    cap: usize,
    failed: impl Fn(B::Error) -> Failure,
) -> Result<Response<Vec<u8>>, Failure> {
    let (head, body) = response.into_parts();
    let mut collected = Collected::begin(method, &head, cap).map_err(Failure::received)?;
    let mut body = pin!(body);
    while !body.is_end_stream() {
        let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await else { break };
        if let Ok(mut data) = frame.map_err(&failed)?.into_data() {
            while data.has_remaining() {
                let piece = data.chunk();
                let length = piece.len();
                collected.push(piece).map_err(Failure::received)?;
                data.advance(length);
            }
        }
    }
    Ok(collected.into_response(head))
}
