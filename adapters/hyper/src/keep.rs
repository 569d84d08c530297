use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use authwire_core::http::Request;
use authwire_core::keeper::{Shared, Ticket, Turn};
use authwire_core::transport::{ExchangeError, TransportKind, pause};
use authwire_core::{Generation, KeepError, Keeper, Lent, Reply, Timestamp};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::Client;
use crate::clock::Clock;

/// A session that many tasks use: each asks for its [`token`](Self::token), and for one of them the next one is fetched
/// when it is time. Cheap to clone; clones share the keeper.
///
/// Made by [`Client::keep`].
///
/// ```
/// use authwire_nap::keeper::SessionKeeper;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use authwire_nap::users::SignUp;
/// # use authwire_nap::{ApiKey, Nap, Password, sessions::Login};
/// # let emulator = authwire_emulator::Server::start()?;
/// # let key = emulator.with_emulator(|e, _| e.nap.api_key().to_owned());
/// # let provider = Nap::new(emulator.nap_url().parse()?, &ApiKey::new(key)?);
/// # let client = authwire_hyper::Client::new()?;
/// # client.call(&provider, &SignUp::new("ada@example.com", Password::new("correct horse")?, "Ada", "Lovelace"))
/// #     .await?;
/// # emulator.with_emulator(|e, _| e.nap.set_verified("ada@example.com", true));
/// # let login = Login::new("ada@example.com", Password::new("correct horse")?);
/// let tokens = client.call(&provider, &login).await?.tokens;
/// let kept = client.keep(provider.clone(), SessionKeeper::new(tokens, authwire_hyper::now()));
///
/// // In each task, for each use:
/// let lent = kept.token().await?;
/// // … a request of your own, with `lent.token`. If it is not accepted there:
/// kept.rejected(lent.generation);
///
/// // The end:
/// let mut keeper = kept.into_keeper().await?;
/// if let Some(logout) = keeper.logout() {
///     client.call(&provider, &logout).await?;
/// }
/// # Ok(())
/// # }
/// ```
pub struct Kept<K: Keeper> {
    client: Client,
    inner: Arc<Inner<K>>,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

struct Inner<K: Keeper> {
    provider: K::Provider,
    /// Never held across an await.
    shared: Mutex<Shared<K>>,
    /// Told when a refresh was settled, or the keeper was changed or taken.
    changed: Notify,
}

impl<K> Kept<K>
where
    K: Keeper + Send + 'static,
    K::Provider: Send + Sync + 'static,
{
    pub(crate) fn new(client: Client, provider: K::Provider, keeper: K) -> Self {
        let clock = Clock::start();
        let inner = Inner { provider, shared: Mutex::new(Shared::new(keeper)), changed: Notify::new() };
        Self { client, inner: Arc::new(inner), clock: Arc::new(move || clock.now()) }
    }

    /// This handle, telling the keeper the time by another clock than the system's.
    #[must_use]
    pub fn with_clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// This handle, refreshing with another deadline, and waiting no longer than that for a refresh of another caller.
    #[must_use]
    pub fn with_deadline(&self, time: Duration) -> Self {
        Self { client: self.client.with_deadline(time), ..self.clone() }
    }

    /// The session's token. If a new one has to be fetched first, one of the callers has that done, and the others that
    /// have no good token wait, each for the client's deadline at most. Whoever has it fetched waits as long as an
    /// exchange may take, besides.
    ///
    /// The future may be dropped at any time: a refresh under way goes on in a task of its own, so that a visitor who
    /// goes away does not end the session. If the runtime itself ends meanwhile, take it for
    /// [`Sent::Maybe`](crate::Sent::Maybe), as the keeper does.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    ///
    /// # Errors
    /// [`KeepError::Over`] when the session cannot go on, [`KeepError::NotInTime`] when there is no token before the
    /// deadline, [`KeepError::Taken`] after [`into_keeper`](Self::into_keeper).
    pub async fn token(&self) -> Result<Lent<K::Token>, KeepError<K::Over>> {
        // Before a refresh is handed out that could not be sent then.
        let runtime = Handle::current();
        let inner = &*self.inner;
        let started = Instant::now();
        let patience = self.client.patience();
        loop {
            // Before the look at the keeper, so that what happens in between is not missed.
            let changed = inner.changed.notified();
            let now = (self.clock)();
            let left = patience.saturating_sub(started.elapsed());
            let turn = inner.lock().turn(&inner.provider, now, now.saturating_add(left));
            match turn {
                Turn::Answer(answer) => return answer,
                Turn::Wait(until) => {
                    let time = until.map_or(left, |until| pause(now, until).min(left));
                    // Whichever comes first: then the keeper is asked again.
                    let _ = tokio::time::timeout(time, changed).await;
                }
                Turn::Refresh { ticket, request } => {
                    let refresh = Refresh { kept: self.clone(), ticket: Some(ticket), begun: now };
                    // Its end is reported to the keeper, also that of a panic.
                    let _ = runtime.spawn(refresh.run(request)).await;
                }
            }
        }
    }

    /// Says that a token of this generation was not accepted where it was used. If it is the newest one, the next caller
    /// has another one fetched.
    pub fn rejected(&self, generation: Generation) {
        if let Ok(keeper) = self.inner.lock().keeper() {
            keeper.rejected(generation);
        }
    }

    /// Lends the keeper, for a look at it or a decision about it. Other callers wait meanwhile: be brief. Do not put
    /// another keeper in its place, of which late news would be taken for its own: take this one out
    /// ([`into_keeper`](Self::into_keeper)), and keep the new one anew.
    ///
    /// # Errors
    /// [`KeepError::Taken`].
    pub fn with_keeper<R>(&self, with: impl FnOnce(&mut K) -> R) -> Result<R, KeepError<K::Over>> {
        let result = self.inner.lock().keeper().map(with);
        self.inner.changed.notify_waiters();
        result
    }

    /// Takes the keeper out of all handles, to log out or to keep it elsewhere. Waits for a refresh that is under way,
    /// for the client's deadline at most.
    ///
    /// # Errors
    /// [`KeepError::Taken`], or [`KeepError::NotInTime`] while a refresh is under way.
    pub async fn into_keeper(self) -> Result<K, KeepError<K::Over>> {
        let inner = &*self.inner;
        let started = Instant::now();
        let patience = self.client.patience();
        loop {
            let changed = inner.changed.notified();
            let taken = inner.lock().take();
            if let Some(taken) = taken {
                inner.changed.notify_waiters();
                return taken;
            }
            let left = patience.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Err(KeepError::NotInTime { until: None, cause: None });
            }
            let _ = tokio::time::timeout(left, changed).await;
        }
    }
}

impl<K: Keeper> Inner<K> {
    /// A caller that panicked while it held the keeper must not take the others with it.
    fn lock(&self) -> MutexGuard<'_, Shared<K>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A refresh under way. However it ends, the keeper hears of it and the others are woken.
struct Refresh<K: Keeper> {
    kept: Kept<K>,
    ticket: Option<Ticket>,
    /// When it was handed out.
    begun: Timestamp,
}

impl<K: Keeper> Refresh<K> {
    async fn run(mut self, request: Request<Vec<u8>>) {
        let result = self.kept.client.exchange(request).await;
        let now = (self.kept.clock)();
        self.end(now, result.as_ref().map(Reply::from).map_err(|error| *error));
    }

    fn end(&mut self, now: Timestamp, outcome: Result<Reply<'_>, ExchangeError>) {
        if let Some(ticket) = self.ticket {
            let Inner { provider, changed, .. } = &*self.kept.inner;
            self.kept.inner.lock().settle(provider, now, ticket, outcome);
            // Not before: should a keeper of somebody's panic over a reply, it hears that the reply is lost.
            self.ticket = None;
            changed.notify_waiters();
        }
    }
}

impl<K: Keeper> Drop for Refresh<K> {
    /// A panic on the way, or the end of the runtime.
    fn drop(&mut self) {
        // Not by the clock, which is the caller's and may be what panicked.
        self.end(self.begun, Err(ExchangeError::maybe_sent(TransportKind::Io)));
    }
}

impl<K: Keeper> Clone for Kept<K> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), inner: Arc::clone(&self.inner), clock: Arc::clone(&self.clock) }
    }
}

impl<K: Keeper> fmt::Debug for Kept<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("client", &self.client).finish_non_exhaustive()
    }
}
