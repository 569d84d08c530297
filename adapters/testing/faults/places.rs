//! Where the faults are: ports where nobody answers, and servers that are trusted or not.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, DnType, date_time_ymd};
use rustls::ServerConfig;
use socket2::{Domain, Socket, Type};

use super::script::Certificate;
use crate::testing::tls::Authority;

/// A port where nobody listens.
pub fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A listener whose backlog is full: the system drops whoever else would connect.
pub struct Full {
    pub address: SocketAddr,
    _held: Vec<TcpStream>,
    _listener: Option<Socket>,
}

impl Full {
    pub fn new(needed: bool) -> Self {
        if !needed {
            return Self { address: nobody(), _held: Vec::new(), _listener: None };
        }
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let fill = || TcpStream::connect_timeout(&address, Duration::from_millis(300)).ok();
        let held = std::iter::from_fn(fill).take(64).collect::<Vec<_>>();
        assert!(held.len() < 64, "the backlog does not fill up");
        Self { address, _held: held, _listener: Some(listener) }
    }
}

/// Who is trusted, and servers that are and are not.
pub struct Trust {
    pub root: Vec<u8>,
    /// In the order of [`Certificate`].
    configs: Vec<Arc<ServerConfig>>,
}

impl Trust {
    pub fn new() -> Self {
        let (ours, unknown) = (Authority::new(), Authority::new());
        let params = |name: &str| CertificateParams::new(vec![name.to_owned()]).unwrap();
        let mut common_name = CertificateParams::new(Vec::new()).unwrap();
        common_name.distinguished_name.push(DnType::CommonName, "localhost");
        let (mut expired, mut future) = (params("localhost"), params("localhost"));
        expired.not_after = date_time_ymd(2020, 1, 1);
        future.not_before = date_time_ymd(2999, 1, 1);
        let configs = vec![
            ours.config(params("localhost"), false),
            unknown.config(params("localhost"), false),
            Authority::self_signed("localhost"),
            ours.config(params("elsewhere.example"), false),
            ours.config(common_name, false),
            ours.config(expired, false),
            ours.config(future, false),
        ];
        Self { root: ours.der(), configs }
    }
    pub fn config(&self, certificate: Certificate) -> Arc<ServerConfig> {
        Arc::clone(&self.configs[certificate as usize])
    }
}
