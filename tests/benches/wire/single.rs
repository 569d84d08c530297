//! Over one connection of hyper's.

use std::hint::black_box;
use std::net::SocketAddr;

use authwire_core::BaseUrl;
use authwire_core::transport::{MAX_BODY, MAX_HEAD};
use authwire_hyper::Connection;
use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::calls::Call;
use super::{Run, runtime};

pub(crate) fn ours<C: Call>(address: SocketAddr) -> Run {
    let runtime = runtime();
    let base = BaseUrl::new(&format!("http://{address}")).expect("a base URL");
    let mut connection =
        runtime.block_on(async { Connection::open(&base, connect(address).await).await.expect("a connection") });
    let provider = C::provider(base);
    let parts = C::parts();
    Box::new(move |times| {
        runtime.block_on(async {
            for _ in 0..times {
                let output = connection.call(&provider, &C::operation(&parts)).await.expect("a success");
                drop(black_box(output));
            }
        });
    })
}

pub(crate) fn bare<C: Call>(address: SocketAddr) -> Run {
    let runtime = runtime();
    let mut sender = runtime.block_on(async {
        let mut builder = http1::Builder::new();
        builder.max_header_size(MAX_HEAD).max_buf_size(MAX_HEAD);
        let (sender, connection) =
            builder.handshake::<_, Full<Bytes>>(connect(address).await).await.expect("a connection");
        tokio::spawn(connection);
        sender
    });
    let host = HeaderValue::try_from(address.to_string()).expect("a header");
    Box::new(move |times| {
        runtime.block_on(async {
            for _ in 0..times {
                // The path alone, which is what this level wants.
                let mut request = C::write("").expect("a request").map(Full::from);
                request.headers_mut().insert(HOST, host.clone());
                sender.ready().await.expect("a connection");
                let (head, body) = sender.send_request(request).await.expect("a reply").into_parts();
                let body = Limited::new(body, MAX_BODY).collect().await.expect("a body").to_bytes();
                C::read(&Response::from_parts(head, body)).expect("a success");
            }
        });
    })
}

async fn connect(address: SocketAddr) -> TokioIo<TcpStream> {
    let stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    TokioIo::new(stream)
}
