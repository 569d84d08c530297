//! The logins themselves: browsers that wait, phones that answer, and a network between us and the provider.

use std::time::Duration;

use authwire_core::scheduler::{Key, Ticket};
use authwire_core::{Endpoint, Next, Reply, Scheduler, Sent, Timestamp};
use authwire_emulator::nextauth::{NextAuth as Emulated, Phone};
use authwire_nextauth::flows::{AwaitLogin, AwaitLoginError, Login};
use authwire_nextauth::sessions::{GetQrEnrol, GetQrLogin};
use authwire_nextauth::{NextAuth, ServerId};
use http::{Request, Response};

use super::events::Events;
use super::random::Random;
use super::{DEADLINE, PACE, Plan, START, nonce, provider, server};

/// So many of these share a phone.
const LOGINS_A_PHONE: usize = 10;
/// When our transport gives a request up.
const GIVEN_UP: Duration = Duration::from_secs(2);
/// How far apart the faults of one login are: a login that was approved in time is then seen in time.
const BETWEEN_FAULTS: Duration = Duration::from_secs(20);

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many logins there were, those included that began in the place of others.
    pub logins: usize,
    /// How many were pending at the same time, at most.
    pub pending: usize,
    /// How many the phones approved; each ended with the phone's account.
    pub approved: usize,
    /// How many the phones declined; each timed out.
    pub declined: usize,
    /// How many nobody looked at; each timed out.
    pub timed_out: usize,
    /// How many browsers left while a request was in flight.
    pub left: usize,
    /// Requests.
    pub requests: usize,
    /// Replies that their flow took.
    pub replies: usize,
    /// Requests that were given up without a reply.
    pub lost: usize,
    /// Replies that came when their request had been given up, or its flow was gone, or a second time: all were dropped.
    pub dropped: usize,
    /// Of these, those whose flow's slot held another flow by then.
    pub dropped_in_used_slot: usize,
    /// How long it took on the virtual clock.
    pub virtual_time: Duration,
    /// What was not as it must be; the first few.
    pub broken: Vec<String>,
}

/// What the owner of a phone does about a login.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Approves,
    Declines,
    NeverLooks,
}

/// A browser that waits for its login.
struct Browser {
    key: Key,
    owner: Owner,
    begun: Timestamp,
    /// When the browser leaves, the next time that a request is in flight.
    leaves: Option<Timestamp>,
    /// Until when its requests meet no fault.
    sound_until: Timestamp,
    /// The request of which nothing was reported yet.
    open: Option<Ticket>,
    /// The account with which the phone's owner approved.
    account: Option<u64>,
    gone: bool,
}

enum Event {
    /// The phone's owner looks at a browser's page.
    Phone(usize),
    /// The browser leaves.
    Leaves(usize),
    /// A reply arrives.
    Reply(Ticket, Response<Vec<u8>>),
    /// A request is given up.
    GivenUp(Ticket),
}

struct World {
    plan: Plan,
    random: Random,
    provider: NextAuth,
    server: ServerId,
    emulated: Emulated,
    phones: Vec<Phone>,
    scheduler: Scheduler<AwaitLogin>,
    browsers: Vec<Browser>,
    /// By slot, the browser whose flow is or was there.
    by_slot: Vec<usize>,
    events: Events<Event>,
    now: Timestamp,
    report: Report,
}

/// Simulates the plan.
///
/// # Panics
/// When the emulator refuses what it must not refuse.
#[must_use]
pub fn logins(plan: Plan) -> Report {
    World::new(plan).run()
}

impl World {
    fn new(plan: Plan) -> Self {
        let mut emulated = Emulated::new(plan.seed);
        // All logins, and the enrolments of the phones.
        emulated.settings.sessions = 3 * plan.logins + 1_000;
        let mut world = Self {
            plan,
            random: Random(plan.seed),
            provider: provider(emulated.api_key()),
            server: server(emulated.server_id()),
            emulated,
            phones: Vec::new(),
            scheduler: Scheduler::new(),
            browsers: Vec::new(),
            by_slot: Vec::new(),
            events: Events::new(),
            now: START,
            report: Report::default(),
        };
        world.phones = (0..plan.logins.div_ceil(LOGINS_A_PHONE).max(2)).map(|phone| world.enrol(phone)).collect();
        world
    }

    /// A new phone with an account of its own.
    fn enrol(&mut self, number: usize) -> Phone {
        let operation = GetQrEnrol::new(self.server.clone(), nonce(usize::MAX), "An account");
        let operation = operation.user(format!("user-{number}").into());
        let response = self.send(&operation.request(&self.provider).expect("a request"));
        let code = operation.response(&self.provider, &response).expect("a code");
        let mut phone = Phone::new(number as u64);
        let now = self.unix_time();
        phone.scan_and_approve(&mut self.emulated, now, code.as_bytes()).expect("an account");
        phone
    }

    fn run(mut self) -> Report {
        // Each turn sends, ends a flow, or brings the clock to the next event.
        loop {
            match self.scheduler.next(&self.provider, self.now) {
                Next::Send(ticket, request) => self.transport(ticket, &request),
                Next::Ended(key, end) => self.ended(key, end),
                Next::Wait(until) => self.wait(Some(until)),
                Next::Idle if self.all_began() && self.events.next_at().is_none() => break,
                Next::Idle => self.wait(None),
            }
        }
        if self.report.pending < self.plan.logins {
            self.broken(format!("{} logins pending at the same time", self.report.pending));
        }
        if self.browsers.iter().any(|browser| !browser.gone) {
            self.broken("a login did not end".into());
        }
        self.report.logins = self.browsers.len();
        self.report.virtual_time = self.now.since(START);
        self.report
    }

    /// Goes to whatever comes first: a flow that is due, an event, the start of another login.
    fn wait(&mut self, due: Option<Timestamp>) {
        let start = (!self.all_began()).then(|| self.next_start());
        let next = [due, self.events.next_at(), start].into_iter().flatten().min();
        self.now = self.now.max(next.unwrap_or(self.now));
        while !self.all_began() && self.next_start() <= self.now {
            let begun = self.begun();
            self.begin();
            if begun + 1 == self.plan.logins {
                // From the next one on, a login begins where another browser left.
                self.report.pending = self.scheduler.len();
            }
        }
        while let Some(event) = self.events.take(self.now) {
            match event {
                Event::Phone(browser) => self.phone(browser),
                Event::Leaves(browser) => self.leave(browser),
                Event::Reply(ticket, response) => self.reply(ticket, &response),
                Event::GivenUp(ticket) => self.give_up(ticket),
            }
        }
    }

    /// How many of the planned logins have begun, without those that took another's place.
    fn begun(&self) -> usize {
        self.browsers.len() - self.report.left
    }

    fn all_began(&self) -> bool {
        self.begun() >= self.plan.logins
    }

    /// They begin evenly over the first pace.
    fn next_start(&self) -> Timestamp {
        let millis = PACE.as_millis() * self.begun() as u128 / self.plan.logins as u128;
        START.saturating_add(Duration::from_millis(millis as u64))
    }

    fn begin(&mut self) {
        let browser = self.browsers.len();
        let flow = AwaitLogin::new(self.server.clone(), nonce(browser), self.now.saturating_add(DEADLINE)).pace(PACE);
        let key = self.scheduler.insert(flow);
        let owner = match self.random.between(0, 1_000) {
            chance if chance < self.plan.approved => Owner::Approves,
            chance if chance < self.plan.approved + self.plan.declined => Owner::Declines,
            _ => Owner::NeverLooks,
        };
        // After all have begun, and early enough to be seen before the deadline, whatever the network does.
        let looks = self.after(6_000, 45_000);
        if owner != Owner::NeverLooks {
            self.events.plan(looks, Event::Phone(browser));
        }
        // A login that took another's place stays.
        let stays = self.all_began() || self.random.between(0, 1_000) >= self.plan.left;
        let leaves = (!stays).then(|| self.after(6_000, 40_000));
        self.browsers.push(Browser {
            key,
            owner,
            begun: self.now,
            leaves,
            sound_until: START,
            open: None,
            account: None,
            gone: false,
        });
        if self.by_slot.len() <= key.slot() {
            self.by_slot.resize(key.slot() + 1, usize::MAX);
        }
        self.by_slot[key.slot()] = browser;
    }

    fn after(&mut self, from_millis: u64, to_millis: u64) -> Timestamp {
        self.now.saturating_add(Duration::from_millis(self.random.between(from_millis, to_millis)))
    }

    /// Carries a request to the provider, and plans what becomes of the reply.
    fn transport(&mut self, ticket: Ticket, request: &Request<Vec<u8>>) {
        self.report.requests += 1;
        let response = self.send(request);
        let index = self.by_slot[ticket.key().slot()];
        let given_up = self.now.saturating_add(GIVEN_UP);
        let arrives = self.after(20, 200);
        let soon = self.after(10, 20);
        let much_later = self.after(2_001, 5_000);
        let sort = self.random.between(0, 1_000);

        let browser = &mut self.browsers[index];
        if browser.open.replace(ticket).is_some() || browser.key != ticket.key() {
            self.report.broken.push("two requests of a login in flight".into());
        }
        if self.now.since(browser.begun) >= DEADLINE {
            self.report.broken.push("a request after the deadline".into());
        }
        if browser.leaves.is_some_and(|leaves| leaves <= self.now) {
            browser.leaves = None;
            self.events.plan(soon, Event::Leaves(index));
        }
        let Plan { lost, late, doubled, .. } = self.plan;
        let is_sound = self.now < browser.sound_until || sort >= lost + late + doubled;
        if !is_sound {
            browser.sound_until = self.now.saturating_add(BETWEEN_FAULTS);
        }
        if is_sound {
            self.events.plan(arrives, Event::Reply(ticket, response));
        } else if sort < lost {
            self.events.plan(given_up, Event::GivenUp(ticket));
        } else if sort < lost + late {
            self.events.plan(given_up, Event::GivenUp(ticket));
            self.events.plan(much_later, Event::Reply(ticket, response));
        } else {
            self.events.plan(arrives, Event::Reply(ticket, response.clone()));
            self.events.plan(much_later, Event::Reply(ticket, response));
        }
    }

    fn send(&mut self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let now = self.unix_time();
        self.emulated.handle(now, request)
    }

    fn unix_time(&self) -> Duration {
        self.now.since(Timestamp::EPOCH)
    }

    /// Whether a report about this request is one that its flow waits for. If not, it must be dropped.
    fn is_open(&mut self, ticket: Ticket) -> bool {
        let index = self.by_slot[ticket.key().slot()];
        let browser = &mut self.browsers[index];
        let is_open = browser.open == Some(ticket);
        if is_open {
            browser.open = None;
        }
        is_open
    }

    fn reply(&mut self, ticket: Ticket, response: &Response<Vec<u8>>) {
        let expected = self.is_open(ticket);
        let taken = self.scheduler.reply(ticket, &self.provider, self.now, Reply::from(response));
        match taken {
            true => self.report.replies += 1,
            false => self.report.dropped += 1,
        }
        let slot = ticket.key().slot();
        if !taken && self.browsers[self.by_slot[slot]].key != ticket.key() {
            self.report.dropped_in_used_slot += 1;
        }
        if taken != expected {
            self.broken(format!("a reply was taken: {taken}; it fitted: {expected}"));
        }
    }

    fn give_up(&mut self, ticket: Ticket) {
        let expected = self.is_open(ticket);
        let taken = self.scheduler.lost(ticket, self.now, Sent::Maybe);
        self.report.lost += usize::from(taken);
        if taken != expected {
            self.broken(format!("a loss was taken: {taken}; it fitted: {expected}"));
        }
    }

    /// The phone's owner scans what the page shows now, and answers.
    fn phone(&mut self, index: usize) {
        if self.browsers[index].gone {
            return;
        }
        let operation = GetQrLogin::new(self.server.clone(), nonce(index));
        let response = self.send(&operation.request(&self.provider).expect("a request"));
        let code = operation.response(&self.provider, &response).expect("a code");
        let now = self.unix_time();
        let phone = index % self.phones.len();
        let phone = &mut self.phones[phone];
        let prompt = phone.scan(&self.emulated, now, code.as_bytes()).expect("a prompt");
        match self.browsers[index].owner {
            Owner::Approves => {
                let account = phone.approve(&mut self.emulated, now, prompt).expect("an approval");
                self.browsers[index].account = Some(account);
            }
            _ => phone.decline(&mut self.emulated, now, prompt).expect("a refusal"),
        }
    }

    /// A browser leaves while its request is in flight, and somebody else's login takes the slot.
    fn leave(&mut self, index: usize) {
        let browser = &mut self.browsers[index];
        let key = browser.key;
        browser.gone = true;
        let in_flight = self.scheduler.is_in_flight(key);
        if self.scheduler.remove(key).is_none() || !in_flight {
            self.broken("a login that nobody ended is gone, or not in flight".into());
        }
        self.report.left += 1;
        self.begin_in_place_of(key);
    }

    fn begin_in_place_of(&mut self, key: Key) {
        self.begin();
        if self.browsers.last().is_none_or(|browser| browser.key.slot() != key.slot()) {
            self.broken("a free slot is not used again".into());
        }
    }

    /// Compares how a flow ended with what the phone did.
    fn ended(&mut self, key: Key, end: Result<Login, AwaitLoginError>) {
        let index = self.by_slot[key.slot()];
        let browser = &mut self.browsers[index];
        let once = browser.key == key && !std::mem::replace(&mut browser.gone, true);
        browser.open = None;
        let as_it_should = match (browser.owner, &end) {
            (Owner::Approves, Ok(login)) => {
                let user = format!("user-{}", index % self.phones.len());
                self.report.approved += 1;
                browser.account.is_some_and(|account| i64::try_from(account) == Ok(login.account.get()))
                    && login.user.as_ref().is_some_and(|name| name.as_str() == user)
            }
            (Owner::Declines, Err(AwaitLoginError::TimedOut)) => {
                self.report.declined += 1;
                self.now.since(browser.begun) >= DEADLINE
            }
            (Owner::NeverLooks, Err(AwaitLoginError::TimedOut)) => {
                self.report.timed_out += 1;
                self.now.since(browser.begun) >= DEADLINE
            }
            _ => false,
        };
        if !once || !as_it_should {
            self.broken(format!(
                "login {index} ended with {end:?} after {:?}",
                self.now.since(self.browsers[index].begun)
            ));
        }
    }

    fn broken(&mut self, what: String) {
        if self.report.broken.len() < 10 {
            self.report.broken.push(what);
        }
    }
}
