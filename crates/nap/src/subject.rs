use authwire_core::Text;
use serde::Deserialize;

/// Whom a session token says that it is about: what an answer with a token is held against, each time. The whole of
/// [`Claims`](crate::Claims) is read when somebody asks.
#[derive(Deserialize)]
pub(crate) struct Subject<'a> {
    #[serde(rename = "jti", borrow)]
    pub(crate) session: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) email: Option<Text<'a>>,
}

impl<'a> Subject<'a> {
    /// Reads a token's claims, with nobody having checked who wrote them; `None` if they are not readable.
    pub(crate) fn read(claims: &'a [u8]) -> Option<Self> {
        let json = core::str::from_utf8(claims).ok()?;
        // serde's derive would take an array, too.
        if json.trim_ascii_start().starts_with('{') { serde_json::from_str(json).ok() } else { None }
    }
}
