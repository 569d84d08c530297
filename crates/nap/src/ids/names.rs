use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use authwire_core::index::{FromSource, Source};
use authwire_core::{Encoder, InvalidValue, Value};

/// The platform gives all its ids as UUID texts; they are kept and compared as they came.
macro_rules! id {
    ($(#[$doc:meta] $name:ident)*) => {$(
        #[$doc]
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// An id, as the provider gave it.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into().into_boxed_str())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Value for $name {
            fn write(&self, encoder: &mut Encoder<'_>) {
                encoder.text(&self.0);
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }

        impl FromSource for $name {
            fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
                Ok(Self::new(source.text(field)))
            }
        }
    )*};
}

id! {
    /// The id of a user.
    UserId
    /// The id of a session: the same before and after a refresh. Not a credential: it opens nothing.
    SessionId
    /// The id of an organisation.
    OrganizationId
}
