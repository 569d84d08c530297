use core::fmt;

use authwire_core::index::{FromSource, Source};
use authwire_core::{Encoder, InvalidValue, Value};

/// The number of an account: one app instance of one user on a virtual server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct AccountId(i64);

impl AccountId {
    /// An account id, as the provider gave it.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl Value for AccountId {
    fn write(&self, encoder: &mut Encoder<'_>) {
        self.0.write(encoder);
    }
}

impl From<i64> for AccountId {
    fn from(number: i64) -> Self {
        Self(number)
    }
}

impl From<AccountId> for i64 {
    fn from(account: AccountId) -> Self {
        account.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromSource for AccountId {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Ok(Self(source.number(field)?))
    }
}
