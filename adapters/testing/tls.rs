//! A throw-away authority, and a server under it.

use std::io::Write;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::server::{Seen, Server, ok, read_request};

pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    pub fn der(&self) -> Vec<u8> {
        self.0.der().to_vec()
    }

    /// Certificate and key for this name, in PEM.
    pub fn issue(&self, name: &str) -> (String, String, rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem(), certificate, key)
    }

    /// A TLS server for this name that answers every request with what `reply` says of it. If it asks for a client
    /// certificate, one of this authority.
    pub fn serve(
        &self,
        name: &str,
        ask_client: bool,
        reply: impl Fn(&Seen) -> Vec<u8> + Send + Sync + 'static,
    ) -> Server {
        self.serve_with(name, ask_client, move |request, stream| {
            stream.write_all(&reply(request)).and_then(|()| stream.flush()).is_ok()
        })
    }

    pub fn serve_ok(&self, name: &str) -> Server {
        self.serve(name, false, |_| ok("fine"))
    }

    /// Ends TLS in the same write as the reply, and leaves the connection open.
    pub fn serve_closing(&self, name: &str) -> Server {
        self.serve_with(name, false, |request, stream| {
            stream.conn.writer().write_all(&ok(&format!("connection {}", request.connection))).unwrap();
            stream.conn.send_close_notify();
            let mut bytes = Vec::new();
            while stream.conn.wants_write() {
                stream.conn.write_tls(&mut bytes).unwrap();
            }
            stream.sock.write_all(&bytes).is_ok()
        })
    }

    /// Writes a second reply that nobody asked for, some time after the first.
    pub fn serve_late(&self, name: &str) -> Server {
        self.serve_with(name, false, |_, stream| {
            let _ = stream.write_all(&ok("mine")).and_then(|()| stream.flush());
            std::thread::sleep(std::time::Duration::from_millis(20));
            stream.write_all(&ok("somebody else")).and_then(|()| stream.flush()).is_ok()
        })
    }

    /// Writes a second reply that nobody asked for, in a record of its own behind the first's and in the same write: of
    /// sizes at which a reader has taken the first one and a part of the second.
    pub fn serve_two(&self, name: &str, sizes: [usize; 2]) -> Server {
        self.serve_with(name, false, move |request, stream| {
            let said = |text: &str, size: usize| ok(&format!("{text}{}", " ".repeat(size)));
            let replies =
                [said(&format!("connection {}", request.connection), sizes[0]), said("somebody else", sizes[1])];
            for reply in replies {
                stream.conn.writer().write_all(&reply).unwrap();
            }
            let mut bytes = Vec::new();
            while stream.conn.wants_write() {
                stream.conn.write_tls(&mut bytes).unwrap();
            }
            stream.sock.write_all(&bytes).is_ok()
        })
    }

    /// How a server with such a certificate, signed by this authority, speaks TLS.
    pub fn config(&self, params: CertificateParams, ask_client: bool) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder =
            ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().unwrap();
        let builder = if ask_client {
            let mut roots = RootCertStore::empty();
            roots.add(self.0.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Arc::new(builder.with_single_cert(vec![certificate.der().clone()], key).unwrap())
    }

    /// How a server speaks TLS whose certificate nobody but itself signed.
    pub fn self_signed(name: &str) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&key).unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        Arc::new(builder.with_single_cert(vec![certificate.der().clone()], key).unwrap())
    }

    fn serve_with(
        &self,
        name: &str,
        ask_client: bool,
        answer: impl Fn(&Seen, &mut Tls) -> bool + Send + Sync + 'static,
    ) -> Server {
        let config = self.config(CertificateParams::new(vec![name.to_owned()]).unwrap(), ask_client);
        Server::with_connections(move |connection, stream: TcpStream, seen: &Mutex<Vec<Seen>>| {
            let tls = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(tls, stream);
            while let Some(request) = read_request(connection, &mut stream) {
                seen.lock().unwrap().push(request.clone());
                if !answer(&request, &mut stream) {
                    return;
                }
            }
        })
    }
}

type Tls = StreamOwned<ServerConnection, TcpStream>;
