use alloc::string::String;
use core::fmt;
use core::marker::PhantomData;

use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A [`Flow`](crate::Flow), or how far one has come, that can be stored and gone on with elsewhere, by a later version of this library as well.
///
/// A stored flow is as secret as what it waits for (a nonce, a job's id), and it is believed: whoever can write it can
/// say who is logged in. Keep it where you keep your users' sessions, on the server's side, and never in a cookie that is
/// not encrypted and authenticated. None of our own credentials is in it.
///
/// After restoring one, say `lost(now, Sent::Maybe)` before its first step: the reply to a request that was in flight
/// went elsewhere. The adapters' `drive` does it. Let one process at a time go on with a flow, and one let the person in:
/// two copies that both end are two logins.
///
/// With serde itself a flow can be a part of a type of yours; then serde's error may quote what it did not like.
pub trait Storable: Serialize + DeserializeOwned {
    /// Which flow this is and which version of its form, such as `nextauth.await_login/1`: stored as `form`.
    const FORM: &'static str;

    /// The flow as a JSON text, with its secrets.
    ///
    /// # Errors
    /// [`SnapshotError::Invalid`], for a flow that cannot be stored. None of ours is.
    fn store(&self) -> Result<String, SnapshotError> {
        serde_json::to_string(self).map_err(|_| SnapshotError::Invalid)
    }

    /// The flow that such a text is of.
    ///
    /// # Errors
    /// When it is not such a text, is of another flow or version, or was changed so that it makes no sense. The error
    /// shows nothing of it.
    fn restore(text: &str) -> Result<Self, SnapshotError> {
        #[derive(Deserialize)]
        struct Tag<'a> {
            form: &'a str,
        }
        // serde's derive takes an array for a struct as well.
        if !text.trim_ascii_start().starts_with('{') {
            return Err(SnapshotError::Unreadable);
        }
        let tag: Tag<'_> = serde_json::from_str(text).map_err(|_| SnapshotError::Unreadable)?;
        if tag.form != Self::FORM {
            return Err(SnapshotError::OtherForm);
        }
        serde_json::from_str(text).map_err(|_| SnapshotError::Invalid)
    }
}

/// Why a stored flow cannot be gone on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// It is not a JSON object, or does not say what it is.
    #[error("this is not a stored flow")]
    Unreadable,
    /// It is another flow, or of a version that this one does not know.
    #[error("the stored flow is of another kind or version")]
    OtherForm,
    /// A value is missing, is of the wrong kind, or is one too many.
    #[error("the stored flow makes no sense")]
    Invalid,
}

/// What a stored flow says it is, for the first field of its stored form: written as [`Storable::FORM`], and refused when
/// it says something else.
pub struct Form<F>(PhantomData<fn() -> F>);

impl<F> Form<F> {
    /// The form of `F`.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<F> Default for Form<F> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F: Storable> fmt::Debug for Form<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Form({})", F::FORM)
    }
}

impl<F: Storable> Serialize for Form<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(F::FORM)
    }
}

impl<'de, F: Storable> Deserialize<'de> for Form<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Expected<F>(PhantomData<F>);

        impl<F: Storable> Visitor<'_> for Expected<F> {
            type Value = ();

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(F::FORM)
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
                if text == F::FORM { Ok(()) } else { Err(E::custom(SnapshotError::OtherForm)) }
            }
        }

        deserializer.deserialize_str(Expected::<F>(PhantomData)).map(|()| Self::new())
    }
}
