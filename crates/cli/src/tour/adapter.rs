use authwire_core::transport::SetupError;
use authwire_core::{CallError, Endpoint, Flow, KeepError, Keeper, Lent, Timestamp};
use serde::{Serialize, Serializer};
use tokio::runtime::{Builder, Runtime};

use crate::Failure;

/// Through which adapter a story is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Via {
    /// authwire-ureq: blocking.
    Ureq,
    /// authwire-hyper: async, on a tokio runtime.
    Hyper,
}

impl Via {
    /// All adapters.
    pub const ALL: [Self; 2] = [Self::Ureq, Self::Hyper];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ureq => "ureq",
            Self::Hyper => "hyper",
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Ureq => Self::Hyper,
            Self::Hyper => Self::Ureq,
        }
    }
}

impl Serialize for Via {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// An adapter behind blocking functions, so that a story is written once. An enum and not a trait: the functions are
/// generic, and so would be every story.
pub(crate) enum Adapter {
    Ureq(authwire_ureq::Client),
    Hyper(authwire_hyper::Client, Runtime),
}

impl Adapter {
    pub(crate) fn new(via: Via) -> Result<Self, Failure> {
        let failed = |error: SetupError| Failure::Client(error);
        Ok(match via {
            Via::Ureq => Self::Ureq(authwire_ureq::Client::new().map_err(failed)?),
            Via::Hyper => {
                let runtime = Builder::new_current_thread().enable_all().build().map_err(Failure::Runtime)?;
                Self::Hyper(authwire_hyper::Client::new().map_err(failed)?, runtime)
            }
        })
    }

    pub(crate) const fn via(&self) -> Via {
        match self {
            Self::Ureq(_) => Via::Ureq,
            Self::Hyper(..) => Via::Hyper,
        }
    }

    pub(crate) fn call<E: Endpoint>(
        &self,
        provider: &E::Provider,
        endpoint: &E,
    ) -> Result<E::Output, CallError<E::Refusal>> {
        match self {
            Self::Ureq(client) => client.call(provider, endpoint),
            Self::Hyper(client, runtime) => runtime.block_on(client.call(provider, endpoint)),
        }
    }

    pub(crate) fn drive<F: Flow>(&self, provider: &F::Provider, flow: &mut F) -> Result<F::Output, F::Error> {
        match self {
            Self::Ureq(client) => client.drive(provider, flow),
            Self::Hyper(client, runtime) => runtime.block_on(client.drive(provider, flow)),
        }
    }

    /// Keeps a session, by this clock.
    pub(crate) fn keep<K>(
        &self,
        provider: K::Provider,
        keeper: K,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Kept<'_, K>
    where
        K: Keeper + Send + 'static,
        K::Provider: Send + Sync + 'static,
    {
        match self {
            Self::Ureq(client) => Kept::Ureq(client.keep(provider, keeper).with_clock(clock)),
            Self::Hyper(client, runtime) => Kept::Hyper(client.keep(provider, keeper).with_clock(clock), runtime),
        }
    }
}

/// An adapter's handle of a session.
pub(crate) enum Kept<'a, K: Keeper> {
    Ureq(authwire_ureq::Kept<K>),
    Hyper(authwire_hyper::Kept<K>, &'a Runtime),
}

impl<K> Kept<'_, K>
where
    K: Keeper + Send + 'static,
    K::Provider: Send + Sync + 'static,
{
    pub(crate) fn token(&self) -> Result<Lent<K::Token>, KeepError<K::Over>> {
        match self {
            Self::Ureq(kept) => kept.token(),
            Self::Hyper(kept, runtime) => runtime.block_on(kept.token()),
        }
    }

    pub(crate) fn into_keeper(self) -> Result<K, KeepError<K::Over>> {
        match self {
            Self::Ureq(kept) => kept.into_keeper(),
            Self::Hyper(kept, runtime) => runtime.block_on(kept.into_keeper()),
        }
    }
}
