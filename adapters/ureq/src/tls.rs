use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;

use authwire_core::transport::SetupError;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, LazyBuffers, NextTimeout, Transport, TransportAdapter};

use crate::connect::Limit;

/// What a client's TLS trusts and shows.
#[derive(Clone, Default)]
pub(crate) struct Tls {
    /// Each in DER, or several in PEM.
    pub(crate) roots: Vec<Vec<u8>>,
    pub(crate) only_given_roots: bool,
    /// Chain and key in PEM.
    pub(crate) client: Option<(Vec<u8>, Vec<u8>)>,
}

impl Tls {
    pub(crate) fn is_set(&self) -> bool {
        !self.roots.is_empty() || self.only_given_roots || self.client.is_some()
    }

    pub(crate) fn config(&self) -> Result<ClientConfig, SetupError> {
        let mut roots = RootCertStore::empty();
        if !self.only_given_roots {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        for given in &self.roots {
            for certificate in certificates(given).ok_or(SetupError::RootCertificate)? {
                roots.add(certificate).map_err(|_| SetupError::RootCertificate)?;
            }
        }
        if roots.is_empty() {
            return Err(SetupError::RootCertificate);
        }
        // The provider is named: the process's own may be missing or another, and rustls panics then.
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| SetupError::Tls)?
            .with_root_certificates(roots);
        let Some((chain, key)) = &self.client else {
            return Ok(builder.with_no_client_auth());
        };
        let chain = certificates(chain).ok_or(SetupError::ClientCertificate)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| SetupError::ClientCertificate)?;
        builder.with_client_auth_cert(chain, key).map_err(|_| SetupError::ClientCertificate)
    }
}

/// One certificate in DER, or one or more in PEM.
fn certificates(bytes: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    const SEQUENCE: u8 = 0x30;
    if bytes.first() == Some(&SEQUENCE) {
        return Some(vec![CertificateDer::from(bytes.to_vec())]);
    }
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(bytes).collect::<Result<_, _>>().ok()?;
    if certificates.is_empty() { None } else { Some(certificates) }
}

/// A connection under TLS.
pub(crate) struct TlsTransport {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl TlsTransport {
    pub(crate) fn open(
        config: Arc<ClientConfig>,
        transport: Box<dyn Transport>,
        details: &ConnectionDetails<'_>,
    ) -> Result<Self, Error> {
        let host = details.uri.host().unwrap_or_default();
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let name = ServerName::try_from(host.to_owned()).map_err(|_| Error::Tls("not a server name"))?;
        let mut connection = ClientConnection::new(config, name)?;
        let mut socket = TransportAdapter::new(transport, Arc::clone(&details.current_time));
        socket.set_timeout(Limit::of(details).cap(details.timeout));
        connection.complete_io(&mut socket)?;
        if connection.is_handshaking() {
            return Err(Error::Tls("the handshake did not end"));
        }
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Self { buffers, stream: StreamOwned::new(connection, socket) })
    }
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.sock.set_timeout(timeout);
        let output = self.buffers.output();
        self.stream.write_all(output.get(..amount).unwrap_or_default())?;
        self.stream.flush()?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.sock.set_timeout(timeout);
        let read = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(read);
        Ok(read > 0)
    }

    fn is_open(&mut self) -> bool {
        // Bytes that nobody asked for may have been decrypted already, and are then not on the socket any more.
        let idle = |state: rustls::IoState| state.plaintext_bytes_to_read() == 0 && !state.peer_has_closed();
        if !self.stream.conn.process_new_packets().is_ok_and(idle) {
            return false;
        }
        // Or may wait between the two: rustls takes what it has room for.
        let socket = self.stream.sock.get_mut();
        socket.buffers().input().is_empty() && socket.is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsTransport")
    }
}
