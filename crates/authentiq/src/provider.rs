use core::fmt;

use authwire_core::{BaseUrl, Draft, Provider};

/// An Authentiq issuer as we know it: where it is, and nothing else.
///
/// The issuer knows no clients and gives out no credentials. What allows an operation comes with it: the signature of a
/// token, a revocation secret, a code that was mailed, or the id of a job.
///
/// ```
/// use authwire_authentiq::Authentiq;
///
/// let provider = Authentiq::new(Authentiq::VENDOR_BASE.parse()?);
/// assert_eq!(format!("{provider:?}"), "Authentiq { base: BaseUrl(https://6-dot-authentiqio.appspot.com) }");
/// # Ok::<(), authwire_core::InvalidValue>(())
/// ```
///
/// Documents: Authentiq API 6, `servers`.
#[derive(Clone)]
pub struct Authentiq {
    base: BaseUrl,
}

impl Authentiq {
    /// The vendor's own service. The 6 is the version that is deployed there, not a part of the path.
    pub const VENDOR_BASE: &'static str = "https://6-dot-authentiqio.appspot.com";

    /// An Authentiq issuer, the vendor's ([`VENDOR_BASE`](Self::VENDOR_BASE)) or another one.
    #[must_use]
    pub const fn new(base: BaseUrl) -> Self {
        Self { base }
    }
}

impl Provider for Authentiq {
    fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Does nothing: there is no credential of ours. Every operation says `Auth::None`, so that nobody asks for it.
    fn authenticate(&self, _: &mut Draft) {}
}

impl fmt::Debug for Authentiq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentiq").field("base", &self.base).finish()
    }
}
