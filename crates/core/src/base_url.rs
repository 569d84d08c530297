use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};
use core::str::FromStr;

use http::uri::{Authority, Scheme};

use crate::{InvalidValue, Reason};

/// Where a provider is: scheme, host, port and an optional path prefix that stands before every route.
///
/// Checked once, here, by a rule narrower than any URL parser's, so that every parser on the way reads the same origin:
/// `https` (or `http` for loopback hosts), a host of plain ASCII labels or an IP address, a port from 1 to 65,535, and a
/// prefix of plain segments. No user name, query, fragment, dot segment, percent sign, backslash or white space.
/// A slash at the end is dropped.
///
/// ```
/// use authwire_core::BaseUrl;
///
/// let base = BaseUrl::new("https://auth.example.com/tenant-7/")?;
/// assert_eq!(base.to_string(), "https://auth.example.com/tenant-7");
/// assert!(BaseUrl::new("http://127.0.0.1:8080").is_ok()); // loopback only
/// assert!(BaseUrl::new("http://auth.example.com").is_err());
/// assert!(BaseUrl::new("https://good.example@evil.example").is_err());
/// # Ok::<(), authwire_core::InvalidValue>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    /// Empty, or `/` and segments, without a slash at the end.
    prefix: Box<str>,
}

impl BaseUrl {
    /// Reads a base URL: `https`, or `http` if the host is `localhost`, in 127.0.0.0/8, or `[::1]`.
    ///
    /// # Errors
    /// When the text is not of the form described at [`BaseUrl`].
    pub fn new(url: &str) -> Result<Self, InvalidValue> {
        let (base, host) = Self::parse(url)?;
        if base.is_https() || host.is_loopback() { Ok(base) } else { Err(not("https, or http on a loopback host")) }
    }

    /// Reads a base URL that may be plain `http` on any host.
    ///
    /// Credentials then travel in clear text and anybody on the way can let anybody in: only for networks that are
    /// protected by something else.
    ///
    /// # Errors
    /// When the text is not of the form described at [`BaseUrl`].
    pub fn insecure(url: &str) -> Result<Self, InvalidValue> {
        Ok(Self::parse(url)?.0)
    }

    fn parse(url: &str) -> Result<(Self, Host), InvalidValue> {
        let (scheme, rest) = url.split_once("://").ok_or(not("an absolute URL"))?;
        let scheme = if scheme.eq_ignore_ascii_case("https") {
            Scheme::HTTPS
        } else if scheme.eq_ignore_ascii_case("http") {
            Scheme::HTTP
        } else {
            return Err(not("an http or https URL"));
        };
        let (authority, path) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, ""),
        };
        let host = Host::parse(authority)?;
        // Lower case here, as every URL parser does it, so that two spellings of a host are one origin.
        let authority =
            Authority::from_str(&authority.to_ascii_lowercase()).map_err(|_| not("a URL with a valid host"))?;
        let prefix = path.strip_suffix('/').unwrap_or(path);
        if !prefix.is_empty() {
            check_prefix(prefix)?;
        }
        Ok((Self { scheme, authority, prefix: prefix.into() }, host))
    }

    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Host and, if given, port.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The path prefix: empty, or `/` and segments without a slash at the end.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether requests are protected by TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }
}

/// Which kind of host it is; the text itself stays in the authority.
enum Host {
    Loopback,
    Other,
}

impl Host {
    fn is_loopback(&self) -> bool {
        matches!(self, Self::Loopback)
    }

    fn from_loopback(loopback: bool) -> Self {
        if loopback { Self::Loopback } else { Self::Other }
    }

    /// Checks `host[:port]`.
    fn parse(authority: &str) -> Result<Self, InvalidValue> {
        if let Some(rest) = authority.strip_prefix('[') {
            let (address, port) = rest.split_once(']').ok_or(not("a URL with a valid host"))?;
            check_port(port)?;
            let address = Ipv6Addr::from_str(address).map_err(|_| not("a URL with a valid host"))?;
            return Ok(Self::from_loopback(address.is_loopback()));
        }
        let host = match authority.find(':') {
            Some(colon) => {
                let (host, port) = authority.split_at(colon);
                check_port(port)?;
                host
            }
            None => authority,
        };
        if let Ok(address) = Ipv4Addr::from_str(host) {
            return Ok(Self::from_loopback(address.is_loopback()));
        }
        check_name(host)?;
        Ok(Self::from_loopback(host.eq_ignore_ascii_case("localhost")))
    }
}

fn check_port(port: &str) -> Result<(), InvalidValue> {
    if port.is_empty() {
        return Ok(());
    }
    let digits = port.strip_prefix(':').unwrap_or_default();
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    match u16::from_str(digits) {
        Ok(_) if plain => Ok(()),
        _ => Err(not("a URL with a port from 1 to 65535")),
    }
}

/// A DNS name of ASCII labels. A last label that starts with a digit is refused: URL parsers read such names as
/// numbers (`127.1`, `0x7f000001`) and HTTP libraries as names.
fn check_name(host: &str) -> Result<(), InvalidValue> {
    let label_fits = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last_is_number =
        host.rsplit('.').next().and_then(|label| label.bytes().next()).is_some_and(|byte| byte.is_ascii_digit());
    if host.len() <= 253 && host.split('.').all(label_fits) && !last_is_number {
        Ok(())
    } else {
        Err(not("a URL with a valid host"))
    }
}

fn check_prefix(prefix: &str) -> Result<(), InvalidValue> {
    let byte_fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte);
    let segment_fits = |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(byte_fits);
    if prefix.len() > 1_024 {
        Err(InvalidValue::new("base URL", Reason::TooLong { max: 1_024 }))
    } else if prefix.strip_prefix('/').is_some_and(|segments| segments.split('/').all(segment_fits)) {
        Ok(())
    } else {
        Err(not("a URL with a plain path and nothing after it"))
    }
}

const fn not(form: &'static str) -> InvalidValue {
    InvalidValue::new("base URL", Reason::Not(form))
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

impl FromStr for BaseUrl {
    type Err = InvalidValue;

    fn from_str(url: &str) -> Result<Self, InvalidValue> {
        Self::new(url)
    }
}

impl TryFrom<&str> for BaseUrl {
    type Error = InvalidValue;

    fn try_from(url: &str) -> Result<Self, InvalidValue> {
        Self::new(url)
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = InvalidValue;

    fn try_from(url: String) -> Result<Self, InvalidValue> {
        Self::new(&url)
    }
}
