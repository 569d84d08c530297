use std::error::Error;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use authwire_core::{CallError, Endpoint, Flow, InvalidValue, KeepError, Keeper, Kind, Lent, Storable, Timestamp};
use authwire_emulator::{Emulator, Server};

use super::adapter::Adapter;
use super::noted::{Halt, Never, Noted, NotedFlow, NotedKeeper, Once};
use super::outcome::{self, Outcome};
use super::report::QrData;
use super::{Difference, Event, Pace, Record, Report, Sort, Via};
use crate::Failure;
use crate::failure::chain;

/// What a story says of something that came out well, or else what it should have been.
pub(crate) type Said = Result<String, String>;

/// What a caller had of a kept session.
pub(crate) type Had<K> = Result<Lent<<K as Keeper>::Token>, KeepError<<K as Keeper>::Over>>;

/// Why a story does not go on.
pub(crate) enum Stop {
    /// A step was not as it should be. It has been shown.
    Differs(Box<Difference>),
    /// It cannot be played at all.
    Failed(Failure),
}

impl From<InvalidValue> for Stop {
    fn from(invalid: InvalidValue) -> Self {
        Self::Failed(invalid.into())
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(Failure::Output(error))
    }
}

/// What a person did while a flow waited.
pub(super) struct Deed {
    title: &'static str,
    said: Said,
}

/// Where a story is played: runs its steps through one adapter, shows each, and holds it to what it should be.
pub(crate) struct Stage<'p> {
    server: &'p Server,
    adapter: &'p Adapter,
    player: Player<'p>,
}

impl<'p> Stage<'p> {
    pub(super) fn new(
        server: &'p Server,
        adapter: &'p Adapter,
        provider: &'static str,
        pace: Pace,
        report: &'p mut dyn Report,
    ) -> Self {
        let player = Player { report, pace, via: adapter.via(), provider, steps: 0, requests: 0 };
        Self { server, adapter, player }
    }

    /// How many steps and requests there were.
    pub(super) const fn counts(&self) -> (u32, u32) {
        (self.player.steps, self.player.requests)
    }

    /// The emulator.
    pub(crate) const fn server(&self) -> &'p Server {
        self.server
    }

    /// Changes something on the emulator that is no step of its own, such as a fault to come.
    pub(crate) fn arrange<R>(&self, change: impl FnOnce(&mut Emulator) -> R) -> R {
        self.server.with_emulator(|emulator, _| change(emulator))
    }

    /// At which pace a flow should poll.
    pub(crate) const fn polling(&self) -> Duration {
        match self.player.pace {
            Pace::Quick => Duration::from_millis(40),
            Pace::Slow => Duration::from_millis(500),
        }
    }

    /// When a flow should give up.
    pub(crate) fn deadline(&self) -> Timestamp {
        authwire_ureq::now().saturating_add(self.player.moment()).saturating_add(Duration::from_secs(10))
    }

    /// Calls an operation that should succeed. `say` looks at what came out.
    pub(crate) fn call<E: Endpoint>(
        &mut self,
        title: &'static str,
        provider: &E::Provider,
        endpoint: &E,
        say: impl FnOnce(&E::Output) -> Said,
    ) -> Result<(), Stop> {
        self.obtain(title, provider, endpoint, say).map(drop)
    }

    /// The same, where the story goes on with what came out.
    pub(crate) fn obtain<E: Endpoint>(
        &mut self,
        title: &'static str,
        provider: &E::Provider,
        endpoint: &E,
        say: impl FnOnce(&E::Output) -> Said,
    ) -> Result<E::Output, Stop> {
        let (record, result) = self.run(title, provider, endpoint);
        match result {
            Ok(output) => {
                self.player.settle(record, say(&output))?;
                Ok(output)
            }
            Err(error) => Err(self.player.differs(record.with(outcome::of_error(&error)), "Ok".to_owned())),
        }
    }

    /// Calls an operation whose reply should mean this.
    pub(crate) fn refuses<E>(
        &mut self,
        title: &'static str,
        provider: &E::Provider,
        endpoint: &E,
        kind: Kind<E::Refusal>,
    ) -> Result<(), Stop>
    where
        E: Endpoint,
        E::Refusal: PartialEq,
    {
        let should_be = format!("{kind:?}");
        self.fails(title, provider, endpoint, &should_be, |error| error.kind() == Some(&kind))
    }

    /// Calls an operation that should fail: `is` looks at the error, and `should_be` says what it looks for.
    pub(crate) fn fails<E: Endpoint>(
        &mut self,
        title: &'static str,
        provider: &E::Provider,
        endpoint: &E,
        should_be: &str,
        is: impl FnOnce(&CallError<E::Refusal>) -> bool,
    ) -> Result<(), Stop> {
        let (record, result) = self.run(title, provider, endpoint);
        match result {
            Ok(_) => Err(self.player.differs(record.with(Outcome::ok("a success")), should_be.to_owned())),
            Err(error) => {
                let record = record.with(outcome::of_error(&error));
                if is(&error) {
                    self.player.show(&record)
                } else {
                    Err(self.player.differs(record, should_be.to_owned()))
                }
            }
        }
    }

    /// Drives a flow that polls the operation `E`, while a person takes a moment and then does `deed`. `say` looks at
    /// what the flow ends with.
    pub(crate) fn drive<E, F>(
        &mut self,
        title: &'static str,
        provider: &E::Provider,
        mut flow: F,
        (deed_title, deed): (&'static str, impl FnOnce() -> Said + Send),
        say: impl FnOnce(&F::Output) -> Said,
    ) -> Result<F::Output, Stop>
    where
        E: Endpoint,
        F: Flow<Provider = E::Provider>,
        F::Error: Error + 'static,
    {
        let record = self.player.next(Sort::Flow, title);
        let route = E::ROUTE.to_string();
        let event = Event::Begins { step: record.step, title, operation: E::NAME, route: &route };
        self.player.report.event(&event)?;

        let moment = self.player.moment();
        let (done, deeds) = channel();
        let (cue, begin) = channel::<Never>();
        let adapter = self.adapter;
        let player = &mut self.player;
        let result = thread::scope(|scope| {
            scope.spawn(move || {
                // At least one poll comes too early: ends when the other side is dropped.
                let _ = begin.recv();
                thread::sleep(moment);
                // The flow may have ended; then it is shown afterwards.
                let _ = done.send(Deed { title: deed_title, said: deed() });
            });
            let via = adapter.via();
            let polls = Polls { player, via, step: record.step, title, operation: E::NAME, route: &route };
            let cue = Some(cue);
            let mut noted = NotedFlow { flow: &mut flow, polls, deeds: &deeds, asked: false, cue, stop: None };
            adapter.drive(provider, &mut noted)
        });
        // The person is done: `scope` waited.
        while let Ok(deed) = deeds.try_recv() {
            let (player, via) = (&mut self.player, adapter.via());
            let mut polls = Polls { player, via, step: record.step, title, operation: E::NAME, route: &route };
            polls.deed(deed)?;
        }
        match result {
            Ok(output) => {
                self.player.settle(record, say(&output))?;
                Ok(output)
            }
            Err(halt) => Err(self.player.halts(record, halt)),
        }
    }

    /// Polls a flow once through the other adapter, and stores it there: gives it as it is restored here. Nothing else of
    /// it goes over.
    pub(crate) fn hand_over<E, F>(
        &mut self,
        title: &'static str,
        provider: &E::Provider,
        mut flow: F,
    ) -> Result<F, Stop>
    where
        E: Endpoint,
        F: Flow<Provider = E::Provider> + Storable,
        F::Error: Error + 'static,
    {
        let record = self.player.next(Sort::Flow, title);
        let (step, route, via) = (record.step, E::ROUTE.to_string(), self.adapter.via().other());
        self.player.report.event(&Event::Begins { step, title, operation: E::NAME, route: &route })?;
        let (_, nobody_acts) = channel();
        let polls = Polls { player: &mut self.player, via, step, title, operation: E::NAME, route: &route };
        let flow_once = &mut Once { flow: &mut flow, left: false };
        let mut noted = NotedFlow { flow: flow_once, polls, deeds: &nobody_acts, asked: false, cue: None, stop: None };
        if let Err(halt) = Adapter::new(via).map_err(Stop::Failed)?.drive(provider, &mut noted) {
            return Err(self.player.halts(record, halt));
        }
        match flow.store().and_then(|text| Ok((F::restore(&text)?, text.len()))) {
            Ok((restored, length)) => {
                let said = format!("after one request through {}, it is stored as {length} bytes", via.name());
                self.player.settle(record, Ok(said)).map(|()| restored)
            }
            Err(error) => Err(self.player.disappoints(record, format!("a flow that can be stored: {error}"))),
        }
    }

    /// Keeps a session whose keeper refreshes by the operation `E`: takes a token, lets so much time pass, and has some
    /// callers ask for it at once. `say` gets what they had, and how many refreshes that took. The story goes on with the
    /// keeper.
    pub(crate) fn keep<E, K>(
        &mut self,
        title: &'static str,
        provider: &E::Provider,
        keeper: K,
        later: Duration,
        say: impl FnOnce(&[Had<K>], usize) -> Said,
    ) -> Result<K, Stop>
    where
        E: Endpoint,
        E::Provider: Clone + Send + Sync + 'static,
        K: Keeper<Provider = E::Provider> + Send + 'static,
        K::Token: Send,
    {
        const CALLERS: usize = 3;
        let ahead = Arc::new(AtomicU64::new(0));
        let ours = Arc::clone(&ahead);
        let clock = move || {
            let ahead = Duration::from_millis(ours.load(Ordering::SeqCst));
            authwire_ureq::now().saturating_add(ahead)
        };
        let kept = self.adapter.keep(provider.clone(), NotedKeeper { keeper, statuses: Vec::new() }, clock);
        let mut had = vec![kept.token()];
        self.server.advance(later);
        ahead.store(u64::try_from(later.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
        thread::scope(|scope| {
            let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(|| kept.token())).collect();
            had.extend(callers.into_iter().filter_map(|caller| caller.join().ok()));
        });
        let record = self.player.next(Sort::Request, title);
        let NotedKeeper { keeper, statuses } = match kept.into_keeper() {
            Ok(noted) => noted,
            Err(error) => {
                let outcome = Outcome { name: format!("{error:?}"), said: chain(&error) };
                return Err(self.player.differs(record.with(outcome), "Ok".to_owned()));
            }
        };
        self.player.requests += u32::try_from(statuses.len()).unwrap_or(u32::MAX);
        let record = record.on(E::NAME, E::ROUTE.to_string(), statuses.last().copied().flatten());
        let failed = had.iter().find_map(|had| had.as_ref().err());
        if let Some(error) = failed {
            let outcome = Outcome { name: format!("{error:?}"), said: chain(error) };
            return Err(self.player.differs(record.with(outcome), "Ok".to_owned()));
        }
        self.player.settle(record, say(&had, statuses.len()))?;
        Ok(keeper)
    }

    /// A person does something.
    pub(crate) fn person(&mut self, title: &'static str, deed: impl FnOnce() -> Said) -> Result<(), Stop> {
        let record = self.player.next(Sort::Person, title);
        self.player.settle(record, deed())
    }

    /// The same, where the story goes on with what came of it. `deed` gives that, and what is said of it.
    pub(crate) fn gain<T>(
        &mut self,
        title: &'static str,
        deed: impl FnOnce() -> Result<(T, String), String>,
    ) -> Result<T, Stop> {
        let record = self.player.next(Sort::Person, title);
        match deed() {
            Ok((gained, said)) => self.player.settle(record, Ok(said)).map(|()| gained),
            Err(should_be) => Err(self.player.disappoints(record, should_be)),
        }
    }

    /// Shows a QR code, where QR codes are shown.
    pub(crate) fn qr(&mut self, data: &[u8]) -> Result<(), Stop> {
        Ok(self.player.report.event(&Event::Qr(QrData::new(data)))?)
    }

    fn run<E: Endpoint>(
        &mut self,
        title: &'static str,
        provider: &E::Provider,
        endpoint: &E,
    ) -> (Record, Result<E::Output, CallError<E::Refusal>>) {
        let noted = Noted::new(endpoint);
        let result = self.adapter.call(provider, &noted);
        if !matches!(result, Err(CallError::Build(_))) {
            self.player.requests += 1;
        }
        let record = self.player.next(Sort::Request, title).on(E::NAME, E::ROUTE.to_string(), noted.status());
        (record, result)
    }
}

/// The part of a stage that counts and shows.
struct Player<'p> {
    report: &'p mut dyn Report,
    pace: Pace,
    via: Via,
    provider: &'static str,
    steps: u32,
    requests: u32,
}

impl Player<'_> {
    /// The record of a new step: well, until something else is said.
    fn next(&mut self, kind: Sort, title: &'static str) -> Record {
        self.steps += 1;
        self.record(self.steps, kind, title)
    }

    fn record(&self, step: u32, kind: Sort, title: &'static str) -> Record {
        Record {
            step,
            kind,
            adapter: self.via,
            provider: self.provider,
            title,
            operation: None,
            route: None,
            status: None,
            outcome: "Ok".to_owned(),
            said: String::new(),
            should_be: None,
        }
    }

    fn show(&mut self, record: &Record) -> Result<(), Stop> {
        self.report.event(&Event::Step(record))?;
        if self.pace == Pace::Slow {
            let poll = record.kind == Sort::Poll;
            thread::sleep(Duration::from_millis(if poll { 300 } else { 1_500 }));
        }
        Ok(())
    }

    /// Shows a step that came out as its type says; whether it is what it should be, the story has said.
    fn settle(&mut self, record: Record, said: Said) -> Result<(), Stop> {
        match said {
            Ok(said) => self.show(&Record { said, ..record }),
            Err(should_be) => Err(self.disappoints(record, should_be)),
        }
    }

    /// Shows a step that came out, but not as it should be, and ends the story.
    fn disappoints(&mut self, record: Record, should_be: String) -> Stop {
        self.differs(Record { said: "but not what it should be".to_owned(), ..record }, should_be)
    }

    /// Shows a step that is not as it should be, and ends the story.
    fn differs(&mut self, record: Record, should_be: String) -> Stop {
        let record = Record { should_be: Some(should_be), ..record };
        match self.show(&record) {
            Ok(()) => Stop::Differs(Box::new(Difference::from(record))),
            Err(stop) => stop,
        }
    }

    /// Shows how a flow ended that should have gone on, and ends the story.
    fn halts<E: Error + 'static>(&mut self, record: Record, halt: Halt<E>) -> Stop {
        match halt {
            Halt::Stop(stop) => stop,
            Halt::Flow(error) => {
                let outcome = Outcome { name: format!("{error:?}"), said: chain(&error) };
                self.differs(record.with(outcome), "Ok".to_owned())
            }
        }
    }

    /// How long a person takes to act.
    const fn moment(&self) -> Duration {
        match self.pace {
            Pace::Quick => Duration::from_millis(100),
            Pace::Slow => Duration::from_millis(3_000),
        }
    }
}

/// Shows what happens during one flow.
pub(super) struct Polls<'f, 'p> {
    player: &'f mut Player<'p>,
    via: Via,
    step: u32,
    title: &'static str,
    operation: &'static str,
    route: &'f str,
}

impl Polls<'_, '_> {
    /// A poll was answered with this status, or lost.
    pub(super) fn poll(&mut self, status: Option<u16>) -> Result<(), Stop> {
        self.player.requests += 1;
        let record = self.player.record(self.step, Sort::Poll, self.title);
        let record = record.on(self.operation, self.route.to_owned(), status);
        let record = Record { adapter: self.via, ..record };
        let outcome = Outcome::new(if status.is_some() { "Polled" } else { "Lost" }, "");
        self.player.show(&record.with(outcome))
    }

    /// A person did something.
    pub(super) fn deed(&mut self, deed: Deed) -> Result<(), Stop> {
        let record = self.player.record(self.step, Sort::Person, deed.title);
        self.player.settle(record, deed.said)
    }
}
