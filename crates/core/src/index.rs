//! A table of a provider's operations, made by [`index!`](crate::index!), from which tests, fuzz targets and the
//! command-line tool make any operation out of texts.
//!
//! It is how a provider crate is held to its laws; a program that knows which operation it wants does not need it.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use crate::secret::{Kind, Secret};
use crate::{Auth, BuildError, Endpoint, InvalidValue, Reason, ReplyError, Route};

/// Where the values of an operation's fields come from.
pub trait Source {
    /// A text for the field with this wire name.
    fn text(&mut self, field: &'static str) -> String;

    /// A text for a field that is a secret.
    fn secret(&mut self, field: &'static str) -> String {
        self.text(field)
    }

    /// Whether an optional field is given.
    fn is_given(&mut self, field: &'static str) -> bool;

    /// A whole number for a field. Unless overridden, the text is read as one.
    ///
    /// # Errors
    /// When the text is not a whole number.
    fn number(&mut self, field: &'static str) -> Result<i64, InvalidValue> {
        self.text(field).parse().map_err(|_| InvalidValue::new(field, Reason::Not("a whole number")))
    }

    /// Bytes for a field. Unless overridden, those of the text.
    fn bytes(&mut self, field: &'static str) -> Vec<u8> {
        self.text(field).into_bytes()
    }
}

/// A field's type that can be made from a [`Source`].
pub trait FromSource: Sized {
    /// Makes the value of the field with this wire name.
    ///
    /// # Errors
    /// When what the source gives cannot be a value of this type.
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue>;
}

impl FromSource for String {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Ok(source.text(field))
    }
}

impl FromSource for i64 {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        source.number(field)
    }
}

impl FromSource for u16 {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Self::try_from(source.number(field)?).map_err(|_| InvalidValue::new(field, Reason::Not("a small whole number")))
    }
}

impl FromSource for bool {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Ok(source.number(field)? != 0)
    }
}

impl<T: FromSource> FromSource for Option<T> {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        if source.is_given(field) { T::from_source(field, source).map(Some) } else { Ok(None) }
    }
}

impl<K: Kind> FromSource for Secret<K> {
    fn from_source(field: &'static str, source: &mut dyn Source) -> Result<Self, InvalidValue> {
        Self::new(source.secret(field))
    }
}

/// An operation whose own types are forgotten.
pub trait AnyEndpoint<P>: fmt::Debug {
    /// As [`Endpoint::request`].
    ///
    /// # Errors
    /// As [`Endpoint::request`].
    fn request(&self, provider: &P) -> Result<http::Request<Vec<u8>>, BuildError>;

    /// As [`Endpoint::response`].
    ///
    /// # Errors
    /// As [`Endpoint::response`].
    fn response(
        &self,
        provider: &P,
        response: &http::Response<Vec<u8>>,
    ) -> Result<Box<dyn fmt::Debug>, ReplyError<AnyRefusal>>;

    /// Whether [`Endpoint::response`] takes a response for a success. What came out is dropped, and was never in a box: this
    /// costs what the operation itself costs, for who measures that.
    fn accepts(&self, provider: &P, response: &http::Response<Vec<u8>>) -> bool;
}

/// A refusal whose own type is forgotten.
pub struct AnyRefusal(Box<dyn Error + Send + Sync>);

impl fmt::Debug for AnyRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for AnyRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for AnyRefusal {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl<E: Endpoint + fmt::Debug> AnyEndpoint<E::Provider> for E
where
    E::Output: 'static,
{
    fn request(&self, provider: &E::Provider) -> Result<http::Request<Vec<u8>>, BuildError> {
        Endpoint::request(self, provider)
    }

    fn response(
        &self,
        provider: &E::Provider,
        response: &http::Response<Vec<u8>>,
    ) -> Result<Box<dyn fmt::Debug>, ReplyError<AnyRefusal>> {
        match Endpoint::response(self, provider, response) {
            Ok(output) => Ok(Box::new(output)),
            Err(error) => Err(error.map_refusal(|refusal| AnyRefusal(Box::new(refusal)))),
        }
    }

    fn accepts(&self, provider: &E::Provider, response: &http::Response<Vec<u8>>) -> bool {
        Endpoint::response(self, provider, response).is_ok()
    }
}

/// Makes an operation from a source.
pub type Make<P> = fn(&mut dyn Source) -> Result<Box<dyn AnyEndpoint<P>>, InvalidValue>;

/// One operation in a provider's index.
pub struct Entry<P: 'static> {
    name: &'static str,
    route: Route,
    idempotent: bool,
    auth: Auth,
    fields: &'static [&'static str],
    make: Make<P>,
}

impl<P: 'static> Entry<P> {
    /// An entry for the operation `E`; used by [`index!`](crate::index!).
    #[must_use]
    pub const fn of<E: Endpoint<Provider = P>>(fields: &'static [&'static str], make: Make<P>) -> Self {
        Self { name: E::NAME, route: const { E::ROUTE }, idempotent: E::IDEMPOTENT, auth: E::AUTH, fields, make }
    }

    /// The operation's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its method and path template.
    #[must_use]
    pub const fn route(&self) -> Route {
        self.route
    }

    /// Whether it may be sent again when its reply was lost.
    #[must_use]
    pub const fn is_idempotent(&self) -> bool {
        self.idempotent
    }

    /// Whether it carries our credential.
    #[must_use]
    pub const fn auth(&self) -> Auth {
        self.auth
    }

    /// The wire names of its fields.
    #[must_use]
    pub const fn fields(&self) -> &'static [&'static str] {
        self.fields
    }

    /// Makes one from a source.
    ///
    /// # Errors
    /// When the source gives a value that a field's type does not accept.
    pub fn make(&self, source: &mut dyn Source) -> Result<Box<dyn AnyEndpoint<P>>, InvalidValue> {
        (self.make)(source)
    }
}

impl<P> fmt::Debug for Entry<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").field("name", &self.name).field("route", &self.route).finish_non_exhaustive()
    }
}

/// Lists all operations of a provider, one a line: `repeatable` or `once`, the type, and its fields with their wire
/// names. Makes a public `INDEX`, implements [`Idempotent`](crate::Idempotent) for the repeatable ones and a `Debug` that
/// shows no field for all, and checks every route and that the word agrees with
/// [`IDEMPOTENT`](crate::Endpoint::IDEMPOTENT), all when it is compiled.
#[macro_export]
macro_rules! index {
    ($provider:ty; $($word:ident $($operation:ident)::+ { $($field:ident: $wire:literal),* $(,)? })*) => {
        /// All operations of this provider: for tests, fuzz targets and tools that make any of them out of texts.
        pub static INDEX: &[$crate::index::Entry<$provider>] = &[$(
            $crate::index::Entry::of::<$($operation)::+>(&[$($wire),*], |source| {
                // An operation without fields does not look at it.
                let _ = &source;
                Ok($crate::index::boxed($($operation)::+ {
                    $($field: $crate::index::FromSource::from_source($wire, source)?),*
                }))
            })
        ),*];
        $($crate::index!(@$word $($operation)::+);)*
        $(impl ::core::fmt::Debug for $($operation)::+ {
            /// The operation's name alone: its fields may hold secrets and personal data.
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(<Self as $crate::Endpoint>::NAME)?;
                f.write_str(" { .. }")
            }
        })*
    };
    (@repeatable $operation:path) => {
        const _: () = assert!(<$operation as $crate::Endpoint>::IDEMPOTENT, "listed as repeatable");
        impl $crate::Idempotent for $operation {}
    };
    (@once $operation:path) => {
        const _: () = assert!(!<$operation as $crate::Endpoint>::IDEMPOTENT, "listed as once");
    };
}

/// Boxes an operation; used by [`index!`](crate::index!).
#[must_use]
pub fn boxed<E: Endpoint + fmt::Debug + 'static>(endpoint: E) -> Box<dyn AnyEndpoint<E::Provider>>
where
    E::Output: 'static,
{
    Box::new(endpoint)
}
