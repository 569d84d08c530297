//! A kept NAP session behind one face for both adapters, on an emulator that ends a session whose refresh token comes
//! twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use authwire_core::{Generation, KeepError, Lent, Timestamp};
use authwire_emulator::nap::{Nap as Emulated, Refreshes};
use authwire_emulator::{Fault, FaultPlan, Server};
use authwire_nap::keeper::{SessionKeeper, SessionOver};
use authwire_nap::sessions::Login;
use authwire_nap::users::SignUp;
use authwire_nap::{Dialect, Nap, Password, SessionToken};
use tokio::runtime::{Builder, Runtime};

use super::nap;

pub(crate) const ADA: &str = "ada@one.test";
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);
/// More than any of these tests needs, and less than anybody waits for a test.
pub(crate) const WATCHDOG: Duration = Duration::from_secs(60);

pub(crate) type Error = KeepError<SessionOver>;
pub(crate) type Token = Lent<SessionToken>;

/// A clock that the test moves.
#[derive(Clone)]
pub(crate) struct Hands(Arc<AtomicU64>);

impl Hands {
    pub(crate) fn at(time: Timestamp) -> Self {
        Self(Arc::new(AtomicU64::new(time.as_millis())))
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

/// A handle of either adapter, for blocking callers.
#[derive(Clone)]
pub(crate) enum Handle {
    Ureq(authwire_ureq::Kept<SessionKeeper>),
    Hyper(Arc<Runtime>, authwire_hyper::Kept<SessionKeeper>),
}

impl Handle {
    pub(crate) fn both(nap: &Nap, keeper: &SessionKeeper, deadline: Duration) -> [(Self, Hands); 2] {
        let ureq = authwire_ureq::Client::new().unwrap().with_deadline(deadline);
        let hyper = authwire_hyper::Client::builder().deadline(deadline).build().unwrap();
        let runtime = Arc::new(Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap());
        let start = || Hands::at(authwire_ureq::now());
        let (one, two) = (start(), start());
        let (clock_one, clock_two) = (one.clone(), two.clone());
        let ureq = ureq.keep(nap.clone(), keeper.clone()).with_clock(move || clock_one.now());
        let hyper = hyper.keep(nap.clone(), keeper.clone()).with_clock(move || clock_two.now());
        [(Self::Ureq(ureq), one), (Self::Hyper(runtime, hyper), two)]
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Ureq(_) => "ureq",
            Self::Hyper(..) => "hyper",
        }
    }

    pub(crate) fn token(&self) -> Result<Token, Error> {
        match self {
            Self::Ureq(kept) => kept.token(),
            Self::Hyper(runtime, kept) => runtime.block_on(kept.token()),
        }
    }

    /// Asks, and goes away after this time, where that is possible.
    pub(crate) fn token_within(&self, time: Duration) -> Option<Result<Token, Error>> {
        match self {
            Self::Ureq(kept) => Some(kept.token()),
            Self::Hyper(runtime, kept) => {
                runtime.block_on(async { tokio::time::timeout(time, kept.token()).await.ok() })
            }
        }
    }

    pub(crate) fn rejected(&self, generation: Generation) {
        match self {
            Self::Ureq(kept) => kept.rejected(generation),
            Self::Hyper(_, kept) => kept.rejected(generation),
        }
    }

    pub(crate) fn with_keeper<R>(&self, with: impl FnOnce(&mut SessionKeeper) -> R) -> Result<R, Error> {
        match self {
            Self::Ureq(kept) => kept.with_keeper(with),
            Self::Hyper(_, kept) => kept.with_keeper(with),
        }
    }

    pub(crate) fn into_keeper(self) -> Result<SessionKeeper, Error> {
        match self {
            Self::Ureq(kept) => kept.into_keeper(),
            Self::Hyper(runtime, kept) => runtime.block_on(kept.into_keeper()),
        }
    }
}

/// Runs a test with each adapter, each time with a session of its own.
pub(crate) fn each(deadline: Duration, test: impl Fn(Handle, &Hands, &Server, &Nap)) {
    for which in [0, 1] {
        let (server, nap, keeper) = session(Dialect::Nap);
        let handles = Handle::both(&nap, &keeper, deadline);
        let (handle, hands) = handles.into_iter().nth(which).unwrap();
        println!("{}", handle.name());
        test(handle, &hands, &server, &nap);
    }
}

/// An emulator, and a session of Ada's on it.
pub(crate) fn session(dialect: Dialect) -> (Server, Nap, SessionKeeper) {
    let server = Server::start().unwrap();
    let nap = nap(&server, dialect);
    arrange(&server, |nap| nap.settings.reuse_ends_session = true);
    let client = authwire_ureq::Client::new().unwrap();
    let password = || Password::new("correct horse battery").unwrap();
    client.call(&nap, &SignUp::new(ADA, password(), "Ada", "Lovelace")).unwrap();
    assert!(arrange(&server, |nap| nap.set_verified(ADA, true)));
    let tokens = client.call(&nap, &Login::new(ADA, password())).unwrap().tokens;
    let keeper = SessionKeeper::new(tokens, authwire_ureq::now());
    (server, nap, keeper)
}

pub(crate) fn arrange<R>(server: &Server, change: impl FnOnce(&mut Emulated) -> R) -> R {
    server.with_emulator(|emulator, _| change(&mut emulator.nap))
}

pub(crate) fn refreshes(server: &Server) -> Refreshes {
    arrange(server, |nap| nap.refreshes())
}

pub(crate) fn fault(server: &Server, fault: Fault) {
    server.with_emulator(|emulator, _| emulator.fault(FaultPlan::new(fault).operation("refresh")));
}

/// So many callers at once. Each must come back.
pub(crate) fn at_once(callers: usize, handle: &Handle) -> Vec<Result<Token, Error>> {
    let (tell, told) = std::sync::mpsc::channel();
    for _ in 0..callers {
        let (handle, tell) = (handle.clone(), tell.clone());
        thread::spawn(move || tell.send(handle.token()));
    }
    (0..callers).map(|_| told.recv_timeout(WATCHDOG).expect("a caller hangs")).collect()
}

pub(crate) fn over(result: &Result<Token, Error>) -> SessionOver {
    match result {
        Err(KeepError::Over(over)) => *over,
        other => panic!("{other:?}"),
    }
}
