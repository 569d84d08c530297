use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use authwire_core::index::{FromSource, Source};
use authwire_core::{BuildFault, Draft, InvalidValue, MAX_PNG_SIDE, Malformed, Reason, Reply, ReplyError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The URL scheme that the vendor's own app listens to. An app of your own has one of its own.
pub const VENDOR_APP_SCHEME: &str = "com.nextauth.client";

/// How many bytes the largest QR code holds (ISO/IEC 18004: version 40, level L, byte mode).
pub const MAX_QR_BYTES: usize = 2_953;

/// In which form a QR code is asked for (query `img` and `s`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QrFormat {
    /// The bytes that a QR code is to hold, to draw it yourself (in byte mode, with no further encoding) or to make a
    /// [`deep_link`].
    #[default]
    Data,
    /// A PNG picture of the QR code.
    Png {
        /// The length of its side in pixels, 1 to 4,096; the provider's own choice (500) if not given.
        side: Option<u16>,
    },
}

impl QrFormat {
    pub(crate) fn write(self, draft: &mut Draft) {
        if let Self::Png { side } = self {
            draft.query("img", "png").query_opt("s", side);
            if side.is_some_and(|side| side == 0 || u32::from(side) > MAX_PNG_SIDE) {
                draft.refuse(BuildFault::Value(InvalidValue::new("s", Reason::Not("from 1 to 4096 pixels"))));
            }
        }
    }

    pub(crate) fn read<R>(self, reply: Reply<'_>) -> Result<QrCode, ReplyError<R>> {
        match self {
            Self::Png { .. } => Ok(QrCode::Png(reply.png()?.into())),
            Self::Data => match reply.bytes(authwire_core::Media::BYTES)? {
                picture if picture.starts_with(b"\x89PNG\r\n\x1a\n") => reply.mismatch("img"),
                data if data.len() > MAX_QR_BYTES => reply.malformed(Malformed::Image),
                data => Ok(QrCode::Data(data.into())),
            },
        }
    }
}

impl FromSource for QrFormat {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        if source.is_given(field) { Ok(Self::Png { side: Option::from_source("s", source)? }) } else { Ok(Self::Data) }
    }
}

/// A QR code, in the form that was asked for.
///
/// Whoever scans a login code can log in on the browser's session with a phone of their own, and nothing more: show it to
/// the one browser whose nonce it was made for. Its `Debug` shows no bytes.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum QrCode {
    /// The bytes that a QR code is to hold, in byte mode; 1 to [`MAX_QR_BYTES`].
    Data(Vec<u8>),
    /// A PNG picture.
    Png(Vec<u8>),
}

impl QrCode {
    /// The bytes of the form that was asked for.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Data(bytes) | Self::Png(bytes) => bytes,
        }
    }

    /// The same, by value.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Data(bytes) | Self::Png(bytes) => bytes,
        }
    }
}

impl fmt::Debug for QrCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Data(_) => "Data",
            Self::Png(_) => "Png",
        };
        write!(f, "{name}({} bytes)", self.as_bytes().len())
    }
}

/// The link that opens the app on the same device instead of scanning a QR code: `<scheme>:<data in base64url>`.
///
/// `data` is what a login QR code holds: [`QrCode::Data`], or the `login_qr` of a
/// [`LoginStatus`](crate::sessions::LoginStatus). The base64 has no padding; nextAuth's documents do not say whether it
/// should.
///
/// ```
/// use authwire_nextauth::{VENDOR_APP_SCHEME, deep_link};
///
/// assert_eq!(deep_link(VENDOR_APP_SCHEME, &[0xfb, 0xff])?, "com.nextauth.client:-_8");
/// # Ok::<(), authwire_core::InvalidValue>(())
/// ```
///
/// # Errors
/// When the scheme is not a URL scheme (RFC 3986, section 3.1), or when there is no data.
pub fn deep_link(scheme: &str, data: &[u8]) -> Result<String, InvalidValue> {
    let rest_fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    if !scheme.starts_with(|first: char| first.is_ascii_alphabetic()) || !scheme.bytes().all(rest_fits) {
        return Err(InvalidValue::new("scheme", Reason::Not("a URL scheme")));
    }
    if data.is_empty() {
        return Err(InvalidValue::new("QR data", Reason::Empty));
    }
    Ok(format!("{scheme}:{}", URL_SAFE_NO_PAD.encode(data)))
}
