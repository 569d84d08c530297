use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use authwire_core::keeper::{Shared, Ticket, Turn};
use authwire_core::transport::{ExchangeError, TransportKind, pause};
use authwire_core::{Generation, KeepError, Keeper, Lent, Reply, Timestamp};

use crate::Client;
use crate::clock::Clock;

/// A session that many threads use: each asks for its [`token`](Self::token), and one of them fetches the next one when
/// it is time. Cheap to clone; clones share the keeper.
///
/// Made by [`Client::keep`].
///
/// ```
/// use authwire_nap::keeper::SessionKeeper;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use authwire_nap::users::SignUp;
/// # use authwire_nap::{ApiKey, Nap, Password, sessions::Login};
/// # let emulator = authwire_emulator::Server::start()?;
/// # let key = emulator.with_emulator(|e, _| e.nap.api_key().to_owned());
/// # let provider = Nap::new(emulator.nap_url().parse()?, &ApiKey::new(key)?);
/// # let client = authwire_ureq::Client::new()?;
/// # client.call(&provider, &SignUp::new("ada@example.com", Password::new("correct horse")?, "Ada", "Lovelace"))?;
/// # emulator.with_emulator(|e, _| e.nap.set_verified("ada@example.com", true));
/// # let login = Login::new("ada@example.com", Password::new("correct horse")?);
/// let tokens = client.call(&provider, &login)?.tokens;
/// let kept = client.keep(provider.clone(), SessionKeeper::new(tokens, authwire_ureq::now()));
///
/// // In each thread, for each use:
/// let lent = kept.token()?;
/// // … a request of your own, with `lent.token`. If it is not accepted there:
/// kept.rejected(lent.generation);
///
/// // The end:
/// let mut keeper = kept.into_keeper()?;
/// if let Some(logout) = keeper.logout() {
///     client.call(&provider, &logout)?;
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
    shared: Mutex<Shared<K>>,
    /// Told when a refresh was settled, or the keeper was changed or taken.
    changed: Condvar,
}

impl<K: Keeper> Kept<K> {
    pub(crate) fn new(client: Client, provider: K::Provider, keeper: K) -> Self {
        let clock = Clock::start();
        let inner = Inner { provider, shared: Mutex::new(Shared::new(keeper)), changed: Condvar::new() };
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

    /// The session's token. If a new one has to be fetched first, one of the callers does that, and the others that have
    /// no good token wait, each for the client's deadline at most: the sum of its phases', unless it has one for the
    /// whole. Whoever fetches takes as long as an exchange may take, besides.
    ///
    /// # Errors
    /// [`KeepError::Over`] when the session cannot go on, [`KeepError::NotInTime`] when there is no token before the
    /// deadline, [`KeepError::Taken`] after [`into_keeper`](Self::into_keeper).
    pub fn token(&self) -> Result<Lent<K::Token>, KeepError<K::Over>> {
        let inner = &*self.inner;
        let started = Instant::now();
        let patience = self.client.patience();
        let mut shared = inner.lock();
        loop {
            let now = (self.clock)();
            let left = patience.saturating_sub(started.elapsed());
            match shared.turn(&inner.provider, now, now.saturating_add(left)) {
                Turn::Answer(answer) => return answer,
                Turn::Wait(until) => {
                    let time = until.map_or(left, |until| pause(now, until).min(left));
                    shared = inner.wait(shared, time);
                }
                Turn::Refresh { ticket, request } => {
                    drop(shared);
                    let mut refresh = Refresh { kept: self, ticket: Some(ticket), begun: now };
                    let result = self.client.exchange(request);
                    refresh.end((self.clock)(), result.as_ref().map(Reply::from).map_err(|error| *error));
                    shared = inner.lock();
                }
            }
        }
    }

    /// Says that a token of this generation was not accepted where it was used. If it is the newest one, the next caller
    /// fetches another.
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
        self.inner.changed.notify_all();
        result
    }

    /// Takes the keeper out of all handles, to log out or to keep it elsewhere. Waits for a refresh that is under way,
    /// for the client's deadline at most.
    ///
    /// # Errors
    /// [`KeepError::Taken`], or [`KeepError::NotInTime`] while a refresh is under way.
    pub fn into_keeper(self) -> Result<K, KeepError<K::Over>> {
        let inner = &*self.inner;
        let started = Instant::now();
        let patience = self.client.patience();
        let mut shared = inner.lock();
        loop {
            if let Some(taken) = shared.take() {
                inner.changed.notify_all();
                return taken;
            }
            let left = patience.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Err(KeepError::NotInTime { until: None, cause: None });
            }
            shared = inner.wait(shared, left);
        }
    }
}

impl<K: Keeper> Inner<K> {
    /// A caller that panicked while it held the keeper must not take the others with it.
    fn lock(&self) -> MutexGuard<'_, Shared<K>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, shared: MutexGuard<'a, Shared<K>>, time: Duration) -> MutexGuard<'a, Shared<K>> {
        self.changed.wait_timeout(shared, time).unwrap_or_else(PoisonError::into_inner).0
    }
}

/// A refresh under way. However it ends, the keeper hears of it and the others are woken.
struct Refresh<'a, K: Keeper> {
    kept: &'a Kept<K>,
    ticket: Option<Ticket>,
    /// When it was handed out.
    begun: Timestamp,
}

impl<K: Keeper> Refresh<'_, K> {
    fn end(&mut self, now: Timestamp, outcome: Result<Reply<'_>, ExchangeError>) {
        if let Some(ticket) = self.ticket {
            let Inner { provider, changed, .. } = &*self.kept.inner;
            self.kept.inner.lock().settle(provider, now, ticket, outcome);
            // Not before: should a keeper of somebody's panic over a reply, it hears that the reply is lost.
            self.ticket = None;
            changed.notify_all();
        }
    }
}

impl<K: Keeper> Drop for Refresh<'_, K> {
    /// A panic on the way.
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
