use std::sync::Arc;

use authwire_core::transport::SetupError;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

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
